/**
 * A recorded broadcast as a reel: what the event log has between two times, read a page at a time, so that a night of a
 * hundred thousand events takes no more memory than a minute. What Landale itself concluded is left out, because it
 * concludes it again; so is what an earlier simulation made up.
 */
import type { StoredEnvelope } from '../../../contracts/envelope.ts'
import { type EventPayload, eventSchemas } from '../../../contracts/events.ts'
import type { Store } from '../../kernel/store/store.ts'
import { isSimulatedType } from './payloads.ts'
import type { DueItems, Reel, ReelEvent } from './reel.ts'

export type RecordingStore = Pick<Store, 'eventsAfter' | 'seqFrom' | 'events'>

export interface RecordingSpan {
  /** ms epoch, inclusive. */
  from: number
  /** ms epoch, exclusive. */
  to: number
}

const PAGE = 250

export class RecordingReel implements Reel {
  readonly total = null
  readonly lengthMs: number
  readonly #store: RecordingStore
  readonly #span: RecordingSpan
  /** At the reel's own pace: nothing before it is played. */
  readonly #startMs: number
  #page: ReelEvent[] = []
  /** The last event read; null before the first page. */
  #seq: number | null = null
  /** The last that can belong to it. */
  #lastSeq = 0
  #isRead = false
  /** Events keep the order of the log, so a latecomer is due with the one before it. */
  #playedMs = 0

  constructor(store: RecordingStore, span: RecordingSpan, startMs = 0) {
    this.#store = store
    this.#span = span
    this.#startMs = startMs
    this.lengthMs = span.to - span.from
  }

  from(positionMs: number): Reel {
    return new RecordingReel(this.#store, this.#span, positionMs)
  }

  async due(positionMs: number, max: number, now: number): Promise<DueItems> {
    const items: ReelEvent[] = []
    while (items.length < max) {
      const next = await this.#peek()
      if (next === null || next.atMs > positionMs) break
      this.#page.shift()
      items.push({ ...next, payload: moved(next.payload, now - (this.#span.from + next.atMs)) })
    }
    const next = await this.#peek()
    return { items, nextAtMs: next?.atMs ?? null }
  }

  async #peek(): Promise<ReelEvent | null> {
    while (this.#page.length === 0 && !this.#isRead) await this.#readPage()
    return this.#page[0] ?? null
  }

  async #readPage(): Promise<void> {
    if (this.#seq === null) {
      const first = await this.#store.seqFrom(this.#span.from + this.#startMs)
      const last = await this.#store.events({ ...this.#span, limit: 1 })
      this.#seq = (first ?? 1) - 1
      this.#lastSeq = first === null ? 0 : (last.events[0]?.seq ?? 0)
    }
    const stored = await this.#store.eventsAfter(this.#seq, PAGE)
    this.#seq = stored.at(-1)?.seq ?? this.#lastSeq
    this.#isRead = this.#seq >= this.#lastSeq
    for (const event of stored) {
      if (event.seq > this.#lastSeq) break
      const read = this.#eventOf(event)
      if (read) this.#page.push(read)
    }
  }

  #eventOf({ type, source, at, payload }: StoredEnvelope): ReelEvent | null {
    const { from, to } = this.#span
    if (source === 'simulator' || at < from + this.#startMs || at >= to || !isSimulatedType(type)) return null
    // Stored by an older version, perhaps, whose payload had other fields.
    if (!eventSchemas[type].safeParse(payload).success) return null
    this.#playedMs = Math.max(this.#playedMs, at - from)
    return { atMs: this.#playedMs, type, source, payload: payload as ReelEvent['payload'] }
  }
}

/** The same with every time of it, at any depth, as much later: a poll that ended long ago would end at once. */
function moved(payload: ReelEvent['payload'], byMs: number): ReelEvent['payload'] {
  return movedValue(payload, byMs) as EventPayload<ReelEvent['type']>
}

function movedValue(value: unknown, byMs: number): unknown {
  if (Array.isArray(value)) return value.map((item) => movedValue(item, byMs))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const isTime = key.endsWith('_at') && typeof item === 'number'
      return [key, isTime ? Math.max(0, Math.round(item + byMs)) : movedValue(item, byMs)]
    }),
  )
}
