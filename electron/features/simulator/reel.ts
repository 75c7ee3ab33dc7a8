/**
 * What a run plays: events at their times, handed out as they become due. A demo is a list, a burst is made as it goes, and
 * a recording comes out of the log page by page. Times are ms from the beginning, at the reel's own pace.
 */
import type { EventPayload } from '../../../contracts/events.ts'
import type { DemoCommand } from './demo.ts'
import { createMaker } from './maker.ts'
import { makePayload, type SimulatedType } from './payloads.ts'
import { SeededRandom } from './seeded-random.ts'

export interface ReelEvent {
  atMs: number
  type: SimulatedType
  payload: EventPayload<SimulatedType>
  /** Who once told it; without it, it is made up. */
  source?: string | undefined
}

/** What the streamer does: asked for as any command is. */
interface ReelCommand {
  atMs: number
  command: DemoCommand
}

/** What stands on stream changes. */
interface ReelChange {
  atMs: number
  change: true
}

export type ReelItem = ReelEvent | ReelCommand | ReelChange

export interface DueItems {
  items: ReelItem[]
  /** When the next one is due; null at the end. */
  nextAtMs: number | null
}

export interface Reel {
  readonly lengthMs: number
  /** Null where counting would take as long as playing. */
  readonly total: number | null
  /** What is due at `positionMs` and was not handed out yet, at most `max`. `now` is ms epoch. One call at a time. */
  due(positionMs: number, max: number, now: number): DueItems | Promise<DueItems>
  /** The same, with everything before `positionMs` left out. */
  from(positionMs: number): Reel
}

abstract class IndexedReel implements Reel {
  abstract readonly lengthMs: number
  abstract readonly total: number
  #next: number

  constructor(next: number) {
    this.#next = next
  }

  due(positionMs: number, max: number, now: number): DueItems {
    const items: ReelItem[] = []
    while (this.#next < this.total && items.length < max && this.atMs(this.#next) <= positionMs) {
      items.push(this.item(this.#next, now))
      this.#next += 1
    }
    return { items, nextAtMs: this.#next < this.total ? this.atMs(this.#next) : null }
  }

  abstract from(positionMs: number): Reel
  protected abstract atMs(index: number): number
  protected abstract item(index: number, now: number): ReelItem
}

/** `items` in order of their times. */
export class ListReel extends IndexedReel {
  readonly lengthMs: number
  readonly #items: readonly ReelItem[]

  constructor(items: readonly ReelItem[], lengthMs: number, next = 0) {
    super(next)
    this.#items = items
    this.lengthMs = lengthMs
  }

  get total(): number {
    return this.#items.length
  }

  from(positionMs: number): Reel {
    const next = this.#items.findIndex(({ atMs }) => atMs >= positionMs)
    return new ListReel(this.#items, this.lengthMs, next === -1 ? this.total : next)
  }

  protected atMs(index: number): number {
    return this.#items[index]?.atMs ?? this.lengthMs
  }

  protected item(index: number): ReelItem {
    const item = this.#items[index]
    if (!item) throw new Error(`the reel has ${this.total} items, none at ${index}`)
    return item
  }
}

export interface BurstPlan {
  types: readonly [BurstType, ...BurstType[]]
  count: number
  perSecond: number
  seed: number
}

interface BurstType {
  type: SimulatedType
  /** How often it comes compared with the others. */
  weight: number
}

/** Events evenly spaced. */
export class BurstReel extends IndexedReel {
  readonly total: number
  readonly lengthMs: number
  readonly #plan: BurstPlan

  constructor(plan: BurstPlan, next = 0) {
    super(next)
    this.#plan = plan
    this.total = plan.count
    this.lengthMs = Math.round(this.atMs(plan.count))
  }

  from(positionMs: number): Reel {
    return new BurstReel(this.#plan, Math.min(this.total, Math.ceil((positionMs * this.#plan.perSecond) / 1000)))
  }

  protected atMs(index: number): number {
    return (index * 1000) / this.#plan.perSecond
  }

  protected item(index: number, now: number): ReelEvent {
    const { seed } = this.#plan
    const type = this.#typeAt(index)
    return { atMs: this.atMs(index), type, payload: makePayload(type, createMaker(seed + index, now)) }
  }

  /** By chance, but the same each time for the same seed. */
  #typeAt(index: number): SimulatedType {
    const { types, seed } = this.#plan
    const sum = types.reduce((total, { weight }) => total + weight, 0)
    let place = new SeededRandom(seed * 31 + index).next() * sum
    for (const { type, weight } of types) {
      place -= weight
      if (place < 0) return type
    }
    return types[0].type
  }
}
