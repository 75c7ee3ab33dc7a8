/** A frame source of another process, as far as the picture server sees it: sends packets of a canvas. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { packRects } from '../../../../../base/pixels/pack.ts'
import type { Rect } from '../../../../../base/pixels/rect.ts'
import type { ToFrameSource } from '../../../../../contracts/picture/messages.ts'
import { headerBytes, type PacketHeader, writeHeader } from '../../../../../contracts/picture/packet.ts'
import { pixelBytesOf } from '../shared-packet.ts'
import { until } from './until.ts'

export interface TestCanvas {
  width: number
  height: number
  /** Straight RGBA. */
  pixels: Uint8Array
}

export class TestSource {
  readonly socket: WebSocket
  readonly output: string
  closed: { code: number; reason: string } | null = null
  acknowledged = 0
  keysAskedFor = 0
  sequence = 0
  #isWelcome = false

  constructor(output: string, uploadUrl: string) {
    this.output = output
    this.socket = new WebSocket(uploadUrl)
    this.socket.on('message', (data: Buffer) => this.#hear(JSON.parse(data.toString('utf8')) as ToFrameSource))
    this.socket.on('error', () => {})
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() }
    })
  }

  static async connect(output: string, uploadUrl: string): Promise<TestSource> {
    const source = new TestSource(output, uploadUrl)
    await until(() => source.closed !== null || source.#isWelcome, 'the hello of the picture server')
    if (source.closed) throw new Error(`refused: ${source.closed.code} ${source.closed.reason}`)
    return source
  }

  /** Sends the whole canvas and waits until it was taken. */
  async sendKey(canvas: TestCanvas): Promise<void> {
    const all = { x: 0, y: 0, width: canvas.width, height: canvas.height }
    await this.send(canvas, [all], { key: true, previous: 0 })
  }

  /** Sends these rectangles of the canvas and waits until they were taken. They must not overlap. */
  async send(canvas: TestCanvas, rects: readonly Rect[], changes: Partial<PacketHeader> = {}): Promise<void> {
    const previous = this.sequence
    this.sequence += 1
    const { sequence } = this
    this.socket.send(packetOf(canvas, { output: this.output, rects, previous, sequence, ...changes }))
    await until(() => this.acknowledged >= sequence || this.closed !== null, `the acknowledgement of ${sequence}`)
  }

  /** Begins a key frame and stops in its midst. */
  sendHalf(canvas: TestCanvas): void {
    const all = { x: 0, y: 0, width: canvas.width, height: canvas.height }
    const packet = packetOf(canvas, { output: this.output, rects: [all], key: true, previous: 0, sequence: 99 })
    this.socket.send(packet.subarray(0, packet.length / 2), { fin: false })
  }

  async leave(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return
    this.socket.terminate()
    await once(this.socket, 'close')
  }

  #hear(message: ToFrameSource): void {
    if (message.type === 'hello') this.#isWelcome = true
    else if (message.type === 'ack') this.acknowledged = message.sequence
    else this.keysAskedFor += 1
  }
}

/** A raw packet of a canvas. */
function packetOf(
  { width, height, pixels }: TestCanvas,
  header: Partial<PacketHeader> & Pick<PacketHeader, 'output' | 'rects' | 'previous' | 'sequence'>,
): Buffer {
  const whole: PacketHeader = {
    key: false,
    format: 'raw',
    width,
    height,
    capturedAt: Date.now(),
    sentAt: Date.now(),
    pixelBytes: pixelBytesOf(header.rects),
    ...header,
  }
  const packet = Buffer.alloc(headerBytes(whole.output, whole.rects.length) + whole.pixelBytes)
  const pixelsAt = writeHeader(whole, packet)
  packRects(pixels, width, whole.rects, packet.subarray(pixelsAt))
  return packet
}
