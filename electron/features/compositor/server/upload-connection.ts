/**
 * The socket of a frame source that is a process of its own. Takes packets one at a time, acknowledges each, and asks for
 * the whole picture when something is missing. What is not exactly a packet ends the session, and harms no viewer.
 */
import { WebSocket } from 'ws'
import type { Clock } from '../../../../base/clock.ts'
import { DisposableStore } from '../../../../base/lifecycle.ts'
import { errorMessage } from '../../../../base/result.ts'
import { Lz4Error } from '../../../../contracts/picture/lz4.ts'
import { pictureCloseCodes, type ToFrameSource } from '../../../../contracts/picture/messages.ts'
import { headerBytes, PacketError, readPacket } from '../../../../contracts/picture/packet.ts'
import type { OutputStream } from './output-stream.ts'

const GOODBYE_MS = 1000
/** What a packet may be longer than its pixels: more rectangles than any source of ours sends. */
const MAX_RECTS = 4096

/** The longest packet that a source of this size may send: one whole canvas. */
export function maxUploadBytes({ id, width, height }: { id: string; width: number; height: number }): number {
  return headerBytes(id, MAX_RECTS) + width * height * 4
}

export interface UploadConnectionOptions {
  socket: WebSocket
  stream: OutputStream
  clock: Clock
  onClosed(): void
  onRefused(reason: string): void
}

export class UploadConnection {
  readonly #options: UploadConnectionOptions
  readonly #owned = new DisposableStore()
  #lastSequence = 0
  #isClosed = false

  constructor(options: UploadConnectionOptions) {
    this.#options = options
    const { socket, onClosed } = options
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary))
    socket.on('error', () => {})
    socket.once('close', () => {
      this.#isClosed = true
      this.#owned.dispose()
      onClosed()
    })
    this.#tell({ type: 'hello' })
  }

  /** Asks for the whole picture. */
  askForKey(): void {
    this.#tell({ type: 'key' })
  }

  close(code: number, reason: string): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const { socket, clock } = this.#options
    socket.close(code, reason)
    this.#owned.add(clock.setTimeout(() => socket.terminate(), GOODBYE_MS))
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
    const { socket } = this.#options
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
  }
}
