/** An event log of the past, for tests of what replays it. Notes how much of it was ever asked for at once. */
import type { StoredEnvelope } from '../../../contracts/envelope.ts'
import type { EventPage, EventQuery } from '../../kernel/store/store.ts'
import type { RecordingStore } from './recording.ts'

type PastEvent = Pick<StoredEnvelope, 'type' | 'at' | 'payload'> & { source?: string }

export class FakeLog implements RecordingStore {
  readonly #events: StoredEnvelope[]
  largestPage = 0
  #gate: Promise<void> = Promise.resolve()

  constructor(events: readonly PastEvent[]) {
    this.#events = events.map((event, index) => {
      const id = `past-${index + 1}`
      return { source: 'twitch', ...event, id, correlationId: id, seq: index + 1 }
    })
  }

  /** Nothing more is read until the answer is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gate = promise
    return resolve
  }

  async eventsAfter(seq: number, limit: number): Promise<StoredEnvelope[]> {
    await this.#gate
    const events = this.#events.slice(seq, seq + limit)
    this.largestPage = Math.max(this.largestPage, events.length)
    return events
  }

  async seqFrom(at: number): Promise<number | null> {
    return this.#events.find((event) => event.at >= at)?.seq ?? null
  }

  async events({ types, source, from = 0, to = Number.MAX_SAFE_INTEGER, limit }: EventQuery): Promise<EventPage> {
    const found = this.#events.filter((event) => {
      const isWanted = (types?.includes(event.type) ?? true) && (source === undefined || event.source === source)
      return isWanted && event.at >= from && event.at < to
    })
    return { events: found.toReversed().slice(0, limit), next: null }
  }
}
