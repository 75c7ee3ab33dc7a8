/**
 * The hub's end of the pixels, for tests of frame sources: puts together what comes, bitmaps or packets, and holds every
 * packet to the protocol.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { toStraightRgba } from '../../../../base/pixels/convert.ts'
import { areaPlane } from '../../../../base/pixels/damage.ts'
import { unpackRects } from '../../../../base/pixels/pack.ts'
import { overlaps, type Rect } from '../../../../base/pixels/rect.ts'
import type { ToFrameSource } from '../../../../contracts/picture/messages.ts'
import { readPacket } from '../../../../contracts/picture/packet.ts'
import type { BitmapFrame, FrameSink } from '../../../kernel/ports/frame-source.ts'

/** Straight: red, green, blue, alpha. */
export type Pixel = readonly [number, number, number, number]

export interface SeenFrame {
  key: boolean
  rects: readonly Rect[]
  sequence: number
  /** ms epoch */
  capturedAt: number
  /** ms epoch */
  arrivedAt: number
}

export class PictureSink implements FrameSink {
  readonly frames: SeenFrame[] = []
  /** What broke the protocol, in words. */
  readonly faults: string[] = []
  width = 0
  height = 0
  #canvas = new Uint8Array(0)
  readonly #server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  #source: WebSocket | undefined
  #lastSequence = 0
  /** Of the connection there is now. */
  #isFresh = true
  #unacknowledged: number | undefined
  #holds = false

  get uploadUrl(): string {
    const { port } = this.#server.address() as AddressInfo
    return `ws://127.0.0.1:${port}/upload/one-time-secret`
  }

  async listen(): Promise<void> {
    this.#server.on('connection', (socket) => this.#connected(socket))
    await once(this.#server, 'listening')
  }

  async close(): Promise<void> {
    for (const client of this.#server.clients) client.terminate()
    this.#server.close()
  }

  painted(): number {
    return this.frames.length
  }

  /** For sources inside this process. */
  frame({ pixels, width, height, area, damage, capturedAt }: BitmapFrame): void {
    this.#resize(width, height)
    const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength / 4)
    const target = new Uint32Array(this.#canvas.buffer)
    toStraightRgba(areaPlane(words, area), target, width, damage)
    this.#note({ key: false, rects: [damage], sequence: this.frames.length + 1, capturedAt })
  }

  /** Null where nothing has been painted yet. */
  pixel(x: number, y: number): Pixel | null {
    const at = (y * this.width + x) * 4
    const [red, green, blue, alpha] = this.#canvas.subarray(at, at + 4)
    if (red === undefined || green === undefined || blue === undefined || alpha === undefined) return null
    return [red, green, blue, alpha]
  }

  /** Acknowledges nothing more until `letGo`. */
  hold(): void {
    this.#holds = true
  }

  letGo(): void {
    this.#holds = false
    if (this.#unacknowledged !== undefined) this.#acknowledge(this.#unacknowledged)
  }

  askForKey(): void {
    this.#tell({ type: 'key' })
  }

  /** Cuts the source off. */
  hangUp(): void {
    this.#source?.terminate()
  }

  #connected(socket: WebSocket): void {
    // As the hub does: who connects again takes over.
    this.#source?.close()
    this.#source = socket
    this.#isFresh = true
    this.#unacknowledged = undefined
    socket.on('error', () => {})
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (socket !== this.#source) return
      if (isBinary) this.#take(data)
      else this.faults.push(`a text message: ${String(data)}`)
    })
    this.#tell({ type: 'hello' })
  }

  #take(data: Buffer): void {
    const { header, pixels } = readPacket(data)
    const { key, rects, sequence, previous, width, height, capturedAt, sentAt, output } = header
    if (this.#unacknowledged !== undefined) this.faults.push(`packet ${sequence} came before the last was acknowledged`)
    if (this.#isFresh && !key) this.faults.push('the first packet of a connection was no key frame')
    if (!key && previous !== this.#lastSequence) this.faults.push(`packet ${sequence} builds on ${previous}`)
    if (sequence <= this.#lastSequence) this.faults.push(`packet ${sequence} came after ${this.#lastSequence}`)
    if (capturedAt > sentAt) this.faults.push('a packet was sent before it was captured')
    if (output !== 'main') this.faults.push(`a packet of ${output}`)
    for (const [index, rect] of rects.entries()) {
      if (rects.slice(index + 1).some((other) => overlaps(rect, other))) this.faults.push('rectangles overlap')
    }
    this.#isFresh = false
    this.#lastSequence = sequence
    this.#resize(width, height)
    unpackRects(pixels, this.#canvas, width, rects)
    this.#note({ key, rects, sequence, capturedAt })
    this.#unacknowledged = sequence
    if (!this.#holds) this.#acknowledge(sequence)
  }

  #note(frame: Omit<SeenFrame, 'arrivedAt'>): void {
    this.frames.push({ ...frame, arrivedAt: performance.timeOrigin + performance.now() })
  }

  #acknowledge(sequence: number): void {
    this.#unacknowledged = undefined
    this.#tell({ type: 'ack', sequence })
  }

  #resize(width: number, height: number): void {
    if (this.width === width && this.height === height) return
    this.width = width
    this.height = height
    this.#canvas = new Uint8Array(width * height * 4)
  }

  #tell(message: ToFrameSource): void {
    this.#source?.send(JSON.stringify(message))
  }
}
