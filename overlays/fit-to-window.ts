/** OBS gives a page exactly its canvas; in any other window the whole canvas is scaled to fit. */
import { type Disposable, toDisposable } from '../base/lifecycle.ts'

export interface Fit extends Disposable {
  /** To be called when the canvas has another size. */
  refit(): void
}

/** `size`: of the canvas, px. The element's transform origin must be its upper left corner. */
export function fitToWindow(element: HTMLElement, size: () => { width: number; height: number }): Fit {
  const refit = () => {
    const { width, height } = size()
    const scale = Math.min(innerWidth / width, innerHeight / height)
    element.style.transform = scale === 1 || !Number.isFinite(scale) ? '' : `scale(${scale})`
  }
  addEventListener('resize', refit)
  const listening = toDisposable(() => removeEventListener('resize', refit))
  refit()
  return { refit, dispose: listening.dispose }
}
