/**
 * A picture server for tests of the viewer: it holds the picture that viewers must have in the end, and sends what the test
 * says, right or wrong. Speaks `docs/picture-protocol.md` and knows nothing else of the hub.
 */
import type { AddressInfo } from 'node:net'
import { compressSync } from 'lz4-napi'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Rect } from '../../base/pixels/rect.ts'
import type { ToPictureServer, ToViewer } from '../../contracts/picture/messages.ts'
import { headerBytes, type PacketHeader, type PixelFormat, writeHeader } from '../../contracts/picture/packet.ts'
import { HttpError } from '../../electron/kernel/http/routes.ts'
import type { StageHub } from './stage-hub.ts'

/** Of lz4-napi: the size of what is in the block. */
const LZ4_PREFIX_BYTES = 4

export class FakePicture {
  width: number
  height: number
  /** Straight RGBA: what every viewer must show. */
  pixels: Buffer
  sequence = 0
  readonly viewers: FakeViewer[] = []
  /** Tokens that are let in. */
  admits = true
  /** Sends a key frame to everyone who comes. */
  greets = true
  readonly #server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })

  constructor(width = 320, height = 240) {
    this.width = width
    this.height = height
    this.pixels = Buffer.alloc(width * height * 4)
    this.#server.on('connection', (socket, { url }) => {
      const viewer = new FakeViewer(this, socket, url ?? '')
      this.viewers.push(viewer)
      socket.on('close', () => this.viewers.splice(this.viewers.indexOf(viewer), 1))
      viewer.say({ type: 'hello', viewer: 'v1', width: this.width, height: this.height })
      if (this.greets && this.sequence > 0) viewer.sendKey()
    })
  }

  /** Makes the hub say where this is. */
  serveOn(hub: StageHub): this {
    hub.routes.add({
      method: 'GET',
      path: '/live/:output.json',
      scope: null,
      summary: 'Where the picture is',
      handle: ({ params, hostname }) => {
        if (!this.admits) throw new HttpError(401, 'unauthorized', 'no')
        const { port } = this.#server.address() as AddressInfo
        const socket = `ws://${hostname}:${port}/picture/${params.output}`
        return { socket, width: this.width, height: this.height }
      },
    })
    return this
  }

  /** Another picture, of another size if need be; not sent yet. */
  paint(rects: readonly Rect[], colorAt: () => readonly [number, number, number, number]): void {
    for (const { x, y, width, height } of rects) {
      for (let row = y; row < y + height; row++) {
        for (let column = x; column < x + width; column++) {
          this.pixels.set(colorAt(), (row * this.width + column) * 4)
        }
      }
    }
    this.sequence += 1
  }

  resize(width: number, height: number): void {
    this.width = width
    this.height = height
    this.pixels = Buffer.alloc(width * height * 4)
  }

  get whole(): Rect {
    return { x: 0, y: 0, width: this.width, height: this.height }
  }

  /** The whole picture in one colour, to all. */
  show(color: readonly [number, number, number, number]): void {
    this.paint([this.whole], () => color)
    for (const viewer of this.viewers) viewer.sendKey()
  }

  async close(): Promise<void> {
    for (const { socket } of this.viewers) socket.terminate()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

export class FakeViewer {
  readonly socket: WebSocket
  /** Path and query it came with. */
  readonly url: string
  readonly heard: ToPictureServer[] = []
  readonly #picture: FakePicture
  #sent = 0

  constructor(picture: FakePicture, socket: WebSocket, url: string) {
    this.#picture = picture
    this.socket = socket
    this.url = url
    socket.on('message', (data) => {
      this.heard.push(JSON.parse(String(data)))
    })
    socket.on('error', () => {})
  }

  get lastAck(): number {
    return this.heard.reduce((last, message) => (message.type === 'ack' ? message.sequence : last), 0)
  }

  /** What it said besides acknowledgements. */
  get words(): string[] {
    return this.heard.filter(({ type }) => type !== 'ack').map((message) => JSON.stringify(message))
  }

  say(message: ToViewer): void {
    this.socket.send(JSON.stringify(message))
  }

  sendKey(format: PixelFormat = 'raw'): void {
    this.send([this.#picture.whole], { key: true, previous: 0, format })
  }

  /** These parts as they are now, built on what was sent last unless `change` says something else. */
  send(rects: readonly Rect[], change: Partial<PacketHeader> = {}): void {
    const { width, height, sequence, pixels } = this.#picture
    const raw = Buffer.concat(
      rects.flatMap((rect) =>
        Array.from({ length: rect.height }, (_, row) => {
          const at = ((rect.y + row) * width + rect.x) * 4
          return pixels.subarray(at, at + rect.width * 4)
        }),
      ),
    )
    const header: PacketHeader = {
      key: false,
      format: 'raw',
      output: 'main',
      width,
      height,
      sequence,
      previous: this.#sent,
      capturedAt: Date.now(),
      sentAt: Date.now(),
      rects,
      pixelBytes: raw.length,
      ...change,
    }
    const body = header.format === 'lz4' ? compressSync(raw).subarray(LZ4_PREFIX_BYTES) : raw
    const packet = Buffer.alloc(headerBytes(header.output, rects.length) + body.length)
    packet.set(body, writeHeader(header, packet))
    this.#sent = header.sequence
    this.socket.send(packet)
  }
}
