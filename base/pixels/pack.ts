/** Moves the pixels of rectangles between a canvas and the packed bytes of a packet: rectangle after rectangle, row after row. */
import { areaOf, type Rect } from './rect.ts'

const BYTES_PER_PIXEL = 4

/** Copies rectangles of `canvas`, which is `width` pixels wide, to the start of `packed`. Answers the bytes written. */
export function packRects(canvas: Uint8Array, width: number, rects: readonly Rect[], packed: Uint8Array): number {
  let at = 0
  for (const rect of rects) {
    forEachRun(width, rect, (start, bytes) => {
      packed.set(canvas.subarray(start, start + bytes), at)
      at += bytes
    })
  }
  return at
}

/** The way back. `packed` must hold as many bytes as the rectangles have. */
export function unpackRects(packed: Uint8Array, canvas: Uint8Array, width: number, rects: readonly Rect[]): void {
  let at = 0
  for (const rect of rects) {
    forEachRun(width, rect, (start, bytes) => {
      canvas.set(packed.subarray(at, at + bytes), start)
      at += bytes
    })
  }
}

/** Runs of bytes that are neighbours in the canvas: a row each, or all at once where the rectangle is as wide as it. */
function forEachRun(width: number, rect: Rect, copy: (start: number, bytes: number) => void): void {
  const start = (rect.y * width + rect.x) * BYTES_PER_PIXEL
  if (rect.width === width) {
    copy(start, areaOf(rect) * BYTES_PER_PIXEL)
    return
  }
  for (let row = 0; row < rect.height; row++) {
    copy(start + row * width * BYTES_PER_PIXEL, rect.width * BYTES_PER_PIXEL)
  }
}
