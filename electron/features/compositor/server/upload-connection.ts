/**
 * The socket of a frame source that is a process of its own. Takes packets one at a time, acknowledges each, and asks for
 * the whole picture when something is missing. What is not exactly a packet ends the session, and harms no viewer.
 */
import type { Duplex } from 'node:stream'
import type { Clock } from '../../../../base/clock.ts'
import { DisposableStore } from '../../../../base/lifecycle.ts'
import { errorMessage } from '../../../../base/result.ts'
import { Lz4Error } from '../../../../contracts/picture/lz4.ts'
import { pictureCloseCodes, type ToFrameSource } from '../../../../contracts/picture/messages.ts'
import { headerBytes, PacketError, readPacket } from '../../../../contracts/picture/packet.ts'
import { textFrame } from '../../../kernel/channels/text-frame.ts'
import type { BufferPool } from './buffer-pool.ts'
import { FrameError, MaskedFrames } from './masked-frames.ts'
import type { OutputStream } from './output-stream.ts'

const GOODBYE_MS = 1000
const CLOSE_NORMAL = 1000
/** Of 125 bytes for code and reason. */
const MAX_REASON_CHARS = 100
const MAX_UNREAD_BYTES = 64 * 1024
/** What a packet may be longer than its pixels: more rectangles than any source of ours sends. */
const MAX_RECTS = 4096

/** The longest packet that a source of this size may send: one whole canvas. */
function maxUploadBytes({ id, width, height }: { id: string; width: number; height: number }): number {
  return headerBytes(id, MAX_RECTS) + width * height * 4
}

export interface UploadConnectionOptions {
  /** After its upgrade. */
  socket: Duplex
  /** What came with the upgrade. */
  head: Buffer
  stream: OutputStream
  pool: BufferPool
  clock: Clock
  onClosed(): void
  onRefused(reason: string): void
}

export class UploadConnection {
  readonly #options: UploadConnectionOptions
  readonly #owned = new DisposableStore()
  readonly #frames: MaskedFrames
  #lastSequence = 0
  #isClosed = false

  constructor(options: UploadConnectionOptions) {
    this.#options = options
    const { socket, stream, pool, head } = options
    this.#frames = new MaskedFrames(pool, maxUploadBytes(stream.shape), {
      onMessage: (message, isBinary) => this.#receive(message, isBinary),
      onPing: (data) => this.#write(controlFrame('pong', data)),
      onPong: () => {},
      onClose: () => this.close(CLOSE_NORMAL, ''),
    })
    this.#owned.add(this.#frames)
    socket.on('data', (chunk: Buffer) => {
      this.#push(chunk)
      freeAtOnce(chunk)
    })
    socket.on('error', () => {})
    socket.once('end', () => socket.end())
    socket.once('close', () => {
      this.#isClosed = true
      this.#owned.dispose()
      options.onClosed()
    })
    this.#tell({ type: 'hello' })
    this.#push(head)
  }

  /** Asks for the whole picture. */
  askForKey(): void {
    this.#tell({ type: 'key' })
  }

  close(code: number, reason: string): void {
    if (this.#isClosed) return
    const { socket, clock } = this.#options
    const status = Buffer.alloc(2)
    status.writeUInt16BE(code)
    this.#write(controlFrame('close', Buffer.concat([status, Buffer.from(reason.slice(0, MAX_REASON_CHARS))])))
    this.#isClosed = true
    socket.end()
    this.#owned.add(clock.setTimeout(() => socket.destroy(), GOODBYE_MS))
  }

  #push(chunk: Buffer): void {
    if (this.#isClosed) return
    try {
      this.#frames.push(chunk)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.#options.onRefused(error.message)
      this.close(error.code, error.message)
    }
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#isClosed) return
    if (!isBinary) {
      this.#refuse('frame sources send packets')
      return
    }
    try {
      this.#take(data)
    } catch (error) {
      if (!(error instanceof PacketError || error instanceof Lz4Error)) throw error
      this.#refuse(errorMessage(error))
    }
  }

  #take(data: Buffer): void {
    const { stream } = this.#options
    const { header, pixels } = readPacket(data)
    if (header.output !== stream.id) throw new PacketError(`a packet of "${header.output.slice(0, 40)}"`)
    const { width, height } = stream.shape
    if (header.width !== width || header.height !== height) {
      throw new PacketError(`a picture of ${header.width}x${header.height} for an output of ${width}x${height}`)
    }
    if (header.pixelBytes > header.width * header.height * 4) throw new PacketError('rectangles that overlap')
    const isNext = header.key || header.previous === this.#lastSequence
    const isTaken = isNext && stream.takePacket(header, pixels)
    if (isTaken) this.#lastSequence = header.sequence
    else this.askForKey()
    this.#tell({ type: 'ack', sequence: header.sequence })
  }

  #refuse(reason: string): void {
    this.#options.onRefused(reason)
    this.close(pictureCloseCodes.malformed, reason)
  }

  #tell(message: ToFrameSource): void {
    this.#write(textFrame(JSON.stringify(message)))
  }

  #write(frame: Buffer): void {
    const { socket } = this.#options
    if (this.#isClosed) return
    socket.write(frame)
    // One that sends and never reads.
    if (socket.writableLength > MAX_UNREAD_BYTES) socket.destroy()
  }
}

/**
 * Gives back the memory of a chunk that was read from a socket and that nobody needs any more. A full frame comes in 127 of
 * them, and the collector, which is told of 8 MB of new memory each time, would mark the whole heap for every second frame.
 */
function freeAtOnce({ buffer, byteLength }: Buffer): void {
  // Small ones share theirs with others.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}

const OPCODES = { close: 0x88, pong: 0x8a } as const

/** RFC 6455 section 5.5; `data` has at most 125 bytes. */
function controlFrame(kind: keyof typeof OPCODES, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([OPCODES[kind], data.length]), data])
}
