/** How wide a text will be, asked of the browser's own canvas, in the faces the alert is drawn in. */

let canvas: CanvasRenderingContext2D | null = null

/** Width in px; 0 where there is no canvas, so that nothing is shrunk for want of a measure. */
export function measureText(text: string, font: string): number {
  canvas ??= document.createElement('canvas').getContext('2d')
  if (!canvas) return 0
  canvas.font = font
  return canvas.measureText(text).width
}
