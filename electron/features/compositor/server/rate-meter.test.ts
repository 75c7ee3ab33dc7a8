import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../../base/testing/fake-clock.ts'
import { RateMeter } from './rate-meter.ts'

describe('rate meter', () => {
  it('counts the last second, and nothing of before', async () => {
    const clock = new FakeClock()
    const meter = new RateMeter(clock)
    expect(meter.lastSecond()).toBe(0)
    for (let frame = 1; frame <= 180; frame++) {
      await clock.advance(1000 / 60)
      meter.note(frame)
    }
    expect(meter.lastSecond()).toBeGreaterThanOrEqual(57)
    expect(meter.lastSecond()).toBeLessThanOrEqual(63)
    await clock.advance(1100)
    expect(meter.lastSecond()).toBe(0)
  })
})
