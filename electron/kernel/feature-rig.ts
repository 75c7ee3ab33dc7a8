/** A hub with nothing but one feature in it, for its tests. Can be killed and started again on the same disk. */
import { FakeClock } from '../../base/testing/fake-clock.ts'
import type { CommandAnswer } from '../../contracts/command.ts'
import type { CommandName } from '../../contracts/commands.ts'
import { NO_SHARED_CHAT } from '../../contracts/events/twitch.ts'
import type { EventPayload, EventType } from '../../contracts/events.ts'
import { type Bus, createBus } from './bus.ts'
import { FakeChannels } from './channels/fake-channels.ts'
import { type Commands, createCommands, HUB_ACTOR } from './commands.ts'
import type { Service } from './service.ts'
import { MemoryStore } from './store/memory-store.ts'
import type { Migration } from './store/store.ts'

interface Parts {
  store: MemoryStore
  bus: Bus
  commands: Commands
  channels: FakeChannels
  clock: FakeClock
}

export class FeatureRig {
  readonly clock = new FakeClock(Date.UTC(2026, 5, 1, 12))
  readonly store: MemoryStore
  channels = new FakeChannels()
  readonly #create: (parts: Parts) => Service
  #bus = this.#newBus()
  #commands = this.#newCommands()
  #stop = new AbortController()
  #running: Promise<unknown> = Promise.resolve()

  constructor(migrations: readonly Migration[], create: (parts: Parts) => Service) {
    this.store = new MemoryStore(migrations)
    this.#create = create
  }

  async start(): Promise<void> {
    const { store, channels, clock } = this
    this.channels = channels
    this.#stop = new AbortController()
    const service = this.#create({ store, bus: this.#bus, commands: this.#commands, channels, clock })
    this.#running = service.run(this.#stop.signal)
    this.#running.catch(() => {})
    await clock.advance(0)
  }

  /** As after kill -9: nothing that was only in memory is written. `meanwhile`: stored, and nobody heard of it. */
  async crash(meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    this.store.refuse('the process is gone')
    await this.#end()
    this.store.refuse(null)
    this.#bus = this.#newBus()
    await meanwhile()
    this.#bus.dispose()
    this.channels = new FakeChannels()
    this.#bus = this.#newBus()
    this.#commands = this.#newCommands()
    await this.start()
  }

  async dispose(): Promise<void> {
    await this.#end()
    this.store.close()
  }

  async #end(): Promise<void> {
    this.#stop.abort()
    await this.#running.catch(() => {})
    this.#bus.dispose()
  }

  async say<T extends EventType>(type: T, payload: EventPayload<T>, source = 'twitch', at?: number): Promise<void> {
    await this.#bus.publish({ type, source, payload, at })
    await this.clock.advance(0)
  }

  /** A line in chat; who has the same name is the same viewer. */
  chat(user_name: string, message: string, source = 'twitch'): Promise<void> {
    return this.say('twitch.channel.chat.message', chatLine(user_name, message), source)
  }

  async ask(name: CommandName, args: object = {}, actor = HUB_ACTOR): Promise<CommandAnswer> {
    const answer = await this.#commands.invoke(name, args, actor)
    await this.clock.advance(0)
    return answer
  }

  #newBus(): Bus {
    return createBus({
      store: { append: (events, alongside) => this.store.append(events, alongside) },
      clock: this.clock,
      onListenerError: (error) => {
        throw error
      },
    })
  }

  #newCommands(): Commands {
    const onBug = (error: unknown) => {
      throw error
    }
    return createCommands({ clock: this.clock, onDidInvoke: () => {}, onBug })
  }
}

export const rigChannel = { broadcaster_user_id: '1', broadcaster_user_login: 'host', broadcaster_user_name: 'Host' }

/** What Twitch tells of a line of chat without anything special. */
export function chatLine(user_name: string, message: string): EventPayload<'twitch.channel.chat.message'> {
  return {
    message_id: 'm',
    ...rigChannel,
    user_id: String([...user_name].reduce((sum, letter) => sum * 31 + (letter.codePointAt(0) ?? 0), 7) % 1e9),
    user_login: 'viewer',
    user_name,
    message,
    fragments: [],
    emotes: [],
    native_emotes: [],
    color: '',
    badges: [],
    message_type: 'text',
    cheer_bits: null,
    reply_parent_message_id: null,
    reply_parent_message_body: null,
    reply_parent_user_id: null,
    reply_parent_user_login: null,
    reply_parent_user_name: null,
    reply_thread_message_id: null,
    reply_thread_user_id: null,
    reply_thread_user_login: null,
    reply_thread_user_name: null,
    channel_points_custom_reward_id: null,
    channel_points_animation_id: null,
    ...NO_SHARED_CHAT,
  }
}
