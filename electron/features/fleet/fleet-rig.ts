/** A hub with nothing but the fleet in it, on a real port, for tests. Can be killed and started again on the same disk. */
import pino from 'pino'
import { type Clock, systemClock } from '../../../base/clock.ts'
import { toDisposable } from '../../../base/lifecycle.ts'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import type { CommandAnswer } from '../../../contracts/command.ts'
import type { CommandName } from '../../../contracts/commands.ts'
import type { StoredEnvelope } from '../../../contracts/envelope.ts'
import type { Scope } from '../../../contracts/scopes.ts'
import type { FleetMachine, FleetState } from '../../../contracts/state/fleet.ts'
import { type Bus, createBus } from '../../kernel/bus.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { type Commands, createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import { createHttpServer, type HttpServer } from '../../kernel/http/http-server.ts'
import { createSecrets, secretsMigrations } from '../../kernel/secrets.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { fleetMigrations } from './agent-store.ts'
import { FakeAgent, type FakeAgentOptions, until } from './fake-agent.ts'
import { createFleet, type Fleet } from './fleet.ts'

const silent = pino({ level: 'silent' })
const plainBox = { kind: 'plain', seal: (text: string) => text, open: (text: string) => text }

/** Of fake time, per look. */
const STEP_MS = 10

export class FleetRig {
  readonly store = new MemoryStore([...secretsMigrations, ...fleetMigrations])
  readonly clock: Clock
  channels = new FakeChannels()
  /** What the commands were asked, as the audit trail has it. */
  readonly audit: string[] = []
  url = ''
  metrics: () => string = () => ''
  /** Whoever stored an event hears of it after this. */
  gate: Promise<void> = Promise.resolve()
  #bus!: Bus
  #commands!: Commands
  /** Made once: its own routes are never taken back. */
  readonly #http: HttpServer
  #fleet!: Fleet
  #stop = new AbortController()
  #running: Promise<void> = Promise.resolve()
  readonly #agents: FakeAgent[] = []

  constructor(clock: Clock = systemClock) {
    this.clock = clock
    const verify = (secret: string) => ({ name: 'deck', tokenId: 'deck', scopes: secret.split('+') as Scope[] })
    this.#http = createHttpServer({
      port: 0,
      bind: '127.0.0.1',
      allowedHosts: [],
      tokens: { verify },
      commands: { invoke: (...args) => this.#commands.invoke(...args) },
      clock,
      log: silent,
      staticRoot: null,
    })
  }

  async start(): Promise<void> {
    const { store, clock } = this
    const gated = {
      append: async (...args: Parameters<MemoryStore['append']>) => {
        const stored = await store.append(...args)
        await this.gate
        return stored
      },
    }
    const onListenerError = (error: unknown) => {
      throw error
    }
    this.#bus = createBus({ store: gated, clock, onListenerError })
    this.channels = new FakeChannels()
    this.#commands = createCommands({
      clock,
      onDidInvoke: ({ command, actor, args, answer }) =>
        this.audit.push(`${actor}: ${command} ${JSON.stringify(args)} ${answer.status}`),
      onBug: (error) => {
        throw error
      },
    })
    const { channels } = this
    const commands = this.#commands
    this.#stop = new AbortController()
    this.#fleet = createFleet({
      store,
      bus: this.#bus,
      commands,
      channels,
      http: this.#http,
      secrets: createSecrets(store, plainBox),
      clock,
      log: silent,
      metrics: {
        add: (collect) => {
          this.metrics = collect
          return toDisposable(() => {})
        },
      },
      hubUrls: () => [this.url],
    })
    this.#running = this.#fleet.run(this.#stop.signal)
    await until(() => this.isOpen)
    if (this.url === '') this.url = (await this.#http.listen()).url
  }

  get fleet(): Fleet {
    return this.#fleet
  }

  get bus(): Bus {
    return this.#bus
  }

  private get isOpen(): boolean {
    try {
      return this.state !== undefined
    } catch {
      return false
    }
  }

  get state(): FleetState {
    return this.channels.stateOf('state:fleet')
  }

  get events(): StoredEnvelope[] {
    return this.store.events
  }

  /** The payloads of one type, in order. */
  told(type: string): Record<string, unknown>[] {
    return this.events.filter((event) => event.type === type).map(({ payload }) => payload)
  }

  machine(name = 'demi'): FleetMachine {
    const machine = this.state.machines.find((each) => each.name === name)
    if (!machine) throw new Error(`no machine "${name}" is shown`)
    return machine
  }

  ask(name: CommandName, args: object = {}): Promise<CommandAnswer> {
    return this.#commands.invoke(name, args, HUB_ACTOR)
  }

  async call(method: 'GET' | 'POST', path: string, scopes = 'admin'): Promise<[status: number, body: unknown]> {
    const headers = { authorization: `Bearer ${scopes}`, connection: 'close' }
    const response = await fetch(`${this.url}${path}`, { method, headers })
    return [response.status, await response.json()]
  }

  /** A code, as the dashboard would show it. */
  async code(): Promise<string> {
    const answer = await this.ask('agent.pairing.open')
    if (answer.status !== 'committed') throw new Error(answer.error.message)
    return (answer.result as { code: string }).code
  }

  /** A machine that is paired and not connected. */
  async pair(name = 'demi', options: FakeAgentOptions = {}): Promise<FakeAgent> {
    return this.follow(await FakeAgent.pair(this.url, await this.code(), { name, ...options }))
  }

  /** One whose link is ended with the rig. */
  follow(agent: FakeAgent): FakeAgent {
    this.#agents.push(agent)
    return agent
  }

  /** A machine that is paired, connected, and shown so. */
  async join(name = 'demi', setUp: (agent: FakeAgent) => void = () => {}): Promise<FakeAgent> {
    const agent = await this.pair(name)
    setUp(agent)
    await agent.connect()
    await this.until(() => this.state.machines.some((machine) => machine.name === name && machine.link === 'connected'))
    return agent
  }

  /** As after kill -9: what was not stored is not, and nobody is told. */
  async crash(): Promise<void> {
    this.store.refuse('the process is gone')
    await this.#end()
    this.store.refuse(null)
    this.gate = Promise.resolve()
    await this.start()
  }

  /** Resolves when it holds. Fake time goes on meanwhile, slowly. */
  until(holds: () => boolean): Promise<void> {
    const { clock } = this
    return until(holds, async () => {
      if (clock instanceof FakeClock) await clock.advance(STEP_MS)
    })
  }

  async dispose(): Promise<void> {
    await this.#end()
    await this.#http.close()
    this.store.close()
  }

  async #end(): Promise<void> {
    this.#stop.abort()
    await this.#running
    this.#bus.dispose()
    for (const agent of this.#agents) agent.cut()
  }
}
