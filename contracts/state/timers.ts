/** A timer that stands on stream; where it is over is seen by `endsAt`. */
export interface TimerState {
  status: 'idle' | 'running' | 'paused'
  /** When it was started first, ms epoch; null until it is. */
  startedAt: number | null
  /** When it is over, ms epoch; null unless it runs. */
  endsAt: number | null
  /** What is left while it does not run, ms. */
  leftMs: number
  /** All the time it was given since it was started: what the most that is allowed is held against, ms. */
  givenMs: number
  /** The last that was added by a viewer. */
  last: { who: string | null; ms: number; at: number } | null
}

export interface TimersState {
  /** By the id of the widget. */
  timers: Record<string, TimerState>
}
