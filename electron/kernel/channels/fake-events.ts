/** An event log with verbs, for the tests of the channels: `happen` stores an event and hands it on as the bus would. */
import { v7 as uuidv7 } from 'uuid'
import type { StoredEnvelope } from '../../../contracts/envelope.ts'
import type { StoredEvent } from '../bus.ts'

export class FakeEvents {
  readonly events: StoredEnvelope[] = []
  /** Reads wait for this; set it to hold them back. */
  gate: Promise<void> = Promise.resolve()
  readonly #publish: (event: StoredEvent) => void

  constructor(publish: (event: StoredEvent) => void) {
    this.#publish = publish
  }

  /** Stores an event without telling anyone. */
  store(payload: Record<string, unknown>, type = 'test.happened'): StoredEvent {
    const id = uuidv7()
    const event = { id, type, source: 'test', at: 0, correlationId: id, payload, seq: this.events.length + 1 }
    this.events.push(event)
    return event as unknown as StoredEvent
  }

  /** Stores an event and announces it. */
  happen(payload: Record<string, unknown>, type?: string): StoredEvent {
    const event = this.store(payload, type)
    this.#publish(event)
    return event
  }

  async eventsAfter(seq: number, limit: number): Promise<StoredEnvelope[]> {
    await this.gate
    return this.events.filter((event) => event.seq > seq).slice(0, limit)
  }
}
