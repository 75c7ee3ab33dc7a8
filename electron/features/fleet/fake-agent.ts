/**
 * A machine with an agent, for tests: real keys on a real WebSocket, with a journal of its own, which does what it is
 * told, or what the test says. Speaks only what the protocol allows, unless it is told to `say` something else.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { EventFrame, HubFrame, LineTuple, ReportFrame, SampleFrame } from './frames.ts'
import { SUBPROTOCOL } from './frames.ts'
import { isSigned, newKeyPair, pairLines, sessionLines, signLines } from './proof.ts'

type ProcessView = ReportFrame['processes'][number]
type CommandFrame = Extract<HubFrame, { t: 'command' }>
type Failure = { ok: false; code: string; reason: string; path?: string }
/** 'hang': it accepts and says no more. */
type Reply = { ok: true; value: unknown } | Failure | 'hang'

export interface AgentPairing {
  readonly url: string
  readonly agent: string
  readonly hub: string
  readonly hubKey: string
  readonly privateKey: string
}

export interface FakeAgentOptions {
  name?: string
  headers?: Record<string, string>
}

/** How often a condition is looked at, and how long before a test has failed, ms. */
const LOOK_MS = 5
const PATIENCE_MS = 20_000
const MAX_UNSTORED = 64

const FAKE_MACHINE: Omit<ReportFrame['machine'], 'name'> = {
  hostname: 'DEMI',
  platform: 'win32',
  release: '10.0.22631',
  arch: 'x64',
  agentVersion: '0.1.0',
  runtime: 'node 26.0.0',
  cores: 16,
  memoryBytes: 32 * 1024 ** 3,
  bootedAt: 1_767_200_000_000,
  edits: 'safe',
}

export function fakeProcess(id: string, part: Partial<ProcessView> = {}): ProcessView {
  return {
    id,
    name: id,
    state: 'running',
    reason: '',
    wanted: 'up',
    pid: 4242,
    startedAt: 1_767_225_600_000,
    adopted: false,
    restarts: 0,
    health: 'none',
    exit: null,
    retryAt: null,
    ...part,
  }
}

export class FakeAgent {
  readonly pairing: AgentPairing
  name: string
  /** Every frame of the hub on any of its links, in order. */
  readonly heard: HubFrame[] = []
  /** The close code and reason of every link that ended. */
  readonly ends: { code: number; reason: string }[] = []
  /** Of its machine clock, ms. */
  clockAheadMs = 0
  epoch: string = randomUUID()
  processes: ProcessView[] = []
  faults: ReportFrame['faults'] = []
  machine = FAKE_MACHINE
  /** By process id; what `logs.read` and `logs.follow` answer. */
  readonly printed = new Map<string, LineTuple[]>()
  definitions: Record<string, unknown>[] = []
  /** Process by follow. */
  readonly follows = new Map<string, string>()
  /** What it answers to a command instead of obeying; undefined: it obeys. */
  reply: (command: CommandFrame) => Reply | undefined = () => undefined
  readonly #headers: Record<string, string>
  #socket: WebSocket | null = null
  #rev = 0
  #seq = 0
  /** Of the events, on this link. */
  #sent = 0
  #hasReported = false
  #events: EventFrame[] = []
  #answers = new Map<string, Reply>()

  private constructor(pairing: AgentPairing, { name = 'demi', headers = {} }: FakeAgentOptions) {
    this.pairing = pairing
    this.name = name
    this.#headers = headers
  }

  /** Rejects with an error whose message is the close code, e.g. `4404`. `url` is the hub's, http or ws. */
  static async pair(url: string, code: string, options: FakeAgentOptions = {}): Promise<FakeAgent> {
    const { privateKey, publicKey } = newKeyPair()
    const paired = await askToPair(url, code, { privateKey, publicKey }, options)
    return new FakeAgent({ url, privateKey, ...paired }, options)
  }

  /** With keys of its own, e.g. after a restart of the machine, or for a key that nobody knows. */
  static with(pairing: AgentPairing, options: FakeAgentOptions = {}): FakeAgent {
    return new FakeAgent(pairing, options)
  }

  /** Connects and reports. Rejects with an error whose message is the close code when it isn't let in. */
  async connect(): Promise<void> {
    await this.greet()
    this.report()
    this.#hasReported = true
    this.#sendEvents()
  }

  /** Connects up to `welcome`, and says no more. */
  async greet(): Promise<void> {
    const { agent, hub, hubKey, privateKey, url } = this.pairing
    const socket = open(url, this.#headers)
    const agentNonce = randomBytes(32).toString('base64url')
    let hubNonce = ''
    await new Promise<void>((resolve, reject) => {
      socket.on('error', (error) => reject(error))
      socket.on('close', (code, reason) => {
        this.ends.push({ code, reason: reason.toString() })
        if (this.#socket === socket) this.#socket = null
        reject(new Error(String(code)))
      })
      socket.on('message', (data) => {
        const frame = JSON.parse(String(data)) as HubFrame
        this.heard.push(frame)
        const session = () => ({ hub, agent, hubNonce, agentNonce })
        if (frame.t === 'challenge') {
          hubNonce = frame.nonce
          const proof = signLines(privateKey, sessionLines('hello', session()))
          const time = Date.now() + this.clockAheadMs
          socket.send(JSON.stringify({ t: 'hello', v: 1, agent, nonce: agentNonce, time, proof }))
        } else if (frame.t === 'welcome') {
          if (!isSigned(hubKey, sessionLines('welcome', session()), frame.proof)) {
            reject(new Error('the hub could not prove who it is'))
          }
          this.#socket = socket
          this.#rev = 0
          this.#sent = 0
          this.#hasReported = false
          this.#forgetUpTo(frame.ack?.epoch === this.epoch ? frame.ack.seq : 0)
          resolve()
        } else if (frame.t === 'ack') {
          this.#forgetUpTo(frame.seq)
          this.#sendEvents()
        } else if (frame.t === 'command') this.#obey(frame)
      })
    })
  }

  get isConnected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN
  }

  /** The events that the hub has not said to have stored. */
  get unstored(): number {
    return this.#events.length
  }

  get commands(): CommandFrame[] {
    return this.heard.filter((frame) => frame.t === 'command')
  }

  /** Frames of one type. */
  told<T extends HubFrame['t']>(type: T): Extract<HubFrame, { t: T }>[] {
    return this.heard.filter((frame): frame is Extract<HubFrame, { t: T }> => frame.t === type)
  }

  // --- what it says ---

  report(): void {
    const machine = { name: this.name, ...this.machine }
    this.say({ t: 'report', rev: ++this.#rev, machine, processes: this.processes, faults: this.faults })
  }

  /** Processes come or change. */
  change(...views: ProcessView[]): void {
    for (const view of views) {
      this.processes = [...this.processes.filter(({ id }) => id !== view.id), view]
    }
    this.say({ t: 'delta', rev: ++this.#rev, processes: views })
  }

  remove(id: string): void {
    this.processes = this.processes.filter((view) => view.id !== id)
    this.say({ t: 'delta', rev: ++this.#rev, removed: [id] })
  }

  /** Something happens; it is told now, or with the next link. */
  happen(kind: EventFrame['kind'], data: Record<string, unknown>, part: Partial<EventFrame> = {}): EventFrame {
    const event = {
      t: 'event',
      epoch: this.epoch,
      seq: ++this.#seq,
      at: Date.now(),
      ageMs: 0,
      kind,
      data,
      ...part,
    } as const
    this.#events.push(event)
    this.#sendEvents()
    return event
  }

  /** Its journal is gone, with what was not stored: the next one is another epoch. */
  loseJournal(): void {
    this.epoch = randomUUID()
    this.#seq = this.#sent = 0
    this.#events = []
  }

  /** A process ends that nobody had asked to. */
  die(process: string, code = 1): void {
    this.happen('process.exited', { code, signal: null, ranMs: 1000, expected: false }, { process })
    const view = this.processes.find(({ id }) => id === process) ?? fakeProcess(process)
    this.change({ ...view, state: 'failed', pid: null, exit: { code, signal: null, at: Date.now() } })
  }

  sample(processes: SampleFrame['processes'] = {}, machine: Partial<SampleFrame['machine']> = {}): void {
    const rest = { cpu: 12.5, memory: 8e9, disks: [], net: [100, 200], temperature: null, ...machine }
    this.say({ t: 'sample', at: Date.now() + this.clockAheadMs, machine: rest, processes })
  }

  /** A process prints a line; who follows is sent it. */
  print(process: string, text: string): void {
    const lines = this.#linesOf(process)
    const line: LineTuple = [(lines.at(-1)?.[0] ?? 0) + 1, Date.now(), 'out', text, false]
    lines.push(line)
    for (const [follow, followed] of this.follows) {
      if (followed === process) this.say({ t: 'log', follow, lines: [line], dropped: 0 })
    }
  }

  /** Anything at all, as an object or as text. */
  say(frame: unknown): void {
    this.#socket?.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  // --- the link ---

  /** Closes properly and resolves when it is closed. */
  async leave(): Promise<void> {
    const socket = this.#socket
    if (!socket) return
    socket.close(1001)
    await until(() => socket.readyState === WebSocket.CLOSED)
  }

  /** The line breaks. */
  cut(): void {
    this.#socket?.terminate()
  }

  /** It reads nothing any more, and says nothing: a machine asleep. */
  freeze(): void {
    this.#socket?.pause()
  }

  #forgetUpTo(seq: number): void {
    this.#events = this.#events.filter((event) => event.seq > seq)
  }

  /** At most so many beyond the last that is stored. */
  #sendEvents(): void {
    if (!this.isConnected || !this.#hasReported) return
    for (const event of this.#events.slice(0, MAX_UNSTORED)) {
      if (event.seq <= this.#sent) continue
      this.say(event)
      this.#sent = event.seq
    }
  }

  // --- what it does ---

  #obey(command: CommandFrame): void {
    const { id } = command
    this.say({ t: 'accepted', id })
    const reply = this.#answers.get(id) ?? this.reply(command) ?? this.#do(command)
    if (reply === 'hang') return
    this.#answers.set(id, reply)
    this.say({ t: 'result', id, ...reply })
    const { follow } = (reply.ok ? reply.value : {}) as { follow?: string }
    if (command.name !== 'logs.follow' || follow === undefined) return
    const lines = this.#linesOf(String(command.args.process)).slice(-Number(command.args.lines))
    this.say({ t: 'log', follow, lines, dropped: 0 })
  }

  /** Answers what it left hanging. */
  answerNow(id: string, reply: Exclude<Reply, 'hang'>): void {
    this.#answers.set(id, reply)
    this.say({ t: 'result', id, ...reply })
  }

  #do({ name, args }: CommandFrame): Reply {
    const process = String(args.process)
    const view = this.processes.find(({ id }) => id === process)
    switch (name) {
      case 'process.start':
      case 'process.restart':
      case 'process.stop': {
        if (!view) return missing(process)
        const up = name !== 'process.stop'
        const next = {
          ...view,
          wanted: up ? 'up' : 'down',
          state: up ? 'running' : 'stopped',
          pid: up ? 1 : null,
        } as const
        this.change(next)
        return { ok: true, value: next }
      }
      case 'logs.read': {
        if (!view) return missing(process)
        const before = typeof args.before === 'number' ? args.before : Number.POSITIVE_INFINITY
        const all = this.#linesOf(process)
        const lines = all.filter(([number]) => number < before).slice(-Number(args.lines))
        const value = { lines, first: all[0]?.[0] ?? 0, last: all.at(-1)?.[0] ?? 0 }
        return { ok: true, value }
      }
      case 'logs.follow': {
        if (!view) return missing(process)
        const follow = randomUUID()
        this.follows.set(follow, process)
        return { ok: true, value: { follow } }
      }
      case 'logs.unfollow':
        this.follows.delete(String(args.follow))
        return { ok: true, value: {} }
      case 'definitions.read':
        return { ok: true, value: { definitions: this.definitions, faults: this.faults, edits: this.machine.edits } }
      case 'definitions.put':
        this.definitions.push(args.definition as Record<string, unknown>)
        return { ok: true, value: {} }
      case 'definitions.remove':
        this.definitions = this.definitions.filter(({ id }) => id !== process)
        return { ok: true, value: {} }
      default:
        return { ok: false, code: 'unknown-command', reason: `there is no command "${name}"` }
    }
  }

  #linesOf(process: string): LineTuple[] {
    const lines = this.printed.get(process) ?? []
    this.printed.set(process, lines)
    return lines
  }
}

function missing(process: string): Failure {
  return { ok: false, code: 'not-found', reason: `there is no process "${process}" here`, path: 'process' }
}

/** Resolves when it holds; a test that waits in vain fails with what it waited for. */
export async function until(holds: () => boolean, between: () => Promise<void> = async () => {}): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!holds()) {
    await between()
    if (performance.now() > end) throw new Error(`this has not come about: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

function open(url: string, headers: Record<string, string>): WebSocket {
  return new WebSocket(`${url.replace(/^http/, 'ws')}/agents`, SUBPROTOCOL, { headers, perMessageDeflate: false })
}

async function askToPair(
  url: string,
  code: string,
  { privateKey, publicKey }: { privateKey: string; publicKey: string },
  { name = 'demi', headers = {} }: FakeAgentOptions,
): Promise<{ agent: string; hub: string; hubKey: string }> {
  const socket = open(url, headers)
  try {
    return await new Promise((resolve, reject) => {
      socket.on('error', reject)
      socket.on('close', (closed) => reject(new Error(String(closed))))
      socket.on('message', (data) => {
        const frame = JSON.parse(String(data)) as HubFrame
        if (frame.t === 'challenge') {
          const proof = signLines(privateKey, pairLines(frame.hub, code, frame.nonce))
          const rest = { name, platform: FAKE_MACHINE.platform, agentVersion: FAKE_MACHINE.agentVersion }
          socket.send(JSON.stringify({ t: 'pair', v: 1, code, publicKey, proof, ...rest }))
        } else if (frame.t === 'paired') resolve({ agent: frame.agent, hub: frame.hub, hubKey: frame.hubKey })
      })
    })
  } finally {
    socket.terminate()
  }
}
