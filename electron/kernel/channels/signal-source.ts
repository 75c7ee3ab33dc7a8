/** A topic of what nobody stores: sent to who is there, dropped for who reads too slowly. */
import type { Scope } from '../../../contracts/scopes.ts'
import { Broadcast } from './broadcast.ts'
import type { SignalTopic } from './channels.ts'
import type { Joined } from './joined.ts'
import type { ReplyParts, TopicSource } from './topic-source.ts'

export class SignalSource implements TopicSource {
  readonly scopes: readonly Scope[]
  readonly #topic: SignalTopic
  readonly #followers = new Set<Joined>()

  constructor(topic: SignalTopic) {
    this.#topic = topic
    this.scopes = topic.scopes
  }

  get followers(): Iterable<Joined> {
    return this.#followers
  }

  push(event: string, payload: unknown): void {
    if (this.#followers.size === 0) return
    const broadcast = new Broadcast(this.#topic.topic, event, JSON.stringify(payload ?? {}))
    for (const joined of this.#followers) {
      if (!joined.client.isBehind) joined.send(broadcast)
    }
  }

  join(joined: Joined): ReplyParts {
    this.#followers.add(joined)
    if (this.#followers.size === 1) this.#topic.onWatched?.(true)
    return {}
  }

  leave(joined: Joined): void {
    if (this.#followers.delete(joined) && this.#followers.size === 0) this.#topic.onWatched?.(false)
  }
}
