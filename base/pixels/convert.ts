/**
 * From what a compositor gives (premultiplied BGRA) to what `putImageData` takes (straight RGBA). Little-endian, as every
 * machine that Chromium runs on.
 */
import type { Plane } from './damage.ts'
import type { Rect } from './rect.ts'

/** `round(colour * 255 / alpha)` at `alpha << 8 | colour`; made when it is first needed. */
let straightened: Uint8Array | undefined

/**
 * Converts the pixels of `rect` from `source` into the same place of `target`, a canvas `width` pixels wide. Rounded to
 * the nearest; alpha 0 gives 0, 0, 0, 0. A colour above its alpha, which is no colour, gives 255.
 */
export function toStraightRgba(source: Plane, target: Uint32Array, width: number, rect: Rect): void {
  straightened ??= makeTable()
  for (let y = rect.y; y < rect.y + rect.height; y++) {
    const start = source.offset + y * source.stride + rect.x
    convertRun(source.pixels.subarray(start, start + rect.width), target, y * width + rect.x, straightened)
  }
}

function convertRun(source: Uint32Array, target: Uint32Array, start: number, table: Uint8Array): void {
  // Neighbours are often equal: flat areas and clear ones cost one comparison a pixel.
  let last = 0
  let converted = 0
  for (let at = 0; at < source.length; at++) {
    const pixel = source[at] as number
    if (pixel !== last) {
      last = pixel
      converted = convertPixel(pixel, table)
    }
    target[start + at] = converted
  }
}

function convertPixel(pixel: number, table: Uint8Array): number {
  const alpha = pixel >>> 24
  if (alpha === 0) return 0
  const red = (pixel >>> 16) & 255
  const green = (pixel >>> 8) & 255
  const blue = pixel & 255
  if (alpha === 255) return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0
  const row = alpha << 8
  return (
    ((alpha << 24) |
      ((table[row | blue] as number) << 16) |
      ((table[row | green] as number) << 8) |
      (table[row | red] as number)) >>>
    0
  )
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
