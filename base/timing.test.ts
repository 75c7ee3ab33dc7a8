import { describe, expect, it } from 'vitest'
import { Backoff } from './backoff.ts'
import { sleep } from './clock.ts'
import { withDeadline } from './deadline.ts'
import { Emitter } from './emitter.ts'
import { FakeClock } from './testing/fake-clock.ts'
import { ensureNoLeaks } from './testing/no-leaks.ts'

ensureNoLeaks()

describe('Backoff', () => {
  it('doubles up to its maximum and starts again after a proof of health', () => {
    const backoff = new Backoff({ initialMs: 100, maxMs: 500, factor: 2, jitter: 0, random: () => 0.5 })
    expect([1, 2, 3, 4, 5].map(() => backoff.next())).toEqual([100, 200, 400, 500, 500])
    expect(backoff.attempt).toBe(5)
    backoff.reset()
    expect(backoff.next()).toBe(100)
  })

  it('only ever shortens by jitter, so the maximum holds', () => {
    const delay = (random: number) =>
      new Backoff({ initialMs: 1000, maxMs: 1000, factor: 2, jitter: 0.2, random: () => random }).next()
    expect([0, 0.5, 0.999].map(delay)).toEqual([1000, 900, 800])
  })
})

describe('sleep', () => {
  it('ends at its time', async () => {
    const clock = new FakeClock()
    let done = false
    const sleeping = sleep(clock, 100, new AbortController().signal).then(() => {
      done = true
    })
    await clock.advance(99)
    expect(done).toBe(false)
    await clock.advance(1)
    await sleeping
    expect(done).toBe(true)
  })

  it('ends on abort, before or during', async () => {
    const clock = new FakeClock()
    const controller = new AbortController()
    const sleeping = sleep(clock, 100, controller.signal)
    controller.abort()
    await sleeping
    await sleep(clock, 100, controller.signal)
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('withDeadline', () => {
  const error = new Error('too late')

  it('passes on what comes in time', async () => {
    const clock = new FakeClock()
    expect(await withDeadline(Promise.resolve(1), { clock, ms: 10, error })).toBe(1)
    await expect(withDeadline(Promise.reject(new Error('no')), { clock, ms: 10, error })).rejects.toThrow('no')
    expect(clock.pendingTimers).toBe(0)
  })

  it('rejects at the deadline, and on abort', async () => {
    const clock = new FakeClock()
    const never = new Promise<never>(() => {})
    const late = expect(withDeadline(never, { clock, ms: 10, error })).rejects.toThrow('too late')
    await clock.advance(10)
    await late
    const controller = new AbortController()
    const aborted = expect(withDeadline(never, { clock, ms: 10, error, signal: controller.signal })).rejects.toThrow(
      'bye',
    )
    controller.abort(new Error('bye'))
    await aborted
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('FakeClock', () => {
  it('fires in order of the due time, and repeats intervals', async () => {
    const clock = new FakeClock(0)
    const fired: string[] = []
    clock.setTimeout(() => fired.push(`b@${clock.now()}`), 20)
    clock.setTimeout(() => fired.push(`a@${clock.now()}`), 10)
    const interval = clock.setInterval(() => fired.push(`i@${clock.now()}`), 15)
    await clock.advance(30)
    expect(fired).toEqual(['a@10', 'i@15', 'b@20', 'i@30'])
    interval.dispose()
  })
})

describe('Emitter', () => {
  it('calls listeners in order, past one that throws, until they leave', () => {
    const errors: unknown[] = []
    const heard: string[] = []
    const emitter = new Emitter<string>((error) => errors.push(error))
    const faulty = emitter.event(() => {
      throw new Error('a bug')
    })
    const listener = (value: string) => heard.push(value)
    const one = emitter.event(listener)
    const two = emitter.event(listener)
    emitter.fire('x')
    expect(heard).toEqual(['x', 'x'])
    expect(errors).toHaveLength(1)
    one.dispose()
    faulty.dispose()
    emitter.fire('y')
    expect(heard).toEqual(['x', 'x', 'y'])
    two.dispose()
    expect(emitter.hasListeners).toBe(false)
    emitter.dispose()
  })
})
