import type { Alert, AlertRule, AlertType } from '../alert.ts'

/** An alert on screen. Its offset now is `elapsedMs + (hub time - startedAt)`, or `elapsedMs` while paused. */
export interface PlayingAlert extends Alert {
  /** Hub time when it (re)started, ms epoch. */
  startedAt: number
  /** What had been shown of it before `startedAt`, ms. */
  elapsedMs: number
  /** Rises with each start and resume, so that a page can tell a resume from a refresh. */
  run: number
}

export interface InterruptedAlert extends Alert {
  elapsedMs: number
}

export interface FinishedAlert extends Alert {
  finishedAt: number
  outcome: 'shown' | 'skipped' | 'cleared' | 'dropped'
}

export interface AlertsState {
  paused: boolean
  current: PlayingAlert | null
  /** Pre-empted, most recent first; each resumes where it stopped. */
  interrupted: InterruptedAlert[]
  /** The next to play, in their order; at most 50 of them. */
  queue: Alert[]
  /** How many wait in all. */
  waiting: number
  /** Newest first, at most 50. */
  recent: FinishedAlert[]
  sound: { muted: boolean; volume: number }
  rules: Record<AlertType, AlertRule>
}
