/** What the supervisor runs: a connection or a feature. Retrying lives inside `run`; the supervisor only starts, stops and counts. */
import type { Event } from '../../base/emitter.ts'
import { toDisposable } from '../../base/lifecycle.ts'
import type { HealthLevel } from '../../contracts/state/system.ts'

export interface Health {
  level: HealthLevel
  /** Why it is not healthy and what to do next, in words for the streamer. */
  reason: string | null
}

export const HEALTHY: Health = { level: 'healthy', reason: null }

export interface Service {
  readonly id: string
  readonly health: Health
  readonly onDidChangeHealth: Event<Health>
  /**
   * Works until `signal` aborts, then releases everything it took and resolves. A rejection is a crash: the supervisor
   * calls `run` again after a backoff, so `run` must be callable any number of times, one at a time.
   */
  run(signal: AbortSignal): Promise<void>
}

/** Of a service that has nothing to tell beside whether it runs; the supervisor tells that. Spread into it. */
export const ALWAYS_HEALTHY: Pick<Service, 'health' | 'onDidChangeHealth'> = {
  health: HEALTHY,
  // Nothing is ever told, so nobody need be remembered.
  onDidChangeHealth: () => toDisposable(() => {}),
}

/** Resolves when `signal` aborts: the last line of a `run` that only listens. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
