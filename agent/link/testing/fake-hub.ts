/** A strict hub for tests: real sockets, and it objects to whatever the protocol does not allow. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { Server as HttpsServer } from 'node:https'
import { type WebSocket, WebSocketServer } from 'ws'
import { type ParsedAgentFrame, parseAgentFrame } from '../agent-frames.ts'
import { CLOSE, MAX_FRAME_BYTES, SUBPROTOCOL } from '../frames.ts'
import { generateKeys, pairLines, type Session, sessionLines, signLines, verifyLines } from '../proof.ts'

const PATIENCE_MS = 20_000
const LOOK_MS = 10

type Frame<T extends string> = Extract<ParsedAgentFrame, { t: T }>
type EventFrame = Frame<'event'>

export class FakeHub {
  readonly id = `hub-${randomUUID()}`
  readonly keys = generateKeys()
  /** Codes that may be used once. */
  readonly codes = new Set<string>()
  /** Public keys by agent. */
  readonly agents = new Map<string, string>()
  readonly revoked = new Set<string>()
  readonly frames: ParsedAgentFrame[] = []
  /** What an agent did that the protocol does not allow. */
  readonly faults: string[] = []
  readonly closes: number[] = []
  /** By epoch and number, as a hub stores them. */
  readonly stored = new Map<string, EventFrame>()
  links = 0
  acknowledges = true
  pingMs = 15_000
  sampleMs = 60_000
  versions = [1]
  /** The hub proves itself with another key than it said at pairing. */
  impostor = false
  silent = false
  #server: WebSocketServer | undefined
  #socket: WebSocket | undefined
  #last: { epoch: string; seq: number } | null = null
  #https: HttpsServer | undefined
  port = 0

  async listen(port = 0, https?: HttpsServer): Promise<void> {
    const options = { path: '/agents', maxPayload: MAX_FRAME_BYTES, handleProtocols: () => SUBPROTOCOL }
    this.#https = https
    if (https) await new Promise<void>((resolve) => https.listen(port, '127.0.0.1', resolve))
    const server = https
      ? new WebSocketServer({ ...options, server: https })
      : new WebSocketServer({ ...options, port, host: '127.0.0.1' })
    if (!https) await new Promise<void>((resolve) => server.once('listening', resolve))
    const address = https ? https.address() : server.address()
    this.port = typeof address === 'object' && address ? address.port : 0
    server.on('connection', (socket) => this.#serve(socket))
    this.#server = server
  }

  get url(): string {
    return `${this.#https ? 'wss' : 'ws'}://127.0.0.1:${this.port}/agents`
  }

  /** Goes away; the port is free afterwards. */
  async close(): Promise<void> {
    for (const client of this.#server?.clients ?? []) client.terminate()
    await new Promise<void>((resolve) => this.#server?.close(() => resolve()) ?? resolve())
    await new Promise<void>((resolve) => (this.#https ? this.#https.close(() => resolve()) : resolve()))
    this.#server = undefined
  }

  /** The line is cut without a word. */
  cut(): void {
    this.#socket?.terminate()
  }

  end(code: number, reason = ''): void {
    this.#socket?.close(code, reason)
  }

  /** The line is there, and nothing passes any more: no pong either. */
  freeze(): void {
    this.#socket?.pause()
  }

  say(text: string): void {
    this.#socket?.send(text)
  }

  send(frame: object): void {
    this.say(JSON.stringify(frame))
  }

  get connected(): boolean {
    return this.#socket?.readyState === 1
  }

  of<T extends ParsedAgentFrame['t']>(type: T): Frame<T>[] {
    return this.frames.filter((frame): frame is Frame<T> => frame.t === type)
  }

  async until<T>(read: () => T | undefined | false): Promise<T> {
    const begun = Date.now()
    for (;;) {
      const value = read()
      if (value !== undefined && value !== false) return value
      if (Date.now() - begun > PATIENCE_MS) throw new Error(`it never came; faults: ${this.faults.join('; ')}`)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }

  /** Sends a command and waits for its result. */
  async order(name: string, args: object, id: string = randomUUID(), timeoutMs = 20_000) {
    const before = this.of('result').filter((one) => one.id === id).length
    this.send({ t: 'command', id, name, args, timeoutMs })
    return this.until(() => this.of('result').filter((one) => one.id === id)[before])
  }

  acknowledgeAll(): void {
    if (this.#last) this.send({ t: 'ack', seq: this.#last.seq })
  }

  #serve(socket: WebSocket): void {
    this.links += 1
    const hubNonce = randomBytes(32).toString('base64url')
    let session: Session | undefined
    let reported = 0
    socket.on('close', (code) => this.closes.push(code))
    socket.on('error', () => {})
    socket.on('message', (data, isBinary) => {
      const parsed = parseAgentFrame(data.toString())
      if (isBinary || !parsed.ok || !parsed.value) {
        this.faults.push(parsed.ok ? 'an unknown or binary frame' : JSON.stringify(parsed.faults))
        return socket.close(CLOSE.malformed)
      }
      const frame = parsed.value
      this.frames.push(frame)
      if (frame.t === 'pair') return this.#pair(socket, frame, hubNonce)
      if (frame.t === 'hello') {
        session = { hub: this.id, agent: frame.agent, hubNonce, agentNonce: frame.nonce }
        return this.#welcome(socket, frame, session)
      }
      if (!session) this.faults.push(`${frame.t} before hello`)
      if (frame.t === 'report' || frame.t === 'delta') {
        if (frame.rev !== reported + 1) this.faults.push(`rev ${frame.rev} after ${reported}`)
        if ((frame.t === 'report') !== (reported === 0)) this.faults.push(`${frame.t} as number ${frame.rev}`)
        reported = frame.rev
      }
      if (frame.t === 'event') this.#store(frame)
    })
    if (!this.silent) {
      socket.send(
        JSON.stringify({ t: 'challenge', versions: this.versions, hub: this.id, nonce: hubNonce, time: Date.now() }),
      )
    }
  }

  #pair(socket: WebSocket, { code, publicKey, proof }: Frame<'pair'>, nonce: string) {
    if (!this.codes.delete(code)) return socket.close(CLOSE.codeRefused, 'no such code')
    if (!verifyLines(publicKey, pairLines(this.id, code, nonce), proof)) return socket.close(CLOSE.foreignKey)
    const agent = `agent-${randomUUID()}`
    this.agents.set(agent, publicKey)
    socket.send(JSON.stringify({ t: 'paired', agent, hub: this.id, hubKey: this.keys.publicKey }))
    socket.close(CLOSE.normal)
  }

  #welcome(socket: WebSocket, { agent, proof }: Frame<'hello'>, session: Session) {
    if (this.revoked.has(agent)) return socket.close(CLOSE.revoked, 'revoked on the dashboard')
    const key = this.agents.get(agent)
    if (!key || !verifyLines(key, sessionLines('hello', session), proof)) return socket.close(CLOSE.foreignKey)
    this.#socket = socket
    const { privateKey } = this.impostor ? generateKeys() : this.keys
    const { pingMs, sampleMs } = this
    const own = signLines(privateKey, sessionLines('welcome', session))
    socket.send(JSON.stringify({ t: 'welcome', proof: own, ack: this.#last, pingMs, sampleMs }))
  }

  #store(frame: EventFrame): void {
    const { epoch, seq } = frame
    const last = this.#last
    if (last?.epoch === epoch && seq > last.seq + 1 && frame.kind !== 'events.lost') {
      this.faults.push(`event ${seq} after ${last.seq}`)
    }
    this.stored.set(`${epoch} ${seq}`, frame)
    if (!this.acknowledges) return
    this.#last = { epoch, seq }
    this.send({ t: 'ack', seq })
  }

  /** Pairs an agent without a line, for tests of what comes after. */
  adopt(publicKey: string): string {
    const agent = `agent-${randomUUID()}`
    this.agents.set(agent, publicKey)
    return agent
  }
}
