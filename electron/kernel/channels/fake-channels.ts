/** Topics in memory, for tests of whatever serves one: remembers states and pushes, and plays the watching page. */
import { freeze, produce } from 'immer'
import { type Disposable, toDisposable } from '../../../base/lifecycle.ts'
import { allows, type Scope } from '../../../contracts/scopes.ts'
import type { StateTopic, StateTopics } from '../../../contracts/topics.ts'
import type { PatchOperation } from '../../../contracts/wire.ts'
import type { TokenActor } from '../tokens.ts'
import type {
  Channels,
  Guest,
  MessageHandler,
  NewsTopic,
  PresenceTopic,
  SignalHandle,
  SignalTopic,
  StateHandle,
} from './channels.ts'
import { jsonDiff } from './json-diff.ts'
import { covers } from './topic-pattern.ts'

export class FakeChannels implements Channels {
  clientCount = 0
  readonly newsTopics: NewsTopic[] = []
  readonly messageHandlers: MessageHandler[] = []
  /** Every patch of every state topic, in order. */
  readonly patches: { topic: StateTopic; patches: PatchOperation[] }[] = []
  /** Every push on a signal topic, in order. */
  readonly signals: { topic: string; event: string; payload: unknown }[] = []
  readonly #states = new Map<string, () => unknown>()
  readonly #presences: PresenceTopic[] = []
  readonly #guests = new Set<FakeGuest>()
  #guestCount = 0
  readonly #signals = new Map<string, SignalTopic>()

  state<K extends StateTopic>(topic: K, initial: StateTopics[K]): StateHandle<StateTopics[K]> {
    if (this.#states.has(topic)) throw new Error(`state topic "${topic}" was opened twice`)
    let value = freeze(initial, true)
    const release = toDisposable(() => this.#states.delete(topic))
    this.#states.set(topic, () => value)
    return {
      get value() {
        return value
      },
      update: (recipe) => {
        const next = produce(value, (draft) => {
          recipe(draft as StateTopics[K])
        })
        const patches = jsonDiff(value, next)
        value = next
        if (patches.length > 0) this.patches.push({ topic, patches })
      },
      dispose: () => release.dispose(),
    }
  }

  /** What a page joining now would be given. */
  stateOf<K extends StateTopic>(topic: K): StateTopics[K] {
    const read = this.#states.get(topic)
    if (!read) throw new Error(`nobody serves "${topic}"`)
    return read() as StateTopics[K]
  }

  news(topic: NewsTopic): Disposable {
    this.newsTopics.push(topic)
    return toDisposable(() => this.newsTopics.splice(this.newsTopics.indexOf(topic), 1))
  }

  signal(topic: SignalTopic): SignalHandle {
    this.#signals.set(topic.topic, topic)
    const release = toDisposable(() => this.#signals.delete(topic.topic))
    return {
      push: (event, payload) => this.signals.push({ topic: topic.topic, event, payload }),
      dispose: () => release.dispose(),
    }
  }

  /** The first page joins this signal topic, or the last one leaves it. */
  watch(topic: string, watched: boolean): void {
    this.#signals.get(topic)?.onWatched?.(watched)
  }

  presence(topic: PresenceTopic): Disposable {
    this.#presences.push(topic)
    return toDisposable(() => {
      this.#presences.splice(this.#presences.indexOf(topic), 1)
      for (const guest of [...this.#guests]) if (covers(topic.topic, guest.topic)) guest.leave()
    })
  }

  /**
   * A page joins a presence topic. Throws the `CommandError` of an owner that refuses it. Without an `actor` it is an
   * overlay of the topic's own output.
   */
  join(topic: string, { actor = overlayActor(topic), ...rest }: FakeJoin = {}): FakeGuest {
    const allowed = this.#presences.filter((each) => covers(each.topic, topic) && mayJoin(actor, each.scopes))
    if (allowed.length === 0) throw new Error(`nobody lets "${actor.name}" into "${topic}"`)
    const number = ++this.#guestCount
    const ask = (event: string, payload: unknown) => this.#ask(guest, event, payload)
    const left = () => {
      if (!this.#guests.delete(guest)) return
      for (const each of entered.splice(0)) each.onLeave(guest)
    }
    const guest = new FakeGuest({ id: `guest-${number}`, topic, actor, since: number, ...rest }, { ask, left })
    this.#guests.add(guest)
    const entered: PresenceTopic[] = []
    try {
      for (const each of allowed) {
        each.onJoin(guest)
        entered.push(each)
      }
    } catch (error) {
      guest.leave()
      throw error
    }
    return guest
  }

  async #ask(guest: FakeGuest, event: string, payload: unknown): Promise<unknown> {
    const handler = this.messageHandlers.find((each) => each.event === event && covers(each.topic, guest.topic))
    if (!handler || !mayJoin(guest.actor, handler.scopes)) throw new Error(`"${guest.topic}" takes no "${event}"`)
    return handler.handle(payload, { topic: guest.topic, actor: guest.actor, guestId: guest.id })
  }

  onMessage(handler: MessageHandler): Disposable {
    this.messageHandlers.push(handler)
    return toDisposable(() => this.messageHandlers.splice(this.messageHandlers.indexOf(handler), 1))
  }
}

interface FakeJoin {
  actor?: TokenActor
  address?: string
  agent?: string | null
  /** ms epoch; without it guests come in the order in which they joined. */
  since?: number
  params?: Record<string, unknown>
}

interface FakeGuestEvents {
  ask: (event: string, payload: unknown) => Promise<unknown>
  left: () => void
}

/** A page on a presence topic: remembers what it was told, asks, and leaves. */
export class FakeGuest implements Guest {
  readonly id: string
  readonly topic: string
  readonly actor: TokenActor
  readonly address: string
  readonly agent: string | null
  readonly since: number
  readonly params: Record<string, unknown>
  /** Every push to it, in order. */
  readonly pushed: { event: string; payload: unknown }[] = []
  readonly #events: FakeGuestEvents

  constructor(
    { id, topic, actor, since, ...rest }: FakeJoin & Pick<Guest, 'id' | 'topic' | 'actor' | 'since'>,
    events: FakeGuestEvents,
  ) {
    this.id = id
    this.topic = topic
    this.actor = actor
    this.since = since
    this.address = rest.address ?? '127.0.0.1'
    this.agent = rest.agent ?? null
    this.params = rest.params ?? {}
    this.#events = events
  }

  push(event: string, payload: unknown): void {
    this.pushed.push({ event, payload })
  }

  /** The payloads of the pushes of this name, in order. */
  told(event: string): unknown[] {
    return this.pushed.filter((each) => each.event === event).map(({ payload }) => payload)
  }

  /** Sends a message and answers what the hub answers. */
  ask(event: string, payload: unknown = {}): Promise<unknown> {
    return this.#events.ask(event, payload)
  }

  /** Closes its page. Idempotent. */
  leave(): void {
    this.#events.left()
  }
}

function mayJoin(actor: TokenActor, scopes: readonly Scope[]): boolean {
  return scopes.some((scope) => allows(actor.scopes, scope))
}

function overlayActor(topic: string): TokenActor {
  return { name: topic, scopes: ['overlay'], tokenId: topic, output: topic.replace(/^overlay:/, '') }
}
