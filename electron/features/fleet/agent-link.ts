/**
 * One socket to an agent: parses what comes, bounds it in size, number and unread answers, and knows when it was last heard.
 * Used once and thrown away. Who is at the other end is not its matter.
 */
import type { WebSocket } from 'ws'
import type { Clock } from '../../../base/clock.ts'
import { type AgentFrame, CLOSE, type HubFrame, parseAgentFrame } from './frames.ts'

/** Above this many bytes that the agent does not read, the link is ended. */
export const MAX_UNREAD_BYTES = 4 * 1024 * 1024
/**
 * Frames: sustained, and how many more at once. An agent that was away long tells up to 2,000 events as fast as they are
 * stored, which is no flood.
 */
export const FRAMES_PER_SECOND = 200
export const FRAME_BURST = 3000
/** Of one that has not said who it is: it has one thing to say. */
const STRANGER_BURST = 10
/** A close reason has 123 bytes of room. */
const MAX_CLOSE_REASON = 123

export interface LinkOptions {
  clock: Clock
  /** Of all links together. */
  counts: { frames: number }
}

export interface LinkListener {
  onFrame(frame: AgentFrame): void
  /** Once, however it ended. `reason` for a person. */
  onEnd(reason: string): void
}

export class AgentLink {
  readonly address: string
  /** Monotonic ms. */
  readonly openedAt: number
  heardAt: number
  pingedAt: number
  /** When it was ended from here, monotonic ms; null while it is open. */
  endedAt: number | null = null
  isStranger = true
  readonly #socket: WebSocket
  readonly #clock: Clock
  readonly #counts: LinkOptions['counts']
  #listener: LinkListener
  #tokens = STRANGER_BURST
  #filledAt: number
  #isOver = false

  constructor(socket: WebSocket, address: string, { clock, counts }: LinkOptions, listener: LinkListener) {
    this.#socket = socket
    this.#clock = clock
    this.#counts = counts
    this.#listener = listener
    this.address = address
    this.openedAt = this.heardAt = this.pingedAt = this.#filledAt = clock.monotonic()
    let trouble = ''
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary))
    socket.on('ping', () => this.#hear())
    socket.on('pong', () => this.#hear())
    socket.on('error', (error) => {
      trouble ||= error.message
    })
    socket.on('close', (code, reason) => this.#over(reason.toString() || trouble || closeText(code)))
  }

  get isOpen(): boolean {
    return !this.#isOver
  }

  /** From now on it belongs to an agent that is known. */
  adopt(listener: LinkListener): void {
    this.#listener = listener
    this.isStranger = false
    this.#tokens = FRAME_BURST
  }

  send(frame: HubFrame): void {
    if (this.#isOver) return
    this.#socket.send(JSON.stringify(frame))
    this.#checkUnread()
  }

  ping(): void {
    if (this.#isOver) return
    this.pingedAt = this.#clock.monotonic()
    this.#socket.ping()
  }

  /** Nothing that comes after is heard. `why`: for a person, where the reason for the agent does not say it. */
  end(code: number, reason: string, why = reason): void {
    if (this.#isOver) return
    this.endedAt = this.#clock.monotonic()
    this.#socket.close(code, clipped(reason))
    this.#over(why)
  }

  /** Without a goodbye: the other end is gone, or does not answer to one. */
  cut(why: string): void {
    this.#socket.terminate()
    this.#over(why)
  }

  fault(path: string, reason: string): void {
    const text = path === '' ? reason : `${path}: ${reason}`
    this.end(CLOSE.malformed, text, `it sent something that can't be read (${text})`)
  }

  #over(reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#listener.onEnd(reason)
  }

  #receive(data: unknown, isBinary: boolean) {
    if (this.#isOver || !this.#hear()) return
    if (isBinary) return this.fault('', 'binary frames are not spoken here')
    const parsed = parseAgentFrame(String(data))
    if (parsed.kind === 'fault') this.fault(parsed.path, parsed.reason)
    else this.#counts.frames += 1
    if (parsed.kind === 'frame') this.#listener.onFrame(parsed.frame)
  }

  /** False when it was one too many. */
  #hear(): boolean {
    if (this.#isOver) return false
    const now = this.#clock.monotonic()
    this.heardAt = now
    const most = this.isStranger ? STRANGER_BURST : FRAME_BURST
    this.#tokens = Math.min(most, this.#tokens + ((now - this.#filledAt) / 1000) * FRAMES_PER_SECOND) - 1
    this.#filledAt = now
    if (this.#tokens < 0) {
      const text = `more than ${FRAMES_PER_SECOND} frames a second`
      this.end(CLOSE.tooMuch, text, `it sent ${text}`)
      return false
    }
    this.#checkUnread()
    return !this.#isOver
  }

  #checkUnread(): void {
    if (this.#socket.bufferedAmount <= MAX_UNREAD_BYTES) return
    this.end(CLOSE.tooMuch, 'answers were not read', 'it does not read what it is told')
  }
}

function closeText(code: number): string {
  return code === 1006 ? 'the line broke' : `the line was closed (${code})`
}

function clipped(reason: string): string {
  let short = reason.slice(0, MAX_CLOSE_REASON)
  while (Buffer.byteLength(short) > MAX_CLOSE_REASON) short = short.slice(0, -1)
  return short
}
