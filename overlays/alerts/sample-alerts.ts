/** Alerts and queue states for tests. Times are hub time, ms. */
import type { AlertsState, PlayingAlert } from '../../contracts/state/alerts.ts'

export const STARTED_AT = 1_000_000

export function samplePlaying(change: Partial<PlayingAlert> = {}): PlayingAlert {
  return {
    id: 'alert-1',
    type: 'sub',
    priority: 'normal',
    who: 'Mira',
    what: 'subscribed',
    amount: 'Tier 1',
    message: null,
    fragments: [],
    durationMs: 8000,
    sound: 'rise',
    volume: 0.5,
    enqueuedAt: STARTED_AT,
    simulated: false,
    startedAt: STARTED_AT,
    elapsedMs: 0,
    run: 1,
    ...change,
  }
}

export function sampleState(current: PlayingAlert | null, change: Partial<AlertsState> = {}): AlertsState {
  return {
    paused: false,
    current,
    interrupted: [],
    queue: [],
    waiting: 0,
    recent: [],
    sound: { muted: false, volume: 1 },
    // Pages never read them.
    rules: {} as AlertsState['rules'],
    ...change,
  }
}
