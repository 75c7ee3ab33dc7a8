/**
 * One paired machine as the hub knows it: what its agent last told, the link to it while there is one, and the facts of it
 * that are on their way into the log. Owns no socket: links come and go.
 */
import type { Clock } from '../../../base/clock.ts'
import type { ProcessState } from '../../../contracts/fleet.ts'
import type { ProcessStatus } from '../../../contracts/process.ts'
import type { FleetMachine, FleetProcess, FleetSample } from '../../../contracts/state/fleet.ts'
import type { Bus } from '../../kernel/bus.ts'
import type { Logger } from '../../kernel/log.ts'
import { type AgentEventDraft, toAgentEvent } from './agent-event.ts'
import type { AgentLink } from './agent-link.ts'
import { AgentOrders, type Answer, type Order } from './agent-orders.ts'
import { type AgentRow, keepPlace } from './agent-store.ts'
import {
  type AgentFrame,
  CLOSE,
  type DeltaFrame,
  type EventFrame,
  type EventPlace,
  type LogFrame,
  type ReportFrame,
  type SampleFrame,
} from './frames.ts'
import type { Machine, MachineProcess, ProcessOrder } from './machines.ts'

/**
 * For a process to start, end or both, ms: programs are given time to save before they are killed, and dependencies to
 * start first. Below the time after which every command is answered.
 */
export const ORDER_TIMEOUT_MS = 45_000
/** An agent has 64 on the way at most. */
const MAX_WAITING_EVENTS = 128
/** One answer covers this many. */
const ACK_EVERY = 16

export interface AgentOptions {
  clock: Clock
  bus: Pick<Bus, 'publish'>
  log: Pick<Logger, 'warn' | 'error'>
  onChange(agent: Agent): void
  onSample(agent: Agent, sample: FleetSample): void
  onLog(agent: Agent, frame: LogFrame): void
  /** It has reported for the first time on a link. */
  onConnect(agent: Agent): void
  onDisconnect(agent: Agent): void
}

const STATUS: Record<ProcessState, ProcessStatus> = {
  stopped: 'stopped',
  waiting: 'starting',
  starting: 'starting',
  running: 'running',
  stopping: 'stopping',
  backoff: 'starting',
  failed: 'failed',
  done: 'stopped',
}

export class Agent implements Machine {
  readonly id: string
  readonly publicKey: string
  name: string
  latest: FleetSample | null = null
  readonly #pairedAt: number
  readonly #options: AgentOptions
  readonly #orders: AgentOrders
  #link: AgentLink | null = null
  /** The link has reported: it can be asked. */
  #isReported = false
  /** Shown as connected, also while a new link takes over. */
  #isShown = false
  #isGone = false
  /** Whether it has ever been connected since the hub runs. */
  #wasConnected = false
  #since: number
  #reason = 'not heard of since Landale started'
  #rev = 0
  #hardware: FleetMachine['hardware'] = null
  #clockAheadMs: number | null = null
  #processes: ReadonlyMap<string, FleetProcess> = new Map()
  #faults: FleetMachine['faults'] = []
  #view: FleetMachine | null = null
  /** Events: the last that is stored, that waits to be, and that came and was answered on this link. */
  #stored: EventPlace | null
  #taken: EventPlace | null
  #received: EventPlace | null = null
  #acked = 0
  #waiting: { place: EventPlace; draft: AgentEventDraft; at: number }[] = []
  #isStoring = false

  constructor(row: AgentRow, options: AgentOptions) {
    this.id = row.id
    this.name = row.name
    this.publicKey = row.publicKey
    this.#pairedAt = row.pairedAt
    this.#stored = this.#taken = row.stored
    this.#options = options
    this.#since = options.clock.now()
    this.#orders = new AgentOrders(options.clock, () => this.name)
  }

  get away(): string | null {
    if (this.#isReported) return null
    return this.#isShown ? 'it is about to report' : this.#reason
  }

  get isConnected(): boolean {
    return this.#isReported
  }

  get storedEvent(): EventPlace | null {
    return this.#stored
  }

  get processes(): readonly MachineProcess[] {
    return [...this.#processes.values()].map(({ id, name, state }) => {
      const { cpu = 0, memory = 0 } = this.latest?.processes[id] ?? {}
      return { id, name, status: STATUS[state], cpu, memory }
    })
  }

  /** The same object until something changes. */
  get view(): FleetMachine {
    this.#view ??= {
      id: this.id,
      name: this.name,
      link: this.#isShown ? 'connected' : 'away',
      since: this.#since,
      reason: this.#isShown ? '' : this.#reason,
      pairedAt: this.#pairedAt,
      hardware: this.#hardware,
      clockAheadMs: this.#clockAheadMs,
      processes: [...this.#processes.values()],
      faults: this.#faults,
    }
    return this.#view
  }

  // --- the link ---

  /** It has proven who it is. A link before this one is a ghost, or a second agent with the same key. */
  join(link: AgentLink, clockAheadMs: number): void {
    const former = this.#link
    this.#link = null
    former?.end(CLOSE.replaced, 'another link of this agent took over')
    this.#detach()
    this.#link = link
    this.#clockAheadMs = clockAheadMs
    this.#rev = 0
    this.#received = null
    this.#acked = 0
    link.adopt({
      onFrame: (frame) => this.#take(frame, link),
      onEnd: (reason) => this.#ended(link, reason),
    })
  }

  /** Ends the link, and whatever waits for an answer of this agent. */
  leave(code: number, reason: string): void {
    this.#isGone = true
    this.#waiting = []
    const link = this.#link
    this.#link = null
    link?.end(code, reason)
    this.#orders.dropAll(`can't be asked any more: ${reason}`)
    this.#detach()
  }

  setPace(sampleMs: number): void {
    this.#link?.send({ t: 'pace', sampleMs })
  }

  rename(name: string): void {
    this.name = name
    this.#change()
  }

  #ended(link: AgentLink, reason: string): void {
    if (this.#link !== link) return
    this.#link = null
    this.#detach()
    if (!this.#isShown) return
    this.#isShown = false
    this.#since = this.#options.clock.now()
    this.#reason = reason
    this.latest = null
    this.#change()
    this.#tell({ type: 'agent.lost', payload: { agent: this.id, machine: this.name, reason } })
  }

  #detach(): void {
    if (!this.#isReported) return
    this.#isReported = false
    this.#orders.detach()
    this.#options.onDisconnect(this)
  }

  // --- what it says ---

  #take(frame: AgentFrame, link: AgentLink) {
    switch (frame.t) {
      case 'report':
        return this.#report(frame, link)
      case 'delta':
        return this.#delta(frame, link)
      case 'pair':
      case 'hello':
        return link.fault('t', `a second "${frame.t}"`)
    }
    if (this.#rev === 0) return link.fault('t', `"${frame.t}" before "report"`)
    switch (frame.t) {
      case 'sample':
        return this.#sample(frame)
      case 'event':
        return this.#event(frame, link)
      case 'result':
        return this.#orders.answer(frame)
      case 'log':
        return this.#options.onLog(this, frame)
      case 'accepted':
        return
    }
  }

  #report({ rev, machine, processes, faults }: ReportFrame, link: AgentLink): void {
    const isFirst = this.#rev === 0
    this.#rev = rev
    this.#setHardware(machine)
    this.#processes = new Map(processes.map((process) => [process.id, process]))
    this.#faults = faults
    if (isFirst) this.#connected(link)
    this.#change()
  }

  #connected(link: AgentLink): void {
    const { clock } = this.#options
    const goneMs = this.#isShown ? 0 : clock.now() - this.#since
    const awayMs = this.#wasConnected ? goneMs : null
    this.#isReported = true
    this.#isShown = true
    this.#wasConnected = true
    this.#since = clock.now()
    this.#orders.attach((frame) => link.send(frame))
    const { address } = link
    this.#tell({ type: 'agent.connected', payload: { agent: this.id, machine: this.name, address, awayMs } })
    this.#options.onConnect(this)
  }

  #delta({ rev, machine, processes, removed, faults }: DeltaFrame, link: AgentLink) {
    if (this.#rev === 0) return link.fault('t', '"delta" before "report"')
    if (rev !== this.#rev + 1) return link.fault('rev', `${this.#rev + 1} was to come`)
    this.#rev = rev
    if (machine) this.#setHardware(machine)
    if (faults) this.#faults = faults
    if (processes || removed) {
      const next = new Map(this.#processes)
      for (const id of removed ?? []) next.delete(id)
      for (const process of processes ?? []) next.set(process.id, process)
      this.#processes = next
    }
    this.#change()
  }

  #setHardware({ name: _, ...hardware }: ReportFrame['machine']): void {
    this.#hardware = hardware
  }

  #sample({ machine: { disks, net, ...machine }, processes }: SampleFrame): void {
    const sample: FleetSample = {
      at: this.#options.clock.now(),
      machine: {
        ...machine,
        disks: disks.map(([path, used, total]) => ({ path, used, total })),
        net: net && { rx: net[0], tx: net[1] },
      },
      processes: {},
    }
    for (const id in processes) {
      const use = processes[id]
      if (use && this.#processes.has(id)) sample.processes[id] = { cpu: use[0], memory: use[1] }
    }
    this.latest = sample
    this.#options.onSample(this, sample)
  }

  #change(): void {
    this.#view = null
    this.#options.onChange(this)
  }

  #tell(draft: AgentEventDraft): void {
    this.#options.bus.publish({ ...draft, source: 'agent' }).catch((error) => {
      this.#options.log.error({ err: error, type: draft.type, agent: this.id }, 'a fact of a machine was not stored')
    })
  }

  // --- what happened there ---

  #event(frame: EventFrame, link: AgentLink) {
    const place = { epoch: frame.epoch, seq: frame.seq }
    if (place.epoch !== this.#received?.epoch) this.#acked = 0
    if (!isAfter(place, this.#taken)) {
      this.#received = place
      this.#acknowledge()
      return
    }
    if (this.#waiting.length >= MAX_WAITING_EVENTS) {
      return link.end(CLOSE.tooMuch, 'too many events without an answer', 'it sent too many events at once')
    }
    this.#received = this.#taken = place
    const from = { agent: this.id, machine: this.name }
    const draft = toAgentEvent(frame, from, (process) => this.#processes.get(process)?.name ?? process)
    this.#waiting.push({ place, draft, at: Math.max(0, this.#options.clock.now() - frame.ageMs) })
    void this.#storeAll()
  }

  /** One after the other: an event is never passed by one that came later. */
  async #storeAll(): Promise<void> {
    if (this.#isStoring) return
    this.#isStoring = true
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const { place, draft, at } = next
      try {
        await this.#options.bus.publish({ ...draft, source: 'agent', at, alongside: [keepPlace(this.id, place)] })
      } catch (error) {
        this.#refused(error)
        break
      }
      this.#stored = place
      if (this.#waiting[0] === next) this.#waiting.shift()
      this.#acknowledge()
    }
    this.#isStoring = false
  }

  /** The disk takes nothing: the agent keeps it, and tells it again on its next link. */
  #refused(error: unknown): void {
    if (this.#isGone) return
    this.#options.log.error({ err: error, agent: this.id }, 'events of a machine could not be stored')
    this.#waiting = []
    this.#taken = this.#stored
    this.#link?.end(CLOSE.broken, 'the hub could not store an event', 'Landale could not store what it told')
  }

  /** Never beyond what has come on this very link: the agent would know nothing of it. */
  #acknowledge(): void {
    const [stored, received] = [this.#stored, this.#received]
    if (!stored || !received || stored.epoch !== received.epoch) return
    const seq = Math.min(stored.seq, received.seq)
    if (seq <= this.#acked || (this.#waiting.length > 0 && seq - this.#acked < ACK_EVERY)) return
    this.#acked = seq
    this.#link?.send({ t: 'ack', seq })
  }

  // --- what it is told ---

  async order(process: string, order: ProcessOrder): Promise<void> {
    await this.ask({ name: `process.${order}`, args: { process }, timeoutMs: ORDER_TIMEOUT_MS, repeats: true })
  }

  /** Ends it, then takes its definition away. */
  async remove(process: string): Promise<void> {
    await this.ask({ name: 'definitions.remove', args: { process }, timeoutMs: ORDER_TIMEOUT_MS, repeats: true })
  }

  /** Rejects with a `CommandError`. */
  ask(order: Order): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.give(order, (answer) => (answer.ok ? resolve(answer.value) : reject(answer.error)))
    })
  }

  /** As `ask`, with the answer in the tick in which it comes. */
  give(order: Order, answered: (answer: Answer) => void) {
    this.#orders.give(order, answered)
  }
}

function isAfter(place: EventPlace, last: EventPlace | null): boolean {
  return last === null || place.epoch !== last.epoch || place.seq > last.seq
}
