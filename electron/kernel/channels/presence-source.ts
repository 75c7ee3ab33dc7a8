/** A topic whose owner knows each who joined. Owns who is there; what is said to whom is the owner's business. */
import type { Scope } from '../../../contracts/scopes.ts'
import type { Guest, PresenceTopic } from './channels.ts'
import type { Joined } from './joined.ts'
import type { ReplyParts, TopicSource } from './topic-source.ts'

export interface PresenceSourceOptions {
  topic: PresenceTopic
  /** Who joins by this join: the same guest for every owner of the topic. */
  guestOf: (joined: Joined) => Guest
  /** Hears of an owner that throws when a guest leaves. */
  onBug: (error: unknown) => void
}

export class PresenceSource implements TopicSource {
  readonly scopes: readonly Scope[]
  /** Exact topic, or a prefix ending in `:*`. */
  readonly pattern: string
  readonly #options: PresenceSourceOptions
  readonly #guests = new Map<Joined, Guest>()

  constructor(options: PresenceSourceOptions) {
    this.scopes = options.topic.scopes
    this.pattern = options.topic.topic
    this.#options = options
  }

  get followers(): Iterable<Joined> {
    return this.#guests.keys()
  }

  /** Throws what the owner throws: then the guest has never been in. */
  join(joined: Joined): ReplyParts {
    const guest = this.#options.guestOf(joined)
    this.#options.topic.onJoin(guest)
    this.#guests.set(joined, guest)
    return {}
  }

  leave(joined: Joined): void {
    const guest = this.#guests.get(joined)
    if (!guest) return
    this.#guests.delete(joined)
    try {
      this.#options.topic.onLeave(guest)
    } catch (error) {
      this.#options.onBug(error)
    }
  }
}
