/** Time as a dependency, so that everything that waits can be tested without waiting. */

/** Something that can be released. `dispose` is idempotent. */
export interface Disposable {
  dispose(): void
}

export interface Clock {
  /** Wall clock, ms since the epoch. May jump; only for what is shown or stored. */
  now(): number
  /** Monotonic ms since an arbitrary start. For measuring. */
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
    const timer = setTimeout(callback, delayMs)
    return { dispose: () => clearTimeout(timer) }
  },
  setInterval(callback, periodMs) {
    const timer = setInterval(callback, periodMs)
    return { dispose: () => clearInterval(timer) }
  },
}
