/** A canvas to paint on in tests, and what was painted. */
import type { Rect } from '../../../../../base/pixels/rect.ts'
import type { BitmapFrame } from '../../../../kernel/ports/frame-source.ts'
import type { TestCanvas } from './test-source.ts'

export class Painting implements TestCanvas {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array

  constructor(width: number, height: number) {
    this.width = width
    this.height = height
    this.pixels = new Uint8Array(width * height * 4)
  }

  /** Fills a rectangle with something that differs for each `seed`, transparent pixels among it. Answers the rectangle. */
  paint(rect: Rect, seed: number): Rect {
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      for (let x = rect.x; x < rect.x + rect.width; x++) {
        const alpha = (x + y + seed) % 5 === 0 ? 0 : 255
        const colour = alpha === 0 ? [0, 0, 0] : [seed, x * 3, y * 5 + seed]
        this.pixels.set([...colour, alpha], (y * this.width + x) * 4)
      }
    }
    return rect
  }

  /** As an offscreen window would give it: premultiplied BGRA, of `area` alone. All its pixels are opaque or clear. */
  bitmap(damage: Rect, area: Rect = { x: 0, y: 0, width: this.width, height: this.height }): BitmapFrame {
    const pixels = new Uint8Array(area.width * area.height * 4)
    for (let y = 0; y < area.height; y++) {
      for (let x = 0; x < area.width; x++) {
        const from = ((area.y + y) * this.width + area.x + x) * 4
        const [red = 0, green = 0, blue = 0, alpha = 0] = this.pixels.subarray(from, from + 4)
        pixels.set([blue, green, red, alpha], (y * area.width + x) * 4)
      }
    }
    return { pixels, width: this.width, height: this.height, area, damage, capturedAt: Date.now() }
  }
}
