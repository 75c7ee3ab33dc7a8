/**
 * A set of pixels held as a few rectangles that do not overlap: what changed and has not been sent yet. It may cover more
 * than was added, never less, and never grows beyond its bound however much is added.
 */
import { areaOf, boundsOf, containsRect, intersectionOf, overlaps, type Rect, totalArea } from './rect.ts'

/** More rectangles than this cost a viewer more calls than the pixels they spare. */
export const MAX_RECTS = 16
/** Pixels that may be sent in vain to spare a rectangle: about what one more call to draw costs. */
const CHEAP_WASTE_PX = 2048
/** The same as a part of what is joined. */
const CHEAP_WASTE_SHARE = 1 / 8

export class Region {
  readonly #maxRects: number
  #rects: Rect[] = []

  constructor(maxRects: number = MAX_RECTS) {
    this.#maxRects = maxRects
  }

  get isEmpty(): boolean {
    return this.#rects.length === 0
  }

  /** None overlap; at most the bound. The array stays as it is when the region changes. */
  get rects(): readonly Rect[] {
    return this.#rects
  }

  /** An empty rectangle adds nothing. */
  add(rect: Rect): void {
    if (rect.width <= 0 || rect.height <= 0) return
    if (this.#rects.some((known) => containsRect(known, rect))) return
    const kept = this.#rects.filter((known) => !containsRect(rect, known))
    let fresh = [rect]
    for (const known of kept) fresh = fresh.flatMap((part) => without(part, known))
    this.#rects = mergeRects([...kept, ...fresh], this.#maxRects)
  }

  addAll(rects: readonly Rect[]): void {
    for (const rect of rects) this.add(rect)
  }

  clear(): void {
    this.#rects = []
  }
}

/**
 * Joins rectangles that do not overlap where that wastes little, and further until there are at most `maxRects`. What
 * comes out covers all that went in, and does not overlap either. For tens of rectangles, not for thousands.
 */
export function mergeRects(rects: readonly Rect[], maxRects: number): Rect[] {
  let merged = [...rects]
  for (;;) {
    const join = cheapestJoin(merged)
    if (!join || (merged.length <= maxRects && !isCheap(join.waste, join.area))) return merged
    merged = [...join.rest, join.bounds]
  }
}

/** Whether two that do not overlap, and have nothing between them, are better sent as one. */
export function isCheapToJoin(a: Rect, b: Rect): boolean {
  const area = areaOf(a) + areaOf(b)
  return isCheap(areaOf(boundsOf(a, b)) - area, area)
}

function isCheap(waste: number, area: number): boolean {
  return waste <= Math.max(CHEAP_WASTE_PX, area * CHEAP_WASTE_SHARE)
}

interface Join {
  bounds: Rect
  /** Those that it does not touch. */
  rest: Rect[]
  /** Of what it joins, px. */
  area: number
  /** What it covers on top, px. */
  waste: number
}

function cheapestJoin(rects: readonly Rect[]): Join | null {
  let best: Join | null = null
  for (const [index, a] of rects.entries()) {
    for (let other = index + 1; other < rects.length; other++) {
      const b = rects[other] as Rect
      const bounds = boundsOf(a, b)
      const join = joinAround(bounds, rects)
      if (!best || join.waste < best.waste) best = join
    }
  }
  return best
}

/** Takes in whatever it overlaps, so that nothing is covered twice. */
function joinAround(start: Rect, rects: readonly Rect[]): Join {
  let bounds = start
  let rest = [...rects]
  let area = 0
  for (;;) {
    const touched = rest.filter((rect) => overlaps(bounds, rect))
    if (touched.length === 0) return { bounds, rest, area, waste: areaOf(bounds) - area }
    rest = rest.filter((rect) => !overlaps(bounds, rect))
    area += totalArea(touched)
    bounds = touched.reduce(boundsOf, bounds)
  }
}

/** The parts of `rect` that `hole` does not cover: at most four. */
function without(rect: Rect, hole: Rect): Rect[] {
  const shared = intersectionOf(rect, hole)
  if (!shared) return [rect]
  const right = rect.x + rect.width
  const bottom = rect.y + rect.height
  const sharedRight = shared.x + shared.width
  const sharedBottom = shared.y + shared.height
  return [
    { x: rect.x, y: rect.y, width: rect.width, height: shared.y - rect.y },
    { x: rect.x, y: shared.y, width: shared.x - rect.x, height: shared.height },
    { x: sharedRight, y: shared.y, width: right - sharedRight, height: shared.height },
    { x: rect.x, y: sharedBottom, width: rect.width, height: bottom - sharedBottom },
  ].filter(({ width, height }) => width > 0 && height > 0)
}
