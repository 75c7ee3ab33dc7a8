/** Topics as features see them. The Phoenix protocol, sockets and backpressure are behind it. */
import type { Disposable } from '../../../base/lifecycle.ts'
import type { Scope } from '../../../contracts/scopes.ts'
import type { StateTopic, StateTopics } from '../../../contracts/topics.ts'
import type { StoredEvent } from '../bus.ts'
import type { Actor } from '../commands.ts'
import type { TokenActor } from '../tokens.ts'

/** A replicated state. The hub holds the truth; pages hold replicas. */
export interface StateHandle<T> extends Disposable {
  readonly value: T
  /** Changes the state; what really changed goes out as one patch, and nothing goes out when nothing did. */
  update(recipe: (draft: T) => void): void
}

export interface NewsTopic {
  /** Exact topic names served, e.g. `events:chat`. */
  topics: readonly string[]
  scopes: readonly Scope[]
  /** The push this event becomes on that topic, or null when it is not for it. `critical` skips the 50 ms batch window. */
  push(event: StoredEvent, topic: string): { event: string; payload: unknown; critical: boolean } | null
}

export interface SignalTopic {
  topic: string
  scopes: readonly Scope[]
  /** Called when the first socket joins and when the last one has left: what nobody watches need not be made. */
  onWatched?(watched: boolean): void
}

export interface SignalHandle extends Disposable {
  push(event: string, payload: unknown): void
}

/** Someone who joined a presence topic. */
export interface Guest {
  /** Of this one join; a page that comes back is another guest. */
  readonly id: string
  readonly topic: string
  readonly actor: TokenActor
  /** Of the other end. */
  readonly address: string
  /** The User-Agent, cut to 200 characters. */
  readonly agent: string | null
  /** ms epoch */
  readonly since: number
  readonly params: Record<string, unknown>
  push(event: string, payload: unknown): void
}

/** A topic whose owner knows each who joined, and may speak to one alone. It may have several owners. */
export interface PresenceTopic {
  /** Exact topic, or a prefix ending in `:*`, which covers no topic that is served as state, news or signal. */
  topic: string
  scopes: readonly Scope[]
  /** Throws a `CommandError` to refuse the join. What is pushed meanwhile follows the join's reply. */
  onJoin(guest: Guest): void
  /** Told once for every guest that got in, however it went. */
  onLeave(guest: Guest): void
}

/** A question from a client on a joined topic, e.g. `ping` or `get_recent`. The answer is the reply's response. */
export interface MessageHandler {
  /** Exact topic, or a prefix ending in `:*`. */
  topic: string
  event: string
  scopes: readonly Scope[]
  /** `guestId`: of the asker, where the topic is a presence topic. */
  handle(
    payload: unknown,
    context: { topic: string; actor: Actor; guestId?: string | undefined },
  ): Promise<unknown> | unknown
}

export interface Channels {
  state<K extends StateTopic>(topic: K, initial: StateTopics[K]): StateHandle<StateTopics[K]>
  news(topic: NewsTopic): Disposable
  signal(topic: SignalTopic): SignalHandle
  /** Who is there already is told to join again, so that every owner knows every guest. */
  presence(topic: PresenceTopic): Disposable
  onMessage(handler: MessageHandler): Disposable
  /** Sockets joined to at least one topic. */
  readonly clientCount: number
}
