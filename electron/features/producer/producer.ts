/**
 * The producer: hears events, and by the current show's table decides what stands on the omnibar's layers. Drives the pure
 * machine (machine.ts) with the clock, keeps what viewers did (viewer-stats.ts), and has every change of the machine on
 * disk before any page hears of it. What is only counted is written every half minute: events are taken from the store
 * past a cursor, so after a crash the rest is counted again from there, each once.
 *
 * What the simulator makes up is counted on a copy that is thrown away after a while, and at once when the demo ends, with
 * whatever the demo has put on the bar, which is on no disk. Knows no page and no vendor; alerts
 * are not its business, it only holds the ticker while one is on screen.
 */
import type { Clock } from '../../../base/clock.ts'
import { Emitter, type Event } from '../../../base/emitter.ts'
import { type Disposable, DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import { errorMessage } from '../../../base/result.ts'
import { type Content, type StandingContentType, standingContentTypes } from '../../../contracts/content.ts'
import type { StoredEnvelope } from '../../../contracts/envelope.ts'
import { type EventEnvelope, eventSchemas, isEventType } from '../../../contracts/events.ts'
import { MAX_RULES, MAX_SHOWS, type Show } from '../../../contracts/show.ts'
import type { ProducerState } from '../../../contracts/state/producer.ts'
import type { SoundUse } from '../../../contracts/state/sounds.ts'
import type { Bus, EventDraft } from '../../kernel/bus.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import { type CommandContext, CommandError, type Commands, SIMULATOR_ACTOR } from '../../kernel/commands.ts'
import type { Logger } from '../../kernel/log.ts'
import { newId } from '../../kernel/new-id.ts'
import type { ContentProvider } from '../../kernel/ports/content-provider.ts'
import type { EmoteWords } from '../../kernel/ports/emote-words.ts'
import type { SoundUser } from '../../kernel/ports/sound-user.ts'
import { HEALTHY, type Health, type Service, untilAborted } from '../../kernel/service.ts'
import type { Statement, Store } from '../../kernel/store/store.ts'
import { DEFAULT_SHOWS } from './default-shows.ts'
import { type ItemDraft, type MachineCommand, type MachineFact, type MachineState, nextDue, step } from './machine.ts'
import {
  cursorStatements,
  type Loaded,
  loadProducer,
  machineStatements,
  showsStatement,
  statsStatement,
} from './producer-store.ts'
import { clean, commandFor, faultOf, rulesFor } from './rules.ts'
import { type Category, isBuiltIn } from './show-choice.ts'
import { viewOf } from './view.ts'
import { isCounted, type ViewerContentType, ViewerStats, viewerContentTypes } from './viewer-stats.ts'

export interface ProducerOptions {
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
  /** Content of other features. Throws at once when two offer the same type. */
  providers: readonly ContentProvider[]
}

/** Priority of what the streamer puts there by hand. */
const FORCED_PRIORITY = 100
/** Figures that change with every chat message: four times a second is as often as anybody reads them. */
export const REFRESH_MS = 250
/** How often counts are written; what came since is counted again after a crash. */
export const FLUSH_MS = 30_000
/** Made-up figures are gone so long after the last event of the simulator. */
export const REHEARSAL_MS = 300_000
const DEMO_PREFIX = 'simulator.demo.'
/** Events read at once when catching up. */
const CATCH_UP_PAGE = 500
/** Events waiting to be taken in; beyond it they are read from the store again, where they are safe. */
const INBOX_MAX = 1000

/** A sound to be played now. */
interface RuleSound {
  sound: string
  /** 0 to 1, before the volume of all alerts. */
  volume: number
}

export interface Producer extends Service, SoundUser {
  /** A rule with a sound has been applied. Not for what is only taken in again after a restart. */
  readonly onDidSound: Event<RuleSound>
}

export function createProducer(options: ProducerOptions): Producer {
  const providers = providersByType(options.providers)
  const health: Health = HEALTHY
  const onDidChangeHealth = new Emitter<Health>()
  const didSound = new Emitter<RuleSound>()
  const didChangeSoundUses = new Emitter<void>()
  let shows: readonly Show[] = []
  const listener: ProducerListener = {
    onSound: (sound) => didSound.fire(sound),
    onShows(changed) {
      shows = changed
      didChangeSoundUses.fire()
    },
  }
  return {
    id: 'producer',
    onDidSound: didSound.event,
    soundUses: () => soundUsesOf(shows),
    onDidChangeSoundUses: didChangeSoundUses.event,
    health,
    onDidChangeHealth: onDidChangeHealth.event,
    async run(signal) {
      const loaded = await loadProducer(options.store, options.clock.now())
      for (const fault of loaded.faults)
        options.log.warn({ fault }, 'stored values of the producer give way to new ones')
      await new ProducerSession(options, providers, loaded, listener).run(signal)
    },
  }
}

interface ProducerListener {
  onSound(sound: RuleSound): void
  /** As loaded, and after every change of them. */
  onShows(shows: readonly Show[]): void
}

function soundUsesOf(shows: readonly Show[]): SoundUse[] {
  return shows.flatMap(({ name, rules }) =>
    rules.flatMap(({ id, sound }) => (sound === null ? [] : [{ by: 'show' as const, show: name, rule: id, sound }])),
  )
}

type Providers = ReadonlyMap<StandingContentType, ContentProvider>

function providersByType(all: readonly ContentProvider[]): Providers {
  const providers = new Map<StandingContentType, ContentProvider>()
  for (const provider of all) {
    for (const type of provider.types) {
      if (providers.has(type) || isViewerContent(type)) throw new Error(`the content "${type}" has two providers`)
      providers.set(type, provider)
    }
  }
  return providers
}

interface Cause {
  id: string
  correlationId: string
}

/** The machine as it would be, and what happened on the way. */
interface Draft {
  machine: MachineState
  news: EventDraft<ProducerNews>[]
  sounds: RuleSound[]
}

type ProducerNews = 'producer.show.changed' | 'producer.takeover.shown' | 'producer.takeover.cleared'

/** What the simulator makes up, beside the truth that comes back when it is over. */
interface Rehearsal {
  stats: ViewerStats
  /** The true category, while another is played. */
  trueCategory: Category | null | undefined
  endsAt: number
}

/** One run of the feature, from loading to stopping. All changes go through one line, one after the other. */
class ProducerSession {
  readonly #options: ProducerOptions
  readonly #providers: Providers
  readonly #listener: ProducerListener
  readonly #owned = new DisposableStore()
  /** For whatever comes first: see `#schedule`. */
  readonly #timer = this.#owned.add(new MutableDisposable())
  readonly #state: StateHandle<ProducerState>
  #machine: MachineState
  readonly #stats: ViewerStats
  /** ms epoch */
  readonly #startedAt: number
  #rehearsal: Rehearsal | null = null
  /** Ids of what the demo has put there; null while none plays. */
  #played: Set<string> | null = null
  /** Up to where the disk had each part; only events after it are taken in again. */
  readonly #machineCursor: number
  readonly #statsCursor: number
  /** The last event taken in. */
  #cursor: number
  /** The last event heard of; those between it and the cursor mean nothing here or are in the inbox. */
  #heard = 0
  /** What the disk has. */
  #flushedCursor: number
  #statsAreDirty = false
  /** Moments of the monotonic clock; null while nothing waits. */
  #refreshAt: number | null = null
  #flushAt: number | null = null
  #shownAt = -Infinity
  #ruled: ReadonlySet<string> = new Set()
  #inbox: StoredEnvelope[] = []
  #inboxOverflowed = false
  #isCatchingUp = false
  #line: Promise<unknown> = Promise.resolve()
  /** Rejects with the first change that could not be made. */
  readonly #broken = Promise.withResolvers<never>()

  constructor(options: ProducerOptions, providers: Providers, loaded: Loaded, listener: ProducerListener) {
    this.#listener = listener
    this.#options = options
    this.#providers = providers
    this.#stats = new ViewerStats(options.clock.now(), options.words, loaded.stats)
    this.#machineCursor = loaded.machineCursor
    this.#statsCursor = loaded.statsCursor
    this.#cursor = Math.min(loaded.machineCursor, loaded.statsCursor)
    this.#flushedCursor = this.#cursor
    this.#machine = loaded.machine
    this.#startedAt = options.clock.now()
    this.#ruled = ruledTypes(this.#machine.shows)
    this.#state = this.#owned.add(options.channels.state('state:producer', this.#view()))
    listener.onShows(this.#machine.shows)
  }

  async run(signal: AbortSignal): Promise<void> {
    const { bus, alerts } = this.#options
    try {
      this.#broken.promise.catch(() => {})
      this.#owned.add(bus.onEvent((event) => this.#hear(event)))
      this.#owned.add(alerts.onDidChangeShowing(() => this.#soon(() => this.#mindAlerts())))
      for (const provider of new Set(this.#providers.values())) {
        this.#owned.add(provider.onDidChange(() => this.#soon(() => this.#mindContent())))
      }
      const recovered = this.#inLine(() => this.#recover())
      // Commands asked for meanwhile wait their turn.
      for (const handler of this.#commands()) this.#owned.add(handler)
      await recovered
      await Promise.race([untilAborted(signal), this.#broken.promise])
      await this.#inLine(() => this.#flush())
    } finally {
      this.#owned.dispose()
    }
  }

  /** Goes on where the last commit was: counts what was stored since, then lets the time pass that has passed. */
  async #recover(): Promise<void> {
    await this.#catchUp()
    await this.#mindAlerts()
  }

  /**
   * Runs `work` after everything asked for before it. One that fails breaks the line for good, so that nothing is built
   * on a change that was not saved; the run ends and the supervisor starts again from disk.
   */
  #inLine<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#line.then(work)
    this.#line = turn
    turn.catch((error) => this.#broken.reject(error))
    return turn
  }

  #soon(work: () => Promise<unknown>): void {
    this.#inLine(async () => {
      if (!this.#owned.isDisposed) await work()
    }).catch(() => {})
  }

  // --- events in ---

  #hear(event: StoredEnvelope): void {
    this.#heard = event.seq
    if (!this.#matters(event)) {
      if (this.#flushAt === null) this.#soon(async () => this.#flushLater())
      return
    }
    if (this.#inbox.length >= INBOX_MAX) this.#inboxOverflowed = true
    else this.#inbox.push(event)
    if (this.#inbox.length === 1) this.#soon(() => this.#emptyInbox())
  }

  #matters({ type }: StoredEnvelope): boolean {
    const isOwn = type === 'twitch.channel.update' || type.startsWith(DEMO_PREFIX)
    return isCounted({ type }) || isOwn || this.#ruled.has(type)
  }

  async #emptyInbox(): Promise<void> {
    const events = this.#inbox
    const overflowed = this.#inboxOverflowed
    this.#inbox = []
    this.#inboxOverflowed = false
    await this.#take(events, 'live')
    if (overflowed) await this.#catchUp()
  }

  /** Takes in everything stored since the cursor, each at the time it happened. */
  async #catchUp(): Promise<void> {
    const { show: previous } = this.#machine
    let events: StoredEnvelope[]
    this.#isCatchingUp = true
    do {
      events = await this.#options.store.eventsAfter(this.#cursor, CATCH_UP_PAGE)
      await this.#take(events, 'stored')
    } while (events.length === CATCH_UP_PAGE)
    this.#isCatchingUp = false
    const { show, why } = this.#machine
    if (show !== previous) await this.#options.bus.publish(newsOf({ kind: 'show-changed', show, previous, why }))
  }

  /** In order. Those behind the cursor were taken in before. */
  async #take(events: readonly StoredEnvelope[], from: 'live' | 'stored'): Promise<void> {
    const fresh = events.filter(({ seq }) => seq > this.#cursor)
    const last = fresh.at(-1)
    if (!last) return
    const now = this.#options.clock.now()
    const draft = this.#draft()
    for (const event of fresh) {
      if (!this.#matters(event)) continue
      if (from === 'live') this.#takeOne(event as unknown as EventEnvelope & { seq: number }, draft, now)
      else if (this.#isKnown(event)) this.#takeOne(event, draft, Math.min(now, Math.max(draft.machine.now, event.at)))
    }
    this.#cursor = last.seq
    // Several may have been missed: who listens is told of the last one alone, see `#catchUp`.
    if (from === 'stored') draft.news = draft.news.filter(({ type }) => type !== 'producer.show.changed')
    await this.#commit(draft, from === 'live' ? now : draft.machine.now)
    this.#statsMayHaveChanged()
  }

  /** Stored by an older version, perhaps, whose payload had other fields. */
  #isKnown(event: StoredEnvelope): event is EventEnvelope & { seq: number } {
    return isEventType(event.type) && eventSchemas[event.type].safeParse(event.payload).success
  }

  #takeOne(event: EventEnvelope & { seq: number }, draft: Draft, now: number): void {
    const isMadeUp = event.source === 'simulator'
    if (event.type === 'simulator.demo.started' && !this.#isCatchingUp) this.#played ??= new Set()
    if (event.type === 'simulator.demo.ended') this.#endDemo(draft, now)
    if (event.type.startsWith(DEMO_PREFIX)) return
    // The rehearsal of the process before this one is over.
    const isOver = isMadeUp && this.#isCatchingUp && event.at <= this.#startedAt
    if (isMadeUp && !isOver) this.#rehearse(now)
    if (event.seq > this.#statsCursor && !isOver) this.#count(event, now)
    if (event.seq <= this.#machineCursor) return
    if (event.type === 'twitch.channel.update' && !isOver) {
      const { category_id: id, category_name: name } = event.payload
      this.#mindCategory(event, draft)
      this.#advance(draft, { kind: 'category', category: { id, name } }, now, event)
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
      this.#advance(draft, command, now, event)
      if (rule.sound !== null) draft.sounds.push({ sound: rule.sound, volume: rule.volume })
    }
  }

  #count(event: EventEnvelope & { seq: number }, now: number): void {
    if (!isCounted(event)) return
    this.#rehearsal?.stats.take(event, now)
    if (event.source === 'simulator') return
    this.#stats.take(event, now)
    this.#statsAreDirty = true
  }

  #rehearse(now: number): void {
    this.#rehearsal ??= { stats: this.#stats.clone(now), trueCategory: undefined, endsAt: 0 }
    this.#rehearsal.endsAt = now + REHEARSAL_MS
  }

  #noteOf(command: MachineCommand): void {
    if (command.kind === 'put') this.#played?.add(command.item.id)
    if (command.kind === 'board') this.#played?.add(command.boarding.id)
  }

  /** What it has put there is gone, and the tick that follows ends the rehearsal. */
  #endDemo(draft: Draft, now: number): void {
    for (const id of this.#played ?? []) this.#advance(draft, { kind: 'remove', id }, now)
    const { takeover } = draft.machine
    if (takeover && this.#played?.has(takeover.id)) this.#advance(draft, { kind: 'uncover' }, now)
    this.#played = null
    if (this.#rehearsal) this.#rehearsal.endsAt = now
  }

  #mindCategory({ source, payload }: EventEnvelope<'twitch.channel.update'>, draft: Draft): void {
    const rehearsal = this.#rehearsal
    if (!rehearsal) return
    if (source === 'simulator') {
      if (rehearsal.trueCategory === undefined) rehearsal.trueCategory = draft.machine.category
    } else if (rehearsal.trueCategory !== undefined) {
      rehearsal.trueCategory = { id: payload.category_id, name: payload.category_name }
    }
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
    const after = this.#availableTypes()
    const types = this.#isCatchingUp ? [...new Set([...before, ...after])] : after
    this.#advance(draft, { kind: 'available', types: sameOr(before, types) }, now, causedBy)
  }

  /** What has something to say, in a fixed order. */
  #availableTypes(): StandingContentType[] {
    return standingContentTypes.filter((type) => this.#read(type) !== null)
  }

  #read(type: StandingContentType): Content | null {
    if (isViewerContent(type)) return (this.#rehearsal?.stats ?? this.#stats).read(type)
    try {
      return this.#providers.get(type)?.read(type) ?? null
    } catch (error) {
      this.#options.log.error({ err: error, type }, 'a content could not be read; it is left out')
      return null
    }
  }

  // --- time ---

  async #tick(): Promise<void> {
    const { clock } = this.#options
    const now = clock.now()
    if (this.#rehearsal && this.#rehearsal.endsAt <= now) {
      const { trueCategory: category } = this.#rehearsal
      this.#rehearsal = null
      this.#refreshAt = clock.monotonic()
      if (category !== undefined) await this.#apply({ kind: 'category', category })
    }
    this.#rehearsal?.stats.roll(now)
    if (this.#stats.roll(now)) {
      this.#statsAreDirty = true
      this.#refreshAt = clock.monotonic()
    }
    await this.#apply({ kind: 'tick' })
    if (this.#refreshAt !== null && this.#refreshAt <= clock.monotonic()) this.#refresh()
    if (this.#flushAt !== null && this.#flushAt <= clock.monotonic()) await this.#flush()
    this.#schedule()
  }

  /** Wakes at whatever comes first: an end, a turn of the ticker, midnight, figures to show or to write. */
  #schedule(): void {
    const { clock } = this.#options
    const now = clock.now()
    const due = nextDue(this.#machine)
    const { endsAt: rehearsalEnd } = this.#rehearsal ?? { endsAt: null }
    const moments = [due, rehearsalEnd, this.#stats.nextDay].filter((moment) => moment !== null)
    const delays = moments.map((moment) => moment - now)
    for (const at of [this.#refreshAt, this.#flushAt]) if (at !== null) delays.push(at - clock.monotonic())
    const delayMs = Math.max(0, Math.min(...delays))
    this.#timer.set(clock.setTimeout(() => this.#soon(() => this.#tick()), delayMs))
  }

  // --- changes out ---

  #draft(): Draft {
    return { machine: this.#machine, news: [], sounds: [] }
  }

  #advance(draft: Draft, command: MachineCommand, now: number, causedBy?: Cause): void {
    const { state, facts } = step(draft.machine, command, now)
    draft.machine = state
    draft.news.push(...facts.map((fact) => newsOf(fact, causedBy)))
  }

  async #apply(command: MachineCommand, causedBy?: Cause, alongside: readonly Statement[] = []): Promise<void> {
    const draft = this.#draft()
    const now = this.#options.clock.now()
    this.#advance(draft, command, now, causedBy)
    await this.#commit(draft, now, alongside)
  }

  /** Writes, then shows. When the store refuses, nothing has changed and the run ends. */
  async #commit(draft: Draft, now: number, alongside: readonly Statement[] = []): Promise<void> {
    this.#mindAvailable(draft, now)
    const statements = [...this.#statementsOf(draft.machine), ...alongside]
    const [first, ...rest] = draft.news
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
    if (areOtherShows) this.#listener.onShows(draft.machine.shows)
    if (changed) this.#refresh()
    this.#schedule()
    if (!this.#isCatchingUp) for (const sound of draft.sounds) this.#listener.onSound(sound)
  }

  #statementsOf(machine: MachineState): Statement[] {
    if (isSameMachine(this.#machine, machine)) return []
    const shows = machine.shows === this.#machine.shows ? [] : [showsStatement(machine.shows)]
    const { trueCategory = machine.category } = this.#rehearsal ?? {}
    const isTrue = ({ id }: { id: string }) => !this.#played?.has(id)
    const takeover = machine.takeover && isTrue(machine.takeover) ? machine.takeover : null
    const kept = { ...machine, items: machine.items.filter(isTrue), takeover }
    return [...machineStatements(kept, trueCategory, this.#cursor), ...shows]
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
    const { goals } = this.#rehearsal?.stats ?? this.#stats
    return { ...viewOf(this.#machine, (type) => this.#read(type)), goals: [...goals] }
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
    if (this.#inbox.length === 0 && this.#heard > this.#cursor) this.#cursor = this.#heard
    if (!this.#statsAreDirty && this.#cursor === this.#flushedCursor) return
    await this.#options.store.run([...cursorStatements(this.#cursor), ...this.#dirtyStats()])
    this.#flushed()
  }

  #dirtyStats(): Statement[] {
    return this.#statsAreDirty ? [statsStatement(this.#stats.stored())] : []
  }

  #flushed(): void {
    this.#statsAreDirty = false
    this.#flushedCursor = this.#cursor
  }

  // --- commands ---

  #commands(): Disposable[] {
    const { commands } = this.#options
    return [
      commands.handle('show.set', ({ show }, context) =>
        this.#command(context, () => ({ kind: 'choose', show: this.#mustHave(show).id })),
      ),
      commands.handle('show.auto', (_, context) => this.#command(context, () => ({ kind: 'choose', show: null }))),
      commands.handle('show.save', ({ show }, context) => this.#saveShow(context, () => show, 'show.')),
      commands.handle('show.remove', ({ show }, context) => this.#command(context, () => this.#without(show))),
      commands.handle('show.rule.set', ({ show, rule }, context) =>
        this.#saveShow(context, () => {
          const known = this.#mustHave(show)
          const fault = faultOf(rule, isEventType)
          if (fault) throw new CommandError('invalid_args', fault.why, { path: `rule.${fault.path}` })
          const at = known.rules.findIndex(({ id }) => id === rule.id)
          const rules = at === -1 ? [...known.rules, rule] : known.rules.with(at, rule)
          return { ...known, rules }
        }),
      ),
      commands.handle('show.rule.remove', ({ show, rule }, context) =>
        this.#saveShow(context, () => {
          const known = this.#mustHave(show)
          const rules = known.rules.filter(({ id }) => id !== rule)
          if (rules.length < known.rules.length) return { ...known, rules }
          throw new CommandError('not_found', `"${known.name}" has no rule "${rule}"`, { path: 'rule' })
        }),
      ),
      commands.handle('ticker.set', ({ show, ticker, tickerMs }, context) =>
        this.#saveShow(context, () => {
          const known = this.#mustHave(show ?? this.#machine.show)
          return { ...known, ticker, tickerMs: tickerMs ?? known.tickerMs }
        }),
      ),
      commands.handle('ticker.next', (_, context) => this.#command(context, () => ({ kind: 'next' }))),
      commands.handle('content.force', ({ type, layer, durationMs }, context) =>
        this.#force(context, { layer, durationMs, content: { type } }),
      ),
      commands.handle('content.override', ({ title, message, level, layer, durationMs }, context) =>
        this.#force(context, {
          layer,
          durationMs,
          content: { type: 'message', title: title && clean(title), message: clean(message), level },
        }),
      ),
      commands.handle('content.remove', ({ id }, context) =>
        this.#command(context, () => {
          if (id.startsWith('ticker:')) return { kind: 'next' }
          if (this.#machine.items.some((item) => item.id === id)) return { kind: 'remove', id }
          throw new CommandError('not_found', `no content "${id}" is there; it may be over`, { path: 'id' })
        }),
      ),
      commands.handle('sub-train.end', (_, context) =>
        this.#command(context, () => {
          const isPlay = context.actor === SIMULATOR_ACTOR
          const train = this.#machine.items.find(({ content }) => content.type === 'sub-train')
          if (train && (!isPlay || this.#played?.has(train.id))) return { kind: 'remove', id: train.id }
          throw new CommandError('not_found', 'no sub train is on the bar')
        }),
      ),
      commands.handle('takeover.show', async ({ type, message, durationMs }, context) => {
        if (message === undefined && type !== 'screen-cover') {
          throw new CommandError('invalid_args', `"${type}" needs a message`, { path: 'message' })
        }
        const id = newId()
        await this.#command(context, () => {
          if (context.actor === SIMULATOR_ACTOR) this.#played?.add(id)
          return {
            kind: 'cover',
            id,
            type,
            message: message === undefined ? null : clean(message),
            durationMs: durationMs ?? null,
          }
        })
        return { id }
      }),
      commands.handle('takeover.clear', (_, context) => this.#command(context, () => ({ kind: 'uncover' }))),
      commands.handle('goals.set', ({ goals }) =>
        this.#settled(async () => {
          this.#stats.setGoals(goals)
          this.#rehearsal?.stats.setGoals(goals)
          this.#statsAreDirty = true
          await this.#apply({ kind: 'tick' }, undefined, [...cursorStatements(this.#cursor), ...this.#dirtyStats()])
          this.#flushed()
          this.#refresh()
          return {}
        }),
      ),
    ]
  }

  /** `command` is asked when it is its turn. */
  #command(context: CommandContext, command: () => MachineCommand): Promise<Record<string, never>> {
    return this.#settled(async () => {
      await this.#apply(command(), context)
      return {}
    })
  }

  #force(context: CommandContext, item: Omit<ItemDraft, 'id' | 'priority'>): Promise<{ id: string }> {
    return this.#settled(async () => {
      const id = newId()
      const { layer, content } = item
      if (content.type !== 'message' && !this.#availableTypes().includes(content.type as StandingContentType)) {
        throw new CommandError('unavailable', `"${content.type}" has nothing to show yet`, { path: 'type' })
      }
      if (context.actor === SIMULATOR_ACTOR) this.#played?.add(id)
      await this.#apply({ kind: 'put', item: { ...item, id, priority: FORCED_PRIORITY } }, context)
      // The same content that was forced before only gets more time.
      const isIt = (other: { id: string }) => other.id === id
      const { items } = this.#machine
      const there =
        items.find(isIt) ?? items.find((other) => other.layer === layer && other.content.type === content.type)
      return { id: there?.id ?? id }
    })
  }

  #saveShow(context: CommandContext, show: () => Show, prefix = ''): Promise<Record<string, never>> {
    return this.#command(context, () => {
      const saved = cleaned(show())
      const { shows } = this.#machine
      saved.rules.forEach((rule, index) => {
        const fault = faultOf(rule, isEventType)
        const path = `${prefix}rules[${index}].${fault?.path}`
        if (fault && prefix !== '') throw new CommandError('invalid_args', fault.why, { path })
      })
      if (saved.rules.length > MAX_RULES) {
        throw new CommandError('conflict', `"${saved.name}" has ${MAX_RULES} rules already; remove one first`)
      }
      const at = shows.findIndex(({ id }) => id === saved.id)
      if (at !== -1) return { kind: 'shows', shows: shows.with(at, saved) }
      if (shows.length < MAX_SHOWS) return { kind: 'shows', shows: [...shows, saved] }
      throw new CommandError('conflict', `there are ${MAX_SHOWS} shows already; remove one first`)
    })
  }

  /** The streamer's own is gone; one that is always there is as it was delivered. */
  #without(id: string): MachineCommand {
    const { shows } = this.#machine
    this.#mustHave(id)
    const delivered = isBuiltIn(id) ? DEFAULT_SHOWS.find((show) => show.id === id) : undefined
    if (!delivered) return { kind: 'shows', shows: shows.filter((show) => show.id !== id) }
    return { kind: 'shows', shows: shows.map((show) => (show.id === id ? delivered : show)) }
  }

  #mustHave(id: string): Show {
    const show = this.#machine.shows.find((other) => other.id === id)
    if (show) return show
    throw new CommandError('not_found', `there is no show "${id}"`, { path: 'show' })
  }

  /** What can't be done is an answer; a store that refuses is one too, and the end of this run. */
  async #settled<T>(work: () => Promise<T>): Promise<T> {
    const refused = Promise.withResolvers<T>()
    refused.promise.catch(() => {})
    const done = this.#inLine(async () => {
      try {
        refused.resolve(await work())
      } catch (error) {
        refused.reject(error)
        if (!(error instanceof CommandError)) throw error
      }
    })
    try {
      await done
    } catch (error) {
      throw new CommandError('unavailable', `the producer could not save: ${errorMessage(error)}`, { cause: error })
    }
    return refused.promise
  }
}

function isViewerContent(type: StandingContentType): type is ViewerContentType {
  return (viewerContentTypes as readonly StandingContentType[]).includes(type)
}

/** The ticker's own words as one line each; what is nothing then is left out. */
function cleaned(show: Show): Show {
  if (show.ticker.every(({ type }) => type !== 'message')) return show
  const ticker = show.ticker.map((entry) => {
    if (entry.type !== 'message') return entry
    return { ...entry, title: entry.title && (clean(entry.title) || null), message: clean(entry.message) }
  })
  return { ...show, ticker: ticker.filter((entry) => entry.type !== 'message' || entry.message !== '') }
}

/** Every event that some show has a rule for. */
function ruledTypes(shows: readonly Show[]): ReadonlySet<string> {
  return new Set(shows.flatMap(({ rules }) => rules.map(({ event }) => event)))
}

function sameOr<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  return before.length === after.length && before.every((value, index) => value === after[index]) ? before : after
}

/** But for the moment it was last asked. */
function isSameMachine(before: MachineState, after: MachineState): boolean {
  const keys = Object.keys(after) as (keyof MachineState)[]
  return keys.every((key) => key === 'now' || before[key] === after[key])
}

function newsOf(fact: MachineFact, causedBy?: Cause): EventDraft<ProducerNews> {
  const draft = { source: 'landale', causedBy }
  switch (fact.kind) {
    case 'show-changed': {
      const { show, previous, why } = fact
      return { ...draft, type: 'producer.show.changed', payload: { show, previous, why } }
    }
    case 'covered': {
      const { id: takeoverId, type, message, startedAt, endsAt } = fact.takeover
      const durationMs = endsAt === null ? null : endsAt - startedAt
      return { ...draft, type: 'producer.takeover.shown', payload: { takeoverId, type, message, durationMs } }
    }
    case 'uncovered': {
      const payload = { takeoverId: fact.takeover.id, outcome: fact.outcome }
      return { ...draft, type: 'producer.takeover.cleared', payload }
    }
  }
}
