/**
 * One run of the producer, from loading to stopping: hears events, drives the pure machine (machine.ts) with the clock, keeps
 * what viewers did (figures.ts), and has every change of the machine on disk before any page hears of it. What is only
 * counted is written every half minute, with the event up to which it goes, so that after a crash the rest is counted
 * again from there, each once.
 *
 * Knows no page and no vendor; alerts are not its business, it only holds the ticker while one is on screen.
 */
import type { Clock } from '../../../base/clock.ts'
import type { Event } from '../../../base/emitter.ts'
import { DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import type { Goal, StandingContentType } from '../../../contracts/content.ts'
import type { Show } from '../../../contracts/show.ts'
import type { ProducerState } from '../../../contracts/state/producer.ts'
import type { Bus, StoredEvent } from '../../kernel/bus.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import { type CommandContext, type Commands, SIMULATOR_ACTOR } from '../../kernel/commands.ts'
import { EventLine } from '../../kernel/event-line.ts'
import type { Logger } from '../../kernel/log.ts'
import type { EmoteWords } from '../../kernel/ports/emote-words.ts'
import { untilAborted } from '../../kernel/service.ts'
import type { Statement, Store } from '../../kernel/store/store.ts'
import { Contents, type Providers } from './contents.ts'
import { type Cause, Draft, isSameMachine, newsOf, type RuleSound } from './draft.ts'
import { Figures } from './figures.ts'
import { type MachineCommand, type MachineState, nextDue } from './machine.ts'
import { addProducerCommands } from './producer-commands.ts'
import { cursorStatements, type Loaded, machineStatements, showsStatement, statsStatement } from './producer-store.ts'
import { commandFor, rulesFor } from './rules.ts'
import { viewOf } from './view.ts'
import { isCounted } from './viewer-stats.ts'

export interface ProducerRunOptions {
  store: Pick<Store, 'all' | 'run' | 'eventsAfter'>
  bus: Pick<Bus, 'publish' | 'onEvent'>
  commands: Pick<Commands, 'handle'>
  channels: Pick<Channels, 'state'>
  clock: Clock
  log: Pick<Logger, 'warn' | 'error'>
  /** Whether an alert is on screen: the ticker's time stands still meanwhile. */
  alerts: { readonly isShowing: boolean; readonly onDidChangeShowing: Event<boolean> }
  /** Which words of a chat message are emotes. */
  words: EmoteWords
}

/** Figures that change with every chat message: four times a second is as often as anybody reads them. */
export const REFRESH_MS = 250
/** How often counts are written; what came since is counted again after a crash. */
export const FLUSH_MS = 30_000

export interface ProducerListener {
  onSound(sound: RuleSound): void
  /** As loaded, and after every change of them. */
  onShows(shows: readonly Show[]): void
}

const DEMO_PREFIX = 'simulator.demo.'

/** All changes go through one line, one after the other. */
export class ProducerRun {
  readonly #options: ProducerRunOptions
  readonly #listener: ProducerListener
  readonly #owned = new DisposableStore()
  /** For whatever comes first: see `#schedule`. */
  readonly #timer = this.#owned.add(new MutableDisposable())
  readonly #state: StateHandle<ProducerState>
  #machine: MachineState
  readonly #figures: Figures
  readonly #contents: Contents
  /** ms epoch */
  readonly #startedAt: number
  /** Up to where the disk had each part; only events after it are taken in again. */
  readonly #machineCursor: number
  readonly #statsCursor: number
  /** The last event taken in. */
  #cursor: number
  /** What the disk has. */
  #flushedCursor: number
  /** Moments of the monotonic clock; null while nothing waits. */
  #refreshAt: number | null = null
  #flushAt: number | null = null
  #shownAt = -Infinity
  #ruled: ReadonlySet<string> = new Set()
  /** Ids of what the demo has put there, which is on no disk and gone with it; null while none plays. */
  #played: Set<string> | null = null
  readonly #line: EventLine
  /** The show that who listens knows of: while it catches up, they are told of the last one alone. */
  #toldShow: string

  constructor(options: ProducerRunOptions, providers: Providers, loaded: Loaded, listener: ProducerListener) {
    this.#listener = listener
    this.#options = options
    this.#figures = new Figures(options.clock.now(), options.words, loaded.stats)
    this.#contents = new Contents(providers, this.#figures, options.log)
    this.#machineCursor = loaded.machineCursor
    this.#statsCursor = loaded.statsCursor
    this.#cursor = Math.min(loaded.machineCursor, loaded.statsCursor)
    this.#flushedCursor = this.#cursor
    this.#machine = loaded.machine
    this.#startedAt = options.clock.now()
    this.#ruled = ruledTypes(this.#machine.shows)
    this.#state = this.#owned.add(options.channels.state('state:producer', this.#view()))
    this.#toldShow = this.#machine.show
    listener.onShows(this.#machine.shows)
    const { store, bus, clock } = options
    this.#line = this.#owned.add(
      new EventLine({
        store,
        bus,
        clock,
        wants: (type) => this.#matters(type),
        take: (events, cursor) => this.#take(events, cursor),
        caughtUp: () => this.#tellShow(),
      }),
    )
  }

  /** Ends with `signal`, or rejects with the first change that the disk did not take. */
  async run(signal: AbortSignal): Promise<void> {
    const { alerts } = this.#options
    const line = this.#line
    try {
      this.#owned.add(alerts.onDidChangeShowing(() => void line.runOrBreak(() => this.#mindAlerts())))
      this.#owned.add(this.#contents.onDidChange(() => void line.runOrBreak(() => this.#mindContent())))
      const caughtUp = line.start(this.#cursor)
      // The time passes that has passed.
      void line.runOrBreak(() => this.#mindAlerts())
      // Commands asked for meanwhile wait their turn.
      this.#addCommands()
      await Promise.race([caughtUp, line.broken])
      await Promise.race([untilAborted(signal), line.broken])
      await line.end()
      await line.run(() => this.#flush())
    } finally {
      this.#owned.dispose()
    }
  }

  // --- events in ---

  #matters(type: string): boolean {
    const isOwn = type === 'twitch.channel.update' || type.startsWith(DEMO_PREFIX)
    return isCounted({ type }) || isOwn || this.#ruled.has(type)
  }

  /** In order; what is read from the store, each at the time it happened. */
  async #take(events: readonly StoredEvent[], cursor: number): Promise<void> {
    this.#cursor = cursor
    if (events.length === 0) {
      this.#flushLater()
      return
    }
    const { isCatchingUp } = this.#line
    const now = this.#options.clock.now()
    const draft = new Draft(this.#machine)
    for (const event of events) {
      this.#takeOne(event, draft, isCatchingUp ? Math.min(now, Math.max(draft.machine.now, event.at)) : now)
    }
    await this.#commit(draft, isCatchingUp ? draft.machine.now : now)
    this.#statsMayHaveChanged()
  }

  async #tellShow(): Promise<void> {
    const { show, why } = this.#machine
    const previous = this.#toldShow
    if (show === previous) return
    await this.#options.bus.publish(newsOf({ kind: 'show-changed', show, previous, why }))
    this.#toldShow = show
  }

  #takeOne(event: StoredEvent, draft: Draft, now: number): void {
    const isMadeUp = event.source === 'simulator'
    if (event.type === 'simulator.demo.started' && !this.#line.isCatchingUp) this.#played ??= new Set()
    if (event.type === 'simulator.demo.ended') this.#endDemo(draft, now)
    if (event.type.startsWith(DEMO_PREFIX)) return
    // The rehearsal of the process before this one is over.
    const isOver = isMadeUp && this.#line.isCatchingUp && event.at <= this.#startedAt
    if (isMadeUp && !isOver) this.#figures.rehearse(now)
    if (event.seq > this.#statsCursor && !isOver) this.#figures.take(event, now)
    if (event.seq <= this.#machineCursor) return
    if (event.type === 'twitch.channel.update' && !isOver) {
      const { category_id: id, category_name: name } = event.payload
      this.#figures.takeCategory(event, draft.machine.category)
      draft.advance({ kind: 'category', category: { id, name } }, now, event)
    }
    const show = draft.machine.shows.find(({ id }) => id === draft.machine.show)
    const rules = rulesFor(event, show?.rules ?? [])
    if (rules.length === 0) return
    // What it has just made sayable can be put at once.
    this.#mindAvailable(draft, now, event)
    for (const rule of rules) {
      const command = commandFor(event, rule)
      if (!command) continue
      if (isMadeUp) this.#noteOf(command)
      draft.advance(command, now, event)
      if (rule.sound !== null) draft.sounds.push({ sound: rule.sound, volume: rule.volume })
    }
  }

  #noteOf(command: MachineCommand): void {
    if (command.kind === 'put') this.#played?.add(command.item.id)
    else if (command.kind === 'board') this.#played?.add(command.boarding.id)
    else if (command.kind === 'cover') this.#played?.add(command.id)
  }

  /** What it has put there is gone, and the tick that follows ends the rehearsal. */
  #endDemo(draft: Draft, now: number): void {
    for (const id of this.#played ?? []) draft.advance({ kind: 'remove', id }, now)
    const { takeover } = draft.machine
    if (takeover && this.#played?.has(takeover.id)) draft.advance({ kind: 'uncover' }, now)
    this.#played = null
    this.#figures.letEnd(now)
  }

  // --- what others say ---

  async #mindAlerts(): Promise<void> {
    await this.#apply({ kind: 'alert', isShowing: this.#options.alerts.isShowing })
  }

  /** A provider's content has changed. */
  async #mindContent(): Promise<void> {
    await this.#apply({ kind: 'tick' })
    this.#refresh()
  }

  /** While it catches up, what had something to say before still has: its counts may only not be back yet. */
  #mindAvailable(draft: Draft, now: number, causedBy?: Cause): void {
    const before = draft.machine.available
    const after = this.#contents.available()
    const types = this.#line.isCatchingUp ? [...new Set([...before, ...after])] : after
    draft.advance({ kind: 'available', types: sameOr(before, types) }, now, causedBy)
  }

  // --- time ---

  async #tick(): Promise<void> {
    const { clock } = this.#options
    const now = clock.now()
    const { category } = this.#machine
    const trueCategory = this.#figures.trueCategory(category)
    const isOver = this.#figures.endRehearsal(now)
    if (isOver && trueCategory !== category) await this.#apply({ kind: 'category', category: trueCategory })
    if (this.#figures.roll(now) || isOver) this.#refreshAt = clock.monotonic()
    await this.#apply({ kind: 'tick' })
    if (this.#refreshAt !== null && this.#refreshAt <= clock.monotonic()) this.#refresh()
    if (this.#flushAt !== null && this.#flushAt <= clock.monotonic()) await this.#flush()
    this.#schedule()
  }

  /** Wakes at whatever comes first: an end, a turn of the ticker, midnight, figures to show or to write. */
  #schedule(): void {
    const { clock } = this.#options
    const now = clock.now()
    const moments = [nextDue(this.#machine), this.#figures.nextDue].filter((moment) => moment !== null)
    const delays = moments.map((moment) => moment - now)
    for (const at of [this.#refreshAt, this.#flushAt]) if (at !== null) delays.push(at - clock.monotonic())
    const delayMs = Math.max(0, Math.min(...delays))
    this.#timer.set(clock.setTimeout(() => void this.#line.runOrBreak(() => this.#tick()), delayMs))
  }

  // --- changes out ---

  async #apply(command: MachineCommand, causedBy?: Cause, alongside: readonly Statement[] = []): Promise<void> {
    const draft = new Draft(this.#machine)
    const now = this.#options.clock.now()
    draft.advance(command, now, causedBy)
    await this.#commit(draft, now, alongside)
  }

  /** Writes, then shows. When the store refuses, nothing has changed and the run ends. */
  async #commit(draft: Draft, now: number, alongside: readonly Statement[] = []): Promise<void> {
    this.#mindAvailable(draft, now)
    const statements = [...this.#statementsOf(draft.machine), ...alongside]
    const { isCatchingUp } = this.#line
    const [first, ...rest] = isCatchingUp ? draft.newsButShows : draft.news
    // Published in one tick, they share the transaction of the first, which carries the rows.
    if (first) {
      const all = [{ ...first, alongside: statements }, ...rest]
      await Promise.all(all.map((news) => this.#options.bus.publish(news)))
    } else if (statements.length > 0) {
      await this.#options.store.run(statements)
    }
    const changed = !isSameMachine(this.#machine, draft.machine)
    const areOtherShows = this.#machine.shows !== draft.machine.shows
    if (areOtherShows) this.#ruled = ruledTypes(draft.machine.shows)
    this.#machine = draft.machine
    if (!isCatchingUp) this.#toldShow = draft.machine.show
    if (areOtherShows) this.#listener.onShows(draft.machine.shows)
    if (changed) this.#refresh()
    this.#schedule()
    if (!isCatchingUp) for (const sound of draft.sounds) this.#listener.onSound(sound)
  }

  #statementsOf(machine: MachineState): Statement[] {
    if (isSameMachine(this.#machine, machine)) return []
    const shows = machine.shows === this.#machine.shows ? [] : [showsStatement(machine.shows)]
    const isTrue = ({ id }: { id: string }) => !this.#played?.has(id)
    const takeover = machine.takeover && isTrue(machine.takeover) ? machine.takeover : null
    const kept = { ...machine, items: machine.items.filter(isTrue), takeover }
    return [...machineStatements(kept, this.#figures.trueCategory(machine.category), this.#cursor), ...shows]
  }

  /** Shows what is true now; what did not change does not travel. */
  #refresh(): void {
    this.#refreshAt = null
    this.#shownAt = this.#options.clock.monotonic()
    const view = this.#view()
    this.#state.update((draft) => {
      Object.assign(draft, view)
    })
  }

  #view(): ProducerState {
    const { goals } = this.#figures.current
    return {
      ...viewOf(this.#machine, { read: (type) => this.#contents.read(type), words: this.#options.words }),
      goals: [...goals],
    }
  }

  #statsMayHaveChanged(): void {
    this.#refreshAt ??= Math.max(this.#options.clock.monotonic(), this.#shownAt + REFRESH_MS)
    this.#flushLater()
    if (this.#refreshAt <= this.#options.clock.monotonic()) this.#refresh()
  }

  #flushLater(): void {
    this.#flushAt ??= this.#options.clock.monotonic() + FLUSH_MS
    this.#schedule()
  }

  /** Writes counts and how far events are heard. */
  async #flush(): Promise<void> {
    this.#flushAt = null
    if (!this.#figures.isDirty && this.#cursor === this.#flushedCursor) return
    await this.#options.store.run(this.#countStatements())
    this.#flushed()
  }

  #countStatements(): Statement[] {
    const stats = this.#figures.unwritten()
    return [...cursorStatements(this.#cursor), ...(stats ? [statsStatement(stats)] : [])]
  }

  #flushed(): void {
    this.#figures.written()
    this.#flushedCursor = this.#cursor
  }

  // --- commands ---

  #addCommands(): void {
    const machine = () => this.#machine
    const run = {
      get machine() {
        return machine()
      },
      inTurn: <T>(work: () => Promise<T>) => this.#line.answerOrBreak(work),
      apply: (command: MachineCommand, context: CommandContext) => {
        if (context.actor === SIMULATOR_ACTOR) this.#noteOf(command)
        return this.#apply(command, context)
      },
      isPlayed: (id: string) => this.#played?.has(id) === true,
      isAvailable: (type: StandingContentType) => this.#contents.read(type) !== null,
      setGoals: (goals: readonly Goal[]) => this.#setGoals(goals),
    }
    this.#owned.add(addProducerCommands(this.#options.commands, run))
  }

  async #setGoals(goals: readonly Goal[]): Promise<void> {
    this.#figures.setGoals(goals)
    await this.#apply({ kind: 'tick' }, undefined, this.#countStatements())
    this.#flushed()
    this.#refresh()
  }
}

/** Every event that some show has a rule for. */
function ruledTypes(shows: readonly Show[]): ReadonlySet<string> {
  return new Set(shows.flatMap(({ rules }) => rules.map(({ event }) => event)))
}

function sameOr<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  return before.length === after.length && before.every((value, index) => value === after[index]) ? before : after
}
