/**
 * The alert queue as one pure state machine: a state, a command and the time in, a new state and what happened out.
 * Owns every rule about who plays when; knows no clock, no store, no page and no event type.
 *
 * Rules: a higher class goes first and pre-empts the alert on screen; inside a class the first in is the first out; a
 * pre-empted alert comes back where it stopped, before others of its class. While paused nothing starts: the alert on
 * screen is held with the time it has had, and goes on after `resume`. The queue is bounded and says what it drops.
 */

import { assertNever } from '../../../base/result.ts'
import { type Alert, type AlertPriority, alertPriorities } from '../../../contracts/alert.ts'
import { ALERT_MOTION } from '../../../contracts/alert-motion.ts'
import type { FinishedAlert } from '../../../contracts/state/alerts.ts'

/** The event or command an alert came from. */
export interface Cause {
  id: string
  correlationId: string
}

export interface Entry {
  readonly alert: Alert
  readonly cause: Cause
  /** Rises with each arrival: the order inside a class. */
  readonly order: number
}

export interface PlayingEntry extends Entry {
  /** When this run began, ms epoch; without meaning while paused. */
  readonly startedAt: number
  /** What had been shown before this run, ms. */
  readonly elapsedMs: number
  /** Rises with each start and each return. */
  readonly run: number
  /** True once it has been on screen long enough that every page must have got it. */
  readonly confirmed: boolean
}

export interface InterruptedEntry extends Entry {
  readonly elapsedMs: number
}

export interface FinishedEntry extends Entry {
  readonly finishedAt: number
  readonly outcome: FinishedAlert['outcome']
}

export interface QueueState {
  readonly paused: boolean
  readonly playing: PlayingEntry | null
  /** Pre-empted; most recent first, which is also highest class first, and never two of one class. */
  readonly interrupted: readonly InterruptedEntry[]
  /** In the order they will play. */
  readonly waiting: readonly Entry[]
  /** Newest first, at most `RECENT_MAX`. */
  readonly recent: readonly FinishedEntry[]
  /** How many runs, arrivals and replays there have been: never reused, across restarts. */
  readonly runs: number
  readonly orders: number
  readonly replays: number
}

export type QueueCommand =
  | { kind: 'enqueue'; alert: Alert; cause: Cause }
  /** One that waits says something else from now on. */
  | { kind: 'reword'; id: string; what: string }
  /** Time has passed. */
  | { kind: 'tick' }
  | { kind: 'confirm'; run: number }
  | { kind: 'pause' }
  | { kind: 'resume' }
  /** Without an id the one on screen. */
  | { kind: 'skip'; id?: string | undefined }
  | { kind: 'replay'; id: string; cause: Cause }
  /** Everything that is not on screen right now. */
  | { kind: 'clear' }
  /** The hub is back after having been away: what was on screen has gone on without it. */
  | { kind: 'recover' }

/** What a step did, in order. */
export type QueueFact =
  | { kind: 'enqueued'; entry: Entry }
  | { kind: 'started'; entry: PlayingEntry }
  | { kind: 'interrupted'; entry: InterruptedEntry; by: string }
  | { kind: 'finished'; entry: FinishedEntry }

export interface QueueStep {
  state: QueueState
  facts: QueueFact[]
}

/** More than an hour of alerts: whoever waits longer is old news. */
export const WAITING_MAX = 500
/** As much as a streamer scrolls back to play something again. */
export const RECENT_MAX = 50

export const EMPTY_QUEUE: QueueState = {
  paused: false,
  playing: null,
  interrupted: [],
  waiting: [],
  recent: [],
  runs: 0,
  orders: 0,
  replays: 0,
}

/** Applies one command at `now` (ms epoch). An id that is not there changes nothing. */
export function step(state: QueueState, command: QueueCommand, now: number): QueueStep {
  const turn = new Turn(state, now)
  turn.apply(command)
  return { state: turn.state, facts: turn.facts }
}

/** How much of it has been shown by `now`, ms. A clock that was set back never takes time away. */
export function offsetOf(playing: PlayingEntry, paused: boolean, now: number): number {
  return paused ? playing.elapsedMs : playing.elapsedMs + Math.max(0, now - playing.startedAt)
}

/** When the alert on screen will be over, ms from `now`; null when nothing runs. */
export function remainingMs(state: QueueState, now: number): number | null {
  if (!state.playing || state.paused) return null
  return Math.max(0, state.playing.alert.durationMs - offsetOf(state.playing, false, now))
}

/** Anything that has not finished, by its id. */
export function findPending(state: QueueState, id: string): Entry | undefined {
  return [state.playing, ...state.interrupted, ...state.waiting].find((entry) => entry?.alert.id === id) ?? undefined
}

export function hasPending({ playing, interrupted, waiting }: QueueState): boolean {
  return playing !== null || interrupted.length > 0 || waiting.length > 0
}

/** 0 is the highest class. */
export function rankOf(priority: AlertPriority): number {
  return alertPriorities.indexOf(priority)
}

function rank(entry: Entry): number {
  return rankOf(entry.alert.priority)
}

/** One step under way: a working copy and the facts so far. Lives only inside `step`. */
class Turn {
  state: QueueState
  readonly facts: QueueFact[] = []
  readonly #now: number

  constructor(state: QueueState, now: number) {
    this.state = state
    this.#now = now
  }

  apply(command: QueueCommand): void {
    this.#mindClock()
    switch (command.kind) {
      case 'enqueue':
        this.#enqueue(command.alert, command.cause)
        break
      case 'reword':
        this.#reword(command.id, command.what)
        break
      case 'tick':
        break
      case 'confirm':
        this.#confirm(command.run)
        break
      case 'pause':
        this.#pause()
        break
      case 'resume':
        this.#resume()
        break
      case 'skip':
        this.#skip(command.id ?? this.state.playing?.alert.id)
        break
      case 'replay':
        this.#replay(command.id, command.cause)
        break
      case 'clear':
        this.#clear()
        break
      case 'recover':
        this.#recover()
        break
      default:
        assertNever(command)
    }
    this.#settle()
  }

  /** A wall clock that was set back would keep an alert on screen until it has caught up. */
  #mindClock(): void {
    const { playing, paused } = this.state
    if (playing && !paused && this.#now < playing.startedAt) {
      this.#set({ playing: { ...playing, startedAt: this.#now } })
    }
  }

  #enqueue(alert: Alert, cause: Cause): void {
    const entry: Entry = { alert, cause, order: this.state.orders + 1 }
    const after = this.state.waiting.findIndex((other) => rank(other) > rank(entry))
    const index = after === -1 ? this.state.waiting.length : after
    this.#set({ orders: entry.order, waiting: this.state.waiting.toSpliced(index, 0, entry) })
    this.facts.push({ kind: 'enqueued', entry })
    if (this.state.waiting.length > WAITING_MAX) this.#drop()
  }

  #reword(id: string, what: string): void {
    const waiting = this.state.waiting.map((entry) =>
      entry.alert.id === id ? { ...entry, alert: { ...entry.alert, what } } : entry,
    )
    this.#set({ waiting })
  }

  /** The oldest of the lowest class makes room. */
  #drop(): void {
    const lowest = Math.max(...this.state.waiting.map(rank))
    const victim = this.state.waiting.find((entry) => rank(entry) === lowest)
    if (victim) this.#removeWaiting(victim, 'dropped')
  }

  #confirm(run: number): void {
    const { playing } = this.state
    if (playing?.run === run && !playing.confirmed) this.#set({ playing: { ...playing, confirmed: true } })
  }

  #pause(): void {
    if (this.state.paused) return
    const { playing } = this.state
    this.#set({ paused: true })
    if (!playing) return
    const elapsedMs = offsetOf(playing, false, this.#now)
    if (this.#isLeaving(playing, elapsedMs)) this.#finishPlaying('shown')
    else this.#set({ playing: { ...playing, elapsedMs, startedAt: this.#now } })
  }

  /** The held alert goes back to the front of its class; whether it is still its turn is for `settle` to say. */
  #resume(): void {
    if (!this.state.paused) return
    const { playing, interrupted } = this.state
    this.#set({ paused: false })
    if (playing) this.#set({ playing: null, interrupted: [asInterrupted(playing, playing.elapsedMs), ...interrupted] })
  }

  #skip(id: string | undefined): void {
    const { playing, interrupted, waiting } = this.state
    if (playing && playing.alert.id === id) this.#finishPlaying('skipped')
    const preempted = interrupted.find((entry) => entry.alert.id === id)
    if (preempted) this.#removeInterrupted(preempted, 'skipped')
    const waits = waiting.find((entry) => entry.alert.id === id)
    if (waits) this.#removeWaiting(waits, 'skipped')
  }

  /** The same alert again under an id of its own, at the end of its class. */
  #replay(id: string, cause: Cause): void {
    const finished = this.state.recent.find((entry) => entry.alert.id === id)
    if (!finished) return
    const replays = this.state.replays + 1
    this.#set({ replays })
    this.#enqueue({ ...finished.alert, id: replayId(id, replays), enqueuedAt: this.#now }, cause)
  }

  #clear(): void {
    const { paused, playing, interrupted, waiting } = this.state
    if (paused && playing) this.#finishPlaying('cleared')
    for (const entry of interrupted) this.#removeInterrupted(entry, 'cleared')
    this.#set({ waiting: [] })
    for (const entry of waiting) this.#finish(entry, 'cleared')
  }

  /**
   * A page goes on with its alert while the hub is away, so an alert that was seen to start has simply run on: wall time
   * counts. One whose start was never confirmed may not have reached any page, and begins again under the same run
   * number, which a page that did show it knows and ignores.
   */
  #recover(): void {
    const { playing, paused } = this.state
    if (playing && !playing.confirmed && !paused) this.#set({ playing: { ...playing, startedAt: this.#now } })
  }

  /** Brings the state to rest: ends what is over, pre-empts what is outranked, starts what is next. */
  #settle(): void {
    if (this.state.paused) return
    const { playing, waiting } = this.state
    const first = waiting[0]
    if (playing) {
      const offset = offsetOf(playing, false, this.#now)
      if (offset >= playing.alert.durationMs) this.#finishPlaying('shown')
      else if (first && rank(first) < rank(playing)) this.#interrupt(playing, first, offset)
    }
    if (!this.state.playing) this.#startNext()
  }

  #interrupt(playing: PlayingEntry, by: Entry, elapsedMs: number): void {
    if (this.#isLeaving(playing, elapsedMs)) {
      this.#finishPlaying('shown')
      return
    }
    const entry = asInterrupted(playing, elapsedMs)
    this.#set({ playing: null, interrupted: [entry, ...this.state.interrupted] })
    this.facts.push({ kind: 'interrupted', entry, by: by.alert.id })
  }

  #startNext(): void {
    const [returning] = this.state.interrupted
    const [first] = this.state.waiting
    if (returning && (!first || rank(returning) <= rank(first))) {
      this.#set({ interrupted: this.state.interrupted.slice(1) })
      this.#start(returning, returning.elapsedMs)
    } else if (first) {
      this.#set({ waiting: this.state.waiting.slice(1) })
      this.#start(first, 0)
    }
  }

  #start({ alert, cause, order }: Entry, elapsedMs: number): void {
    const run = this.state.runs + 1
    const entry: PlayingEntry = { alert, cause, order, startedAt: this.#now, elapsedMs, run, confirmed: false }
    this.#set({ runs: run, playing: entry })
    this.facts.push({ kind: 'started', entry })
  }

  /** Already on its way out: bringing it back for the rest of its exit would only flicker. */
  #isLeaving(playing: PlayingEntry, elapsedMs: number): boolean {
    return playing.alert.durationMs - elapsedMs <= ALERT_MOTION.exitMs
  }

  #finishPlaying(outcome: FinishedEntry['outcome']): void {
    const { playing } = this.state
    if (!playing) return
    this.#set({ playing: null })
    this.#finish(playing, outcome)
  }

  #removeInterrupted(entry: InterruptedEntry, outcome: FinishedEntry['outcome']): void {
    this.#set({ interrupted: this.state.interrupted.filter((other) => other !== entry) })
    this.#finish(entry, outcome)
  }

  #removeWaiting(entry: Entry, outcome: FinishedEntry['outcome']): void {
    this.#set({ waiting: this.state.waiting.filter((other) => other !== entry) })
    this.#finish(entry, outcome)
  }

  #finish({ alert, cause, order }: Entry, outcome: FinishedEntry['outcome']): void {
    const entry: FinishedEntry = { alert, cause, order, finishedAt: this.#now, outcome }
    this.#set({ recent: [entry, ...this.state.recent].slice(0, RECENT_MAX) })
    this.facts.push({ kind: 'finished', entry })
  }

  #set(change: Partial<QueueState>): void {
    this.state = { ...this.state, ...change }
  }
}

function asInterrupted({ alert, cause, order }: PlayingEntry, elapsedMs: number): InterruptedEntry {
  return { alert, cause, order, elapsedMs }
}

/** `<id>#r<n>`; a replay of a replay counts on from the same first id. */
function replayId(id: string, count: number): string {
  return `${id.replace(/#r\d+$/, '')}#r${count}`
}
