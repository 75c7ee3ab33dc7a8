/**
 * From the PNGs of a screencast to straight RGBA, and to what changed since the last one.
 *
 * The colours in a screencast of a transparent page are already multiplied by alpha, once more than its PNG says; so its
 * translucent colours are coarse (alpha and opaque colours are exact). A screenshot is right to 1/255 and slow: one is
 * taken whenever the page stands still.
 */
import { toStraightRgba } from '../../base/pixels/convert.ts'
import { canvasPlane, findDamage } from '../../base/pixels/damage.ts'
import type { Rect } from '../../base/pixels/rect.ts'
import type { Change } from './element-pixels.ts'

export class ScreencastPixels {
  readonly #whole: Rect
  /** As the screencast gave it: premultiplied BGRA. */
  #cast: Uint32Array<ArrayBuffer> | undefined
  /** Straight RGBA. */
  readonly #picture: Uint32Array<ArrayBuffer>
  /** The cast before the last one, to be written over: no frame costs a new buffer. */
  #spare: Uint32Array<ArrayBuffer> | undefined
  readonly #bytes: Uint8Array

  constructor(width: number, height: number) {
    this.#whole = { x: 0, y: 0, width, height }
    this.#picture = new Uint32Array(width * height)
    this.#bytes = new Uint8Array(this.#picture.buffer)
  }

  /** Null for a frame of another size: the screencast had not heard of the page's size yet. */
  async cast(png: string): Promise<Change | null> {
    const { width } = this.#whole
    const next = this.#spare ?? new Uint32Array(this.#picture.length)
    if (!(await this.#decode(png, 'BGRA', next))) return null
    const damage = this.#cast ? findDamage(this.#cast, next, width, this.#whole) : [this.#whole]
    this.#spare = this.#cast
    this.#cast = next
    for (const rect of damage) toStraightRgba(canvasPlane(next, width), this.#picture, width, rect)
    return { pixels: this.#bytes, damage }
  }

  /** A screenshot that is as new as the last cast. */
  async shot(png: string): Promise<Change | null> {
    const { width } = this.#whole
    const exact = new Uint32Array(this.#picture.length)
    if (!(await this.#decode(png, 'RGBA', exact))) return null
    const damage = findDamage(this.#picture, exact, width, this.#whole)
    this.#picture.set(exact)
    return { pixels: this.#bytes, damage }
  }

  /** Answers false when the image has another size. The values are those of the file: nothing is multiplied. */
  async #decode(png: string, format: 'BGRA' | 'RGBA', target: Uint32Array<ArrayBuffer>): Promise<boolean> {
    const options = { premultiplyAlpha: 'none', colorSpaceConversion: 'none' } as const
    const decoder = new ImageDecoder({ type: 'image/png', data: bytesOf(png), ...options })
    try {
      const { image } = await decoder.decode()
      try {
        const { width, height } = this.#whole
        if (image.codedWidth !== width || image.codedHeight !== height) return false
        await image.copyTo(target, { format })
        return true
      } finally {
        image.close()
      }
    } finally {
      decoder.close()
    }
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const modern = Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> }
  return modern.fromBase64 ? modern.fromBase64(base64) : Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
}
