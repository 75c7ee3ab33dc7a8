/** One join of a presence topic, as its owners see it: who it is, and the way to speak to it alone. */
import type { TokenActor } from '../tokens.ts'
import type { Guest } from './channels.ts'
import type { Joined } from './joined.ts'

export interface PresenceGuestOptions {
  id: string
  joined: Joined
  actor: TokenActor
  /** ms epoch */
  since: number
  params: Record<string, unknown>
}

export class PresenceGuest implements Guest {
  readonly id: string
  readonly topic: string
  readonly actor: TokenActor
  readonly address: string
  readonly agent: string | null
  readonly since: number
  readonly params: Record<string, unknown>
  readonly #joined: Joined
  #state: 'joining' | 'here' | 'gone' = 'joining'
  /** What its owners say before the join's reply is written; it follows the reply in the same tick. */
  #waiting: { event: string; payloadJson: string }[] = []

  constructor({ id, joined, actor, since, params }: PresenceGuestOptions) {
    this.id = id
    this.topic = joined.topic
    this.actor = actor
    this.address = joined.client.address
    this.agent = joined.client.agent
    this.since = since
    this.params = params
    this.#joined = joined
  }

  /** To one who has left nothing is sent. One who reads too slowly is not spared: what is said to one is said once. */
  push(event: string, payload: unknown): void {
    const payloadJson = JSON.stringify(payload ?? {})
    if (this.#state === 'joining') this.#waiting.push({ event, payloadJson })
    else if (this.#state === 'here') this.#joined.push(event, payloadJson)
  }

  /** The join's reply is written. */
  open(): void {
    if (this.#state !== 'joining') return
    this.#state = 'here'
    for (const { event, payloadJson } of this.#waiting.splice(0)) this.#joined.push(event, payloadJson)
  }

  close(): void {
    this.#state = 'gone'
    this.#waiting = []
  }
}
