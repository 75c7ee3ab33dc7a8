/**
 * The arithmetic of the sketch: what becomes of a layer's rectangle when it is dragged, resized or nudged, and which
 * layer a pointer means. Pure; all lengths are px of the output's canvas, rounded to whole ones.
 */
import type { Rect } from '../../../base/pixels/rect.ts'

export interface Point {
  x: number
  y: number
}

interface Size {
  width: number
  height: number
}

/** Which edges are held, on each axis: -1 the left or upper one, 1 the right or lower one, 0 none. All none: it moves. */
export interface Grip {
  x: -1 | 0 | 1
  y: -1 | 0 | 1
}

export const MOVE: Grip = { x: 0, y: 0 }

/** The corner that the keyboard resizes by. */
export const LAST_CORNER: Grip = { x: 1, y: 1 }

export const GRIPS: readonly Grip[] = [
  { x: -1, y: -1 },
  { x: 0, y: -1 },
  { x: 1, y: -1 },
  { x: 1, y: 0 },
  LAST_CORNER,
  { x: 0, y: 1 },
  { x: -1, y: 1 },
  { x: -1, y: 0 },
]

/** As far as the contract lets a layer reach, and as small as it may be. */
export const MAX_SIDE_PX = 7680
const MIN_SIDE_PX = 1

export interface DragOptions {
  canvas: Size
  /** Edges and middles closer than this to the canvas's own stick to them; 0 for none. */
  snapPx: number
  /** Corners keep the proportions. */
  keepShape: boolean
}

/** `start` after a pointer that held it by `grip` has gone `by`. */
export function dragged(start: Rect, grip: Grip, by: Point, { canvas, snapPx, keepShape }: DragOptions): Rect {
  if (grip.x === 0 && grip.y === 0) {
    return {
      ...start,
      x: place(start.x + by.x + snapOfSpan(start.x + by.x, start.width, canvas.width, snapPx)),
      y: place(start.y + by.y + snapOfSpan(start.y + by.y, start.height, canvas.height, snapPx)),
    }
  }
  const snap = keepShape && grip.x !== 0 && grip.y !== 0 ? 0 : snapPx
  const across = stretched(start.x, start.width, grip.x, by.x, canvas.width, snap)
  const down = stretched(start.y, start.height, grip.y, by.y, canvas.height, snap)
  const free = { x: across.at, y: down.at, width: across.length, height: down.length }
  return keepShape && grip.x !== 0 && grip.y !== 0 ? inShape(start, free, grip) : free
}

/** One axis with one of its ends moved; the other stays where it was. */
function stretched(
  at: number,
  length: number,
  end: Grip['x'],
  by: number,
  canvas: number,
  snapPx: number,
): { at: number; length: number } {
  if (end === 0) return { at, length }
  if (end === 1) {
    const far = at + length + by
    return { at, length: side(far + snapOfPoint(far, canvas, snapPx) - at) }
  }
  const near = at + by
  const kept = side(at + length - (near + snapOfPoint(near, canvas, snapPx)))
  return { at: at + length - kept, length: kept }
}

/** The larger of both changes decides; the corner across stays where it was. */
function inShape(start: Rect, free: Rect, grip: Grip): Rect {
  const scale = Math.max(free.width / start.width, free.height / start.height)
  const width = side(start.width * scale)
  const height = side(start.height * scale)
  return {
    x: grip.x === -1 ? start.x + start.width - width : start.x,
    y: grip.y === -1 ? start.y + start.height - height : start.y,
    width,
    height,
  }
}

/** What is missing until one of both ends or the middle lies on the canvas's; 0 where all are too far. */
function snapOfSpan(at: number, length: number, canvas: number, within: number): number {
  return nearest([-at, canvas - (at + length), canvas / 2 - (at + length / 2)], within)
}

function snapOfPoint(at: number, canvas: number, within: number): number {
  return nearest([-at, canvas - at, canvas / 2 - at], within)
}

function nearest(distances: readonly number[], within: number): number {
  const best = distances.reduce((least, one) => (Math.abs(one) < Math.abs(least) ? one : least))
  return Math.abs(best) <= within ? best : 0
}

function place(value: number): number {
  return Math.round(Math.min(MAX_SIDE_PX, Math.max(-MAX_SIDE_PX, value)))
}

function side(value: number): number {
  return Math.round(Math.min(MAX_SIDE_PX, Math.max(MIN_SIDE_PX, value)))
}

const directions: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
}

/** `rect` after an arrow key, or null for any other key. */
export function nudged(rect: Rect, grip: Grip, key: string, stepPx: number): Rect | null {
  const direction = directions[key]
  if (!direction) return null
  const by = { x: direction.x * stepPx, y: direction.y * stepPx }
  return dragged(rect, grip, by, { canvas: { width: 0, height: 0 }, snapPx: 0, keepShape: false })
}

interface Pickable {
  id: string
  visible: boolean
  rect: Rect
}

/**
 * The layer to drag from here: the chosen one where the point is in it, else the uppermost that is shown; null on bare
 * canvas. `layers` from the bottom up.
 */
export function held<T extends Pickable>(layers: readonly T[], point: Point, chosen: string | null): T | null {
  const under = layers.filter(({ rect }) => contains(rect, point))
  return under.find(({ id }) => id === chosen) ?? under.findLast(({ visible }) => visible) ?? null
}

/** The layer to choose by a click: the uppermost shown one, or, where it is chosen already, the next one under it. */
export function clicked<T extends Pickable>(layers: readonly T[], point: Point, chosen: string | null): T | null {
  const under = layers.filter(({ rect, visible }) => visible && contains(rect, point)).reverse()
  const at = under.findIndex(({ id }) => id === chosen)
  return under[(at + 1) % under.length] ?? null
}

function contains({ x, y, width, height }: Rect, point: Point): boolean {
  return point.x >= x && point.y >= y && point.x < x + width && point.y < y + height
}
