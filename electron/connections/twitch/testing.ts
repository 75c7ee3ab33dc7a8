/** A link to the fake Twitch with everything around it in memory, for the tests of this folder. */
import pino from 'pino'
import { systemClock } from '../../../base/clock.ts'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import type { CommandName } from '../../../contracts/commands.ts'
import type { StoredEnvelope } from '../../../contracts/envelope.ts'
import type { TwitchState, TwitchTopic } from '../../../contracts/state/twitch.ts'
import { type Alarms, createAlarms } from '../../kernel/alarms.ts'
import { createBus } from '../../kernel/bus.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import type { Secrets } from '../../kernel/secrets.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { ioTurn, until } from '../behaviour-suite.ts'
import type { TwitchConfig } from './config.ts'
import { createTwitchConnection, type TwitchConnection } from './connection.ts'
import { type FakeTwitch, type FakeTwitchOptions, startFakeTwitch } from './fake.ts'
import { twitchMigrations } from './migrations.ts'

/** Secrets in plain memory; counts what was written. */
export class FakeSecrets implements Secrets {
  readonly values = new Map<string, string>()
  /** Every write, in order. */
  readonly writes: { name: string; value: string }[] = []

  async get(name: string): Promise<string | null> {
    return this.values.get(name) ?? null
  }

  async set(name: string, value: string): Promise<void> {
    this.writes.push({ name, value })
    this.values.set(name, value)
  }

  async delete(name: string): Promise<void> {
    this.values.delete(name)
  }
}

export interface TwitchRigOptions {
  fake?: FakeTwitchOptions
  config?: Partial<TwitchConfig>
  /** Granted to the seed; all when left out, no seed at all when null. */
  scopes?: readonly string[] | null
}

export interface TwitchRig {
  fake: FakeTwitch
  alarms: Alarms
  clock: FakeClock
  store: MemoryStore
  secrets: FakeSecrets
  readonly connection: TwitchConnection
  readonly channels: FakeChannels
  readonly state: TwitchState
  start(): void
  stop(): Promise<void>
  /** A new process over the same store and secrets. */
  restart(): Promise<void>
  connected(): Promise<void>
  /** Connected, every topic tried, and what was missed read back. */
  covered(): Promise<void>
  topic(type: string): TwitchTopic['status']
  /** Events of these types, oldest first; all of Twitch when none are named. */
  events(...types: string[]): StoredEnvelope[]
  /** Resolves when so many events of this type are stored. */
  received(type: string, count?: number): Promise<StoredEnvelope[]>
  ask(command: CommandName, args?: unknown): Promise<unknown>
  /** Lets a pending wait for the next try run out, and whatever follows, until connected. */
  reconnected(): Promise<void>
  dispose(): Promise<void>
}

const silentLog = pino({ level: 'silent' })

export async function createTwitchRig(options: TwitchRigOptions = {}): Promise<TwitchRig> {
  const fake = await startFakeTwitch({ clock: systemClock, ...options.fake })
  const clock = new FakeClock()
  const store = new MemoryStore(twitchMigrations)
  const secrets = new FakeSecrets()
  const seed = options.scopes === null ? {} : fake.issueTokens(options.scopes)
  const { accessToken, refreshToken } = seed as { accessToken?: string; refreshToken?: string }
  const config: TwitchConfig = {
    enabled: true,
    clientId: fake.clientId,
    mockPort: fake.port,
    accessToken,
    refreshToken,
    ...options.config,
  }
  const alarms = createAlarms(clock)
  const build = () => {
    const channels = new FakeChannels()
    const bus = createBus({ store, clock, onListenerError: raise })
    const commands = createCommands({ clock, onDidInvoke: () => {}, onBug: raise })
    const connection = createTwitchConnection({
      config,
      bus,
      commands,
      channels,
      secrets,
      store,
      clock,
      log: silentLog,
      alarms,
      random: () => 0.5,
    })
    return { channels, bus, commands, connection }
  }
  let hub = build()
  let stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()

  const rig: TwitchRig = {
    fake,
    alarms,
    clock,
    store,
    secrets,
    get connection() {
      return hub.connection
    },
    get channels() {
      return hub.channels
    },
    get state() {
      return hub.channels.stateOf('state:twitch')
    },
    start() {
      stopping = new AbortController()
      running = hub.connection.run(stopping.signal)
    },
    async stop() {
      stopping.abort()
      await running
    },
    async restart() {
      await rig.stop()
      hub.connection.dispose()
      hub.bus.dispose()
      hub = build()
      rig.start()
    },
    async connected() {
      await until(
        () => (hub.connection.state.status === 'connected' ? true : undefined),
        () => `connected; it is ${JSON.stringify(hub.connection.state)}`,
      )
    },
    async covered() {
      await rig.connected()
      const isSettled = ({ status }: TwitchTopic) => status.status !== 'pending'
      await until(
        () => (rig.state.topics.every(isSettled) ? true : undefined),
        () => 'every topic tried',
      )
      // The first thing asked for is the channel, the last thing known is when Twitch was heard.
      const sql = "SELECT 1 FROM twitch_memory WHERE key = 'heardAt'"
      for (let isKnown = false; !isKnown; ) {
        isKnown = (await store.all(sql)).length > 0
        await ioTurn()
      }
    },
    topic(type) {
      const topic = rig.state.topics.find((candidate) => candidate.type === type)
      if (!topic) throw new Error(`there is no topic ${type}`)
      return topic.status
    },
    events(...types) {
      const own = store.events.filter(({ type }) => type.startsWith('twitch.'))
      return types.length === 0 ? own : own.filter(({ type }) => types.includes(type))
    },
    async received(type, count = 1) {
      return until(
        () => {
          const events = rig.events(type)
          return events.length >= count ? events : undefined
        },
        () => `${count} of ${type}; there are ${JSON.stringify(rig.events().map((event) => event.type))}`,
      )
    },
    async ask(command, args = {}) {
      const answer = await hub.commands.invoke(command, args, HUB_ACTOR)
      if (answer.status === 'rejected') throw new Error(`${answer.error.code}: ${answer.error.message}`)
      return answer.result
    },
    async reconnected() {
      await until(
        () => {
          const { state } = hub.connection
          if (state.status === 'connected') return true
          if (state.status === 'waiting') void clock.advance(Math.max(0, state.retryAt - clock.now()))
          return undefined
        },
        () => `connected again; it is ${JSON.stringify(hub.connection.state)}`,
      )
    },
    async dispose() {
      await rig.stop()
      hub.connection.dispose()
      hub.bus.dispose()
      alarms.dispose()
      await fake.dispose()
      store.close()
    },
  }
  return rig
}

function raise(error: unknown): never {
  throw error
}
