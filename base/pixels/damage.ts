/**
 * What is really different between two frames, as a few rectangles. Compositors tell where they *may* have painted; this
 * looks at the pixels. Knows no pixel format: a pixel is 32 bits. Runs in Chromium and in Node.
 */
import { boundsOf, type Rect } from './rect.ts'
import { isCheapToJoin, MAX_RECTS, mergeRects } from './region.ts'

/** Side of the tiles that are compared and trimmed each by itself, px. */
const TILE_PX = 64
/** Joining takes time in the cube of the number: beyond this a band becomes one rectangle first. */
const MAX_TO_MERGE = 24

/** Pixels of which row `y` begins at `offset + y * stride`: a canvas, or an area cut out of one. */
export interface Plane {
  pixels: Uint32Array
  stride: number
  offset: number
}

export function canvasPlane(pixels: Uint32Array, width: number): Plane {
  return { pixels, stride: width, offset: 0 }
}

/** Pixels of `area` alone, addressed by their place in the canvas. */
export function areaPlane(pixels: Uint32Array, area: Rect): Plane {
  return { pixels, stride: area.width, offset: -(area.y * area.width + area.x) }
}

/**
 * Rectangles, none overlapping and at most 16, that cover every pixel within `bounds` in which the two frames differ. Their
 * edges are trimmed to such pixels where that is not undone by joining neighbours. Both frames are `width` pixels wide,
 * rows without padding; `bounds` must lie inside them.
 */
export function findDamage(before: Uint32Array, after: Uint32Array, width: number, bounds: Rect): Rect[] {
  return findDamageBetween(canvasPlane(before, width), canvasPlane(after, width), bounds)
}

/** As `findDamage`, where not clear is what counts. */
export function findPainted(pixels: Uint32Array, width: number, bounds: Rect): Rect[] {
  const clearRow = { pixels: new Uint32Array(bounds.x + bounds.width), stride: 0, offset: 0 }
  return findDamageBetween(clearRow, canvasPlane(pixels, width), bounds)
}

/** As `findDamage`, for planes that both hold all of `bounds`. */
export function findDamageBetween(before: Plane, after: Plane, bounds: Rect): Rect[] {
  const bands: Rect[][] = []
  const bottom = bounds.y + bounds.height
  for (let y = bounds.y; y < bottom; y += TILE_PX) {
    const band = damageOfBand(before, after, { ...bounds, y, height: Math.min(TILE_PX, bottom - y) })
    if (band.length > 0) bands.push(band)
  }
  const stacked = stack(bands)
  if (stacked.length <= MAX_TO_MERGE) return mergeRects(stacked, MAX_RECTS)
  return mergeRects(stack(bands.map((band) => [band.reduce(boundsOf)])), MAX_RECTS)
}

/** The changed tiles of a row of tiles, trimmed, neighbours joined; from left to right. */
function damageOfBand(before: Plane, after: Plane, band: Rect): Rect[] {
  const found: Rect[] = []
  const right = band.x + band.width
  const bottom = band.y + band.height
  const firstRow = firstDifferentRow(before, after, band)
  if (firstRow === -1) return found
  for (let x = band.x; x < right; x += TILE_PX) {
    const tileWidth = Math.min(TILE_PX, right - x)
    const tile = trim(before, after, { x, y: firstRow, width: tileWidth, height: bottom - firstRow })
    if (!tile) continue
    const last = found.at(-1)
    if (last && isCheapToJoin(last, tile)) found[found.length - 1] = boundsOf(last, tile)
    else found.push(tile)
  }
  return found
}

/** -1 when all rows are equal, which is the usual answer and so the fast way. */
function firstDifferentRow(before: Plane, after: Plane, band: Rect): number {
  for (let y = band.y; y < band.y + band.height; y++) {
    if (firstDifference(before, after, band.x, y, band.width) !== -1) return y
  }
  return -1
}

/** The rectangle around the different pixels of a tile; null when there are none. */
function trim(before: Plane, after: Plane, tile: Rect): Rect | null {
  let left = tile.width
  let right = -1
  let top = -1
  let bottom = -1
  for (let y = tile.y; y < tile.y + tile.height; y++) {
    const first = firstDifference(before, after, tile.x, y, tile.width)
    if (first === -1) continue
    if (top === -1) top = y
    bottom = y
    left = Math.min(left, first)
    right = Math.max(right, lastDifference(before, after, tile.x, y, first, tile.width))
  }
  if (top === -1) return null
  return { x: tile.x + left, y: top, width: right - left + 1, height: bottom - top + 1 }
}

/** How far from `x` the first pixel is that differs, -1 for none. Eight at a time: as fast as memory is read. */
function firstDifference(before: Plane, after: Plane, x: number, y: number, length: number): number {
  const a = before.pixels
  const b = after.pixels
  const aStart = before.offset + y * before.stride + x
  const bStart = after.offset + y * after.stride + x
  let at = 0
  for (const unrolledEnd = length - 7; at < unrolledEnd; at += 8) {
    const i = aStart + at
    const j = bStart + at
    const differs =
      (get(a, i) ^ get(b, j)) |
      (get(a, i + 1) ^ get(b, j + 1)) |
      (get(a, i + 2) ^ get(b, j + 2)) |
      (get(a, i + 3) ^ get(b, j + 3)) |
      (get(a, i + 4) ^ get(b, j + 4)) |
      (get(a, i + 5) ^ get(b, j + 5)) |
      (get(a, i + 6) ^ get(b, j + 6)) |
      (get(a, i + 7) ^ get(b, j + 7))
    if (differs !== 0) break
  }
  for (; at < length; at++) {
    if (a[aStart + at] !== b[bStart + at]) return at
  }
  return -1
}

/** The same for the last one; the one at `first` is known to differ. */
function lastDifference(before: Plane, after: Plane, x: number, y: number, first: number, length: number): number {
  const aStart = before.offset + y * before.stride + x
  const bStart = after.offset + y * after.stride + x
  let at = length - 1
  while (at > first && before.pixels[aStart + at] === after.pixels[bStart + at]) at--
  return at
}

/** An index known to be inside. */
function get(pixels: Uint32Array, index: number): number {
  return pixels[index] as number
}

/** Joins rectangles of one band with those of the band above where they go on below. */
function stack(bands: readonly Rect[][]): Rect[] {
  const done: Rect[] = []
  let open: Rect[] = []
  for (const band of bands) {
    const next: Rect[] = []
    for (const rect of band) {
      const above = open.findIndex((candidate) => goesOn(candidate, rect))
      const upper = above === -1 ? undefined : open.splice(above, 1)[0]
      next.push(upper ? boundsOf(upper, rect) : rect)
    }
    done.push(...open)
    open = next
  }
  return [...done, ...open]
}

/** Same columns, next row: joined they cover not a pixel more, so they can overlap no third one. */
function goesOn(upper: Rect, lower: Rect): boolean {
  return upper.x === lower.x && upper.width === lower.width && upper.y + upper.height === lower.y
}
