/**
 * The connection to the hub: proves who it is and that the hub is who it was, reports, obeys, and comes back by itself.
 * Owns the socket, its timers and the numbers of what was sent; what is reported comes from the agent by `source`.
 */
import { createHash, randomBytes } from 'node:crypto'
import { WebSocket } from 'ws'
import { backoffMs } from '../base/backoff.ts'
import type { Clock, Disposable } from '../base/clock.ts'
import { assertNever, errorMessage } from '../base/errors.ts'
import { type Fault, faultText } from '../base/parse.ts'
import type { Commands } from './commands.ts'
import {
  type AgentFrame,
  CLOSE,
  type HubFrame,
  MAX_FRAME_BYTES,
  type MachineSample,
  type MachineView,
  type ProcessView,
  parseHubFrame,
  SUBPROTOCOL,
  VERSION,
} from './frames.ts'
import type { Outbox } from './outbox.ts'
import { type Session, sessionLines, signLines, verifyLines } from './proof.ts'

const RECONNECT = { initialMs: 500, maxMs: 30_000 }
/** After a close that would only repeat itself. */
const RECONNECT_SLOW_MS = 30_000
/** A key that is not known, or no common version: only a person changes that. */
const RECONNECT_RARE_MS = 5 * 60_000
export const HANDSHAKE_MS = 10_000
/** A link that lived so long was a good one: the delays begin anew. */
const PROVEN_MS = 30_000
const SILENCE_PINGS = 2.5
const MAX_UNACKED = 64
/** Changes are gathered so long, so that a start is two deltas rather than five. */
const DELTA_MS = 30
const CONGESTED_BYTES = 1_024 * 1_024

export interface Pairing {
  readonly url: string
  readonly agent: string
  readonly hub: string
  readonly hubKey: string
  readonly privateKey: string
  /** SHA-256 of the certificate, hex: trusted instead of any authority. */
  readonly pin?: string
}

export type LinkState =
  | { status: 'unpaired' }
  | { status: 'connecting'; attempt: number }
  | { status: 'connected'; since: number }
  | { status: 'waiting'; attempt: number; retryAt: number; reason: string }
  | { status: 'revoked'; reason: string }
  | { status: 'closed' }

interface LinkSource {
  machine(): MachineView
  processes(): readonly ProcessView[]
  faults(): readonly Fault[]
  sample(): Promise<{ machine: MachineSample; processes: Record<string, [number, number]> }>
}

export interface LinkOptions {
  readonly source: LinkSource
  readonly commands: Commands
  readonly outbox: Outbox
  readonly clock: Clock
  readonly random: () => number
  readonly createSocket?: typeof createSocket
  readonly onDidChangeState: (state: LinkState) => void
}

export class Link {
  #pairing: Pairing | undefined
  #state: LinkState = { status: 'unpaired' }
  #socket: Connection | undefined
  #retry: Disposable | undefined
  #attempt = 0
  readonly #options: LinkOptions

  constructor(options: LinkOptions) {
    this.#options = options
  }

  get state(): LinkState {
    return this.#state
  }

  /** Connects by this pairing, or not at all; a former link is given up. */
  usePairing(pairing: Pairing | undefined): void {
    if (JSON.stringify(pairing) === JSON.stringify(this.#pairing)) return
    this.#pairing = pairing
    this.#attempt = 0
    this.#drop()
    if (pairing) this.#connect(pairing)
    else this.#setState({ status: 'unpaired' })
  }

  changedProcess(view: ProcessView): void {
    this.#socket?.changed(view)
  }

  removedProcess(id: string): void {
    this.#socket?.removed(id)
  }

  changedFaults(faults: readonly Fault[]): void {
    this.#socket?.faults(faults)
  }

  changedMachine(machine: MachineView): void {
    this.#socket?.machine(machine)
  }

  /** Something was added to the outbox. */
  happened(): void {
    this.#socket?.sendEvents()
  }

  close(): void {
    this.#drop()
    this.#setState({ status: 'closed' })
  }

  #drop(): void {
    this.#retry?.dispose()
    this.#retry = undefined
    this.#socket?.end(CLOSE.goingAway, 'the agent ends this link')
    this.#socket = undefined
  }

  #connect(pairing: Pairing): void {
    this.#setState({ status: 'connecting', attempt: this.#attempt })
    const socket: Connection = new Connection(pairing, this.#options, {
      onUp: () => this.#setState({ status: 'connected', since: this.#options.clock.now() }),
      onProven: () => {
        this.#attempt = 0
      },
      // A late word of a connection given up long ago changes nothing.
      onEnd: (code, reason) => {
        if (this.#socket === socket) this.#ended(pairing, code, reason)
      },
    })
    this.#socket = socket
    socket.open()
  }

  #ended(pairing: Pairing, code: number, reason: string): void {
    this.#socket = undefined
    if (code === CLOSE.revoked) {
      this.#setState({ status: 'revoked', reason: `the hub revoked this machine's key (${reason}); pair it again` })
      return
    }
    const delayMs = retryDelayMs(code, this.#attempt, this.#options.random)
    this.#attempt += 1
    this.#retry = this.#options.clock.setTimeout(() => this.#connect(pairing), delayMs)
    const retryAt = this.#options.clock.now() + delayMs
    this.#setState({ status: 'waiting', attempt: this.#attempt, retryAt, reason: endText(code, reason) })
  }

  #setState(state: LinkState): void {
    this.#state = state
    this.#options.onDidChangeState(state)
  }
}

/** When to try again after a close, ms. Pure policy. */
export function retryDelayMs(code: number, attempt: number, random: () => number): number {
  switch (code) {
    case CLOSE.foreignKey:
    case CLOSE.noCommonVersion:
      return RECONNECT_RARE_MS
    case CLOSE.malformed:
    case CLOSE.replaced:
    case CLOSE.tooLarge:
    case CLOSE.tooMuch:
      return RECONNECT_SLOW_MS
    default:
      return backoffMs(RECONNECT, attempt, random)
  }
}

function endText(code: number, reason: string): string {
  const words = reason === '' ? '' : `: ${reason}`
  switch (code) {
    case CLOSE.foreignKey:
      return `the hub does not know this machine's key, or is not the hub it was paired with${words}; pair it again`
    case CLOSE.noCommonVersion:
      return `the hub and this agent have no version of the protocol in common${words}; update the older one`
    case CLOSE.replaced:
      return 'another agent with the same key connected; two machines must not share one'
    default:
      return words === '' ? `the link ended (${code})` : `the link ended (${code})${words}`
  }
}

/** Opens a socket as the protocol asks. With a pin the certificate itself is trusted, and no authority. */
export function createSocket(url: string, pin: string | undefined): WebSocket {
  const socket = new WebSocket(url, SUBPROTOCOL, {
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handshakeTimeout: HANDSHAKE_MS,
    followRedirects: false,
    ...(pin === undefined ? {} : { rejectUnauthorized: false }),
  })
  if (pin !== undefined) socket.on('upgrade', (response) => checkPin(socket, response.socket, pin))
  return socket
}

/** Before anything is sent: the socket opens only after this. */
function checkPin(socket: WebSocket, connection: unknown, pin: string): void {
  if (!new URL(socket.url).protocol.startsWith('wss')) return
  const peer =
    typeof connection === 'object' && connection !== null && 'getPeerCertificate' in connection
      ? (connection.getPeerCertificate as () => { raw?: Buffer }).call(connection).raw
      : undefined
  const seen = peer ? createHash('sha256').update(peer).digest('hex') : 'none'
  if (seen === plainPin(pin)) return
  socket.emit('error', new Error(`the certificate is not the pinned one: it is ${seen}`))
  socket.terminate()
}

/** `AB:CD…` as browsers show it, or plain. */
function plainPin(pin: string): string {
  return pin.replaceAll(':', '').toLowerCase()
}

interface ConnectionEvents {
  readonly onUp: () => void
  readonly onProven: () => void
  readonly onEnd: (code: number, reason: string) => void
}

/** One socket's life: it is used once and thrown away. */
class Connection {
  #socket: WebSocket | undefined
  #phase: 'opening' | 'challenged' | 'up' | 'ended' = 'opening'
  #session: Session | undefined
  #trouble = ''
  #rev = 0
  /** The newest event that was sent, and the newest that is stored. */
  #sent = 0
  #acked = 0
  #pingMs = 15_000
  #heardAt = 0
  #changed = new Map<string, ProcessView>()
  #removed = new Set<string>()
  #faults: readonly Fault[] | undefined
  #machine: MachineView | undefined
  #delta: Disposable | undefined
  #sampling: Disposable | undefined
  #busySampling = false
  readonly #timers: Disposable[] = []
  readonly #pairing: Pairing
  readonly #options: LinkOptions
  readonly #events: ConnectionEvents

  constructor(pairing: Pairing, options: LinkOptions, events: ConnectionEvents) {
    this.#pairing = pairing
    this.#options = options
    this.#events = events
  }

  open(): void {
    const { clock } = this.#options
    this.#timers.push(clock.setTimeout(() => this.#late(), HANDSHAKE_MS))
    let socket: WebSocket
    try {
      socket = (this.#options.createSocket ?? createSocket)(this.#pairing.url, this.#pairing.pin)
    } catch (error) {
      this.#trouble = errorMessage(error)
      this.#timers.push(clock.setTimeout(() => this.#finish(1006, ''), 0))
      return
    }
    this.#socket = socket
    socket.on('message', (data, isBinary) => this.#received(data.toString(), isBinary))
    for (const event of ['ping', 'pong'] as const) socket.on(event, () => this.#heard())
    socket.on('error', (error) => {
      // The first is the cause; those after it say that the socket was ended.
      if (this.#trouble === '') this.#trouble = error.message
    })
    socket.on('close', (code, reason) => this.#finish(code, reason.toString()))
  }

  /** Nothing is told of it any more. */
  end(code: number, reason: string): void {
    this.#release()
    this.#phase = 'ended'
    try {
      this.#socket?.close(code, clipped(reason))
      // A hub that does not answer the close must not hold the agent.
      const timer = setTimeout(() => this.#socket?.terminate(), 1_000)
      timer.unref()
    } catch {
      this.#socket?.terminate()
    }
  }

  changed(view: ProcessView): void {
    if (this.#phase !== 'up') return
    this.#changed.set(view.id, view)
    this.#removed.delete(view.id)
    this.#deltaSoon()
  }

  removed(id: string): void {
    if (this.#phase !== 'up') return
    this.#changed.delete(id)
    this.#removed.add(id)
    this.#deltaSoon()
  }

  faults(faults: readonly Fault[]): void {
    if (this.#phase !== 'up') return
    this.#faults = faults
    this.#deltaSoon()
  }

  machine(machine: MachineView): void {
    if (this.#phase !== 'up') return
    this.#machine = machine
    this.#deltaSoon()
  }

  sendEvents(): void {
    if (this.#phase !== 'up') return
    const room = this.#acked + MAX_UNACKED - this.#sent
    if (room <= 0) return
    for (const frame of this.#options.outbox.after(this.#sent, room)) {
      this.#send(frame)
      this.#sent = frame.seq
    }
  }

  #received(source: string, isBinary: boolean) {
    if (this.#phase === 'ended') return
    this.#heard()
    if (isBinary) return this.#fault('binary frames are not spoken here')
    const parsed = parseHubFrame(source)
    if (!parsed.ok) return this.#fault(faultText(parsed.faults))
    if (parsed.value) this.#take(parsed.value)
  }

  #take(frame: HubFrame) {
    const up = this.#phase === 'up'
    switch (frame.t) {
      case 'challenge':
        return this.#phase === 'opening' ? this.#answer(frame) : this.#fault('t: a second challenge')
      case 'welcome':
        return this.#phase === 'challenged' ? this.#welcomed(frame) : this.#fault('t: welcome at the wrong moment')
      case 'paired':
        return this.#fault('t: paired at the wrong moment')
      case 'pace':
        return up ? this.#pace(frame.sampleMs) : this.#fault('t: pace before welcome')
      case 'ack':
        return up ? this.#stored(frame.seq) : this.#fault('t: ack before welcome')
      case 'command':
        return up ? this.#options.commands.take(frame) : this.#fault('t: command before welcome')
      default:
        return assertNever(frame)
    }
  }

  #answer({ versions, hub, nonce }: Extract<HubFrame, { t: 'challenge' }>) {
    if (!versions.includes(VERSION)) {
      return this.#close(CLOSE.noCommonVersion, `hub: ${versions.join(', ')}; agent: ${VERSION}`)
    }
    const { agent, privateKey } = this.#pairing
    if (hub !== this.#pairing.hub)
      return this.#close(CLOSE.foreignKey, 'this is not the hub this machine was paired with')
    const agentNonce = randomBytes(32).toString('base64url')
    this.#session = { hub, agent, hubNonce: nonce, agentNonce }
    this.#phase = 'challenged'
    const proof = signLines(privateKey, sessionLines('hello', this.#session))
    this.#send({ t: 'hello', v: VERSION, agent, nonce: agentNonce, time: this.#options.clock.now(), proof })
  }

  #welcomed({ proof, ack, pingMs, sampleMs }: Extract<HubFrame, { t: 'welcome' }>) {
    const { outbox, source, clock, commands } = this.#options
    if (!this.#session || !verifyLines(this.#pairing.hubKey, sessionLines('welcome', this.#session), proof)) {
      return this.#close(CLOSE.foreignKey, 'the hub could not prove that it is the one')
    }
    this.#release()
    this.#phase = 'up'
    // A number beyond what there is comes from another life of this journal.
    const known = ack?.epoch === outbox.epoch && ack.seq <= outbox.last ? ack.seq : 0
    outbox.acknowledge(known)
    this.#sent = this.#acked = Math.max(known, (outbox.after(0, 1)[0]?.seq ?? outbox.last + 1) - 1)
    this.#pingMs = pingMs
    this.#timers.push(
      clock.setInterval(() => this.#ping(), pingMs),
      clock.setTimeout(() => this.#events.onProven(), PROVEN_MS),
    )
    this.#send({
      t: 'report',
      rev: ++this.#rev,
      machine: source.machine(),
      processes: source.processes(),
      faults: source.faults(),
    })
    const isCongested = () => (this.#socket?.bufferedAmount ?? 0) > CONGESTED_BYTES
    commands.attach({
      send: (frame) => this.#send(frame),
      get congested() {
        return isCongested()
      },
    })
    this.#events.onUp()
    this.sendEvents()
    this.#pace(sampleMs)
  }

  #stored(seq: number) {
    if (seq > this.#sent) return this.#fault(`seq: ${seq} was never sent`)
    this.#acked = Math.max(this.#acked, seq)
    this.#options.outbox.acknowledge(seq)
    this.sendEvents()
  }

  #pace(sampleMs: number): void {
    this.#sampling?.dispose()
    void this.#sample()
    this.#sampling = this.#options.clock.setInterval(() => void this.#sample(), sampleMs)
  }

  async #sample(): Promise<void> {
    // One that has not left yet would only be older when it does.
    if (this.#busySampling || (this.#socket?.bufferedAmount ?? 0) > 0) return
    this.#busySampling = true
    try {
      const { machine, processes } = await this.#options.source.sample()
      this.#send({ t: 'sample', at: this.#options.clock.now(), machine, processes })
    } catch {
      // A number that could not be read is missing from the picture for a moment; the next one comes.
    } finally {
      this.#busySampling = false
    }
  }

  #deltaSoon(): void {
    this.#delta ??= this.#options.clock.setTimeout(() => this.#sendDelta(), DELTA_MS)
  }

  #sendDelta(): void {
    this.#delta = undefined
    this.#send({
      t: 'delta',
      rev: ++this.#rev,
      ...(this.#machine ? { machine: this.#machine } : {}),
      ...(this.#changed.size > 0 ? { processes: [...this.#changed.values()] } : {}),
      ...(this.#removed.size > 0 ? { removed: [...this.#removed] } : {}),
      ...(this.#faults ? { faults: this.#faults } : {}),
    })
    this.#changed = new Map()
    this.#removed = new Set()
    this.#faults = undefined
    this.#machine = undefined
  }

  #send(frame: AgentFrame): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame))
  }

  #heard(): void {
    this.#heardAt = this.#options.clock.monotonic()
  }

  #ping(): void {
    if (this.#options.clock.monotonic() - this.#heardAt > this.#pingMs * SILENCE_PINGS) {
      this.#trouble = 'the hub has been silent for too long'
      this.#socket?.terminate()
      return
    }
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.ping()
  }

  #late(): void {
    this.#trouble = 'the hub did not answer in time'
    if (this.#socket?.readyState === WebSocket.OPEN) this.#close(CLOSE.tooSlow, this.#trouble)
    else this.#socket?.terminate()
  }

  #fault(what: string): void {
    this.#close(CLOSE.malformed, what)
  }

  /** Ends it for a reason of this side's; who listens hears of it at once, whatever the other side does. */
  #close(code: number, reason: string): void {
    const wasEnded = this.#phase === 'ended'
    this.end(code, reason)
    if (!wasEnded) this.#events.onEnd(code, reason)
  }

  #finish(code: number, reason: string): void {
    if (this.#phase === 'ended') return
    this.#phase = 'ended'
    this.#release()
    this.#events.onEnd(code, reason === '' ? this.#trouble : reason)
  }

  #release(): void {
    for (const timer of this.#timers.splice(0)) timer.dispose()
    this.#sampling?.dispose()
    this.#delta?.dispose()
    this.#sampling = this.#delta = undefined
    if (this.#phase === 'up') this.#options.commands.detach()
  }
}

/** A close reason may have 123 bytes. */
function clipped(reason: string): string {
  let short = reason
  while (Buffer.byteLength(short) > 123) short = short.slice(0, -1)
  return short
}
