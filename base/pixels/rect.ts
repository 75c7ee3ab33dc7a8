/** Rectangles of whole pixels and their arithmetic. Knows no pixels. */

/** A rectangle of whole pixels. `x` and `y` are its upper left corner. */
export interface Rect {
  x: number
  y: number
  width: number
  height: number
}

/** In px². */
export function areaOf(rect: Rect): number {
  return rect.width * rect.height
}

export function totalArea(rects: readonly Rect[]): number {
  return rects.reduce((sum, rect) => sum + areaOf(rect), 0)
}

/** What both cover; null when they share no pixel. */
export function intersectionOf(a: Rect, b: Rect): Rect | null {
  const x = Math.max(a.x, b.x)
  const y = Math.max(a.y, b.y)
  const width = Math.min(a.x + a.width, b.x + b.width) - x
  const height = Math.min(a.y + a.height, b.y + b.height) - y
  return width > 0 && height > 0 ? { x, y, width, height } : null
}

export function overlaps(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

export function containsRect(outer: Rect, inner: Rect): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  )
}

/** The smallest rectangle around both. */
export function boundsOf(a: Rect, b: Rect): Rect {
  const x = Math.min(a.x, b.x)
  const y = Math.min(a.y, b.y)
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  }
}
