/**
 * The stage in a frame of the capture page, and what can be known of it from outside: whether it shows something, whether
 * it moves, and whether a canvas can paint all of it. Knows nothing of pixels.
 */
import type { StageControls } from '../../contracts/picture/capture-page.ts'

/** What our own layers need and no more: no dialogs, popups, downloads, forms or navigation of the page around it. */
const SANDBOX = 'allow-scripts allow-same-origin'

export class StageFrame {
  readonly element: HTMLIFrameElement
  readonly #url: URL

  constructor(url: string, width: number, height: number) {
    this.#url = new URL(url)
    this.element = document.createElement('iframe')
    this.element.setAttribute('sandbox', SANDBOX)
    this.element.style.cssText = `display:block;border:0;width:${width}px;height:${height}px`
    this.element.src = url
  }

  /** Whether it shows what it should. Its load event is not waited for: that one waits for every layer. */
  get isReady(): boolean {
    if (this.#location === null || this.fault !== null) return false
    const controls = this.#controls
    return controls ? (controls.ready?.() ?? true) : this.element.contentDocument?.readyState === 'complete'
  }

  get isAnimating(): boolean {
    return this.#controls?.animating?.() === true
  }

  /** Why it is not the stage any more, in words; null while it is. */
  get fault(): string | null {
    const { contentDocument } = this.element
    if (!contentDocument) return 'the stage did not load, or left its address'
    const location = this.#location
    if (location === null || location.pathname === this.#url.pathname) return null
    return `the stage left its address for ${location.pathname.slice(0, 100)}`
  }

  /** What of it a canvas can't paint, in words; null when it can paint all of it. */
  get unpaintable(): string | null {
    const { contentDocument } = this.element
    return contentDocument ? findUnpaintable(contentDocument) : null
  }

  reloadLayer(layerId: string): void {
    this.#controls?.reloadLayer?.(layerId)
  }

  /** Null while nothing of it has arrived. */
  get #location(): Location | null {
    const location = this.element.contentWindow?.location
    return !location || location.href === 'about:blank' ? null : location
  }

  get #controls(): StageControls | undefined {
    // Of another origin after it was led astray: then there is nothing to be asked.
    if (!this.element.contentDocument) return undefined
    return (this.element.contentWindow as (Window & { landaleStage?: StageControls }) | null)?.landaleStage
  }
}

const SUSPECTS = 'iframe, frame, canvas, video, embed, object, img'

/** The first thing in `page`, its frames included, that is visible and that no canvas would show. */
export function findUnpaintable(page: Document): string | null {
  for (const element of page.querySelectorAll(SUSPECTS)) {
    if (!isVisible(element)) continue
    const found = faultOf(element, page)
    if (found) return found
  }
  return null
}

function faultOf(element: Element, page: Document): string | null {
  switch (element.localName) {
    case 'iframe':
    case 'frame':
      return faultOfFrame(element as HTMLIFrameElement)
    case 'img': {
      const image = element as HTMLImageElement
      return isForeignImage(image, page) ? 'an image of another address' : null
    }
    default:
      return `a ${element.localName} element`
  }
}

function faultOfFrame(frame: HTMLIFrameElement): string | null {
  const name = frame.name === '' ? 'a frame' : `the layer "${frame.name}"`
  if (!frame.contentDocument) return `${name}, a page of another address`
  const inside = findUnpaintable(frame.contentDocument)
  return inside && `${inside} in ${name}`
}

function isForeignImage({ currentSrc, crossOrigin }: HTMLImageElement, page: Document): boolean {
  if (currentSrc === '' || crossOrigin !== null || !/^https?:/.test(currentSrc)) return false
  return new URL(currentSrc).origin !== page.location.origin
}

function isVisible(element: Element): boolean {
  // jsdom lacks it.
  return element.checkVisibility?.({ visibilityProperty: true }) ?? true
}
