/** The part of Chromium's HTML-in-canvas that we use; TypeScript does not know it yet. */

/** A picture of an element as it was; may be handed to a worker. */
export interface ElementImage {
  close?(): void
}

export interface PaintableCanvas extends HTMLCanvasElement {
  /** Called in the frame in which a child was painted differently, and after `requestPaint`. */
  onpaint: (() => void) | null
  requestPaint(): void
  /** Of a child; costs nothing until somebody draws it. */
  captureElementImage(element: Element): ElementImage
}

export type ImageDrawingContext = OffscreenCanvasRenderingContext2D & {
  drawElementImage(image: ElementImage, x: number, y: number): void
}

/** Null where this Chromium can't. */
export function createPaintableCanvas(width: number, height: number): PaintableCanvas | null {
  const canvas = document.createElement('canvas')
  if (!('captureElementImage' in canvas && 'requestPaint' in canvas)) return null
  if (!('drawElementImage' in OffscreenCanvasRenderingContext2D.prototype)) return null
  canvas.setAttribute('layoutsubtree', '')
  canvas.width = width
  canvas.height = height
  canvas.style.cssText = `display:block;width:${width}px;height:${height}px`
  return canvas as PaintableCanvas
}
