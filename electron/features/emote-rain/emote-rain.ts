/**
 * What rains: the emotes of each chat message, and a shower for what calls for one. Decides which and how many; how they fall
 * is the widget's business.
 */
import type { Clock } from '../../../base/clock.ts'
import { Emitter } from '../../../base/emitter.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import type { EventType } from '../../../contracts/events.ts'
import {
  type EmoteRainState,
  type NamedEmote,
  RAIN_COUNT_MAX,
  RAINS_MAX,
  type RainCause,
} from '../../../contracts/state/emote-rain.ts'
import type { Bus, StoredEvent } from '../../kernel/bus.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import type { Commands } from '../../kernel/commands.ts'
import type { EmoteWords } from '../../kernel/ports/emote-words.ts'
import { HEALTHY, type Health, type Service, untilAborted } from '../../kernel/service.ts'

/** Messages whose emotes fall, a second, and so many at once: more could not fall in that time. */
const MESSAGES_PER_SECOND = 10
const MESSAGES_AT_ONCE = 15
/** Of one message: a wall of emotes is no reason to stop the show. */
const MESSAGE_MAX = 10
/** Emotes that a shower is made of, those used last. */
const PALETTE_MAX = 12
/** Before anybody has used one: everybody's, as old as Twitch. */
const FIRST_PALETTE: readonly NamedEmote[] = [
  { provider: 'twitch', id: '25', name: 'Kappa' },
  { provider: 'twitch', id: '425618', name: 'LUL' },
  { provider: 'twitch', id: '305954156', name: 'PogChamp' },
  { provider: 'twitch', id: '30259', name: 'HeyGuys' },
  { provider: 'twitch', id: '9', name: '<3' },
]

/** How many fall for what. */
const PER_SUBSCRIPTION = 10
const RAID_LEAST = 20
const BITS_PER_EMOTE = 20
const PER_HYPE_LEVEL = 25
const SHOWER_LEAST = 5

const TYPES = [
  'twitch.channel.chat.message',
  'twitch.channel.raid',
  'twitch.channel.subscribe',
  'twitch.channel.subscription.message',
  'twitch.channel.subscription.gift',
  'twitch.channel.cheer',
  'twitch.channel.hype_train.begin',
  'twitch.channel.hype_train.progress',
] as const satisfies readonly EventType[]
type RainEvent = StoredEvent<(typeof TYPES)[number]>

export interface EmoteRainOptions {
  bus: Pick<Bus, 'on'>
  commands: Pick<Commands, 'handle'>
  channels: Pick<Channels, 'state'>
  words: EmoteWords
  clock: Clock
}

export function createEmoteRain(options: EmoteRainOptions): Service {
  return {
    id: 'emote-rain',
    health: HEALTHY,
    onDidChangeHealth: new Emitter<Health>().event,
    async run(signal) {
      const session = new RainSession(options)
      try {
        await untilAborted(signal)
      } finally {
        session.dispose()
      }
    },
  }
}

class RainSession {
  readonly #options: EmoteRainOptions
  readonly #owned = new DisposableStore()
  readonly #state: StateHandle<EmoteRainState>
  /** Newest last. */
  #palette: NamedEmote[] = []
  /** The last rain's. Of the time, so that it goes on growing after a restart. */
  #number = 0
  #hypeLevel = 0
  #messagesLeft = MESSAGES_AT_ONCE
  /** Monotonic, ms. */
  #messagesCountedAt = 0

  constructor(options: EmoteRainOptions) {
    this.#options = options
    const { channels, bus, commands } = options
    this.#state = this.#owned.add(channels.state('state:emote-rain', { rains: {}, clearedUpTo: 0 }))
    this.#owned.add(bus.on(TYPES, (event) => this.#take(event)))
    this.#owned.add(
      commands.handle('emote-rain.burst', async ({ count }) => {
        this.#shower('burst', count)
        return {}
      }),
    )
    this.#owned.add(
      commands.handle('emote-rain.clear', async () => {
        this.#clear()
        return {}
      }),
    )
    this.#owned.add(bus.on(['simulator.demo.ended'], () => this.#clear()))
  }

  dispose(): void {
    this.#owned.dispose()
  }

  #clear(): void {
    this.#state.update((draft) => {
      draft.rains = {}
      draft.clearedUpTo = this.#number
    })
  }

  #take(event: RainEvent): void {
    switch (event.type) {
      case 'twitch.channel.chat.message': {
        const { fragments, source_broadcaster_user_id: from, broadcaster_user_id } = event.payload
        if (from !== null && from !== broadcaster_user_id) return
        const emotes = this.#options.words
          .cut(fragments)
          .flatMap(({ text, emote }) => (emote ? [{ ...emote, name: text.slice(0, 100) }] : []))
          .slice(0, MESSAGE_MAX)
        if (emotes.length === 0) return
        this.#learn(emotes)
        if (this.#mayFall()) this.#rain('message', emotes.length, emotes)
        break
      }
      case 'twitch.channel.raid':
        this.#shower('raid', Math.max(RAID_LEAST, event.payload.viewers))
        break
      case 'twitch.channel.subscribe':
        // Those of a gift fall with the gift.
        if (!event.payload.is_gift) this.#shower('subscription', PER_SUBSCRIPTION)
        break
      case 'twitch.channel.subscription.message':
        this.#shower('subscription', PER_SUBSCRIPTION)
        break
      case 'twitch.channel.subscription.gift':
        this.#shower('subscription', PER_SUBSCRIPTION * event.payload.total)
        break
      case 'twitch.channel.cheer':
        this.#shower('cheer', Math.round(event.payload.bits / BITS_PER_EMOTE))
        break
      case 'twitch.channel.hype_train.begin':
        this.#hypeLevel = event.payload.level
        this.#shower('hype-train', PER_HYPE_LEVEL)
        break
      case 'twitch.channel.hype_train.progress': {
        const { level } = event.payload
        if (level <= this.#hypeLevel) return
        this.#hypeLevel = level
        this.#shower('hype-train', PER_HYPE_LEVEL * level)
        break
      }
    }
  }

  #mayFall(): boolean {
    const now = this.#options.clock.monotonic()
    const more = ((now - this.#messagesCountedAt) / 1000) * MESSAGES_PER_SECOND
    this.#messagesLeft = Math.min(MESSAGES_AT_ONCE, this.#messagesLeft + more)
    this.#messagesCountedAt = now
    if (this.#messagesLeft < 1) return false
    this.#messagesLeft -= 1
    return true
  }

  #learn(emotes: readonly NamedEmote[]): void {
    for (const emote of emotes) {
      const others = this.#palette.filter(({ provider, id }) => provider !== emote.provider || id !== emote.id)
      this.#palette = [...others, emote].slice(-PALETTE_MAX)
    }
  }

  #shower(cause: RainCause, count: number): void {
    this.#rain(cause, Math.max(SHOWER_LEAST, count), this.#palette.length > 0 ? this.#palette : FIRST_PALETTE)
  }

  #rain(cause: RainCause, count: number, emotes: readonly NamedEmote[]): void {
    const at = this.#options.clock.now()
    this.#number = Math.max(this.#number + 1, at)
    this.#state.update(({ rains }) => {
      rains[this.#number] = { cause, at, count: Math.min(RAIN_COUNT_MAX, count), emotes: [...emotes] }
      const numbers = Object.keys(rains).map(Number)
      for (const old of numbers.sort((a, b) => a - b).slice(0, -RAINS_MAX)) delete rains[old]
    })
  }
}
