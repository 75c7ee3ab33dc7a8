import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contrast, parseHex, readableColour } from '../../../base/readable-colour.ts'
import { rowSurfaces } from './event-row.tsx'

const hex = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`)

describe('readableColour', () => {
  it.each(Object.entries(rowSurfaces))('makes every colour readable on %s', (_theme, surface) => {
    fc.assert(
      fc.property(hex, (colour) => {
        const readable = parseHex(readableColour(colour, surface) ?? '')
        const behind = parseHex(surface)
        expect(readable && behind && contrast(readable, behind)).toBeGreaterThanOrEqual(4.5)
      }),
    )
  })

  it('leaves alone what is readable already', () => {
    expect(readableColour('#FF69B4', rowSurfaces.dark)).toBe('#ff69b4')
  })

  it.each(['', 'red', '#12', 'javascript:1'])('answers null for "%s"', (colour) => {
    expect(readableColour(colour, rowSurfaces.dark)).toBeNull()
  })
})
