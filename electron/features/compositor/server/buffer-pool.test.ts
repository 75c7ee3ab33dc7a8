import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../../base/testing/no-leaks.ts'
import { BufferPool } from './buffer-pool.ts'

const MB = 2 ** 20

describe('buffer pool', () => {
  ensureNoLeaks()

  it('lends what was given back, to whoever needs nearly as much', () => {
    const pool = new BufferPool(new FakeClock())
    const buffer = pool.lend(8 * MB)
    pool.giveBack(buffer)
    expect(pool.lend(7 * MB)).toBe(buffer)
    expect(pool.lend(7 * MB)).not.toBe(buffer)
    pool.giveBack(buffer)
    expect(pool.lend(100)).not.toBe(buffer)
    pool.dispose()
  })

  it('lends at least what was asked for', () => {
    const pool = new BufferPool(new FakeClock())
    for (let bytes = 1; bytes < 20 * MB; bytes = Math.ceil(bytes * 1.37)) {
      const { length } = pool.lend(bytes)
      expect(length).toBeGreaterThanOrEqual(bytes)
      expect(length).toBeLessThanOrEqual(Math.max(64 * 1024, bytes * 1.5))
    }
    pool.dispose()
  })

  it('keeps no more than 32 MB, and nothing when it has not been used for a while', async () => {
    const clock = new FakeClock()
    const pool = new BufferPool(clock)
    const buffers = Array.from({ length: 6 }, () => pool.lend(8 * MB))
    for (const buffer of buffers) pool.giveBack(buffer)
    expect(pool.freeBytes).toBeLessThanOrEqual(32 * MB)
    await clock.advance(4000)
    pool.giveBack(pool.lend(8 * MB))
    await clock.advance(4000)
    expect(pool.freeBytes).toBeGreaterThan(0)
    await clock.advance(4000)
    expect(pool.freeBytes).toBe(0)
    expect(buffers.map(({ length }) => length)).toEqual([0, 0, 0, 0, 0, 0])
    expect(clock.pendingTimers).toBe(0)
    pool.dispose()
  })

  it('keeps what it needs all the time, and nothing beside it that was needed for a moment', async () => {
    const clock = new FakeClock()
    const pool = new BufferPool(clock)
    const large = pool.lend(8 * MB)
    pool.giveBack(large)
    const small = pool.lend(MB)
    pool.giveBack(small)
    for (let second = 0; second < 6; second++) {
      await clock.advance(1000)
      pool.giveBack(pool.lend(MB))
    }
    expect([large.length, small.length]).toEqual([0, MB])
    expect(pool.freeBytes).toBe(MB)
    pool.dispose()
  })
})
