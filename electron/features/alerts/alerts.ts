/**
 * The alerts feature: hears events, makes alerts of them by the streamer's rules, and runs the one queue. Every change is
 * on disk before any page hears of it, so a hub killed at any moment goes on where its last commit was.
 *
 * Nothing is lost: events are taken from the store, past a cursor that moves in the transaction that takes them in; an
 * event stored just before a crash is found again. Nothing is shown twice: the same transaction, and for the page the
 * run number (see `recover` in queue.ts). Knows no page and no vendor.
 */

import { z } from 'zod'
import { type Clock, sleep } from '../../../base/clock.ts'
import { Emitter, type Event } from '../../../base/emitter.ts'
import { DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import { type Alert, alertTypes } from '../../../contracts/alert.ts'
import type { AlertsState } from '../../../contracts/state/alerts.ts'
import type { SoundUse } from '../../../contracts/state/sounds.ts'
import type { Bus, StoredEvent } from '../../kernel/bus.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import { type CommandContext, CommandError, type Commands } from '../../kernel/commands.ts'
import { EventLine } from '../../kernel/event-line.ts'
import type { Logger } from '../../kernel/log.ts'
import type { EmoteWords } from '../../kernel/ports/emote-words.ts'
import type { SoundUser } from '../../kernel/ports/sound-user.ts'
import { HEALTHY, type Health, type Service, untilAborted } from '../../kernel/service.ts'
import type { Migration, Statement, Store } from '../../kernel/store/store.ts'
import { newsOf } from './alert-news.ts'
import { changedRules, mergeRules } from './default-rules.ts'
import { joined, type Wave, waveSchema, waveWords } from './follow-wave.ts'
import { EMPTY_FOLD, type FoldState, foldGift, foldGiftedSub, foldSchema, foldTick, nextRelease } from './gift-fold.ts'
import {
  type Cause,
  findPending,
  hasPending,
  type PlayingEntry,
  type QueueCommand,
  type QueueFact,
  type QueueState,
  type QueueStep,
  remainingMs,
  step,
} from './queue.ts'
import { alertValues, countersSchema, deleteAlert, loadQueue, statementsBetween } from './queue-store.ts'
import { type AlertEvent, alertFor, isAlertEvent, type Rules } from './rules.ts'
import { fillLists, type Sound, toState, updateQueue } from './view.ts'
import { createWording, type Wording } from './wording.ts'

export const alertsMigrations: readonly Migration[] = [
  {
    id: 'alerts/1',
    sql: `
      CREATE TABLE alerts (
        id TEXT PRIMARY KEY,
        place INTEGER NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('waiting', 'playing', 'interrupted', 'finished')),
        alert TEXT NOT NULL,
        cause_id TEXT NOT NULL,
        correlation_id TEXT NOT NULL,
        started_at INTEGER,
        elapsed_ms INTEGER,
        run INTEGER,
        confirmed INTEGER,
        finished_at INTEGER,
        outcome TEXT CHECK (outcome IN ('shown', 'skipped', 'cleared', 'dropped'))
      ) STRICT;
      CREATE TABLE alert_values (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    `,
  },
]

export interface AlertsOptions {
  store: Pick<Store, 'all' | 'run' | 'eventsAfter'>
  bus: Pick<Bus, 'publish' | 'onEvent'>
  commands: Pick<Commands, 'handle'>
  channels: Pick<Channels, 'state'>
  /** Which words of a message are emotes. */
  words: EmoteWords
  clock: Clock
  log: Pick<Logger, 'warn' | 'error'>
  /** How counts and money are written; without it as in `DEFAULT_LOCALE`. */
  locale?: string | undefined
}

/** By then the patch has long left the hub, so every page that was there has begun to show the alert. */
export const CONFIRM_MS = 250
/** After a restart pages are back by then; an alert that began sooner would begin without them. */
export const RETURN_GRACE_MS = 600

/** The words on alerts are English, so the figures are too. */
const DEFAULT_LOCALE = 'en-GB'

const soundSchema = z.object({ muted: z.boolean(), volume: z.number().min(0).max(1) })
const DEFAULT_SOUND: Sound = { muted: false, volume: 1 }

/** An alert comes on screen for the first time: the moment of its sound. */
interface StartedAlert {
  alert: Alert
  /** Of all alerts. */
  sound: Sound
}

export interface Alerts extends Service, SoundUser {
  /** Not for one that comes back after an interruption, a pause or a restart. */
  readonly onDidStart: Event<StartedAlert>
  /** An alert is on screen; one that is held by a pause is not. */
  readonly isShowing: boolean
  readonly onDidChangeShowing: Event<boolean>
  /** Of all alerts, and of what else makes a sound. */
  readonly sound: Sound
}

export function createAlerts(options: AlertsOptions): Alerts {
  const didStart = new Emitter<StartedAlert>()
  const didChangeShowing = new Emitter<boolean>()
  let isShowing = false
  let sound = DEFAULT_SOUND
  const didChangeSoundUses = new Emitter<void>()
  let rules: Rules | null = null
  const show = (showing: boolean) => {
    if (showing === isShowing) return
    isShowing = showing
    didChangeShowing.fire(showing)
  }
  const health: Health = HEALTHY
  const onDidChangeHealth = new Emitter<Health>()
  return {
    id: 'alerts',
    health,
    onDidChangeHealth: onDidChangeHealth.event,
    onDidStart: didStart.event,
    get isShowing() {
      return isShowing
    },
    onDidChangeShowing: didChangeShowing.event,
    get sound() {
      return sound
    },
    soundUses: () => soundUsesOf(rules),
    onDidChangeSoundUses: didChangeSoundUses.event,
    async run(signal) {
      try {
        const session = await AlertSession.open(options, {
          onStart: (started) => didStart.fire(started),
          onChange(state) {
            sound = state.sound
            show(state.isShowing)
            if (state.rules === rules) return
            rules = state.rules
            didChangeSoundUses.fire()
          },
        })
        await session.run(signal)
      } finally {
        show(false)
      }
    },
  }
}

/** Those of rules that are switched off too: they are a press away from being wanted. */
function soundUsesOf(rules: Rules | null): SoundUse[] {
  if (!rules) return []
  return alertTypes.flatMap((alert) => {
    const { sound: own, variants } = rules[alert]
    const sounds = new Set([own, ...variants.map(({ sound }) => sound)].filter((sound) => sound !== null))
    return [...sounds].map((sound) => ({ by: 'alert' as const, alert, sound }))
  })
}

interface AlertListener {
  onStart(started: StartedAlert): void
  /** Told with every change, also when these are the same. */
  onChange(state: { isShowing: boolean; sound: Sound; rules: Rules }): void
}

/** Everything that one transition changes. */
interface Change {
  queue?: QueueState
  facts?: QueueFact[]
  fold?: FoldState
  wave?: Wave | null
  cursor?: number
  rules?: Rules
  sound?: Sound
}

/** A change that events make, under way. */
interface Draft {
  queue: QueueState
  facts: QueueFact[]
  fold: FoldState
  wave: Wave | null
}

/** One run of the feature, from loading to stopping. All changes go through one line, one after the other. */
class AlertSession {
  readonly #options: AlertsOptions
  readonly #listener: AlertListener
  readonly #owned = new DisposableStore()
  readonly #timer = this.#owned.add(new MutableDisposable())
  readonly #wording: Wording
  readonly #state: StateHandle<AlertsState>
  #queue: QueueState
  #fold: FoldState
  #wave: Wave | null
  #rules: Rules
  #sound: Sound
  readonly #line: EventLine
  /** The last event that was taken in before this run. */
  readonly #savedCursor: number

  static async open(options: AlertsOptions, listener: AlertListener): Promise<AlertSession> {
    const read = await alertValues.load(options.store, (fault) => {
      options.log.warn({ fault }, 'a stored value of the alerts gives way to a new one')
    })
    const { queue, unreadable } = await loadQueue(options.store, read('counters', countersSchema))
    for (const alert of unreadable) options.log.warn({ alert }, 'a kept alert has an unknown shape and is left out')
    if (unreadable.length > 0) await options.store.run(unreadable.map(deleteAlert))
    return new AlertSession(options, listener, queue, read)
  }

  private constructor(
    options: AlertsOptions,
    listener: AlertListener,
    queue: QueueState,
    read: Awaited<ReturnType<typeof alertValues.load>>,
  ) {
    this.#options = options
    this.#listener = listener
    this.#wording = createWording(options.locale ?? DEFAULT_LOCALE)
    this.#queue = queue
    this.#fold = read('fold', foldSchema) ?? EMPTY_FOLD
    this.#wave = read('wave', waveSchema) ?? null
    this.#savedCursor = read('cursor', z.number()) ?? 0
    this.#rules = mergeRules(read('rules', z.unknown()))
    this.#sound = read('sound', soundSchema) ?? DEFAULT_SOUND
    const initial = toState(this.#queue, this.#rules, this.#sound)
    this.#state = this.#owned.add(options.channels.state('state:alerts', initial))
    const { store, bus, clock, log } = options
    this.#line = this.#owned.add(
      new EventLine({
        store,
        bus,
        clock,
        wants: (type) => isAlertEvent({ type }),
        take: (events, cursor) => this.#take(events, cursor),
        onUnreadable: ({ id, type }) => log.warn({ event: id, type }, 'an event of an unknown shape makes no alert'),
      }),
    )
  }

  async run(signal: AbortSignal): Promise<void> {
    const line = this.#line
    try {
      void line.runOrBreak(() => this.#recover(signal))
      const caughtUp = line.start(this.#savedCursor)
      // Commands asked for meanwhile wait their turn.
      this.#registerCommands()
      await Promise.race([caughtUp, line.broken])
      this.#tellChange()
      void line.runOrBreak(() => this.#tick())
      await Promise.race([untilAborted(signal), line.broken])
      await line.end()
    } finally {
      this.#owned.dispose()
    }
  }

  /** Goes on where the last commit was, once pages can be back. */
  async #recover(signal: AbortSignal): Promise<void> {
    if (hasPending(this.#queue)) await sleep(this.#options.clock, RETURN_GRACE_MS, signal)
    await this.#apply([{ kind: 'recover' }])
  }

  #tellChange(): void {
    const isShowing = this.#queue.playing !== null && !this.#queue.paused
    this.#listener.onChange({ isShowing, sound: this.#sound, rules: this.#rules })
  }

  // --- events in ---

  /** In order, in one transaction with the cursor. */
  async #take(events: readonly StoredEvent[], cursor: number): Promise<void> {
    const draft: Draft = { queue: this.#queue, facts: [], fold: this.#fold, wave: this.#wave }
    for (const event of events) {
      if (isAlertEvent(event)) this.#takeOne(event, draft)
    }
    await this.#commit({ ...draft, cursor })
  }

  #takeOne(event: AlertEvent, draft: Draft): void {
    const now = this.#options.clock.now()
    const alert = this.#alertOf(event, now)
    const cause: Cause = { id: event.id, correlationId: event.correlationId }
    if (event.type === 'twitch.channel.subscription.gift') draft.fold = foldGift(draft.fold, event.payload, now)
    if (event.type === 'twitch.channel.subscribe' && event.payload.is_gift) {
      if (!alert) return
      const folded = foldGiftedSub(draft.fold, { alert, cause, tier: event.payload.tier }, now)
      draft.fold = folded.state
      for (const sub of folded.released) enqueue(draft, sub, now)
    } else if (alert && !this.#joinWave(alert, draft, now)) {
      enqueue(draft, { alert, cause }, now)
    }
  }

  /** Counts a follow with the one that waits, where there is one; else it is the one that the next ones are counted with. */
  #joinWave({ id, type, who, simulated }: Alert, draft: Draft, now: number): boolean {
    const { follow } = this.#rules
    if (type !== 'follow' || !follow.fold) return false
    const wave = joined(draft.wave, now)
    const waits = wave && draft.queue.waiting.find(({ alert }) => alert.id === wave.alertId)
    // What is made up is never mixed with what is true.
    if (!wave || waits?.alert.simulated !== simulated) {
      draft.wave = { alertId: id, others: 0, at: now }
      return false
    }
    draft.wave = wave
    const what = waveWords(wave, who, follow, this.#wording)
    advance(draft, step(draft.queue, { kind: 'reword', id: wave.alertId, what }, now))
    return true
  }

  /** A fault in the wording of one event must not stand in the way of all that follow, now and after every restart. */
  #alertOf(event: AlertEvent, now: number): Alert | null {
    try {
      const sources = { rules: this.#rules, wording: this.#wording, words: this.#options.words }
      return alertFor(event, sources, now)
    } catch (error) {
      this.#options.log.error({ err: error, event: event.id, type: event.type }, 'an event could not be worded')
      return null
    }
  }

  // --- time ---

  async #tick(): Promise<void> {
    const now = this.#options.clock.now()
    const folded = foldTick(this.#fold, now)
    const draft = { queue: this.#queue, facts: [] as QueueFact[], fold: folded.state }
    for (const sub of folded.released) enqueue(draft, sub, now)
    const { playing, paused } = draft.queue
    const due = playing && !paused && !playing.confirmed && now - playing.startedAt >= CONFIRM_MS
    const commands: QueueCommand[] = due ? [{ kind: 'confirm', run: playing.run }] : []
    for (const command of [...commands, { kind: 'tick' } as const]) advance(draft, step(draft.queue, command, now))
    await this.#commit(draft)
    this.#schedule()
  }

  /** Wakes at whatever comes first: the end of the alert on screen, its confirmation, a held gift. */
  #schedule(): void {
    const now = this.#options.clock.now()
    const { playing, paused } = this.#queue
    const confirm = playing && !paused && !playing.confirmed ? playing.startedAt + CONFIRM_MS - now : null
    const release = nextRelease(this.#fold)
    const waits = [remainingMs(this.#queue, now), confirm, release === null ? null : release - now]
    const delays = waits.filter((delay) => delay !== null)
    if (delays.length === 0) this.#timer.set(undefined)
    else {
      const delayMs = Math.max(0, Math.min(...delays))
      this.#timer.set(this.#options.clock.setTimeout(() => void this.#line.runOrBreak(() => this.#tick()), delayMs))
    }
  }

  // --- changes out ---

  async #apply(commands: readonly QueueCommand[]): Promise<QueueFact[]> {
    const now = this.#options.clock.now()
    const draft = { queue: this.#queue, facts: [] as QueueFact[] }
    for (const command of commands) advance(draft, step(draft.queue, command, now))
    await this.#commit(draft)
    return draft.facts
  }

  /** Writes, then shows. When the store refuses, nothing has changed and the run ends. */
  async #commit(change: Change): Promise<void> {
    const statements = this.#statementsOf(change)
    if (statements.length === 0) return
    const drafts = (change.facts ?? []).map(newsOf)
    const [first, ...rest] = drafts
    // Published in one tick, they share the transaction of the first, which carries the rows.
    if (first) {
      const all = [{ ...first, alongside: statements }, ...rest]
      await Promise.all(all.map((draft) => this.#options.bus.publish(draft)))
    } else {
      await this.#options.store.run(statements)
    }
    this.#show(change)
  }

  #statementsOf({ queue, fold, wave, cursor, rules, sound }: Change): Statement[] {
    return [
      ...(queue ? statementsBetween(this.#queue, queue) : []),
      ...(fold && fold !== this.#fold ? [alertValues.put('fold', fold)] : []),
      ...(wave !== undefined && wave !== this.#wave ? [alertValues.put('wave', wave)] : []),
      ...(cursor !== undefined ? [alertValues.put('cursor', cursor)] : []),
      ...(rules ? [alertValues.put('rules', changedRules(rules))] : []),
      ...(sound ? [alertValues.put('sound', sound)] : []),
    ]
  }

  #show({ queue, facts, fold, wave, rules, sound }: Change): void {
    this.#queue = queue ?? this.#queue
    this.#fold = fold ?? this.#fold
    this.#wave = wave === undefined ? this.#wave : wave
    this.#rules = rules ?? this.#rules
    this.#sound = sound ?? this.#sound
    this.#state.update((draft) => {
      if (queue) updateQueue(draft, queue)
      if (rules) draft.rules = structuredClone(rules) as AlertsState['rules']
      if (sound) draft.sound = { ...sound }
    })
    if (queue) this.#state.update((draft) => fillLists(draft, queue))
    this.#tellChange()
    for (const fact of facts ?? []) if (fact.kind === 'started') this.#announceStart(fact.entry)
    this.#schedule()
  }

  /** One that another has pushed off within the same change was never on screen: its moment comes when it is back. */
  #announceStart({ alert, run, elapsedMs }: PlayingEntry): void {
    if (elapsedMs === 0 && run === this.#queue.playing?.run) this.#listener.onStart({ alert, sound: this.#sound })
  }

  // --- commands ---

  #registerCommands(): void {
    const { commands } = this.#options
    const owned = this.#owned
    owned.add(commands.handle('alert.pause', () => this.#command([{ kind: 'pause' }]).then(() => ({}))))
    owned.add(commands.handle('alert.resume', () => this.#command([{ kind: 'resume' }]).then(() => ({}))))
    owned.add(commands.handle('alert.skip', ({ id }) => this.#skip(id)))
    owned.add(commands.handle('alert.replay', ({ id }, context) => this.#replay(id, context)))
    owned.add(commands.handle('alert.clear', () => this.#clear()))
    owned.add(
      commands.handle('alert.rule.set', ({ type, rule }) =>
        this.#change(() => ({ rules: { ...this.#rules, [type]: rule } })),
      ),
    )
    owned.add(commands.handle('alert.sound.set', (sound) => this.#change(() => ({ sound }))))
  }

  async #skip(id: string | undefined): Promise<Record<string, never>> {
    const facts = await this.#command([{ kind: 'skip', id }])
    if (facts.length > 0) return {}
    if (id === undefined) throw new CommandError('not_found', 'no alert is on screen, so there is nothing to skip')
    throw new CommandError('not_found', `no alert "${id}" is waiting or on screen`, { path: 'id' })
  }

  async #replay(id: string, { id: commandId, correlationId }: CommandContext): Promise<{ id: string }> {
    const facts = await this.#command([{ kind: 'replay', id, cause: { id: commandId, correlationId } }])
    const enqueued = facts.find((fact) => fact.kind === 'enqueued')
    if (enqueued) return { id: enqueued.entry.alert.id }
    if (findPending(this.#queue, id)) {
      throw new CommandError('conflict', `alert "${id}" has not finished yet; it will play by itself`, { path: 'id' })
    }
    throw new CommandError('not_found', `alert "${id}" is not among the recent ones`, { path: 'id' })
  }

  async #clear(): Promise<{ cleared: number }> {
    const facts = await this.#command([{ kind: 'clear' }])
    return { cleared: facts.filter((fact) => fact.kind === 'finished').length }
  }

  #command(commands: readonly QueueCommand[]): Promise<QueueFact[]> {
    return this.#line.answerOrBreak(() => this.#apply(commands))
  }

  #change(change: () => Change): Promise<Record<string, never>> {
    return this.#line.answerOrBreak(async () => {
      await this.#commit(change())
      return {}
    })
  }
}

function enqueue(
  draft: { queue: QueueState; facts: QueueFact[] },
  { alert, cause }: { alert: Alert; cause: Cause },
  now: number,
): void {
  advance(draft, step(draft.queue, { kind: 'enqueue', alert, cause }, now))
}

function advance(draft: { queue: QueueState; facts: QueueFact[] }, { state, facts }: QueueStep): void {
  draft.queue = state
  draft.facts.push(...facts)
}
