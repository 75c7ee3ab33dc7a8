/**
 * The packets of pixels, as `docs/picture-protocol.md` lays them out: from a frame source to the hub and from the hub to
 * a viewer. Owns the bytes; knows no socket and no canvas. Both sides read the vectors of `packet-vectors.json`.
 *
 * Little-endian: u8 version, u8 kind, u8 format, u8 bytes of the output's name; u16 width, u16 height; u32 sequence,
 * u32 previous; f64 capturedAt, f64 sentAt; u32 number of rectangles, u32 bytes of pixels before compression; the name
 * (UTF-8, padded with zeros to a multiple of 4); the rectangles, each u16 x, y, width, height; the pixels, rectangle after
 * rectangle, row after row, four bytes R G B A each, alpha straight.
 */
import type { Rect } from '../../base/pixels/rect.ts'

const PACKET_VERSION = 1
export const FIXED_HEADER_BYTES = 40

/** `raw`: pixels as they are; `lz4`: one LZ4 block of them. */
export type PixelFormat = 'raw' | 'lz4'

export interface PacketHeader {
  /**
   * A key frame is the whole picture and needs nothing before it: who draws it begins with a clear canvas of its size, and
   * what none of its rectangles covers stays transparent.
   */
  key: boolean
  format: PixelFormat
  output: string
  /** Of the canvas, px. */
  width: number
  height: number
  /** Of the frame, rising; numbers may be left out. */
  sequence: number
  /** The sequence this one builds on; 0 for a key frame. */
  previous: number
  /** ms epoch, by the clock of who captured. */
  capturedAt: number
  /** ms epoch, by the clock of the sender. */
  sentAt: number
  /** None overlap; all lie inside the canvas. */
  rects: readonly Rect[]
  /** Bytes of pixels once decompressed: the rectangles' areas times four. */
  pixelBytes: number
}

export class PacketError extends Error {}

/** Bytes before the pixels, a multiple of 4. */
export function headerBytes(output: string, rectCount: number): number {
  return FIXED_HEADER_BYTES + paddedLength(new TextEncoder().encode(output).length) + rectCount * 8
}

/** Writes the header at the start of `target`; answers how many bytes it took. Throws a RangeError when it does not fit. */
export function writeHeader(header: PacketHeader, target: Uint8Array): number {
  const name = new TextEncoder().encode(header.output)
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength)
  view.setUint8(0, PACKET_VERSION)
  view.setUint8(1, header.key ? 1 : 2)
  view.setUint8(2, header.format === 'raw' ? 1 : 2)
  view.setUint8(3, name.length)
  view.setUint16(4, header.width, true)
  view.setUint16(6, header.height, true)
  view.setUint32(8, header.sequence, true)
  view.setUint32(12, header.previous, true)
  view.setFloat64(16, header.capturedAt, true)
  view.setFloat64(24, header.sentAt, true)
  view.setUint32(32, header.rects.length, true)
  view.setUint32(36, header.pixelBytes, true)
  const namePadded = paddedLength(name.length)
  target.fill(0, FIXED_HEADER_BYTES, FIXED_HEADER_BYTES + namePadded)
  target.set(name, FIXED_HEADER_BYTES)
  let at = FIXED_HEADER_BYTES + namePadded
  for (const { x, y, width, height } of header.rects) {
    view.setUint16(at, x, true)
    view.setUint16(at + 2, y, true)
    view.setUint16(at + 4, width, true)
    view.setUint16(at + 6, height, true)
    at += 8
  }
  return at
}

/**
 * Reads a packet. `pixels` is a view into `packet`, not a copy. Throws a `PacketError` that names the fault for anything
 * that is not exactly a packet, whoever sent it.
 */
export function readPacket(packet: Uint8Array): { header: PacketHeader; pixels: Uint8Array } {
  if (packet.length < FIXED_HEADER_BYTES) throw new PacketError(`${packet.length} bytes are no packet`)
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength)
  const [version, kind, format, nameLength] = [0, 1, 2, 3].map((at) => view.getUint8(at)) as [
    number,
    number,
    number,
    number,
  ]
  if (version !== PACKET_VERSION) throw new PacketError(`version ${version}; this side speaks ${PACKET_VERSION}`)
  if (kind !== 1 && kind !== 2) throw new PacketError(`kind ${kind}`)
  if (format !== 1 && format !== 2) throw new PacketError(`pixel format ${format}`)
  const width = view.getUint16(4, true)
  const height = view.getUint16(6, true)
  if (width === 0 || height === 0) throw new PacketError('a canvas without pixels')
  const capturedAt = view.getFloat64(16, true)
  const sentAt = view.getFloat64(24, true)
  if (!Number.isFinite(capturedAt) || !Number.isFinite(sentAt)) throw new PacketError('a time that is none')
  const rectCount = view.getUint32(32, true)
  const pixelBytes = view.getUint32(36, true)
  const rectsAt = FIXED_HEADER_BYTES + paddedLength(nameLength)
  const pixelsAt = rectsAt + rectCount * 8
  if (pixelsAt > packet.length) throw new PacketError('the header is cut off')
  const output = new TextDecoder().decode(packet.subarray(FIXED_HEADER_BYTES, FIXED_HEADER_BYTES + nameLength))
  const rects = readRects(view, rectsAt, rectCount)
  let area = 0
  for (const rect of rects) {
    if (rect.width === 0 || rect.height === 0) throw new PacketError('an empty rectangle')
    if (rect.x + rect.width > width || rect.y + rect.height > height) {
      throw new PacketError('a rectangle outside the canvas')
    }
    area += rect.width * rect.height
  }
  if (area * 4 !== pixelBytes) throw new PacketError(`${pixelBytes} bytes of pixels for rectangles of ${area} px`)
  const pixels = packet.subarray(pixelsAt)
  if (format === 1 && pixels.length !== pixelBytes) {
    throw new PacketError(`${pixels.length} bytes of pixels instead of ${pixelBytes}`)
  }
  return {
    header: {
      key: kind === 1,
      format: format === 1 ? 'raw' : 'lz4',
      output,
      width,
      height,
      sequence: view.getUint32(8, true),
      previous: view.getUint32(12, true),
      capturedAt,
      sentAt,
      rects,
      pixelBytes,
    },
    pixels,
  }
}

function readRects(view: DataView, start: number, count: number): Rect[] {
  const rects: Rect[] = []
  for (let at = start; at < start + count * 8; at += 8) {
    rects.push({
      x: view.getUint16(at, true),
      y: view.getUint16(at + 2, true),
      width: view.getUint16(at + 4, true),
      height: view.getUint16(at + 6, true),
    })
  }
  return rects
}

function paddedLength(bytes: number): number {
  return (bytes + 3) & ~3
}
