/** Topics in memory, for tests of whatever serves one: remembers states and pushes, and plays the watching page. */
import { freeze, produce } from 'immer'
import { type Disposable, toDisposable } from '../../../base/lifecycle.ts'
import type { StateTopic, StateTopics } from '../../../contracts/topics.ts'
import type { PatchOperation } from '../../../contracts/wire.ts'
import type { Channels, MessageHandler, NewsTopic, SignalHandle, SignalTopic, StateHandle } from './channels.ts'
import { jsonDiff } from './json-diff.ts'

export class FakeChannels implements Channels {
  clientCount = 0
  readonly newsTopics: NewsTopic[] = []
  readonly messageHandlers: MessageHandler[] = []
  /** Every patch of every state topic, in order. */
  readonly patches: { topic: StateTopic; patches: PatchOperation[] }[] = []
  /** Every push on a signal topic, in order. */
  readonly signals: { topic: string; event: string; payload: unknown }[] = []
  readonly #states = new Map<string, () => unknown>()
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

  onMessage(handler: MessageHandler): Disposable {
    this.messageHandlers.push(handler)
    return toDisposable(() => this.messageHandlers.splice(this.messageHandlers.indexOf(handler), 1))
  }
}
