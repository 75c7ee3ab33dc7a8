/** From images of the stage to straight RGBA, and to what changed since the last one. */
import { findDamage } from '../../base/pixels/damage.ts'
import type { Rect } from '../../base/pixels/rect.ts'
import type { ElementImage, ImageDrawingContext } from './html-in-canvas.ts'

export interface Change {
  /** Straight RGBA of the whole picture. */
  pixels: Uint8Array
  damage: Rect[]
}

export class ElementPixels {
  readonly #context: ImageDrawingContext
  readonly #whole: Rect
  #last: Uint32Array | undefined

  constructor(canvas: OffscreenCanvas) {
    // Read in software: a canvas on the graphics card would be copied out of it for every frame.
    const context = canvas.getContext('2d', { willReadFrequently: true })
    if (!context) throw new Error('this Chromium gives no canvas of the size of the output')
    this.#context = context as ImageDrawingContext
    this.#whole = { x: 0, y: 0, width: canvas.width, height: canvas.height }
  }

  next(image: ElementImage): Change {
    const { width, height } = this.#whole
    this.#context.clearRect(0, 0, width, height)
    this.#context.drawElementImage(image, 0, 0)
    image.close?.()
    const { buffer } = this.#context.getImageData(0, 0, width, height).data
    const pixels = new Uint32Array(buffer)
    const damage = this.#last ? findDamage(this.#last, pixels, width, this.#whole) : [this.#whole]
    this.#last = pixels
    return { pixels: new Uint8Array(buffer), damage }
  }
}
