import { describe, expect, it } from 'vitest'
import { accentStyle } from './accent.ts'

describe('the accent of a widget', () => {
  it('is that of the show where none is chosen', () => {
    expect(accentStyle(null)).toEqual({})
  })

  it.each([
    // As chosen, its brighter self that is read on a plate, and what is read on it.
    ['#ffffff', 'rgb(255 255 255)', 'rgb(11 12 15)'],
    ['#ffcc00', 'rgb(255 204 0)', 'rgb(11 12 15)'],
    ['#000000', expect.stringMatching(/^rgb\(1[4-5]\d 1[4-5]\d 1[4-5]\d\)$/), 'rgb(255 255 255)'],
    ['#d62830', expect.stringMatching(/^rgb\(2\d\d \d+ \d+\)$/), 'rgb(255 255 255)'],
  ])('%s is made readable', (accent, bright, ink) => {
    expect(accentStyle(accent)).toEqual({ '--accent': accent, '--accent-bright': bright, '--accent-ink': ink })
  })
})
