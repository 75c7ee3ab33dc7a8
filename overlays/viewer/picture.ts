/**
 * Draws packets of pixels on a canvas, and nothing that does not follow what is there. Owns the canvas; knows no socket.
 * The pixels are put as they come: no conversion, no copy, no wait for an animation frame.
 */
import { decompressLz4 } from '../../contracts/picture/lz4.ts'
import { PacketError, type PacketHeader, readPacket } from '../../contracts/picture/packet.ts'

interface Drawn {
  sequence: number
  /** False when a packet before it was missed: nothing was drawn, and a key frame is needed. */
  fits: boolean
}

export interface Picture {
  /** Throws an error for bytes that are no packet; nothing is drawn then, and what comes next does not fit. */
  draw(packet: ArrayBuffer): Drawn
  /** Empties the canvas; only a key frame fits then. */
  blank(): void
  /** Gives the canvas this size, px. What is on it stays if it has it already. */
  resize(width: number, height: number): void
}

/** `onResize`: the canvas has another size. */
export function createPicture(canvas: HTMLCanvasElement, onResize: () => void): Picture {
  const context = canvas.getContext('2d')
  /** Of what is on the canvas; null when only a key frame fits. */
  let sequence: number | null = null
  let scratch = new Uint8ClampedArray(0)

  function unpack({ format, pixelBytes }: PacketHeader, pixels: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
    if (format === 'raw') return new Uint8ClampedArray(pixels.buffer as ArrayBuffer, pixels.byteOffset, pixelBytes)
    if (scratch.length < pixelBytes) scratch = new Uint8ClampedArray(pixelBytes)
    decompressLz4(pixels, new Uint8Array(scratch.buffer, 0, pixelBytes))
    return scratch
  }

  function put({ rects }: PacketHeader, pixels: Uint8ClampedArray<ArrayBuffer>): void {
    let at = pixels.byteOffset
    for (const { x, y, width, height } of rects) {
      const bytes = width * height * 4
      const part = new Uint8ClampedArray(pixels.buffer, at, bytes)
      context?.putImageData(new ImageData(part, width, height), x, y)
      at += bytes
    }
  }

  function resize(width: number, height: number): void {
    if (canvas.width === width && canvas.height === height) return
    canvas.width = width
    canvas.height = height
    sequence = null
    onResize()
  }

  function blank(): void {
    sequence = null
    context?.clearRect(0, 0, canvas.width, canvas.height)
  }

  return {
    draw(packet) {
      const before = sequence
      sequence = null
      const { header, pixels } = readPacket(new Uint8Array(packet))
      if (header.pixelBytes > header.width * header.height * 4) throw new PacketError('more pixels than the canvas has')
      const isSameSize = header.width === canvas.width && header.height === canvas.height
      const fits = header.key || (isSameSize && header.previous === before)
      if (!fits) return { sequence: header.sequence, fits }
      const ready = unpack(header, pixels)
      if (header.key) resize(header.width, header.height)
      if (header.key && header.pixelBytes < header.width * header.height * 4) blank()
      put(header, ready)
      sequence = header.sequence
      return { sequence, fits }
    },
    blank,
    resize,
  }
}
