/**
 * One output in the picture server's thread: its canvas, the session of its source, and everybody it goes to. Each frame
 * is worked off at once, and nothing here runs by itself when nothing changes. Knows no address, no token and no socket.
 */

import { Emitter } from '../../../../base/emitter.ts'
import type { Rect } from '../../../../base/pixels/rect.ts'
import type { PacketHeader } from '../../../../contracts/picture/packet.ts'
import type { BitmapFrame } from '../../../kernel/ports/frame-source.ts'
import type { BufferPool } from './buffer-pool.ts'
import { Canvas } from './canvas.ts'
import { type Histogram, observe } from './histogram.ts'
import type { LinkEstimate } from './link-estimate.ts'
import type { OutputShape } from './picture-server.ts'
import type { OutputCounts } from './protocol.ts'
import { type CompressLz4, pixelBytesOf, SharedPacket } from './shared-packet.ts'
import type { ViewerConnection, ViewerStream } from './viewer-connection.ts'

export interface OutputStreamOptions {
  shape: OutputShape
  pool: BufferPool
  /** Null until it is loaded, and where it can't be. */
  compressor: () => CompressLz4 | null
  captureToSend: Histogram
  sendToDraw: Histogram
  now: () => number
  /** Figures have changed. */
  onActivity: () => void
  /** How many there are to paint for has changed. */
  onDemand: (viewers: number) => void
}

/** From capture until a viewer's word that it was drawn, ms. */
const LATE_MS = 100
/** Compressed to more than this share of itself, a packet goes as it is. */
const MAX_RATIO = 0.8
/** A picture that did not compress well is tried again after so many packets. */
const RETRY_PACKETS = 64
/** How much the newest packet counts. */
const NEWEST_SHARE = 0.3
/** What a picture compresses to of which nothing is known yet: overlays are flat. */
const FIRST_RATIO = 0.2

export class OutputStream implements ViewerStream {
  readonly id: string
  readonly counts: OutputCounts
  readonly #options: OutputStreamOptions
  readonly #viewers = new Set<ViewerConnection>()
  readonly #didPaint = new Emitter<void>()
  /** Packets that sockets still hold, to be shared with whoever needs the same. */
  readonly #packets = new Map<string, SharedPacket>()
  readonly onDidPaint = this.#didPaint.event
  #shape: OutputShape
  #canvas: Canvas | null = null
  #sequence = 0
  #capturedAt = 0
  #isInSession = false
  /** The session's source has sent a whole picture. */
  #isWhole = false
  #hasPicture = false
  #askers = 0
  #demand = 0
  #ratio = FIRST_RATIO
  #packetsUntilRetry = 0

  constructor(options: OutputStreamOptions) {
    this.#options = options
    this.#shape = options.shape
    this.id = options.shape.id
    this.counts = { output: this.id, uploaded: 0, changed: 0, sent: 0, skipped: 0, late: 0 }
  }

  get shape(): OutputShape {
    return this.#shape
  }

  get sequence(): number {
    return this.#sequence
  }

  /** What viewers may be sent: painted, not taken back, and by a source that is still there. */
  get hasPicture(): boolean {
    return this.#hasPicture
  }

  get viewers(): ReadonlySet<ViewerConnection> {
    return this.#viewers
  }

  /** Answers whether the size changed. */
  reshape(shape: OutputShape): boolean {
    const { width, height } = this.#shape
    this.#shape = shape
    if (shape.width === width && shape.height === height) return false
    this.#canvas = null
    this.#isWhole = false
    this.blank()
    return true
  }

  // The source's side

  /** What was painted stays with those who have it; who comes now waits for the new source's first picture. */
  openSession(): void {
    this.#isInSession = true
    this.#isWhole = false
    this.#hasPicture = false
    this.#canvas?.forgetBitmap()
  }

  closeSession(): void {
    this.#isInSession = false
    this.#isWhole = false
    this.#hasPicture = false
    this.#canvas?.forgetBitmap()
    this.#forgetUnwatched()
  }

  blank(): void {
    this.#hasPicture = false
    // A source that goes on painting says what changed, not all there is; its picture stays for the next frame.
    for (const viewer of this.#viewers) viewer.blank()
    this.#didPaint.fire()
  }

  /** False when it is of no use: of another size, or only a part where the whole is needed. */
  takeBitmap(frame: BitmapFrame): boolean {
    const canvas = this.#canvasForFrame()
    if (!canvas?.fits(frame)) return false
    const changed = canvas.takeBitmap(frame)
    if (!changed) return false
    this.#deliver(changed, frame.capturedAt)
    return true
  }

  /** For packets of the canvas's size. False when a whole picture is needed before this one. Throws for damaged pixels. */
  takePacket(header: PacketHeader, pixels: Uint8Array): boolean {
    const canvas = this.#canvasForFrame()
    if (!canvas || (!header.key && !this.#isWhole)) return false
    this.counts.uploaded += 1
    this.#deliver(canvas.takePacket(header, pixels), header.capturedAt)
    return true
  }

  #canvasForFrame(): Canvas | null {
    if (!this.#isInSession) return null
    this.#canvas ??= new Canvas(this.#shape.width, this.#shape.height)
    return this.#canvas
  }

  #deliver(changed: readonly Rect[], capturedAt: number): void {
    const isFirst = !this.#hasPicture
    this.#isWhole = true
    this.#hasPicture = true
    this.#options.onActivity()
    if (changed.length === 0 && !isFirst) return
    if (changed.length > 0 || this.#sequence === 0) {
      this.#sequence += 1
      this.counts.changed += 1
      this.#capturedAt = capturedAt
    }
    for (const viewer of this.#viewers) viewer.damage(changed)
    for (const viewer of this.#viewers) viewer.offer()
    this.#didPaint.fire()
  }

  // The viewers' side

  add(viewer: ViewerConnection): void {
    this.#viewers.add(viewer)
    this.countDemand()
    viewer.offer()
  }

  remove(viewer: ViewerConnection): void {
    this.#viewers.delete(viewer)
    this.countDemand()
    this.#forgetUnwatched()
  }

  /** Someone who takes pictures in another way is there, or gone. */
  ask(isThere: boolean): void {
    this.#askers += isThere ? 1 : -1
    this.countDemand()
    this.#forgetUnwatched()
  }

  /** To be called when a viewer is hidden or seen again. */
  countDemand(): void {
    let demand = this.#askers
    for (const viewer of this.#viewers) if (viewer.isVisible) demand += 1
    if (demand === this.#demand) return
    this.#demand = demand
    this.#options.onDemand(demand)
  }

  /** The whole picture, straight RGBA, copied into a pooled buffer; null where there is none. */
  copyPicture(): Buffer | null {
    if (!this.#canvas || !this.#hasPicture) return null
    const copy = this.#options.pool.lend(this.#canvas.bytes.length)
    copy.set(this.#canvas.bytes)
    return copy
  }

  packetFor({ previous, rects, link }: Parameters<ViewerStream['packetFor']>[0]): SharedPacket {
    const wantsLz4 = link !== null && this.#isLz4Worthwhile(rects, link)
    const key = `${wantsLz4 ? 'lz4' : 'raw'} ${previous} ${this.#sequence}`
    const packet = this.#packets.get(key) ?? this.#make(key, wantsLz4, previous, rects)
    packet.hold()
    return packet
  }

  #make(cacheKey: string, wantsLz4: boolean, previous: number, rects: readonly Rect[] | null): SharedPacket {
    const canvas = this.#canvas
    if (!canvas) throw new Error('a packet of an output without a canvas')
    const { pool, compressor, now } = this.#options
    const list = rects ?? canvas.painted()
    const header: PacketHeader = {
      key: rects === null,
      format: 'raw',
      output: this.id,
      width: canvas.width,
      height: canvas.height,
      sequence: this.#sequence,
      previous,
      capturedAt: this.#capturedAt,
      sentAt: now(),
      rects: list,
      pixelBytes: pixelBytesOf(list),
    }
    const onReleased = () => {
      if (this.#packets.get(cacheKey) === packet) this.#packets.delete(cacheKey)
    }
    const compress = wantsLz4 && header.pixelBytes > 0 ? compressor() : null
    const compressed =
      compress && SharedPacket.lz4({ ...header, format: 'lz4' }, canvas, pool, compress, MAX_RATIO, onReleased)
    const packet = compressed ?? SharedPacket.raw(header, canvas, pool, onReleased)
    if (compress) this.#learnRatio(compressed ? compressed.frame.length / header.pixelBytes : 1)
    this.#packets.set(cacheKey, packet)
    return packet
  }

  #isLz4Worthwhile(rects: readonly Rect[] | null, link: LinkEstimate): boolean {
    if (this.#ratio > MAX_RATIO) {
      this.#packetsUntilRetry -= 1
      return this.#packetsUntilRetry <= 0
    }
    return link.paysToCompress(rects ? pixelBytesOf(rects) : this.#shape.width * this.#shape.height * 4, this.#ratio)
  }

  #learnRatio(ratio: number): void {
    this.#ratio += (ratio - this.#ratio) * NEWEST_SHARE
    if (this.#ratio > MAX_RATIO) this.#packetsUntilRetry = RETRY_PACKETS
    // One good try is enough to go on: the scene has changed.
    if (ratio < MAX_RATIO) this.#ratio = Math.min(this.#ratio, MAX_RATIO)
  }

  onSent({ header }: SharedPacket, skipped: number): void {
    this.counts.sent += 1
    this.counts.skipped += skipped
    // A key frame's picture may have stood for an hour.
    if (!header.key) observe(this.#options.captureToSend, this.#options.now() - header.capturedAt)
  }

  onDrawn({ key, capturedAt }: PacketHeader, sendToDrawMs: number): void {
    if (!key && this.#options.now() - capturedAt > LATE_MS) this.counts.late += 1
    observe(this.#options.sendToDraw, sendToDrawMs)
  }

  /** A canvas is 8 MB: nobody watches and nobody paints, so nobody needs it. */
  #forgetUnwatched(): void {
    if (!this.#isInSession && this.#viewers.size === 0 && this.#askers === 0) this.#canvas = null
  }

  dispose(): void {
    this.#didPaint.dispose()
  }
}
