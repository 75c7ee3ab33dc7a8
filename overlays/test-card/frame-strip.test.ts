import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readStrip, STRIP, STRIP_MODULUS, type StripRow, stripOf } from './frame-strip.ts'

/** A picture of both rows, in which black is 0 and white 255. */
function pictureOf(numbers: Record<StripRow, number>, change = (blocks: boolean[]) => blocks) {
  const rows = [change(stripOf(numbers.frame)), change(stripOf(numbers.time))]
  return (x: number, y: number) => {
    const row = rows[Math.floor((y - STRIP.y) / STRIP.block)]
    return row?.[Math.floor((x - STRIP.x) / STRIP.block)] ? 255 : 0
  }
}

describe('frame strip', () => {
  it('reads what was written, modulo what fits', () => {
    fc.assert(
      fc.property(fc.nat(), fc.maxSafeNat(), (frame, time) => {
        const picture = pictureOf({ frame, time })
        expect(readStrip('frame', picture)).toBe(frame % STRIP_MODULUS)
        expect(readStrip('time', picture)).toBe(time % STRIP_MODULUS)
      }),
    )
  })

  it('reads nothing where there is no strip, or where one block is wrong', () => {
    expect(readStrip('frame', () => 0)).toBeNull()
    expect(readStrip('frame', () => 255)).toBeNull()
    fc.assert(
      fc.property(fc.nat(STRIP_MODULUS - 1), fc.nat(stripOf(0).length - 1), (frame, wrong) => {
        const picture = pictureOf({ frame, time: 0 }, (blocks) => blocks.map((on, n) => (n === wrong ? !on : on)))
        expect(readStrip('frame', picture)).toBeNull()
      }),
    )
  })
})
