import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { unpackRects } from '../../base/pixels/pack.ts'
import type { Rect } from '../../base/pixels/rect.ts'
import type { ToFrameSource } from '../../contracts/picture/messages.ts'
import { type PacketHeader, readPacket } from '../../contracts/picture/packet.ts'
import { PictureUpload, type UploadSocket } from './picture-upload.ts'

const WIDTH = 64
const HEIGHT = 32
const WHOLE: Rect = { x: 0, y: 0, width: WIDTH, height: HEIGHT }

/** The hub's end: keeps what comes and says what it is told to. */
class FakeSocket implements UploadSocket {
  binaryType: BinaryType = 'blob'
  onmessage: ((event: MessageEvent) => void) | null = null
  onclose: ((event: CloseEvent) => void) | null = null
  readonly headers: PacketHeader[] = []
  readonly canvas = new Uint8Array(WIDTH * HEIGHT * 4)

  send(packet: Uint8Array<ArrayBuffer>): void {
    // As a real one does: the sender may write over it at once.
    const { header, pixels } = readPacket(packet.slice())
    this.headers.push(header)
    unpackRects(pixels, this.canvas, WIDTH, header.rects)
  }

  tell(message: ToFrameSource): void {
    this.onmessage?.(new MessageEvent('message', { data: JSON.stringify(message) }))
  }

  acknowledge(): void {
    this.tell({ type: 'ack', sequence: this.headers.at(-1)?.sequence ?? 0 })
  }

  hangUp(code: number): void {
    this.onclose?.(new CloseEvent('close', { code }))
  }
}

describe('the upload of a picture', () => {
  let socket: FakeSocket
  let upload: PictureUpload
  let picture: Uint8Array
  let now: number
  let relieved: number

  beforeEach(() => {
    vi.useFakeTimers()
    now = 1000
    socket = new FakeSocket()
    picture = new Uint8Array(WIDTH * HEIGHT * 4)
    const size = { width: WIDTH, height: HEIGHT }
    relieved = 0
    const onRelieved = () => void relieved++
    upload = new PictureUpload({ output: 'main', ...size, firstSequence: 50, socket, now: () => now, onRelieved })
  })

  afterEach(() => vi.useRealTimers())

  function paint(rect: Rect, value: number): void {
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      picture.fill(value, (y * WIDTH + rect.x) * 4, (y * WIDTH + rect.x + rect.width) * 4)
    }
    upload.show(picture, [rect], now)
  }

  it('waits for the greeting, then sends the whole picture', () => {
    paint({ x: 0, y: 0, width: 4, height: 4 }, 9)
    expect(socket.headers).toEqual([])
    socket.tell({ type: 'hello' })
    expect(socket.headers).toMatchObject([{ key: true, sequence: 50, previous: 0, rects: [WHOLE], capturedAt: 1000 }])
    expect(socket.canvas).toEqual(picture)
  })

  it('then sends what changed, one packet at a time, everything that was missed in the next', () => {
    socket.tell({ type: 'hello' })
    paint(WHOLE, 1)
    paint({ x: 0, y: 0, width: 4, height: 4 }, 2)
    paint({ x: 40, y: 20, width: 8, height: 8 }, 3)
    paint({ x: 0, y: 0, width: 4, height: 4 }, 4)
    expect(socket.headers).toHaveLength(1)
    socket.acknowledge()
    expect(socket.headers).toHaveLength(2)
    expect(socket.headers[1]).toMatchObject({ key: false, sequence: 51, previous: 50 })
    expect(socket.canvas).toEqual(picture)
    socket.acknowledge()
    expect(socket.headers).toHaveLength(2)
    expect(upload.state).toMatchObject({ painting: true, lastSequence: 51, waitingMs: 0, fault: null })
  })

  it('a frame without a change costs nothing', () => {
    socket.tell({ type: 'hello' })
    paint(WHOLE, 1)
    socket.acknowledge()
    upload.show(picture, [], now)
    expect(socket.headers).toHaveLength(1)
  })

  it('sends the whole picture when told, even while a packet is on the way', () => {
    socket.tell({ type: 'hello' })
    paint(WHOLE, 1)
    socket.tell({ type: 'key' })
    expect(socket.headers).toHaveLength(1)
    socket.acknowledge()
    expect(socket.headers[1]).toMatchObject({ key: true, sequence: 51, previous: 0, rects: [WHOLE] })
  })

  it('acknowledgements of anything else are passed over', () => {
    socket.tell({ type: 'hello' })
    paint(WHOLE, 1)
    socket.tell({ type: 'ack', sequence: 49 })
    paint(WHOLE, 2)
    expect(socket.headers).toHaveLength(1)
  })

  it('is congested by a large packet until it has arrived', () => {
    const [width, height] = [1024, 512]
    const large = { x: 0, y: 0, width, height }
    const send = (packet: Uint8Array) => void socket.headers.push(readPacket(packet).header)
    const wide = Object.assign(socket, { send })
    const options = {
      output: 'main',
      width,
      height,
      firstSequence: 1,
      now: () => now,
      onRelieved: () => void relieved++,
    }
    const upload = new PictureUpload({ ...options, socket: wide })
    const pixels = new Uint8Array(width * height * 4)
    socket.tell({ type: 'hello' })
    expect(upload.isCongested).toBe(false)
    upload.show(pixels, [large], now)
    expect(upload.isCongested).toBe(true)
    upload.show(pixels, [{ ...large, width: 10 }], now)
    socket.acknowledge()
    expect([upload.isCongested, relieved, socket.headers.length]).toEqual([false, 1, 2])
    socket.acknowledge()
    expect(relieved).toBe(1)
  })

  it('tells for how long it waits, and why it ended', () => {
    vi.advanceTimersByTime(500)
    expect(upload.state).toMatchObject({ painting: false, waitingMs: 500 })
    socket.tell({ type: 'hello' })
    expect(upload.state.waitingMs).toBe(0)
    paint(WHOLE, 1)
    vi.advanceTimersByTime(300)
    expect(upload.state.waitingMs).toBe(300)
    socket.hangUp(4404)
    expect(upload.state.fault).toBe('the hub closed the connection for the pixels (code 4404)')
  })
})
