/** Exponential backoff with jitter. A value, not a loop: who retries decides when, and when success is proven. */

export interface BackoffOptions {
  /** First delay, ms. */
  initialMs: number
  /** No delay is longer than this, ms (jitter included). */
  maxMs: number
  /** Each delay is this many times the one before. */
  factor: number
  /** Share of the delay that is random, 0 to 1: with 0.2 a delay of 1000 ms becomes 800 to 1000 ms. */
  jitter: number
  /** A number in [0, 1). */
  random: () => number
}

export class Backoff {
  #attempt = 0
  readonly #options: BackoffOptions

  constructor(options: BackoffOptions) {
    this.#options = options
  }

  /** How many delays have been handed out since the last reset. */
  get attempt(): number {
    return this.#attempt
  }

  /** The next delay in ms. */
  next(): number {
    const { initialMs, maxMs, factor, jitter, random } = this.#options
    const full = Math.min(maxMs, initialMs * factor ** this.#attempt)
    this.#attempt += 1
    return Math.round(full * (1 - jitter * random()))
  }

  /** To be called on proof of health only: a connection that opens and dies at once has proven nothing. */
  reset(): void {
    this.#attempt = 0
  }
}
