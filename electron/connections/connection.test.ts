import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../base/testing/no-leaks.ts'
import { type AttemptContext, ConnectionLoop, type Verdict } from './connection.ts'

/** A connection whose attempts the test ends by hand. */
class Attempts {
  readonly all: { context: AttemptContext; end: (verdict: Verdict) => void }[] = []

  readonly attempt = (context: AttemptContext): Promise<Verdict> =>
    new Promise((resolve) => {
      this.all.push({ context, end: resolve })
      context.signal.addEventListener('abort', () => resolve({ action: 'reauth', reason: 'aborted' }))
    })

  get latest() {
    const latest = this.all.at(-1)
    if (!latest) throw new Error('no attempt yet')
    return latest
  }
}

describe('the life of a connection', () => {
  ensureNoLeaks()
  let clock: FakeClock
  let attempts: Attempts
  let loop: ConnectionLoop
  let stop: AbortController
  let done: Promise<void>

  beforeEach(() => {
    clock = new FakeClock()
    attempts = new Attempts()
    const backoff = { initialMs: 100, maxMs: 1000, factor: 2, jitter: 0, random: () => 0 }
    loop = new ConnectionLoop({ clock, backoff, attempt: attempts.attempt })
    stop = new AbortController()
    done = loop.run(stop.signal)
  })
  afterEach(async () => {
    stop.abort()
    await done.catch(() => {})
    loop.dispose()
  })

  const end = async (verdict: Verdict) => {
    attempts.latest.end(verdict)
    await clock.advance(0)
  }

  it.each([
    ['retry', 'waiting'],
    ['reauth', 'needs-auth'],
    ['stop', 'failed'],
    ['idle', 'idle'],
  ] as const)('%s leads to %s, with the reason, until asked', async (action, status) => {
    await end({ action, reason: 'because' })
    expect(loop.state).toMatchObject({ status, reason: 'because' })
    expect(loop.health).toMatchObject({ reason: 'because' })
    loop.retryNow()
    await clock.advance(0)
    expect(loop.state.status).toBe('connecting')
  })

  it('retry-now does not wait', async () => {
    await end({ action: 'retry-now', reason: 'handed over' })
    expect(attempts.all).toHaveLength(2)
  })

  it('restart while connected: whatever the attempt says about its end, it starts anew', async () => {
    attempts.latest.context.didConnect()
    loop.restart()
    await clock.advance(0)
    expect(attempts.all).toHaveLength(2)
    expect(loop.state).toEqual({ status: 'connecting', attempt: 1 })
  })

  it('restart while waiting does not wait, and forgets the failures', async () => {
    for (let failure = 0; failure < 3; failure++) {
      await end({ action: 'retry', reason: 'no' })
      await clock.advance(1000)
    }
    await end({ action: 'retry', reason: 'no' })
    loop.restart()
    await clock.advance(0)
    expect(loop.state).toEqual({ status: 'connecting', attempt: 1 })
  })

  it('an attempt that is over can’t call itself connected', async () => {
    const { context } = attempts.latest
    await end({ action: 'stop', reason: 'no' })
    context.didConnect()
    expect(loop.state.status).toBe('failed')
  })

  it('retry now while connected does nothing', async () => {
    attempts.latest.context.didConnect()
    loop.retryNow()
    await clock.advance(0)
    expect(attempts.all).toHaveLength(1)
    expect(loop.state).toEqual({ status: 'connected', since: clock.now() })
  })

  it('a bug in an attempt ends the run, for the supervisor to see', async () => {
    stop.abort()
    await done
    const broken = new ConnectionLoop({
      clock,
      backoff: { initialMs: 1, maxMs: 1, factor: 1, jitter: 0, random: () => 0 },
      attempt: () => Promise.reject(new Error('bug')),
    })
    await expect(broken.run(new AbortController().signal)).rejects.toThrow('bug')
    expect(broken.state.status).toBe('closed')
    broken.dispose()
  })
})
