/** A viewer without a page: draws packets into an array, and does what viewers do, and what they should not. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { unpackRects } from '../../../../../base/pixels/pack.ts'
import { decompressLz4 } from '../../../../../contracts/picture/lz4.ts'
import type { ToPictureServer, ToViewer } from '../../../../../contracts/picture/messages.ts'
import { type PacketHeader, readPacket } from '../../../../../contracts/picture/packet.ts'
import { until } from './until.ts'

export interface TestViewerOptions {
  port: number
  output: string
  token: string
  headers?: Record<string, string>
  /** Added to the address, e.g. `mute=1`. */
  query?: string
}

export class TestViewer {
  readonly socket: WebSocket
  readonly messages: ToViewer[] = []
  /** Headers of all packets, in order. */
  readonly packets: PacketHeader[] = []
  /** Straight RGBA; null when nothing is to be seen. */
  canvas: Uint8Array | null = null
  closed: { code: number; reason: string } | null = null
  #acknowledges = true
  #owes = false
  /** Faults of the server: packets that build on what was never sent. */
  readonly gaps: string[] = []
  #sequence = 0

  constructor({ port, output, token, headers, query }: TestViewerOptions) {
    const search = `token=${encodeURIComponent(token)}${query === undefined ? '' : `&${query}`}`
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/picture/${output}?${search}`, { headers })
    this.socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.#draw(data)
      else this.#hear(JSON.parse(data.toString('utf8')) as ToViewer)
    })
    this.socket.on('error', () => {})
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() }
    })
  }

  /** Resolves when the server has said hello; rejects when it was refused. */
  static async connect(options: TestViewerOptions): Promise<TestViewer> {
    const viewer = new TestViewer(options)
    await until(() => viewer.closed !== null || viewer.id !== null, 'hello')
    if (viewer.closed) throw new Error(`refused: ${viewer.closed.code} ${viewer.closed.reason}`)
    return viewer
  }

  get id(): string | null {
    const hello = this.messages.find((message) => message.type === 'hello')
    return hello?.type === 'hello' ? hello.viewer : null
  }

  /** Of the newest picture that was drawn. */
  get sequence(): number {
    return this.#sequence
  }

  say(message: ToPictureServer): void {
    this.socket.send(JSON.stringify(message))
  }

  acknowledge(sequence: number = this.#sequence): void {
    this.say({ type: 'ack', sequence, drawMs: 1, shownAt: null })
  }

  /** Draws, and says nothing of it. */
  holdAcknowledgements(): void {
    this.#acknowledges = false
  }

  letAcknowledgementsGo(): void {
    this.#acknowledges = true
    if (this.#owes) this.acknowledge()
    this.#owes = false
  }

  askForKey(): void {
    this.#owes = false
    this.say({ type: 'key' })
  }

  setVisible(visible: boolean): void {
    this.say({ type: 'visible', visible })
  }

  /** Reads nothing from the socket any more. */
  stall(): void {
    this.socket.pause()
  }

  goOn(): void {
    this.socket.resume()
  }

  async leave(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return
    this.socket.terminate()
    await once(this.socket, 'close')
  }

  #hear(message: ToViewer): void {
    this.messages.push(message)
    if (message.type === 'blank') this.canvas = null
  }

  #draw(data: Buffer): void {
    const { header, pixels } = readPacket(data)
    this.packets.push(header)
    if (header.key) this.canvas = new Uint8Array(header.width * header.height * 4)
    else if (header.previous !== this.#sequence) {
      this.gaps.push(`packet ${header.sequence} builds on ${header.previous} and not on ${this.#sequence}`)
    }
    if (!this.canvas) this.gaps.push(`packet ${header.sequence} has no key frame before it`)
    else if (header.format === 'raw') unpackRects(pixels, this.canvas, header.width, header.rects)
    else {
      const raw = new Uint8Array(header.pixelBytes)
      decompressLz4(pixels, raw)
      unpackRects(raw, this.canvas, header.width, header.rects)
    }
    this.#sequence = header.sequence
    if (this.#acknowledges) this.acknowledge()
    else this.#owes = true
  }
}
