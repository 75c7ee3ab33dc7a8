/**
 * The other machines: who is paired, what each tells, and what can be asked of its processes, by command and by the
 * original's routes. One run of the feature holds the door open; what is stored outlives it.
 */
import type { Clock } from '../../../base/clock.ts'
import { Emitter, type Event } from '../../../base/emitter.ts'
import { type Disposable, DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import type { FleetRule } from '../../../contracts/fleet.ts'
import type { FleetMachine, FleetSample, FleetState } from '../../../contracts/state/fleet.ts'
import type { Bus } from '../../kernel/bus.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import { CommandError, type Commands, throwUnsaved } from '../../kernel/commands.ts'
import type { HttpServer } from '../../kernel/http/http-server.ts'
import type { Logger } from '../../kernel/log.ts'
import type { Metrics } from '../../kernel/metrics.ts'
import { newId } from '../../kernel/new-id.ts'
import type { Secrets } from '../../kernel/secrets.ts'
import { ALWAYS_HEALTHY, type Service, untilAborted } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store/store.ts'
import { Agent } from './agent.ts'
import { AGENTS_PATH, AgentDoor, type Challenge, PING_MS } from './agent-door.ts'
import type { AgentLink } from './agent-link.ts'
import { type AgentRow, addAgent, loadAgents, renameAgent, revokeAgent } from './agent-store.ts'
import { addCompanionRoutes } from './companion-routes.ts'
import { fleetMetrics } from './fleet-metrics.ts'
import { CLOSE, type HelloFrame, type PairFrame } from './frames.ts'
import { type HubIdentity, loadIdentity } from './identity.ts'
import { LogFollows } from './log-follows.ts'
import { addMachineCommands } from './machine-commands.ts'
import { Machines } from './machines.ts'
import { Pairing } from './pairing.ts'
import { isSigned, pairLines, sessionLines, signLines } from './proof.ts'
import { Samples } from './samples.ts'

/** Changes of many machines go out together, this long after the first, ms. */
const FLUSH_MS = 50
/** As the dashboard shows and commands call it. */
const MAX_NAME = 60

export interface FleetOptions {
  store: Pick<Store, 'all' | 'run'>
  bus: Pick<Bus, 'publish'>
  commands: Pick<Commands, 'handle' | 'invoke'>
  channels: Pick<Channels, 'state' | 'signal' | 'presence'>
  http: Pick<HttpServer, 'routes' | 'upgrade'>
  secrets: Pick<Secrets, 'get' | 'set'>
  clock: Clock
  log: Pick<Logger, 'warn' | 'error'>
  metrics: Pick<Metrics, 'add'>
  /** What a machine may be told as this hub's address, best first. */
  hubUrls(): string[]
}

export interface Fleet extends Service {
  /** Those that are paired, as last shown; none while the feature does not run. */
  readonly machines: readonly FleetMachine[]
  readonly onDidChange: Event<void>
  /** What a connected machine used last, by its agent's id; null when it has not said. */
  sampleOf(agent: string): FleetSample | null
  /** Shows these in `state:fleet`. */
  showRules(rules: readonly FleetRule[]): void
}

export function createFleet(options: FleetOptions): Fleet {
  const didChange = new Emitter<void>()
  let rules: readonly FleetRule[] = []
  let session: FleetSession | null = null
  return {
    id: 'fleet',
    ...ALWAYS_HEALTHY,
    get machines() {
      return session?.machines ?? []
    },
    onDidChange: didChange.event,
    sampleOf: (agent) => session?.sampleOf(agent) ?? null,
    showRules(shown) {
      rules = shown
      session?.showRules(shown)
    },
    async run(signal) {
      const identity = await loadIdentity(options.secrets)
      const rows = await loadAgents(options.store)
      if (signal.aborted) return
      session = new FleetSession(options, identity, rows, { rules, onChange: () => didChange.fire() })
      try {
        await untilAborted(signal)
      } finally {
        session.dispose()
        session = null
      }
    },
  }
}

interface SessionListener {
  rules: readonly FleetRule[]
  onChange: () => void
}

class FleetSession implements Disposable {
  readonly #options: FleetOptions
  readonly #listener: SessionListener
  readonly #identity: HubIdentity
  readonly #owned = new DisposableStore()
  readonly #machines = new Machines<Agent>()
  readonly #places = new Map<string, Disposable>()
  /** By id; a key that is there is not taken again. */
  readonly #revoked = new Map<string, string>()
  readonly #pairing: Pairing
  readonly #samples: Samples
  readonly #follows: LogFollows
  readonly #state: StateHandle<FleetState>
  readonly #flushTimer = this.#owned.add(new MutableDisposable())
  #isFlushing = false

  constructor(options: FleetOptions, identity: HubIdentity, rows: readonly AgentRow[], listener: SessionListener) {
    this.#options = options
    this.#identity = identity
    this.#listener = listener
    const { clock, channels, commands, http, metrics } = options
    this.#pairing = this.#owned.add(new Pairing(clock, () => this.#showPairing()))
    for (const row of rows) {
      if (row.revoked) this.#revoked.set(row.id, row.publicKey)
      else this.#add(row)
    }
    this.#follows = this.#owned.add(new LogFollows(channels, this.#machines))
    const machines = () => this.#machines.all
    this.#samples = this.#owned.add(new Samples({ clock, channels, routes: http.routes, machines }))
    const initial = { machines: this.#views(), pairing: null, rules: [...listener.rules] }
    this.#state = this.#owned.add(channels.state('state:fleet', initial))
    this.#addCommands()
    this.#owned.add(addCompanionRoutes(http.routes, commands, this.#machines))
    const door = this.#owned.add(
      new AgentDoor({
        clock,
        hub: identity.hub,
        onHello: (link, frame, challenge) => this.#onHello(link, frame, challenge),
        onPair: (link, frame, challenge) => void this.#onPair(link, frame, challenge),
      }),
    )
    this.#owned.add(http.upgrade(AGENTS_PATH, door.handleUpgrade))
    this.#owned.add(metrics.add(() => fleetMetrics(this.#machines.all, door)))
  }

  get machines(): readonly FleetMachine[] {
    return this.#state.value.machines
  }

  sampleOf(id: string): FleetSample | null {
    return this.#machines.find(id)?.latest ?? null
  }

  showRules(rules: readonly FleetRule[]): void {
    this.#state.update((draft) => {
      draft.rules = [...rules]
    })
  }

  dispose(): void {
    for (const agent of this.#machines.all) agent.leave(CLOSE.goingAway, 'the hub is stopping')
    this.#owned.dispose()
    for (const place of this.#places.values()) place.dispose()
  }

  // --- who is there ---

  #add(row: AgentRow): Agent {
    const { clock, bus, log } = this.#options
    const agent = new Agent(row, {
      clock,
      bus,
      log,
      onChange: () => this.#flushSoon(),
      onSample: (from, sample) => this.#samples.take(from.id, sample),
      onLog: (from, frame) => this.#follows.take(from, frame),
      onConnect: (connected) => this.#follows.connected(connected),
      onDisconnect: (gone) => this.#follows.disconnected(gone),
    })
    this.#places.set(agent.id, this.#machines.add(agent))
    return agent
  }

  #onHello(link: AgentLink, { agent: id, nonce, time, proof }: HelloFrame, challenge: Challenge) {
    const { hub, privateKey } = this.#identity
    const agent = this.#machines.find(id)
    const publicKey = agent?.publicKey ?? this.#revoked.get(id)
    const session = { hub, agent: id, hubNonce: challenge.nonce, agentNonce: nonce }
    if (publicKey === undefined || !isSigned(publicKey, sessionLines('hello', session), proof)) {
      return link.end(CLOSE.foreignKey, 'this hub does not know this key')
    }
    if (!agent) return link.end(CLOSE.revoked, 'this key was revoked')
    const ahead = time - (challenge.at + this.#options.clock.now()) / 2
    agent.join(link, Math.round(ahead))
    const welcome = signLines(privateKey, sessionLines('welcome', session))
    link.send({
      t: 'welcome',
      proof: welcome,
      ack: agent.storedEvent,
      pingMs: PING_MS,
      sampleMs: this.#samples.sampleMs,
    })
  }

  async #onPair(link: AgentLink, frame: PairFrame, challenge: Challenge): Promise<void> {
    const { bus, clock, log } = this.#options
    const { hub, publicKey: hubKey } = this.#identity
    const { code, publicKey, proof } = frame
    // The proof first: without the key nobody learns whether a code is right.
    if (!isSigned(publicKey, pairLines(hub, code, challenge.nonce), proof) || this.#isKnownKey(publicKey)) {
      return link.end(CLOSE.foreignKey, 'make a new key and sign with it')
    }
    if (!this.#pairing.take(code)) return link.end(CLOSE.codeRefused, 'the code is wrong, used or expired')
    const name = this.#freeName(frame.name)
    const row: AgentRow = { id: newId(), name, publicKey, pairedAt: clock.now(), revoked: false, stored: null }
    try {
      const payload = { agent: row.id, machine: name, address: link.address }
      const alongside = [addAgent(row)]
      await bus.publish({ type: 'agent.paired', source: 'agent', payload, alongside, mayBeRefused: true })
    } catch (error) {
      log.error({ err: error, machine: name }, 'a machine was not paired, since it could not be stored')
      return link.end(CLOSE.broken, 'the hub could not store it; make a new code')
    }
    if (this.#owned.isDisposed) return
    this.#add(row)
    this.#flushSoon()
    link.send({ t: 'paired', agent: row.id, hub, hubKey })
    link.end(CLOSE.normal, 'paired')
  }

  #isKnownKey(publicKey: string): boolean {
    for (const agent of this.#machines.all) if (agent.publicKey === publicKey) return true
    return [...this.#revoked.values()].includes(publicKey)
  }

  /** The machine's own name for itself, made fit to be called by, and unlike those of all others. */
  #freeName(given: string): string {
    const plain = given.replaceAll(/\p{C}+/gu, ' ').trim()
    const base = [...(plain === '' ? 'machine' : plain)]
      .slice(0, MAX_NAME - 4)
      .join('')
      .trim()
    const taken = new Set([...this.#machines.all].map(({ name }) => name))
    let name = base
    for (let number = 2; taken.has(name); number++) name = `${base} ${number}`
    return name
  }

  // --- what is asked ---

  #addCommands(): void {
    const { commands } = this.#options
    this.#owned.add(addMachineCommands(commands, this.#machines))
    this.#owned.add(
      commands.handle('agent.pairing.open', () => ({ ...this.#pairing.open(), hubUrls: this.#options.hubUrls() })),
    )
    this.#owned.add(
      commands.handle('agent.pairing.close', () => {
        this.#pairing.close()
        return {}
      }),
    )
    this.#owned.add(commands.handle('agent.machine.rename', ({ machine, name }) => this.#rename(machine, name)))
    this.#owned.add(commands.handle('agent.machine.revoke', ({ machine }) => this.#revoke(machine)))
  }

  async #rename(ref: string, name: string): Promise<Record<string, never>> {
    const agent = this.#machines.paired(ref)
    for (const other of this.#machines.all) {
      if (other === agent || other.name !== name) continue
      throw new CommandError('conflict', `another machine is called "${name}"; choose another name`, { path: 'name' })
    }
    await this.#options.store.run([renameAgent(agent.id, name)]).catch(throwUnsaved)
    agent.rename(name)
    return {}
  }

  async #revoke(ref: string): Promise<Record<string, never>> {
    const { bus, clock } = this.#options
    const agent = this.#machines.paired(ref)
    const payload = { agent: agent.id, machine: agent.name }
    const alongside = [revokeAgent(agent.id, clock.now())]
    await bus.publish({ type: 'agent.revoked', source: 'agent', payload, alongside }).catch(throwUnsaved)
    this.#revoked.set(agent.id, agent.publicKey)
    this.#places.get(agent.id)?.dispose()
    this.#places.delete(agent.id)
    agent.leave(CLOSE.revoked, 'this machine was unpaired')
    this.#follows.forget(agent)
    this.#samples.forget(agent.id)
    this.#flushSoon()
    return {}
  }

  // --- what is shown ---

  #views(): FleetMachine[] {
    return [...this.#machines.all].map(({ view }) => view).sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  #showPairing(): void {
    const open = this.#pairing.current
    this.#state.update((draft) => {
      draft.pairing = open && { expiresAt: open.expiresAt }
    })
    this.#listener.onChange()
  }

  #flushSoon(): void {
    if (this.#isFlushing) return
    this.#isFlushing = true
    this.#flushTimer.set(this.#options.clock.setTimeout(() => this.#flush(), FLUSH_MS))
  }

  #flush(): void {
    this.#isFlushing = false
    this.#state.update((draft) => {
      draft.machines = this.#views()
    })
    this.#listener.onChange()
  }
}
