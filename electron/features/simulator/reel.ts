/**
 * What a run plays: events at their times, handed out as they become due. A demo is a list, a burst is made as it goes, and
 * a recording comes out of the log page by page. Times are ms from the beginning, at the reel's own pace.
 */
import type { EventPayload } from '../../../contracts/events.ts'
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

export interface DueEvents {
  events: ReelEvent[]
  /** When the next one is due; null at the end. */
  nextAtMs: number | null
}

export interface Reel {
  readonly lengthMs: number
  /** Null where counting would take as long as playing. */
  readonly total: number | null
  /** What is due at `positionMs` and was not handed out yet, at most `max`. `now` is ms epoch. One call at a time. */
  due(positionMs: number, max: number, now: number): DueEvents | Promise<DueEvents>
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

  due(positionMs: number, max: number, now: number): DueEvents {
    const events: ReelEvent[] = []
    while (this.#next < this.total && events.length < max && this.atMs(this.#next) <= positionMs) {
      events.push(this.event(this.#next, now))
      this.#next += 1
    }
    return { events, nextAtMs: this.#next < this.total ? this.atMs(this.#next) : null }
  }

  abstract from(positionMs: number): Reel
  protected abstract atMs(index: number): number
  protected abstract event(index: number, now: number): ReelEvent
}

/** `events` in order of their times. */
export class ListReel extends IndexedReel {
  readonly lengthMs: number
  readonly #events: readonly ReelEvent[]

  constructor(events: readonly ReelEvent[], lengthMs: number, next = 0) {
    super(next)
    this.#events = events
    this.lengthMs = lengthMs
  }

  get total(): number {
    return this.#events.length
  }

  from(positionMs: number): Reel {
    const next = this.#events.findIndex(({ atMs }) => atMs >= positionMs)
    return new ListReel(this.#events, this.lengthMs, next === -1 ? this.total : next)
  }

  protected atMs(index: number): number {
    return this.#events[index]?.atMs ?? this.lengthMs
  }

  protected event(index: number): ReelEvent {
    const event = this.#events[index]
    if (!event) throw new Error(`the reel has ${this.total} events, none at ${index}`)
    return event
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

  protected event(index: number, now: number): ReelEvent {
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
