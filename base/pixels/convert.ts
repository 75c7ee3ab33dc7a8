/**
 * From what a compositor gives (premultiplied BGRA) to what `putImageData` takes (straight RGBA). Little-endian, as every
 * machine that Chromium runs on.
 */
import type { Plane } from './damage.ts'
import type { Rect } from './rect.ts'

const OPAQUE = 255

/** `round(colour * 255 / alpha)` at `alpha << 8 | colour`; made when it is first needed. */
let straightened: Uint8Array | undefined

/**
 * Converts the pixels of `rect` from `source` into the same place of `target`, a canvas `width` pixels wide. Rounded to
 * the nearest; alpha 0 gives 0, 0, 0, 0. A colour above its alpha, which is no colour, gives 255.
 */
export function toStraightRgba(source: Plane, target: Uint32Array, width: number, rect: Rect): void {
  straightened ??= makeTable()
  // Signed: a pixel above 2^31 would be a floating-point number in between.
  const from = signed(source.pixels)
  const to = signed(target)
  for (let y = rect.y; y < rect.y + rect.height; y++) {
    const start = source.offset + y * source.stride + rect.x
    convertRun(from, start, rect.width, to, y * width + rect.x, straightened)
  }
}

/** The same, to where a packet has its pixels: rectangle after rectangle, row after row, from the start of `target`. */
export function packStraightRgba(source: Plane, target: Uint32Array, rects: readonly Rect[]): void {
  straightened ??= makeTable()
  const from = signed(source.pixels)
  const to = signed(target)
  let at = 0
  for (const { x, y, width, height } of rects) {
    for (let row = y; row < y + height; row++) {
      convertRun(from, source.offset + row * source.stride + x, width, to, at, straightened)
      at += width
    }
  }
}

function signed({ buffer, byteOffset, length }: Uint32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length)
}

/** Four at a time where all are opaque, or all clear: that is most of any overlay, and takes half as long. */
function convertRun(
  source: Int32Array,
  sourceStart: number,
  length: number,
  target: Int32Array,
  targetStart: number,
  table: Uint8Array,
): void {
  let at = 0
  for (const unrolledEnd = length - 3; at < unrolledEnd; at += 4) {
    const from = sourceStart + at
    const to = targetStart + at
    const a = source[from] as number
    const b = source[from + 1] as number
    const c = source[from + 2] as number
    const d = source[from + 3] as number
    if ((a & b & c & d) >>> 24 === OPAQUE) {
      target[to] = swapRedAndBlue(a)
      target[to + 1] = swapRedAndBlue(b)
      target[to + 2] = swapRedAndBlue(c)
      target[to + 3] = swapRedAndBlue(d)
    } else if ((a | b | c | d) === 0) {
      target[to] = 0
      target[to + 1] = 0
      target[to + 2] = 0
      target[to + 3] = 0
    } else {
      for (let offset = 0; offset < 4; offset++) convertOne(source, from + offset, target, to + offset, table)
    }
  }
  for (; at < length; at++) convertOne(source, sourceStart + at, target, targetStart + at, table)
}

function convertOne(source: Int32Array, from: number, target: Int32Array, to: number, table: Uint8Array): void {
  const pixel = source[from] as number
  const alpha = pixel >>> 24
  if (alpha === OPAQUE) target[to] = swapRedAndBlue(pixel)
  else target[to] = alpha === 0 ? 0 : convertTranslucent(pixel, alpha, table)
}

/** Turns the pixel by two bytes, which puts red and blue in their places, and keeps alpha and green. */
function swapRedAndBlue(pixel: number): number {
  return (pixel & 0xff00ff00) | (((pixel << 16) | (pixel >>> 16)) & 0x00ff00ff)
}

function convertTranslucent(pixel: number, alpha: number, table: Uint8Array): number {
  const row = alpha << 8
  const red = table[row | ((pixel >>> 16) & 255)] as number
  const green = table[row | ((pixel >>> 8) & 255)] as number
  const blue = table[row | (pixel & 255)] as number
  return (alpha << 24) | (blue << 16) | (green << 8) | red
}

function makeTable(): Uint8Array {
  const table = new Uint8Array(256 * 256)
  for (let alpha = 1; alpha < 256; alpha++) {
    for (let colour = 0; colour < 256; colour++) {
      table[(alpha << 8) | colour] = Math.min(255, Math.round((colour * 255) / alpha))
    }
  }
  return table
}
