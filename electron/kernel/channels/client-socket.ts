/**
 * One WebSocket of a client: writes to it, bounds what waits to be written, slows down who sends too fast. Frames are
 * written to the connection under `ws` directly: that is what lets one frame serve every client. It is safe because `ws`
 * writes each of its own frames whole and at once as long as nothing is compressed, and nothing is.
 */
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import type { Clock } from '../../../base/clock.ts'
import { DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import type { WireVersion } from '../../../contracts/wire.ts'
import type { TokenActor } from '../tokens.ts'
import type { EndOfTick } from './end-of-tick.ts'
import { encodeFrame, type OutgoingFrame } from './frame-codec.ts'
import type { Joined } from './joined.ts'
import type { ChannelLimits } from './limits.ts'
import { textFrame } from './text-frame.ts'

/** RFC 6455: try again later. */
const CLOSE_TRY_AGAIN_LATER = 1013
/** How long a client that is told to go may take to say goodbye. */
const GOODBYE_MS = 1000

/** A long burst goes out in parts, so that the client can read one while the next is made. */
const MAX_GATHERED_FRAMES = 64

export interface ClientSocketOptions {
  socket: WebSocket
  /** The connection under it. */
  connection: Duplex
  version: WireVersion
  actor: TokenActor | null
  /** Of the other end. */
  address: string
  /** The User-Agent, cut to 200 characters. */
  agent: string | null
  clock: Clock
  limits: ChannelLimits
  endOfTick: EndOfTick
}

export interface ClientSocketEvents {
  onText(client: ClientSocket, text: string): void
  onBinary(client: ClientSocket): void
  /** What was waiting has been read, after there was too much of it. */
  onDrained(client: ClientSocket): void
  onClosed(client: ClientSocket): void
}

export class ClientSocket {
  readonly version: WireVersion
  /** Null: no valid token, so nothing may be joined. */
  readonly actor: TokenActor | null
  readonly address: string
  readonly agent: string | null
  readonly joined = new Map<string, Joined>()
  /** Commands and questions that have no answer yet. */
  pendingRequests = 0
  readonly #socket: WebSocket
  readonly #connection: Duplex
  readonly #clock: Clock
  readonly #limits: ChannelLimits
  readonly #endOfTick: EndOfTick
  /** The tick of the last write. */
  #writtenIn = 0
  #gathered = 0
  readonly #owned = new DisposableStore()
  readonly #pause = this.#owned.add(new MutableDisposable())
  #lastHeardAt: number
  #credit: number
  #creditAt: number

  constructor(options: ClientSocketOptions, events: ClientSocketEvents) {
    const { socket, connection, version, actor, address, agent, clock, limits, endOfTick } = options
    this.#endOfTick = endOfTick
    this.version = version
    this.actor = actor
    this.address = address
    this.agent = agent
    this.#socket = socket
    this.#connection = connection
    this.#clock = clock
    this.#limits = limits
    this.#lastHeardAt = clock.monotonic()
    this.#credit = limits.messageBurst
    this.#creditAt = this.#lastHeardAt
    this.#listen(events)
  }

  #listen(events: ClientSocketEvents): void {
    const socket = this.#socket
    const heard = () => {
      this.#lastHeardAt = this.#clock.monotonic()
    }
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      heard()
      this.#spendCredit()
      if (isBinary) events.onBinary(this)
      else events.onText(this, data.toString('utf8'))
    })
    socket.on('ping', heard)
    socket.on('pong', heard)
    // An error is always followed by `close`, which is where it is dealt with.
    socket.on('error', () => {})
    const drained = () => events.onDrained(this)
    this.#connection.on('drain', drained)
    socket.once('close', () => {
      this.#connection.off('drain', drained)
      this.#owned.dispose()
      events.onClosed(this)
    })
  }

  /** More waits to be written than a client that keeps up ever has: give it no more news until it has read. */
  get isBehind(): boolean {
    return this.#connection.writableLength > this.#limits.softBufferBytes
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  /** How long nothing at all has come from it, ms. */
  silentMs(): number {
    return this.#clock.monotonic() - this.#lastHeardAt
  }

  /**
   * Writes a whole WebSocket frame. The first of a tick goes out at once; what follows in the same tick goes out
   * together at its end, in one call to the system instead of one for each.
   */
  write(frame: Buffer): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return
    const tick = this.#endOfTick.current()
    if (this.#writtenIn === tick) this.#gather()
    this.#writtenIn = tick
    this.#connection.write(frame)
    if (this.#connection.writableLength > this.#limits.hardBufferBytes) {
      this.close(CLOSE_TRY_AGAIN_LATER, 'too far behind')
    }
  }

  #gather(): void {
    if (this.#connection.writableCorked === 0) {
      this.#connection.cork()
      this.#endOfTick.run(this.#release)
      this.#gathered = 0
    }
    this.#gathered += 1
    if (this.#gathered < MAX_GATHERED_FRAMES) return
    this.#connection.uncork()
    this.#connection.cork()
    this.#gathered = 0
  }

  readonly #release = (): void => {
    if (this.#connection.writableCorked > 0) this.#connection.uncork()
  }

  send(frame: OutgoingFrame): void {
    this.write(textFrame(encodeFrame(this.version, frame)))
  }

  ping(): void {
    if (this.isOpen) this.#socket.ping()
  }

  /** Says goodbye; cuts the line when the other side does not answer. */
  close(code: number, reason: string): void {
    if (this.#socket.readyState === WebSocket.CLOSED) return
    this.#socket.close(code, reason)
    this.#owned.add(this.#clock.setTimeout(() => this.#socket.terminate(), GOODBYE_MS))
  }

  /** Cuts the line. */
  terminate(): void {
    this.#socket.terminate()
  }

  /** Who sends faster than anyone has reason to is read more slowly: nothing is lost, and the others notice nothing. */
  #spendCredit(): void {
    this.#earnCredit()
    this.#credit -= 1
    if (this.#credit >= 0 || this.#socket.isPaused) return
    this.#socket.pause()
    this.#rest()
  }

  #earnCredit(): void {
    const now = this.#clock.monotonic()
    const { messagesPerSecond, messageBurst } = this.#limits
    this.#credit = Math.min(messageBurst, this.#credit + ((now - this.#creditAt) * messagesPerSecond) / 1000)
    this.#creditAt = now
  }

  /** What had arrived together is handled together, so the debt may have grown since the pause began. */
  #rest(): void {
    const restMs = Math.max(1, Math.ceil((-this.#credit / this.#limits.messagesPerSecond) * 1000))
    const wake = () => {
      this.#earnCredit()
      if (this.#credit < 0) this.#rest()
      else this.#socket.resume()
    }
    this.#pause.set(this.#clock.setTimeout(wake, restMs))
  }
}
