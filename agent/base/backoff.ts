/** Exponential backoff with jitter: pure, the caller counts. */

export interface BackoffOptions {
  /** First delay, ms. */
  readonly initialMs: number
  /** No delay is longer than this, ms. */
  readonly maxMs: number
}

const FACTOR = 2
/** Half of each delay is random: a thousand agents that lose one hub do not come back in step. */
const JITTER = 0.5

/** The delay before attempt `attempt` (0 is the first), ms. `random` answers a number in [0, 1). */
export function backoffMs(options: BackoffOptions, attempt: number, random: () => number): number {
  const full = Math.min(options.maxMs, options.initialMs * FACTOR ** Math.min(attempt, 30))
  return Math.round(full * (1 - JITTER * random()))
}
