/**
 * Sends a changing picture to the hub: a key frame first, then what changed, one packet on the way at a time. What changes
 * meanwhile is gathered and goes in the next one, as it looks then. Knows nothing of where the pixels come from.
 */
import { packRects } from '../../base/pixels/pack.ts'
import { areaOf, type Rect, totalArea } from '../../base/pixels/rect.ts'
import { MAX_RECTS, Region } from '../../base/pixels/region.ts'
import type { ToFrameSource } from '../../contracts/picture/messages.ts'
import { headerBytes, writeHeader } from '../../contracts/picture/packet.ts'
import { WaitCounter } from './wait-counter.ts'

/** The part of a WebSocket that is used. */
export interface UploadSocket {
  binaryType: BinaryType
  onmessage: ((event: MessageEvent) => void) | null
  onclose: ((event: CloseEvent) => void) | null
  send(packet: Uint8Array<ArrayBuffer>): void
}

export interface PictureUploadOptions {
  output: string
  width: number
  height: number
  firstSequence: number
  socket: UploadSocket
  /** ms epoch */
  now: () => number
  /** The upload is congested no more. */
  onRelieved: () => void
}

/** A rectangle of 1000x260 pixels. */
const CONGESTED_BYTES = 1024 * 1024

export interface UploadState {
  /** The hub has taken a packet. */
  painting: boolean
  fault: string | null
  /** For how long a packet has been on the way or the hub has not said hello, ms. */
  waitingMs: number
  lastSequence: number
}

export class PictureUpload {
  readonly #options: PictureUploadOptions
  readonly #whole: Rect
  readonly #changed = new Region()
  /** The picture as it is now; whoever shows it does not change it until it shows the next. */
  #picture: Uint8Array | undefined
  #capturedAt = 0
  /** Reused: a packet is copied when it is sent. */
  #packet = new Uint8Array(0)
  #needsKey = true
  #greeted = false
  #onTheWay: number | undefined
  #bytesOnTheWay = 0
  /** For the hub. */
  readonly #waiting = new WaitCounter()
  #sequence: number
  #lastSequence = 0
  #painting = false
  #fault: string | null = null

  constructor(options: PictureUploadOptions) {
    this.#options = options
    this.#whole = { x: 0, y: 0, width: options.width, height: options.height }
    this.#sequence = options.firstSequence
    this.#waiting.begin()
    options.socket.binaryType = 'arraybuffer'
    options.socket.onmessage = ({ data }) => this.#receive(JSON.parse(data) as ToFrameSource)
    options.socket.onclose = ({ code }) => {
      this.#fault = `the hub closed the connection for the pixels (code ${code})`
    }
  }

  /**
   * So much is on its way that no further picture should be made: a WebSocket sends in portions, each of which needs this
   * thread, and the picture would be outdated anyway.
   */
  get isCongested(): boolean {
    return this.#bytesOnTheWay > CONGESTED_BYTES
  }

  get state(): UploadState {
    return {
      painting: this.#painting,
      fault: this.#fault,
      waitingMs: this.#waiting.ms,
      lastSequence: this.#lastSequence,
    }
  }

  /**
   * The picture is now `pixels`, straight RGBA, and differs from the last one in `damage`. It may be changed afterwards,
   * when the change is shown next. `capturedAt`: ms epoch.
   */
  show(pixels: Uint8Array, damage: readonly Rect[], capturedAt: number): void {
    this.#picture = pixels
    if (damage.length === 0) return
    this.#capturedAt = capturedAt
    this.#changed.addAll(damage)
    this.#sendIfPossible()
  }

  #receive(message: ToFrameSource): void {
    switch (message.type) {
      case 'hello':
        this.#greeted = true
        this.#waiting.end()
        break
      case 'ack':
        if (message.sequence !== this.#onTheWay) return
        this.#painting = true
        this.#arrived()
        return
      case 'key':
        this.#needsKey = true
        break
    }
    this.#sendIfPossible()
  }

  #arrived(): void {
    const wasCongested = this.isCongested
    this.#onTheWay = undefined
    this.#bytesOnTheWay = 0
    this.#waiting.end()
    this.#sendIfPossible()
    if (wasCongested && !this.isCongested) this.#options.onRelieved()
  }

  #sendIfPossible(): void {
    const picture = this.#picture
    if (!picture || !this.#greeted || this.#onTheWay !== undefined || this.#fault !== null) return
    if (!this.#needsKey && this.#changed.isEmpty) return
    const packet = this.#pack(picture, this.#needsKey ? [this.#whole] : this.#changed.rects)
    this.#needsKey = false
    this.#changed.clear()
    this.#onTheWay = this.#lastSequence
    this.#bytesOnTheWay = packet.length
    this.#waiting.begin()
    this.#options.socket.send(packet)
  }

  #pack(picture: Uint8Array, rects: readonly Rect[]): Uint8Array<ArrayBuffer> {
    const { output, width, height, now } = this.#options
    const pixelBytes = totalArea(rects) * 4
    const size = headerBytes(output, rects.length) + pixelBytes
    if (this.#packet.length < size) this.#packet = new Uint8Array(Math.min(size * 2, this.#largestPacket))
    const sequence = this.#sequence++
    const at = writeHeader(
      {
        key: this.#needsKey,
        format: 'raw',
        output,
        width,
        height,
        sequence,
        previous: this.#needsKey ? 0 : this.#lastSequence,
        capturedAt: this.#capturedAt,
        sentAt: now(),
        rects,
        pixelBytes,
      },
      this.#packet,
    )
    packRects(picture, width, rects, this.#packet.subarray(at))
    this.#lastSequence = sequence
    return this.#packet.subarray(0, size)
  }

  /** The damage's rectangles do not overlap, so their pixels are never more than the picture's. */
  get #largestPacket(): number {
    return headerBytes(this.#options.output, MAX_RECTS) + areaOf(this.#whole) * 4
  }
}
