/** How a layer lies on the stage, as CSS. Pure: knows no element, and nothing of what the layer shows. */
import type { Layer } from '../../contracts/output.ts'

type Look = Pick<Layer, 'rect' | 'crop' | 'opacity' | 'blend' | 'visible'>

/**
 * Of the box around a layer's frame. `index`: 0 is the bottom; it becomes the z-index, because an element that is moved in
 * the document loads its page anew. `isPresentable`: false while the page is not there or broken; it goes on behind.
 */
export function boxStyle(layer: Look, index: number, isPresentable: boolean): Record<string, string> {
  const { rect, crop, opacity, blend, visible } = layer
  const isCropped = crop.top + crop.right + crop.bottom + crop.left > 0
  return {
    left: `${rect.x}px`,
    top: `${rect.y}px`,
    width: `${rect.width}px`,
    height: `${rect.height}px`,
    'z-index': String(index),
    // A page that is not displayed costs nothing; one that is see-through goes on loading.
    display: visible ? 'block' : 'none',
    opacity: isPresentable ? String(opacity) : '0',
    'mix-blend-mode': blend,
    'clip-path': isCropped ? `inset(${crop.top}px ${crop.right}px ${crop.bottom}px ${crop.left}px)` : 'none',
  }
}

/**
 * Of the frame itself: the plate, and then the streamer's own declarations, which may change anything of it. The box
 * around it is out of their reach.
 */
export function frameStyle({ css, transparent }: Pick<Layer, 'css' | 'transparent'>): string {
  return transparent ? css : `background-color: #000; ${css}`
}
