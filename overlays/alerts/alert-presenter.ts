/**
 * Decides what the alert layer shows, from the queue's state and the hub's clock: at most one alert at its offset, and
 * whichever is still on its way out. Knows no DOM and no animation. When the hub falls silent it keeps what it has until
 * its time is over.
 */
import { ALERT_MOTION } from '../../contracts/alert-motion.ts'
import type { AlertsState, PlayingAlert } from '../../contracts/state/alerts.ts'

/** One run of one alert on this page. */
export interface Actor {
  readonly alert: PlayingAlert
  /** When the run began, hub time; what had been shown before it is `alert.elapsedMs`. */
  startedAt: number
  /** How long its entrance waits for another alert to get out of the way, ms. */
  readonly delayMs: number
  /** When it was sent off before its time, hub time. */
  leftAt: number | null
}

export interface AlertPresenter {
  update(state: AlertsState): void
  /** To be called when an actor's last frame is drawn. */
  over(actor: Actor): void
}

export interface AlertPresenterOptions {
  /** Hub time, ms epoch. */
  hubNow: () => number
  /** The actors on stage, in order of appearance; the same objects as long as they stay. */
  onDidChange: (actors: readonly Actor[]) => void
}

export function createAlertPresenter({ hubNow, onDidChange }: AlertPresenterOptions): AlertPresenter {
  let actors: readonly Actor[] = []
  /** The last run shown to its end: the hub may offer it once more, see `earlier`. */
  let ended: Run | null = null

  function set(next: readonly Actor[]): void {
    if (next.length === actors.length && next.every((actor, index) => actor === actors[index])) return
    actors = next
    onDidChange(actors)
  }

  function update(state: AlertsState): void {
    const now = hubNow()
    const wanted = wantedOf(state, now)
    const staying: Actor[] = []
    for (const actor of actors) {
      if (isOver(actor, now)) noteEnd(actor)
      else staying.push(actor)
    }
    const known = staying.find((actor) => isSameRun(actor.alert, wanted) && actor.leftAt === null)
    for (const actor of staying) {
      if (actor !== known && actor.leftAt === null) actor.leftAt = now
    }
    if (known && wanted) known.startedAt = earlier(known, wanted, now)
    if (known || !wanted || isSameRun(wanted, ended)) set(staying)
    else set([...staying, enter(wanted, staying.length > 0)])
  }

  function noteEnd({ alert, leftAt }: Actor): void {
    if (leftAt === null) ended = { id: alert.id, run: alert.run }
  }

  function enter(alert: PlayingAlert, isInTheWay: boolean): Actor {
    const delayMs = isInTheWay ? ALERT_MOTION.interruptMs : 0
    return { alert, startedAt: alert.startedAt, delayMs, leftAt: null }
  }

  return {
    update,
    over(actor) {
      noteEnd(actor)
      set(actors.filter((other) => other !== actor))
    },
  }
}

type Run = Pick<PlayingAlert, 'id' | 'run'>

/** Both, because a hub on another store counts its runs from the beginning again. */
function isSameRun(a: Run, b: Run | null): boolean {
  return a.id === b?.id && a.run === b.run
}

/** What has been shown of it, ms. */
export function offsetOf(actor: Pick<Actor, 'alert' | 'startedAt'>, now: number): number {
  return actor.alert.elapsedMs + Math.max(0, now - actor.startedAt)
}

/** What the hub wants on screen; an alert held by a pause is not on screen. */
function wantedOf({ current, paused }: AlertsState, now: number): PlayingAlert | null {
  if (!current || paused) return null
  return offsetOf({ alert: current, startedAt: current.startedAt }, now) < current.durationMs ? current : null
}

/**
 * The hub may date a run anew after a crash (it was not sure that anyone saw its start). It never makes an alert that is
 * well in view enter a second time: then only its end moves.
 */
function earlier(actor: Actor, wanted: PlayingAlert, now: number): number {
  const settled = wanted.elapsedMs + ALERT_MOTION.enterMs + actor.delayMs
  if (offsetOf(actor, now) < settled || wanted.startedAt <= actor.startedAt) return wanted.startedAt
  return Math.min(wanted.startedAt, now - (settled - wanted.elapsedMs))
}

function isOver(actor: Actor, now: number): boolean {
  if (actor.leftAt !== null && now - actor.leftAt >= ALERT_MOTION.interruptMs) return true
  return offsetOf(actor, now) >= actor.alert.durationMs
}
