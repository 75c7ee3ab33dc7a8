/**
 * Frames of an offscreen window on their way to the picture server's thread: a few at a time, so that a thread that is
 * behind is not buried. A frame that a newer one covers is dropped; its damage is kept.
 */
import { areaOf, boundsOf, containsRect } from '../../../../base/pixels/rect.ts'
import type { BitmapFrame } from '../../../kernel/ports/frame-source.ts'

/** One is worked on while the next arrives. */
const MAX_IN_FLIGHT = 2
/** Waiting frames may hold as many pixels as so many whole canvases; small canvases may wait longer. */
const MAX_WAITING_CANVASES = 3
const SMALL_PX = 2 ** 20
/** Two seconds of 60 a second. */
const MAX_WAITING_FRAMES = 120

export class FrameQueue {
  readonly #send: (frame: BitmapFrame) => void
  #waiting: BitmapFrame[] = []
  #inFlight = 0

  constructor(send: (frame: BitmapFrame) => void) {
    this.#send = send
  }

  /** False when there is too much: all that waits is dropped, and the source has to begin anew. */
  push(frame: BitmapFrame): boolean {
    if (this.#inFlight < MAX_IN_FLIGHT) {
      this.#inFlight += 1
      this.#send(frame)
      return true
    }
    // What a newer frame shows as well needs no older one; only that it changed must not be forgotten.
    const covered = this.#waiting.filter((older) => isCovered(older, frame))
    this.#waiting = this.#waiting.filter((older) => !isCovered(older, frame))
    this.#waiting.push({ ...frame, damage: covered.reduce((sum, older) => join(sum, older.damage), frame.damage) })
    if (!this.#isTooMuch(frame)) return true
    this.#waiting = []
    return false
  }

  /** One has been worked off. */
  taken(): void {
    const next = this.#waiting.shift()
    if (next) this.#send(next)
    else this.#inFlight = Math.max(0, this.#inFlight - 1)
  }

  #isTooMuch({ width, height }: BitmapFrame): boolean {
    const pixels = this.#waiting.reduce((sum, { area }) => sum + areaOf(area), 0)
    return (
      this.#waiting.length > MAX_WAITING_FRAMES || pixels > Math.max(SMALL_PX, MAX_WAITING_CANVASES * width * height)
    )
  }
}

/** The first whole frame of a source stays: the thread compares with it. */
function isCovered(older: BitmapFrame, newer: BitmapFrame): boolean {
  return containsRect(newer.area, older.damage) && (isWhole(newer) || !isWhole(older))
}

function isWhole({ area, width, height }: BitmapFrame): boolean {
  return areaOf(area) === width * height
}

function join(a: BitmapFrame['damage'], b: BitmapFrame['damage']): BitmapFrame['damage'] {
  if (areaOf(a) === 0) return b
  return areaOf(b) === 0 ? a : boundsOf(a, b)
}
