import { describe, expect, it } from 'vitest'
import { LinkEstimate } from './link-estimate.ts'

const FRAME = 8_000_000

describe('link estimate', () => {
  it('takes a link that it does not know for slow', () => {
    expect(new LinkEstimate().paysToCompress(FRAME, 0.2)).toBe(true)
  })

  it.each([
    ['100 Mbit/s', 12_500, 0.2, true],
    ['1 Gbit/s', 125_000, 0.2, true],
    ['1 Gbit/s', 125_000, 0.75, false],
    ['memory', 4_000_000, 0.2, false],
    ['10 Gbit/s', 1_250_000, 0.2, false],
  ])('at %s and %d bytes a ms, to %d: %s', (_, bytesPerMs, ratio, pays) => {
    const link = new LinkEstimate()
    for (let packet = 0; packet < 20; packet++) link.observe(FRAME, FRAME / bytesPerMs)
    // A small one says nothing.
    link.observe(1000, 500)
    expect(link.paysToCompress(FRAME, ratio)).toBe(pays)
  })
})
