/**
 * The producer as one pure state machine: a state, a command and the time in, a new state and what happened out. Owns
 * every rule about which show runs, what stands on a layer and for how long, the ticker's turns and the takeover; knows
 * no clock, no store, no event and no page.
 *
 * Rules: on a layer the highest priority stands, and of equals the newest; who is covered is not held, its time runs on.
 * The ticker has the background when nothing else does, and while an alert is on screen its time stands still. What says
 * nothing right now (no goal is set) is passed over. Every end is a moment of the wall clock, so that after a crash the
 * remaining times are right by themselves.
 */
import { assertNever } from '../../../base/result.ts'
import type { ContentLayer, ContentOf, StandingContentType } from '../../../contracts/content.ts'
import { type Show, type TakeoverType, type TickerEntry, tickerKey } from '../../../contracts/show.ts'
import type { CurrentShow, Takeover } from '../../../contracts/state/producer.ts'
import { type Category, chooseShow } from './show-choice.ts'
import { tickerOrder } from './ticker-order.ts'

type SubTrain = ContentOf<'sub-train'>

/** Content that says itself what is drawn, or the name of one that is kept elsewhere. */
export type ItemContent = SubTrain | ContentOf<'message'> | { readonly type: StandingContentType }

export interface Item {
  readonly id: string
  /** Rises with each arrival. */
  readonly order: number
  readonly layer: ContentLayer
  readonly priority: number
  readonly startedAt: number
  readonly endsAt: number
  readonly content: ItemContent
}

export interface ItemDraft {
  /** An id that is there already changes nothing. */
  id: string
  layer: ContentLayer
  priority: number
  durationMs: number
  /** A standing content that is there already on that layer with that priority is given the new time instead. */
  content: ItemContent
}

/** One more on the sub train: a new one, or the one that is under way. */
export interface Boarding {
  id: string
  layer: ContentLayer
  priority: number
  durationMs: number
  user_name: string
  tier: SubTrain['tier']
  months: number
}

interface Ticker {
  /** Its place in the round, whose order follows from the show. */
  readonly index: number
  /** Rises with each turn: part of the item's id. */
  readonly turn: number
  readonly startedAt: number
  /** What is left of the turn while time stands still, else its end; both null when nothing would follow. */
  readonly endsAt: number | null
  readonly remainingMs: number | null
}

export interface MachineState {
  /** The last moment it heard of, ms epoch. */
  readonly now: number
  readonly shows: readonly Show[]
  readonly manual: string | null
  readonly category: Category | null
  readonly show: string
  readonly why: CurrentShow['why']
  /** In order of arrival, at most `ITEMS_MAX`. */
  readonly items: readonly Item[]
  readonly orders: number
  readonly ticker: Ticker
  readonly takeover: Takeover | null
  readonly isAlertShowing: boolean
  /** Standing contents that have something to say. */
  readonly available: readonly StandingContentType[]
}

export type MachineCommand =
  /** Time has passed. */
  | { kind: 'tick' }
  | { kind: 'put'; item: ItemDraft }
  | { kind: 'board'; boarding: Boarding }
  | { kind: 'remove'; id: string }
  /** Null: not known. */
  | { kind: 'category'; category: Category | null }
  /** Null: the category chooses. */
  | { kind: 'choose'; show: string | null }
  | { kind: 'shows'; shows: readonly Show[] }
  | { kind: 'alert'; isShowing: boolean }
  | { kind: 'available'; types: readonly StandingContentType[] }
  | { kind: 'next' }
  | { kind: 'cover'; id: string; type: TakeoverType; message: string | null; durationMs: number | null }
  | { kind: 'uncover' }

export type MachineFact =
  | { kind: 'show-changed'; show: string; previous: string; why: CurrentShow['why'] }
  | { kind: 'covered'; takeover: Takeover }
  | { kind: 'uncovered'; takeover: Takeover; outcome: 'over' | 'cleared' | 'replaced' }

export interface MachineStep {
  state: MachineState
  facts: MachineFact[]
}

/** More than can be seen in the longest of their times; beyond it the oldest of the lowest priority goes. */
export const ITEMS_MAX = 50
const TICKER_PRIORITY = 10
const FALLBACK_PRIORITY = 0

const NO_TIME = { endsAt: null, remainingMs: null } as const

/** At the very beginning. */
export function newMachine(shows: readonly Show[], now: number): MachineState {
  const { show, why } = chooseShow(shows, null, null)
  const ticker: Ticker = { index: 0, turn: 0, startedAt: now, ...NO_TIME }
  const nothing = { items: [], orders: 0, takeover: null, isAlertShowing: false, available: [] }
  return { now, shows, manual: null, category: null, show, why, ticker, ...nothing }
}

/** Applies one command at `now` (ms epoch). An id that is not there changes nothing. */
export function step(state: MachineState, command: MachineCommand, now: number): MachineStep {
  const turn = new Turn(state, now)
  turn.apply(command)
  return { state: turn.state, facts: turn.facts }
}

/** The next moment at which time alone changes something, ms epoch; null when none will. */
export function nextDue({ items, takeover, ticker }: MachineState): number | null {
  const ends = [...items.map(({ endsAt }) => endsAt), takeover?.endsAt ?? null, ticker.endsAt]
  const moments = ends.filter((end) => end !== null)
  return moments.length === 0 ? null : Math.min(...moments)
}

/** What stands on a layer, and what its end is as pages see it. */
export interface Standing extends Omit<Item, 'endsAt' | 'order'> {
  readonly endsAt: number | null
}

/** Highest priority first, then newest; those with nothing to say are left out. */
export function ranked(state: MachineState): Item[] {
  return state.items
    .filter((item) => isSaid(state, item.content))
    .sort((a, b) => b.priority - a.priority || b.order - a.order)
}

export function standingOn(state: MachineState, layer: ContentLayer): Standing | null {
  const first = ranked(state).find((item) => item.layer === layer)
  if (layer !== 'background') return first ?? null
  const ticker = tickerItem(state)
  if (first && (!ticker || first.priority >= ticker.priority)) return first
  return ticker ?? fallback(state)
}

/** The ticker's content whose turn it is; null when none of them has anything to say. */
function tickerItem(state: MachineState): Standing | null {
  const { ticker } = state
  const entry = roundOf(state)[ticker.index]
  if (!entry || !isSaid(state, entry)) return null
  const { startedAt, endsAt, turn } = ticker
  const content = contentOf(entry)
  return { id: `ticker:${turn}`, layer: 'background', priority: TICKER_PRIORITY, startedAt, endsAt, content }
}

function contentOf(entry: TickerEntry): ItemContent {
  if (entry.type !== 'message') return { type: entry.type }
  return { type: 'message', title: entry.title, message: entry.message, level: 'info' }
}

/** A background is never empty while there is a latest event. */
function fallback(state: MachineState): Standing | null {
  if (!state.available.includes('latest-event')) return null
  const { startedAt } = state.ticker
  const content = { type: 'latest-event' } as const
  return { id: 'latest', layer: 'background', priority: FALLBACK_PRIORITY, startedAt, endsAt: null, content }
}

const rounds = new WeakMap<Show, readonly TickerEntry[]>()

/** The ticker's order; worked out once for each version of a show. */
export function roundOf(state: Pick<MachineState, 'shows' | 'show'>): readonly TickerEntry[] {
  const show = state.shows.find(({ id }) => id === state.show)
  if (!show) return []
  let round = rounds.get(show)
  if (!round) {
    round = tickerOrder(show.ticker)
    rounds.set(show, round)
  }
  return round
}

function isSaid(state: MachineState, { type }: { readonly type: ItemContent['type'] }): boolean {
  return type === 'message' || type === 'sub-train' || state.available.includes(type)
}

function isSameEntry(one: TickerEntry | undefined, other: TickerEntry): boolean {
  return one !== undefined && tickerKey(one) === tickerKey(other)
}

/** One step under way: a working copy and the facts so far. Lives only inside `step`. */
class Turn {
  state: MachineState
  readonly facts: MachineFact[] = []
  readonly #now: number

  constructor(state: MachineState, now: number) {
    this.state = state
    this.#now = now
  }

  apply(command: MachineCommand): void {
    this.#mindClock()
    this.#expire()
    const { turn } = this.state.ticker
    const wasSaid = this.#isTurnSaid()
    this.#do(command)
    if (!wasSaid && this.state.ticker.turn === turn && this.#isTurnSaid()) this.#beginTurn(this.state.ticker.index)
    this.#settleTicker()
  }

  #do(command: MachineCommand): void {
    switch (command.kind) {
      case 'tick':
        break
      case 'put':
        this.#put(command.item)
        break
      case 'board':
        this.#board(command.boarding)
        break
      case 'remove':
        this.#set({ items: this.state.items.filter(({ id }) => id !== command.id) })
        break
      case 'category':
        this.#set({ category: command.category })
        this.#choose()
        break
      case 'choose':
        this.#set({ manual: command.show })
        this.#choose()
        break
      case 'shows':
        this.#takeShows(command.shows)
        break
      case 'alert':
        this.#set({ isAlertShowing: command.isShowing })
        break
      case 'available':
        this.#set({ available: command.types })
        break
      case 'next':
        this.#turnTicker()
        break
      case 'cover':
        this.#cover(command)
        break
      case 'uncover':
        this.#uncover('cleared')
        break
      default:
        assertNever(command)
    }
  }

  /** A wall clock that was set back takes every moment with it, so that remaining times stay what they were. */
  #mindClock(): void {
    const shift = this.#now - this.state.now
    if (shift < 0) {
      const { items, ticker, takeover } = this.state
      this.#set({
        items: items.map((item) => moved(item, shift)),
        ticker: moved(ticker, shift),
        takeover: takeover && moved(takeover, shift),
      })
    }
    if (shift !== 0) this.#set({ now: this.#now })
  }

  #expire(): void {
    const { items, takeover } = this.state
    if (items.some(({ endsAt }) => endsAt <= this.#now)) {
      this.#set({ items: items.filter(({ endsAt }) => endsAt > this.#now) })
    }
    if (takeover?.endsAt != null && takeover.endsAt <= this.#now) this.#uncover('over')
  }

  #put({ id, layer, priority, durationMs, content }: ItemDraft): void {
    const { items } = this.state
    if (items.some((item) => item.id === id)) return
    const isStanding = content.type !== 'message' && content.type !== 'sub-train'
    const same = items.find(
      (item) => item.content.type === content.type && item.layer === layer && item.priority === priority,
    )
    const endsAt = this.#now + durationMs
    if (isStanding && same) this.#replace(same, { ...same, endsAt, order: this.#order() })
    else this.#add({ id, order: this.#order(), layer, priority, startedAt: this.#now, endsAt, content })
  }

  #board({ id, layer, priority, durationMs, user_name, tier, months }: Boarding): void {
    const endsAt = this.#now + durationMs
    const train = this.state.items.find(({ content }) => content.type === 'sub-train')
    if (train?.content.type === 'sub-train') {
      const { count, total_months } = train.content
      const joined = { count: count + 1, total_months: total_months + months }
      const content: SubTrain = { ...train.content, ...joined, latest_user_name: user_name, latest_tier: tier }
      this.#replace(train, { ...train, layer, priority, endsAt, content })
      return
    }
    const first = { user_name, tier, latest_user_name: user_name, latest_tier: tier }
    const content: SubTrain = { type: 'sub-train', count: 1, ...first, total_months: months }
    this.#add({ id, order: this.#order(), layer, priority, startedAt: this.#now, endsAt, content })
  }

  #order(): number {
    this.#set({ orders: this.state.orders + 1 })
    return this.state.orders
  }

  #add(item: Item): void {
    this.#set({ items: [...this.state.items, item] })
    if (this.state.items.length <= ITEMS_MAX) return
    const lowest = Math.min(...this.state.items.map(({ priority }) => priority))
    const victim = this.state.items.find(({ priority }) => priority === lowest)
    this.#set({ items: this.state.items.filter((other) => other !== victim) })
  }

  #replace(old: Item, item: Item): void {
    this.#set({ items: this.state.items.map((other) => (other === old ? item : other)) })
  }

  #takeShows(shows: readonly Show[]): void {
    const before = roundOf(this.state)
    const manual = shows.some(({ id }) => id === this.state.manual) ? this.state.manual : null
    this.#set({ shows, manual })
    this.#choose()
    // Another round: the content whose turn it is keeps it where it can.
    const round = roundOf(this.state)
    const { ticker } = this.state
    const entry = before[ticker.index]
    if (!entry || isSameEntry(round[ticker.index], entry)) return
    const index = round.findIndex((other) => isSameEntry(other, entry))
    if (index === -1) this.#beginTurn(0)
    else this.#set({ ticker: { ...ticker, index } })
  }

  #choose(): void {
    const { shows, category, manual, show: previous } = this.state
    const { show, why } = chooseShow(shows, category, manual)
    if (why !== this.state.why) this.#set({ why })
    if (show === previous) return
    this.#set({ show })
    this.#beginTurn(0)
    this.facts.push({ kind: 'show-changed', show, previous, why })
  }

  #cover({ id, type, message, durationMs }: Extract<MachineCommand, { kind: 'cover' }>): void {
    this.#uncover('replaced')
    const endsAt = durationMs === null ? null : this.#now + durationMs
    const takeover: Takeover = { id, type, message, startedAt: this.#now, endsAt }
    this.#set({ takeover })
    this.facts.push({ kind: 'covered', takeover })
  }

  #uncover(outcome: 'over' | 'cleared' | 'replaced'): void {
    const { takeover } = this.state
    if (!takeover) return
    this.#set({ takeover: null })
    this.facts.push({ kind: 'uncovered', takeover, outcome })
  }

  /** Ends a turn that is over or has nothing to say, and starts, stops or holds the time of the one that stands. */
  #settleTicker(): void {
    const { ticker } = this.state
    const isOver = ticker.endsAt !== null && ticker.endsAt <= this.#now
    if (isOver || !this.#isTurnSaid()) this.#turnTicker()
    this.#timeTicker()
  }

  #isTurnSaid(): boolean {
    const entry = roundOf(this.state)[this.state.ticker.index]
    return entry !== undefined && isSaid(this.state, entry)
  }

  /** To the next that has something to say. Where that is the same content again, it simply stays. */
  #turnTicker(): void {
    const round = roundOf(this.state)
    const { index } = this.state.ticker
    for (let ahead = 1; ahead <= round.length; ahead++) {
      const next = (index + ahead) % round.length
      const entry = round[next]
      if (!entry || !isSaid(this.state, entry)) continue
      if (isSameEntry(round[index], entry)) this.#set({ ticker: { ...this.state.ticker, index: next, ...NO_TIME } })
      else this.#beginTurn(next)
      return
    }
  }

  /** Its time is set when the step comes to rest. */
  #beginTurn(index: number): void {
    this.#set({ ticker: { index, turn: this.state.ticker.turn + 1, startedAt: this.#now, ...NO_TIME } })
  }

  #timeTicker(): void {
    const { ticker, isAlertShowing } = this.state
    const left = ticker.remainingMs ?? (ticker.endsAt === null ? null : ticker.endsAt - this.#now)
    const wanted = this.#hasFollower() ? (left ?? this.#tickerMs()) : null
    const isHeld = isAlertShowing && wanted !== null
    const endsAt = wanted === null || isHeld ? null : this.#now + wanted
    const remainingMs = isHeld ? wanted : null
    if (endsAt !== ticker.endsAt || remainingMs !== ticker.remainingMs) {
      this.#set({ ticker: { ...ticker, endsAt, remainingMs } })
    }
  }

  /** Whether another content would come after this one. */
  #hasFollower(): boolean {
    const said = new Set(
      roundOf(this.state)
        .filter((entry) => isSaid(this.state, entry))
        .map(tickerKey),
    )
    return said.size > 1
  }

  #tickerMs(): number {
    return this.state.shows.find(({ id }) => id === this.state.show)?.tickerMs ?? 0
  }

  #set(change: Partial<MachineState>): void {
    this.state = { ...this.state, ...change }
  }
}

function moved<T extends { startedAt: number; endsAt: number | null }>(what: T, shift: number): T {
  return { ...what, startedAt: what.startedAt + shift, endsAt: what.endsAt === null ? null : what.endsAt + shift }
}
