/**
 * From Electron's `paint` events to frames. Owns how the pixels are copied out, that the image is let go at once, and the
 * closing frame after an animation. Knows neither what is painted nor who gets it.
 */
import type { NativeImage, Rectangle, WebContentsPaintEventParams } from 'electron'
import type { Clock } from '../../base/clock.ts'
import { type Disposable, DisposableStore, MutableDisposable } from '../../base/lifecycle.ts'
import { intersectionOf, type Rect } from '../../base/pixels/rect.ts'
import type { BitmapFrame } from '../kernel/ports/frame-source.ts'
import type { OffscreenContents } from './offscreen-window.ts'

export interface PaintedFramesOptions {
  contents: OffscreenContents
  /** Of the canvas, px. Images of another size (a window that is still being resized) are passed over. */
  width: number
  height: number
  clock: Clock
  onFrame: (frame: BitmapFrame) => void
  /** An image could not be copied. */
  onFault: (error: unknown) => void
  /** An image was passed over for its size. */
  onOddSize: (size: { width: number; height: number }) => void
}

/** No animation leaves out this many frames in a row, even at 15 a second. */
const QUIET_MS = 120
const BYTES_PER_PIXEL = 4

/**
 * Hands on every painted frame until disposed: the first one whole, later ones as their dirty rectangle. When painting
 * has been quiet for a moment one whole frame more is forced, for the last frame of an animation can get lost between
 * the compositor and the capturer.
 */
export function passFrames(options: PaintedFramesOptions): Disposable {
  const { contents, width, height, clock, onFrame, onFault, onOddSize } = options
  const canvas: Rect = { x: 0, y: 0, width, height }
  const owned = new DisposableStore()
  const closing = owned.add(new MutableDisposable())
  let wholeSent = false
  let waitsForQuiet = false
  let lastPaintAt = 0
  let forcedAt = Number.NEGATIVE_INFINITY

  const onQuiet = () => {
    const leftMs = lastPaintAt + QUIET_MS - clock.monotonic()
    if (leftMs > 0) {
      closing.set(clock.setTimeout(onQuiet, leftMs))
      return
    }
    waitsForQuiet = false
    forcedAt = clock.monotonic()
    contents.invalidate()
  }

  /** A forced frame is whole and comes at once; it must not be followed by another one. */
  const awaitQuiet = (area: Rect) => {
    lastPaintAt = clock.monotonic()
    const isForced = lastPaintAt - forcedAt < QUIET_MS && area.width === width && area.height === height
    if (isForced || waitsForQuiet) return
    waitsForQuiet = true
    closing.set(clock.setTimeout(onQuiet, QUIET_MS))
  }

  const pass = (dirty: Rectangle, image: NativeImage) => {
    const size = image.getSize()
    if (size.width !== width || size.height !== height) {
      if (!image.isEmpty()) onOddSize(size)
      return
    }
    const area = wholeSent ? intersectionOf(dirty, canvas) : canvas
    if (area === null) return
    const pixels = copyOf(area === canvas ? image : image.crop(area), area)
    wholeSent = true
    awaitQuiet(area)
    onFrame({ pixels, width, height, area, damage: area, capturedAt: clock.now() })
  }

  const onPaint = ({ texture }: WebContentsPaintEventParams, dirty: Rectangle, image: NativeImage) => {
    try {
      pass(dirty, image)
    } catch (error) {
      onFault(error)
    } finally {
      // The capturer has ten of them and stops, silently, when all are held.
      texture?.release()
    }
  }

  contents.on('paint', onPaint)
  owned.defer(() => contents.off('paint', onPaint))
  return owned
}

/** `toBitmap` copies already; only a view into a larger buffer has to be copied again, to be transferable. */
function copyOf(image: NativeImage, { width, height }: Rect): Uint8Array<ArrayBuffer> {
  const bitmap = image.toBitmap()
  const expected = width * height * BYTES_PER_PIXEL
  if (bitmap.length !== expected) throw new Error(`a bitmap of ${bitmap.length} bytes came instead of ${expected}`)
  const { buffer } = bitmap
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === expected
  return isAlone ? new Uint8Array(buffer) : new Uint8Array(bitmap)
}
