/**
 * What viewers did: the newest of it, who did most, how many are there. Owns `state:audience` and its tables. Counts are
 * gathered and written every few seconds with the event up to which they go, so that after a crash each event has counted
 * once. What the simulator makes up is shown beside the truth for a while and written nowhere. Knows no page.
 */
import type { Clock } from '../../../base/clock.ts'
import { Emitter, type Event } from '../../../base/emitter.ts'
import { DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import type { EventEnvelope } from '../../../contracts/events.ts'
import type { AudienceBoard, AudienceEvent, AudienceState } from '../../../contracts/state/audience.ts'
import type { Bus, StoredEvent } from '../../kernel/bus.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import { EventLine } from '../../kernel/event-line.ts'
import { HEALTHY, type Health, type Service, untilAborted } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store/store.ts'
import { addCount, audienceValues, loadAudience, readRanks, type StoredAudience } from './audience-store.ts'
import {
  audienceEventOf,
  COUNTED,
  type CountedEvent,
  DAY_MS,
  type Measure,
  measures,
  Tally,
  withCounts,
  withEvents,
} from './tally.ts'

/** What is known of the channel by asking, not by events. */
export interface AudienceFigures {
  readonly viewers: number | null
  readonly followers: number | null
}

export interface AudienceOptions {
  store: Pick<Store, 'all' | 'run' | 'eventsAfter'>
  bus: Pick<Bus, 'onEvent'>
  channels: Pick<Channels, 'state'>
  clock: Clock
  figures: { readonly value: AudienceFigures; readonly onDidChange: Event<AudienceFigures> }
}

/** Boards are read, not watched: so often is enough. */
export const FLUSH_MS = 3000
/** Viewers with something unwritten; beyond it, it is written at once. */
const MOST_UNWRITTEN = 500
/** Made-up figures are gone so long after the last event of the simulator. */
export const REHEARSAL_MS = 300_000

const HEARD_TYPES: ReadonlySet<string> = new Set([...COUNTED, 'simulator.demo.ended'])

export function createAudience(options: AudienceOptions): Service {
  const health: Health = HEALTHY
  return {
    id: 'audience',
    health,
    onDidChangeHealth: new Emitter<Health>().event,
    async run(signal) {
      await new AudienceSession(options, await loadAudience(options.store)).run(signal)
    },
  }
}

interface Rehearsal {
  events: AudienceEvent[]
  tally: Tally
}

class AudienceSession {
  readonly #options: AudienceOptions
  readonly #owned = new DisposableStore()
  readonly #line: EventLine
  readonly #state: StateHandle<AudienceState>
  readonly #flushTimer = this.#owned.add(new MutableDisposable())
  readonly #rehearsalTimer = this.#owned.add(new MutableDisposable())
  readonly #midnight = this.#owned.add(new MutableDisposable())
  /** ms epoch */
  readonly #startedAt: number
  /** As on disk, but for the tally. */
  #today: AudienceBoard = emptyBoard()
  #ever: AudienceBoard = emptyBoard()
  #events: AudienceEvent[]
  #tally = new Tally()
  #cursor: number
  #isFlushDue = false
  #rehearsal: Rehearsal | null = null

  constructor(options: AudienceOptions, { events, cursor }: StoredAudience) {
    this.#options = options
    this.#events = events
    this.#cursor = cursor
    this.#startedAt = options.clock.now()
    this.#state = this.#owned.add(options.channels.state('state:audience', this.#view()))
    const { store, bus, clock } = options
    const wants = (type: string) => HEARD_TYPES.has(type)
    this.#line = this.#owned.add(
      new EventLine({ store, bus, clock, wants, take: (heard, seq) => this.#take(heard, seq) }),
    )
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      this.#owned.add(this.#options.figures.onDidChange(() => this.#show()))
      const caughtUp = this.#line.start(this.#cursor)
      await Promise.race([caughtUp, this.#line.broken])
      await this.#line.run(() => this.#readBoards(measures))
      this.#awaitMidnight()
      await Promise.race([untilAborted(signal), this.#line.broken])
      await this.#line.end()
      await this.#flush()
    } finally {
      this.#owned.dispose()
    }
  }

  async #take(heard: readonly StoredEvent[], cursor: number): Promise<void> {
    this.#cursor = cursor
    let hasNews = false
    for (const event of heard as readonly ((CountedEvent | EventEnvelope<'simulator.demo.ended'>) & StoredEvent)[]) {
      if (event.type === 'simulator.demo.ended') {
        this.#rehearsal = null
        hasNews = true
        continue
      }
      const isMadeUp = event.source === 'simulator'
      // The rehearsal of the process before this one is over.
      if (isMadeUp && event.at < this.#startedAt) continue
      const line = audienceEventOf(event)
      hasNews ||= line !== null || isMadeUp
      if (isMadeUp) this.#rehearse(event, line)
      else {
        this.#tally.add(event)
        if (line) this.#events = withEvents(this.#events, [line])
      }
    }
    if (hasNews) this.#show()
    if (this.#tally.size >= MOST_UNWRITTEN) await this.#flush()
    else this.#flushLater()
  }

  #rehearse(event: CountedEvent, line: AudienceEvent | null): void {
    this.#rehearsal ??= { events: [], tally: new Tally() }
    this.#rehearsal.tally.add(event)
    if (line) this.#rehearsal.events = withEvents(this.#rehearsal.events, [line])
    this.#rehearsalTimer.set(
      this.#options.clock.setTimeout(() => {
        this.#rehearsal = null
        this.#show()
      }, REHEARSAL_MS),
    )
  }

  #flushLater(): void {
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    this.#flushTimer.set(
      this.#options.clock.setTimeout(() => void this.#line.runOrBreak(() => this.#flush()), FLUSH_MS),
    )
  }

  async #flush(): Promise<void> {
    this.#isFlushDue = false
    const tally = this.#tally
    this.#tally = new Tally()
    await this.#options.store.run([
      ...[...tally.counts].map(addCount),
      audienceValues.put('events', this.#events),
      audienceValues.put('cursor', this.#cursor),
    ])
    if (tally.size > 0) await this.#readBoards([...tally.changed])
  }

  async #readBoards(which: readonly Measure[]): Promise<void> {
    const { store, clock } = this.#options
    const day = Math.floor(clock.now() / DAY_MS)
    for (const measure of which) {
      this.#today = { ...this.#today, [measure]: await readRanks(store, measure, day) }
      this.#ever = { ...this.#ever, [measure]: await readRanks(store, measure, null) }
    }
    this.#show()
  }

  #awaitMidnight(): void {
    const { clock } = this.#options
    const delayMs = DAY_MS - (clock.now() % DAY_MS)
    this.#midnight.set(
      clock.setTimeout(() => {
        void this.#line.runOrBreak(() => this.#readBoards(measures))
        this.#awaitMidnight()
      }, delayMs),
    )
  }

  #show(): void {
    this.#state.update((draft) => Object.assign(draft, this.#view()))
  }

  #view(): AudienceState {
    const { viewers, followers } = this.#options.figures.value
    const madeUp = this.#rehearsal
    if (!madeUp) return { viewers, followers, events: this.#events, today: this.#today, ever: this.#ever }
    const counts = [...madeUp.tally.counts]
    const rehearsed = (board: AudienceBoard): AudienceBoard => ({
      messages: withCounts(board.messages, counts, 'messages'),
      bits: withCounts(board.bits, counts, 'bits'),
      gifts: withCounts(board.gifts, counts, 'gifts'),
      points: withCounts(board.points, counts, 'points'),
    })
    return {
      viewers,
      followers,
      events: withEvents(this.#events, madeUp.events),
      today: rehearsed(this.#today),
      ever: rehearsed(this.#ever),
    }
  }
}

function emptyBoard(): AudienceBoard {
  return { messages: [], bits: [], gifts: [], points: [] }
}
