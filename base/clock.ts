/** Time as a dependency, so that everything that waits can be tested without waiting. */
import { type Disposable, toDisposable } from './lifecycle.ts'

export interface Clock {
  /** Wall clock, ms since the epoch. May jump; use for what is shown or stored. */
  now(): number
  /** Monotonic ms since an arbitrary start. Use for measuring. */
  monotonic(): number
  /** Runs `callback` once after `delayMs`. Dispose to cancel. */
  setTimeout(callback: () => void, delayMs: number): Disposable
  /** Runs `callback` every `periodMs`. Dispose to stop. */
  setInterval(callback: () => void, periodMs: number): Disposable
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout(callback, delayMs) {
    const cancel = toDisposable(() => clearTimeout(timer))
    const timer = setTimeout(() => {
      cancel.dispose()
      callback()
    }, delayMs)
    return cancel
  },
  setInterval(callback, periodMs) {
    const timer = setInterval(callback, periodMs)
    return toDisposable(() => clearInterval(timer))
  },
}

/**
 * Resolves after `delayMs`, or as soon as `signal` aborts. Never rejects: whoever waits asks `signal.aborted` itself.
 */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    const done = () => {
      timer.dispose()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = clock.setTimeout(done, delayMs)
    signal.addEventListener('abort', done)
  })
}
