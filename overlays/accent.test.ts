import { expect, it } from 'vitest'
import { accentStyle } from './accent.ts'

it('wears the show’s own accent, or nothing of its own', () => {
  expect([accentStyle(undefined), accentStyle({ accent: null }), accentStyle({} as { accent: null })]).toEqual([
    ...[{}, {}, {}],
  ])
  expect(accentStyle({ accent: '#ffcc00' })).toEqual({
    '--accent': '#ffcc00',
    '--accent-ink': 'rgb(11 12 15)',
    '--accent-bright': 'rgb(255 204 0)',
  })
  expect(accentStyle({ accent: '#7c4dff' })['--accent-ink']).toBe('rgb(255 255 255)')
})

it.each([
  // As chosen, its brighter self that is read on a plate, and what is read on it.
  ['#ffffff', 'rgb(255 255 255)', 'rgb(11 12 15)'],
  ['#000000', expect.stringMatching(/^rgb\(1[4-5]\d 1[4-5]\d 1[4-5]\d\)$/), 'rgb(255 255 255)'],
  ['#d62830', expect.stringMatching(/^rgb\(2\d\d \d+ \d+\)$/), 'rgb(255 255 255)'],
])('%s is made readable', (accent, bright, ink) => {
  expect(accentStyle({ accent })).toEqual({ '--accent': accent, '--accent-bright': bright, '--accent-ink': ink })
})
