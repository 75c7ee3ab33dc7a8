/** Collects the events of a scripted broadcast; everything random comes from one seed, in the order of the calls. */
import type { EventPayload } from '../../../contracts/events.ts'
import { GAMES, type Viewer } from './cast.ts'
import { chatMessage } from './chat-payloads.ts'
import { createMaker, type Maker } from './maker.ts'
import { makePayload, type SimulatedType } from './payloads.ts'
import type { ReelEvent } from './reel.ts'

export class Stage {
  readonly #events: ReelEvent[] = []
  readonly #startAt: number
  readonly #seed: Maker
  #scene: string | null = null

  /** `startAt`: ms epoch; payloads tell times from it. */
  constructor(seed: number, startAt: number) {
    this.#startAt = startAt
    this.#seed = createMaker(seed, startAt)
  }

  get random() {
    return this.#seed.random
  }

  /** A maker whose time is `atMs` into the broadcast. */
  maker(atMs: number): Maker {
    return { ...this.#seed, now: this.#startAt + atMs }
  }

  add<T extends SimulatedType>(atMs: number, type: T, change: Partial<EventPayload<T>> = {}): void {
    const payload = { ...makePayload(type, this.maker(atMs)), ...change }
    this.#events.push({ atMs, type, payload })
  }

  scene(atMs: number, scene: string): void {
    this.add(atMs, 'obs.scene.changed', { scene, previousScene: this.#scene })
    this.#scene = scene
  }

  /** The category chooses the show. `id`: of one of the games of the cast. */
  category(atMs: number, id: string): void {
    const game = GAMES.find((each) => each.id === id) ?? GAMES[0]
    this.add(atMs, 'twitch.channel.update', { category_id: game.id, category_name: game.name, title: game.title })
  }

  chat(atMs: number, from: Viewer, text: string): void {
    this.#events.push({ atMs, type: 'twitch.channel.chat.message', payload: chatMessage(this.maker(atMs), from, text) })
  }

  /** In order of their times. */
  script(): ReelEvent[] {
    return this.#events.toSorted((a, b) => a.atMs - b.atMs)
  }
}
