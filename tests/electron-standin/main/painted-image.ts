/** The `NativeImage` of a `paint` event: pixels, whole or cut, handed out as copies. */
import type { NativeImage, Rectangle, Size } from 'electron'
import type { Bitmap } from './png.ts'

type ImageSurface = Pick<NativeImage, 'isEmpty' | 'getSize' | 'crop' | 'toBitmap'>

export class PaintedImage implements ImageSurface {
  readonly #bitmap: Bitmap
  readonly #area: Rectangle
  /** As in Electron a part keeps the whole alive. */
  readonly whole: PaintedImage | undefined

  constructor(bitmap: Bitmap, area?: Rectangle, whole?: PaintedImage) {
    this.#bitmap = bitmap
    this.#area = area ?? { x: 0, y: 0, width: bitmap.width, height: bitmap.height }
    this.whole = whole
  }

  /** For places typed by Electron's own class, of which this is a part. */
  get asImage(): NativeImage {
    return this as unknown as NativeImage
  }

  isEmpty(): boolean {
    return this.#area.width === 0 || this.#area.height === 0
  }

  getSize(): Size {
    return { width: this.#area.width, height: this.#area.height }
  }

  crop({ x, y, width, height }: Rectangle): NativeImage {
    const area = { x: this.#area.x + x, y: this.#area.y + y, width, height }
    return new PaintedImage(this.#bitmap, area, this.whole ?? this).asImage
  }

  /** Premultiplied B G R A. */
  toBitmap(): Buffer {
    const { x, y, width, height } = this.#area
    const rowBytes = width * 4
    const copy = new Uint8Array(rowBytes * height)
    for (let row = 0; row < height; row++) {
      const from = ((y + row) * this.#bitmap.width + x) * 4
      copy.set(this.#bitmap.pixels.subarray(from, from + rowBytes), row * rowBytes)
    }
    return Buffer.from(copy.buffer)
  }
}
