/**
 * A packet as it goes over the wire, WebSocket frame included, made once for every viewer that needs the same. It sits in
 * a pooled buffer, which goes back when the last socket has taken it.
 */
import { packRects } from '../../../../base/pixels/pack.ts'
import { totalArea } from '../../../../base/pixels/rect.ts'
import { headerBytes, type PacketHeader, writeHeader } from '../../../../contracts/picture/packet.ts'
import type { BufferPool } from './buffer-pool.ts'

/** RFC 6455 section 5.2: final, binary, not masked. */
const FINAL_BINARY = 0x82
const LENGTH_IN_16_BITS = 126
const LENGTH_IN_64_BITS = 127
/** The longest frame header there is; packets begin behind it, and the real one ends there. */
const FRAME_HEADER_BYTES = 10
/** Before the block `lz4-napi` writes the size of what is in it. */
const LZ4_SIZE_BYTES = 4

/** `compressSync` of lz4-napi. */
export type CompressLz4 = (bytes: Buffer) => Buffer

export class SharedPacket {
  readonly header: PacketHeader
  /** What is to be written to a socket. */
  readonly frame: Buffer
  readonly #pool: BufferPool
  readonly #buffer: Buffer
  readonly #onReleased: () => void
  #holders = 0

  private constructor(
    header: PacketHeader,
    packetLength: number,
    buffer: Buffer,
    pool: BufferPool,
    onReleased: () => void,
  ) {
    this.header = header
    const start = writeFrameHeader(buffer, packetLength)
    this.frame = buffer.subarray(start, FRAME_HEADER_BYTES + packetLength)
    this.#buffer = buffer
    this.#pool = pool
    this.#onReleased = onReleased
  }

  /** Copies the rectangles of `header` out of `canvas`. */
  static raw(header: PacketHeader, canvas: Uint8Array, pool: BufferPool, onReleased: () => void): SharedPacket {
    const length = headerBytes(header.output, header.rects.length) + header.pixelBytes
    const buffer = pool.lend(FRAME_HEADER_BYTES + length)
    const packet = buffer.subarray(FRAME_HEADER_BYTES)
    const pixelsAt = writeHeader(header, packet)
    packRects(canvas, header.width, header.rects, packet.subarray(pixelsAt))
    return new SharedPacket(header, length, buffer, pool, onReleased)
  }

  /** The same pixels compressed. Null when that saves too little: `maxRatio` is the largest part of the pixels' bytes. */
  static lz4(
    header: PacketHeader,
    canvas: Uint8Array,
    pool: BufferPool,
    compress: CompressLz4,
    maxRatio: number,
    onReleased: () => void,
  ): SharedPacket | null {
    const pixels = pool.lend(header.pixelBytes)
    packRects(canvas, header.width, header.rects, pixels)
    const compressed = compress(pixels.subarray(0, header.pixelBytes)).subarray(LZ4_SIZE_BYTES)
    pool.giveBack(pixels)
    if (compressed.length > header.pixelBytes * maxRatio) return null
    const length = headerBytes(header.output, header.rects.length) + compressed.length
    const buffer = pool.lend(FRAME_HEADER_BYTES + length)
    const packet = buffer.subarray(FRAME_HEADER_BYTES)
    const pixelsAt = writeHeader(header, packet)
    packet.set(compressed, pixelsAt)
    return new SharedPacket(header, length, buffer, pool, onReleased)
  }

  hold(): void {
    this.#holders += 1
  }

  /** Once for each `hold`. The last one gives the buffer back. */
  release(): void {
    this.#holders -= 1
    if (this.#holders > 0) return
    this.#onReleased()
    this.#pool.giveBack(this.#buffer)
  }
}

/** How many bytes of pixels the header's rectangles have. */
export function pixelBytesOf(rects: PacketHeader['rects']): number {
  return totalArea(rects) * 4
}

/** Ends where the packet begins. Answers where it starts. */
function writeFrameHeader(buffer: Buffer, length: number): number {
  if (length < LENGTH_IN_16_BITS) {
    buffer[8] = FINAL_BINARY
    buffer[9] = length
    return 8
  }
  if (length < 65_536) {
    buffer[6] = FINAL_BINARY
    buffer[7] = LENGTH_IN_16_BITS
    buffer.writeUInt16BE(length, 8)
    return 6
  }
  buffer[0] = FINAL_BINARY
  buffer[1] = LENGTH_IN_64_BITS
  buffer.writeUInt16BE(0, 2)
  buffer.writeUIntBE(length, 4, 6)
  return 0
}
