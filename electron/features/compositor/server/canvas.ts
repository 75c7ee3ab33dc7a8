/**
 * The picture of one output as everybody should see it: straight RGBA, the reference for every viewer. Takes frames in
 * whatever shape sources have them and answers what they really changed. Knows no viewer and no socket.
 */
import { packStraightRgba, toStraightRgba } from '../../../../base/pixels/convert.ts'
import {
  areaPlane,
  canvasPlane,
  findDamage,
  findDamageBetween,
  findPainted,
  type Plane,
} from '../../../../base/pixels/damage.ts'
import { packRects, unpackRects } from '../../../../base/pixels/pack.ts'
import { areaOf, containsRect, type Rect, totalArea } from '../../../../base/pixels/rect.ts'
import { Region } from '../../../../base/pixels/region.ts'
import { decompressLz4 } from '../../../../contracts/picture/lz4.ts'
import type { PacketHeader } from '../../../../contracts/picture/packet.ts'
import type { BitmapFrame } from '../../../kernel/ports/frame-source.ts'

const BYTES_PER_PIXEL = 4

export class Canvas {
  readonly width: number
  readonly height: number
  readonly #bytes: Uint8Array
  readonly #words: Uint32Array
  /** What is newer in the bitmap than in the words: it is converted when somebody needs it, not for each frame. */
  readonly #behind = new Region()
  /** The last frame of an offscreen window, premultiplied BGRA: what the next one is compared with. */
  #bitmap: Uint32Array | undefined

  constructor(width: number, height: number) {
    this.width = width
    this.height = height
    this.#words = new Uint32Array(width * height)
    this.#bytes = new Uint8Array(this.#words.buffer)
  }

  get bounds(): Rect {
    return { x: 0, y: 0, width: this.width, height: this.height }
  }

  /** The whole picture, straight RGBA. */
  get bytes(): Uint8Array {
    this.#catchUp()
    return this.#bytes
  }

  /**
   * Writes rectangles as a packet has them to the start of `target`, which lies at a multiple of four. A bitmap's pixels
   * go there straight: to put them into the canvas first and copy them from there takes half as long again.
   */
  pack(rects: readonly Rect[], target: Uint8Array): void {
    if (!this.#bitmap || this.#behind.isEmpty) packRects(this.#bytes, this.width, rects, target)
    else {
      const words = new Uint32Array(target.buffer, target.byteOffset, totalArea(rects))
      packStraightRgba(canvasPlane(this.#bitmap, this.width), words, rects)
    }
  }

  /** Everything that is not clear: what a key frame has to carry. */
  painted(): Rect[] {
    this.#catchUp()
    return findPainted(this.#words, this.width, this.bounds)
  }

  /** The source's frames begin anew: nothing is known of the last one. */
  forgetBitmap(): void {
    this.#catchUp()
    this.#bitmap = undefined
  }

  /** Whether the frame has the canvas's size and says nothing impossible. */
  fits({ width, height, area, damage, pixels }: BitmapFrame): boolean {
    const bounds = this.bounds
    if (width !== this.width || height !== this.height) return false
    if (areaOf(area) === 0 || !containsRect(bounds, area)) return false
    if (areaOf(damage) > 0 && !containsRect(area, damage)) return false
    return pixels.length === areaOf(area) * BYTES_PER_PIXEL
  }

  /**
   * Takes a frame that fits. Answers what it changed, or null when it holds only a part although no whole frame came
   * before it.
   */
  takeBitmap(frame: BitmapFrame): Rect[] | null {
    const { area, damage } = frame
    const words = wordsOf(frame.pixels)
    const source = areaPlane(words, area)
    if (!this.#bitmap) {
      if (!containsRect(area, this.bounds)) return null
      this.#bitmap = words
      const fresh = new Uint32Array(words.length)
      toStraightRgba(source, fresh, this.width, this.bounds)
      const changed = this.#replaceAll(fresh)
      free(fresh)
      return changed
    }
    if (areaOf(damage) === 0) return []
    const changed = findDamageBetween(canvasPlane(this.#bitmap, this.width), source, damage)
    this.#behind.addAll(changed)
    if (containsRect(area, this.bounds)) {
      free(this.#bitmap)
      this.#bitmap = words
    } else {
      for (const rect of changed) copyRect(source, this.#bitmap, this.width, rect)
      free(words)
    }
    return changed
  }

  /** Takes a packet that `readPacket` found sound and that is for this canvas. Answers what it changed. */
  takePacket(header: PacketHeader, pixels: Uint8Array): readonly Rect[] {
    this.#catchUp()
    if (header.format === 'raw') return this.#unpack(header, pixels)
    const raw = new Uint8Array(header.pixelBytes)
    decompressLz4(pixels, raw)
    const changed = this.#unpack(header, raw)
    free(raw)
    return changed
  }

  #unpack({ key, rects }: PacketHeader, raw: Uint8Array): readonly Rect[] {
    if (!key) {
      unpackRects(raw, this.#bytes, this.width, rects)
      return rects
    }
    const fresh = new Uint32Array(this.#words.length)
    unpackRects(raw, new Uint8Array(fresh.buffer), this.width, rects)
    const changed = this.#replaceAll(fresh)
    free(fresh)
    return changed
  }

  #catchUp(): void {
    if (!this.#bitmap || this.#behind.isEmpty) return
    const source = canvasPlane(this.#bitmap, this.width)
    for (const rect of this.#behind.rects) toStraightRgba(source, this.#words, this.width, rect)
    this.#behind.clear()
  }

  /** A source that was started anew mostly paints what was there before: then nobody needs to be sent anything. */
  #replaceAll(fresh: Uint32Array): Rect[] {
    const changed = findDamage(this.#words, fresh, this.width, this.bounds)
    for (const rect of changed) copyRect(canvasPlane(fresh, this.width), this.#words, this.width, rect)
    return changed
  }
}

function copyRect({ pixels, stride, offset }: Plane, target: Uint32Array, width: number, rect: Rect): void {
  for (let y = rect.y; y < rect.y + rect.height; y++) {
    const start = offset + y * stride + rect.x
    target.set(pixels.subarray(start, start + rect.width), y * width + rect.x)
  }
}

/** A frame's memory goes back at once: 8 MB that wait for the collector make it run every few frames. */
function free({ buffer }: Uint32Array | Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}

/** The same memory as pixels; a copy where it does not lie at a multiple of four. */
function wordsOf(bytes: Uint8Array<ArrayBuffer>): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4)
}
