/**
 * A packet as it goes over the wire, WebSocket frame included, made once for every viewer that needs the same. It sits in
 * a pooled buffer, which goes back when the last socket has taken it.
 */
import { type Rect, totalArea } from '../../../../base/pixels/rect.ts'
import { headerBytes, type PacketHeader, writeHeader } from '../../../../contracts/picture/packet.ts'
import type { BufferPool } from './buffer-pool.ts'

/** RFC 6455 section 5.2: final, binary, not masked. */
const FINAL_BINARY = 0x82
const LENGTH_IN_16_BITS = 126
const LENGTH_IN_64_BITS = 127
/** The longest frame header there is, 10 bytes, and 2 more, so that pixels lie at a multiple of four. */
const PACKET_START = 12
/** Before the block `lz4-napi` writes the size of what is in it. */
const LZ4_SIZE_BYTES = 4

/** `compressSync` of lz4-napi. */
export type CompressLz4 = (bytes: Buffer) => Buffer

/** What a packet's pixels come from. */
export interface PixelSource {
  /** Writes rectangles to the start of `target`, which lies at a multiple of four. */
  pack(rects: readonly Rect[], target: Uint8Array): void
}

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
    this.frame = buffer.subarray(start, PACKET_START + packetLength)
    this.#buffer = buffer
    this.#pool = pool
    this.#onReleased = onReleased
  }

  /** Copies the rectangles of `header` out of `canvas`. */
  static raw(header: PacketHeader, canvas: PixelSource, pool: BufferPool, onReleased: () => void): SharedPacket {
    const length = headerBytes(header.output, header.rects.length) + header.pixelBytes
    const buffer = pool.lend(PACKET_START + length)
    const packet = buffer.subarray(PACKET_START)
    const pixelsAt = writeHeader(header, packet)
    canvas.pack(header.rects, packet.subarray(pixelsAt))
    return new SharedPacket(header, length, buffer, pool, onReleased)
  }

  /** The same pixels compressed. Null when that saves too little: `maxRatio` is the largest part of the pixels' bytes. */
  static lz4(
    header: PacketHeader,
    canvas: PixelSource,
    pool: BufferPool,
    compress: CompressLz4,
    maxRatio: number,
    onReleased: () => void,
  ): SharedPacket | null {
    const pixels = pool.lend(header.pixelBytes)
    canvas.pack(header.rects, pixels)
    const compressed = compress(pixels.subarray(0, header.pixelBytes)).subarray(LZ4_SIZE_BYTES)
    pool.giveBack(pixels)
    if (compressed.length > header.pixelBytes * maxRatio) return null
    const length = headerBytes(header.output, header.rects.length) + compressed.length
    const buffer = pool.lend(PACKET_START + length)
    const packet = buffer.subarray(PACKET_START)
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
    const start = PACKET_START - 2
    buffer[start] = FINAL_BINARY
    buffer[start + 1] = length
    return start
  }
  if (length < 65_536) {
    const start = PACKET_START - 4
    buffer[start] = FINAL_BINARY
    buffer[start + 1] = LENGTH_IN_16_BITS
    buffer.writeUInt16BE(length, start + 2)
    return start
  }
  const start = PACKET_START - 10
  buffer[start] = FINAL_BINARY
  buffer[start + 1] = LENGTH_IN_64_BITS
  buffer.writeUInt16BE(0, start + 2)
  buffer.writeUIntBE(length, start + 4, 6)
  return start
}
