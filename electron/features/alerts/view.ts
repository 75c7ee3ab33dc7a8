/** The alert queue as pages see it: the state topic's value, kept up to date without touching what did not change. */
import type { Alert } from '../../../contracts/alert.ts'
import type { AlertsState, FinishedAlert, InterruptedAlert, PlayingAlert } from '../../../contracts/state/alerts.ts'
import type { Entry, FinishedEntry, InterruptedEntry, PlayingEntry, QueueState } from './queue.ts'
import type { Rules } from './rules.ts'

/** As many as a dashboard shows; the whole queue would travel again with every alert that starts. */
const SHOWN_WAITING_MAX = 50

export type Sound = AlertsState['sound']

export function toState(queue: QueueState, rules: Rules, sound: Sound): AlertsState {
  return {
    paused: queue.paused,
    current: queue.playing && playingAlert(queue.playing),
    interrupted: queue.interrupted.map(interruptedAlert),
    queue: shownWaiting(queue),
    waiting: queue.waiting.length,
    recent: queue.recent.map(finishedAlert),
    sound: { ...sound },
    rules: structuredClone(rules) as AlertsState['rules'],
  }
}

/**
 * Brings `draft` to `after` but for what lists gain, which is for `fillLists`. Two steps, because a list that changes at
 * one place travels as that place, and one that loses its head and gains a tail at once would travel whole.
 */
export function updateQueue(draft: AlertsState, after: QueueState): void {
  draft.paused = after.paused
  draft.waiting = after.waiting.length
  updateCurrent(draft, after.playing)
  removeGone(draft.interrupted, after.interrupted)
  removeGone(draft.queue, after.waiting.slice(0, SHOWN_WAITING_MAX))
  removeGone(draft.recent, after.recent)
}

/** Inserts what is new, and says what others say by now. */
export function fillLists(draft: AlertsState, after: QueueState): void {
  insertNew(draft.interrupted, after.interrupted, interruptedAlert)
  insertNew(draft.queue, after.waiting.slice(0, SHOWN_WAITING_MAX), ({ alert }) => alert)
  reword(draft.queue, after.waiting)
  insertNew(draft.recent, after.recent, finishedAlert)
}

/** Whether a start was confirmed is the hub's own affair: pages hear of a new run or a new offset only. */
function updateCurrent(draft: AlertsState, playing: PlayingEntry | null): void {
  const next = playing && playingAlert(playing)
  const { current } = draft
  const same =
    current?.id === next?.id &&
    current?.run === next?.run &&
    current?.startedAt === next?.startedAt &&
    current?.elapsedMs === next?.elapsedMs
  if (!same) draft.current = next
}

function removeGone(list: { id: string }[], wanted: readonly Entry[]): void {
  const keep = new Set(wanted.map(({ alert }) => alert.id))
  for (let index = list.length - 1; index >= 0; index--) {
    if (!keep.has(list[index]?.id ?? '')) list.splice(index, 1)
  }
}

function insertNew<E extends Entry, T extends { id: string }>(list: T[], wanted: readonly E[], show: (entry: E) => T) {
  wanted.forEach((entry, index) => {
    if (list[index]?.id !== entry.alert.id) list.splice(index, 0, show(entry))
  })
}

/** Both in the same order. */
function reword(list: Alert[], waiting: readonly Entry[]): void {
  list.forEach((shown, index) => {
    const { what } = waiting[index]?.alert ?? shown
    if (shown.what !== what) shown.what = what
  })
}

function shownWaiting(queue: QueueState): Alert[] {
  return queue.waiting.slice(0, SHOWN_WAITING_MAX).map(({ alert }) => alert)
}

function playingAlert({ alert, startedAt, elapsedMs, run }: PlayingEntry): PlayingAlert {
  return { ...alert, startedAt, elapsedMs, run }
}

function interruptedAlert({ alert, elapsedMs }: InterruptedEntry): InterruptedAlert {
  return { ...alert, elapsedMs }
}

function finishedAlert({ alert, finishedAt, outcome }: FinishedEntry): FinishedAlert {
  return { ...alert, finishedAt, outcome }
}
