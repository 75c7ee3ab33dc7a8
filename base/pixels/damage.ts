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

/**
 * Rectangles, none overlapping and at most 16, that cover every pixel within `bounds` in which the two frames differ. Their
 * edges are trimmed to such pixels where that is not undone by joining neighbours. Both frames are `width` pixels wide,
 * rows without padding; `bounds` must lie inside them.
 */
export function findDamage(before: Uint32Array, after: Uint32Array, width: number, bounds: Rect): Rect[] {
  const bands: Rect[][] = []
  const bottom = bounds.y + bounds.height
  for (let y = bounds.y; y < bottom; y += TILE_PX) {
    const band = damageOfBand(before, after, width, { ...bounds, y, height: Math.min(TILE_PX, bottom - y) })
    if (band.length > 0) bands.push(band)
  }
  const stacked = stack(bands)
  if (stacked.length <= MAX_TO_MERGE) return mergeRects(stacked, MAX_RECTS)
  return mergeRects(stack(bands.map((band) => [band.reduce(boundsOf)])), MAX_RECTS)
}

/** The changed tiles of a row of tiles, trimmed, neighbours joined; from left to right. */
function damageOfBand(before: Uint32Array, after: Uint32Array, width: number, band: Rect): Rect[] {
  const found: Rect[] = []
  const right = band.x + band.width
  const bottom = band.y + band.height
  const firstRow = firstDifferentRow(before, after, width, band)
  if (firstRow === -1) return found
  for (let x = band.x; x < right; x += TILE_PX) {
    const tileWidth = Math.min(TILE_PX, right - x)
    const tile = trim(before, after, width, { x, y: firstRow, width: tileWidth, height: bottom - firstRow })
    if (!tile) continue
    const last = found.at(-1)
    if (last && isCheapToJoin(last, tile)) found[found.length - 1] = boundsOf(last, tile)
    else found.push(tile)
  }
  return found
}

/** -1 when all rows are equal, which is the usual answer and so the fast way. */
function firstDifferentRow(before: Uint32Array, after: Uint32Array, width: number, band: Rect): number {
  for (let y = band.y; y < band.y + band.height; y++) {
    const start = y * width + band.x
    if (firstDifference(before, after, start, start + band.width) !== -1) return y
  }
  return -1
}

/** The rectangle around the different pixels of a tile; null when there are none. */
function trim(before: Uint32Array, after: Uint32Array, width: number, tile: Rect): Rect | null {
  let left = tile.width
  let right = -1
  let top = -1
  let bottom = -1
  for (let y = tile.y; y < tile.y + tile.height; y++) {
    const start = y * width + tile.x
    const first = firstDifference(before, after, start, start + tile.width)
    if (first === -1) continue
    if (top === -1) top = y
    bottom = y
    left = Math.min(left, first - start)
    right = Math.max(right, lastDifference(before, after, first, start + tile.width) - start)
  }
  if (top === -1) return null
  return { x: tile.x + left, y: top, width: right - left + 1, height: bottom - top + 1 }
}

/** Index of the first pixel that differs, -1 for none. Eight at a time: as fast as memory is read. */
function firstDifference(before: Uint32Array, after: Uint32Array, start: number, end: number): number {
  let at = start
  for (const unrolledEnd = end - 7; at < unrolledEnd; at += 8) {
    const differs =
      (get(before, at) ^ get(after, at)) |
      (get(before, at + 1) ^ get(after, at + 1)) |
      (get(before, at + 2) ^ get(after, at + 2)) |
      (get(before, at + 3) ^ get(after, at + 3)) |
      (get(before, at + 4) ^ get(after, at + 4)) |
      (get(before, at + 5) ^ get(after, at + 5)) |
      (get(before, at + 6) ^ get(after, at + 6)) |
      (get(before, at + 7) ^ get(after, at + 7))
    if (differs !== 0) break
  }
  for (; at < end; at++) {
    if (before[at] !== after[at]) return at
  }
  return -1
}

/** Index of the last pixel that differs; `first` is known to. */
function lastDifference(before: Uint32Array, after: Uint32Array, first: number, end: number): number {
  let at = end - 1
  while (at > first && before[at] === after[at]) at--
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
