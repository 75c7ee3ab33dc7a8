/**
 * One viewer: what it has, what it lacks, and when it may be sent the next packet. One packet is written at a time, and
 * what changes meanwhile is remembered as rectangles, so a viewer that stops reading costs one packet and no more. Knows
 * neither tokens nor sources.
 */
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import type { Clock } from '../../../../base/clock.ts'
import { DisposableStore, MutableDisposable } from '../../../../base/lifecycle.ts'
import type { Rect } from '../../../../base/pixels/rect.ts'
import { Region } from '../../../../base/pixels/region.ts'
import { assertNever } from '../../../../base/result.ts'
import {
  pictureCloseCodes,
  type ToPictureServer,
  type ToViewer,
  toPictureServer,
} from '../../../../contracts/picture/messages.ts'
import type { PacketHeader } from '../../../../contracts/picture/packet.ts'
import { parseJson } from '../../../kernel/parse-json.ts'
import { LinkEstimate } from './link-estimate.ts'
import type { Viewer } from './picture-server.ts'
import type { SharedPacket } from './shared-packet.ts'
import { TokenBucket } from './token-bucket.ts'

/** What a viewer needs of its output. */
export interface ViewerStream {
  /** Of the newest frame. */
  readonly sequence: number
  /** A frame has been painted and not been taken back. */
  readonly hasPicture: boolean
  /** `rects`: null for a key frame. The answer is held once, for the caller. */
  packetFor(need: { previous: number; rects: readonly Rect[] | null; link: LinkEstimate | null }): SharedPacket
  /** `skipped`: frames that it never got by themselves. */
  onSent(packet: SharedPacket, skipped: number): void
  onDrawn(header: PacketHeader, sendToDrawMs: number): void
}

export interface ViewerConnectionOptions {
  id: string
  output: string
  socket: WebSocket
  /** The connection under it: packets are written to it directly, which is what lets one buffer serve all viewers. */
  connection: Duplex
  address: string
  agent: string | null
  tokenId: string
  canPlay: boolean
  /** On this machine: compressing never pays. */
  isLocal: boolean
  stream: ViewerStream
  clock: Clock
}

export interface ViewerEvents {
  /** It was hidden, or is seen again. */
  onVisible(): void
  onCueStarted(id: string): void
  /** Its figures have changed. */
  onActivity(): void
}

/** A page acknowledges 120 packets a second at most. */
const MESSAGES_PER_SECOND = 300
const MESSAGE_BURST = 600
/** Asking for a key frame is for accidents. */
const KEYS_PER_SECOND = 2
const KEY_BURST = 12
/** Text that a viewer has not read. A cue has 100 bytes, and there are few. */
const MAX_UNREAD_TEXT_BYTES = 16 * 1024
/** How long a viewer that is told to go may take to say goodbye, ms. */
const GOODBYE_MS = 1000
const CLOSE_TRY_AGAIN_LATER = 1013
/**
 * On this machine a packet this large, in bytes, need not be drawn before the next is made and sent, else the page waits for
 * the hub and the hub for the page. Smaller ones are drawn at once, and over a network more would only queue.
 */
const LARGE_BYTES = 2 * 2 ** 20
/** Packets sent and not yet acknowledged. */
const MAX_IN_FLIGHT = 2

interface Flight {
  header: PacketHeader
  bytes: number
  /** Monotonic ms. */
  sentAt: number
}

export class ViewerConnection {
  readonly id: string
  readonly tokenId: string
  readonly since: number
  readonly #options: ViewerConnectionOptions
  readonly #events: ViewerEvents
  readonly #owned = new DisposableStore()
  readonly #goodbye = this.#owned.add(new MutableDisposable())
  readonly #link: LinkEstimate | null
  readonly #missed = new Region()
  readonly #messages: TokenBucket
  readonly #keys: TokenBucket
  #needsKey = true
  #visible = true
  /** Oldest first. */
  #flights: Flight[] = []
  /** The socket has not taken all of the last packet. */
  #isWriting = false
  /** The sequence of the last packet; what comes next builds on it. */
  #sentSequence = 0
  #shownSequence = 0
  #framesShown = 0
  #unreadText = 0
  #bytes = 0
  #heardAt: number

  constructor(options: ViewerConnectionOptions, events: ViewerEvents) {
    const { id, tokenId, clock, isLocal, socket } = options
    this.id = id
    this.tokenId = tokenId
    this.since = clock.now()
    this.#options = options
    this.#events = events
    this.#link = isLocal ? null : new LinkEstimate()
    this.#heardAt = clock.monotonic()
    this.#messages = new TokenBucket(clock, MESSAGES_PER_SECOND, MESSAGE_BURST)
    this.#keys = new TokenBucket(clock, KEYS_PER_SECOND, KEY_BURST)
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary))
    socket.on('ping', (data: Buffer) => this.#answerPing(data))
    socket.on('pong', () => this.#heard())
    // An error is always followed by `close`, which is where it is dealt with.
    socket.on('error', () => {})
    socket.once('close', () => this.#owned.dispose())
  }

  get isVisible(): boolean {
    return this.#visible
  }

  /** Since the last call. */
  takeBytes(): number {
    const bytes = this.#bytes
    this.#bytes = 0
    return bytes
  }

  report(bytesPerSecond: number): Viewer {
    const { id, output, address, agent, canPlay, stream } = this.#options
    const framesBehind = stream.hasPicture ? stream.sequence - this.#shownSequence : 0
    const { since } = this
    return { id, output, address, agent, since, canPlay, framesShown: this.#framesShown, framesBehind, bytesPerSecond }
  }

  /** ms for which nothing at all has come from it. */
  silentMs(): number {
    return this.#options.clock.monotonic() - this.#heardAt
  }

  /** The picture has changed. Nothing is sent yet. */
  damage(rects: readonly Rect[]): void {
    if (this.#visible && !this.#needsKey) this.#missed.addAll(rects)
  }

  /** Sends what it lacks, if it lacks something and has drawn what it was sent. */
  offer(): void {
    const { stream, socket } = this.#options
    if (!this.#visible || this.#isWriting || !this.#hasRoom() || !stream.hasPicture) return
    if (!this.#needsKey && this.#missed.isEmpty) return
    if (socket.readyState !== WebSocket.OPEN) return
    const rects = this.#needsKey ? null : this.#missed.rects
    this.#send(stream.packetFor({ previous: rects ? this.#sentSequence : 0, rects, link: this.#link }))
  }

  #hasRoom(): boolean {
    const last = this.#flights.at(-1)
    if (!last) return true
    return this.#options.isLocal && last.bytes >= LARGE_BYTES && this.#flights.length < MAX_IN_FLIGHT
  }

  /** There is no picture: what it has is worth nothing. */
  blank(): void {
    this.#startAnew()
    this.tell({ type: 'blank' })
  }

  tell(message: ToViewer): void {
    const { socket } = this.#options
    if (socket.readyState !== WebSocket.OPEN) return
    const text = JSON.stringify(message)
    this.#unreadText += text.length
    if (this.#unreadText > MAX_UNREAD_TEXT_BYTES) {
      socket.terminate()
      return
    }
    socket.send(text, () => {
      this.#unreadText -= text.length
    })
  }

  ping(): void {
    // Behind a packet that it does not read, pings would only queue.
    if (!this.#isWriting && this.#options.socket.readyState === WebSocket.OPEN) this.#options.socket.ping()
  }

  /** Says goodbye; cuts the line when the other side does not answer. */
  close(code: number, reason: string): void {
    const { socket, clock } = this.#options
    if (socket.readyState === WebSocket.CLOSED) return
    socket.close(code, reason)
    this.#goodbye.set(clock.setTimeout(() => socket.terminate(), GOODBYE_MS))
  }

  terminate(): void {
    this.#options.socket.terminate()
  }

  #startAnew(): void {
    this.#needsKey = true
    this.#missed.clear()
  }

  #send(packet: SharedPacket): void {
    const { stream, clock, connection } = this.#options
    const { sequence, key } = packet.header
    stream.onSent(packet, key ? 0 : sequence - this.#sentSequence - 1)
    this.#flights.push({ header: packet.header, bytes: packet.frame.length, sentAt: clock.monotonic() })
    this.#isWriting = true
    this.#needsKey = false
    this.#missed.clear()
    this.#sentSequence = sequence
    this.#bytes += packet.frame.length
    this.#events.onActivity()
    // Called for every write, also when the connection ends in its midst.
    connection.write(packet.frame, () => {
      packet.release()
      this.#isWriting = false
      this.offer()
    })
  }

  #receive(data: Buffer, isBinary: boolean): void {
    this.#heard()
    if (this.#options.socket.readyState !== WebSocket.OPEN) return
    if (!this.#messages.take()) {
      this.#tooMany('messages')
      return
    }
    const json = isBinary ? null : parseJson(data.toString('utf8'))
    const message = json?.ok ? toPictureServer.safeParse(json.value) : null
    if (message?.success) this.#handle(message.data)
    else this.#malformed(isBinary ? 'viewers send text' : 'not a message of the picture protocol')
  }

  #handle(message: ToPictureServer): void {
    switch (message.type) {
      case 'ack':
        this.#acknowledge(message.sequence, message.drawMs)
        return
      case 'key':
        this.#askedForKey()
        return
      case 'visible':
        this.#setVisible(message.visible)
        return
      case 'cue-started':
        this.#events.onCueStarted(message.id)
        return
      default:
        assertNever(message)
    }
  }

  #acknowledge(sequence: number, drawMs: number): void {
    if (sequence > this.#sentSequence) {
      this.#malformed('an acknowledgement of a packet that was never sent')
      return
    }
    // None when it was given up for a key frame. A packet is only drawn on top of those before it.
    const index = this.#flights.findIndex(({ header }) => header.sequence === sequence)
    if (index === -1) return
    const { clock, stream } = this.#options
    for (const { header, bytes, sentAt } of this.#flights.splice(0, index + 1)) {
      const ms = clock.monotonic() - sentAt
      this.#framesShown += 1
      this.#link?.observe(bytes, ms - Math.min(ms, drawMs))
      stream.onDrawn(header, ms)
    }
    this.#shownSequence = sequence
    this.#events.onActivity()
    this.offer()
  }

  #askedForKey(): void {
    if (!this.#keys.take()) {
      this.#tooMany('key frames asked for')
      return
    }
    this.#flights = []
    this.#startAnew()
    this.offer()
  }

  #setVisible(visible: boolean): void {
    if (visible === this.#visible) return
    if (visible && !this.#keys.take()) {
      this.#tooMany('key frames asked for')
      return
    }
    this.#visible = visible
    this.#startAnew()
    this.#events.onVisible()
    this.offer()
  }

  /** Keeps answering a viewer that reads; one that does not can't make us keep its answers. */
  #answerPing(data: Buffer): void {
    this.#heard()
    if (!this.#messages.take()) this.#tooMany('pings')
    else if (this.#options.connection.writableLength === 0) this.#options.socket.pong(data)
  }

  #malformed(reason: string): void {
    this.close(pictureCloseCodes.malformed, reason)
  }

  #tooMany(what: string): void {
    this.close(CLOSE_TRY_AGAIN_LATER, `too many ${what}`)
  }

  #heard(): void {
    this.#heardAt = this.#options.clock.monotonic()
  }
}
