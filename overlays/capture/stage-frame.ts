/**
 * The stage in a frame of the capture page, and what can be known of it from outside: whether it shows something, whether
 * it moves, and whether a canvas can paint all of it. Knows nothing of pixels.
 */
import type { StageControls } from '../../contracts/picture/capture-page.ts'

/** What our own layers need and no more: no dialogs, popups, downloads, forms or navigation of the page around it. */
const SANDBOX = 'allow-scripts allow-same-origin'

/** A stage may have no layers at all, and a layer may never come. */
const SETTLED_LIMIT_MS = 1500

export class StageFrame {
  readonly element: HTMLIFrameElement
  readonly #url: URL
  readonly #since = performance.now()
  #isSettled = false

  constructor(url: string, width: number, height: number) {
    this.#url = new URL(url)
    this.element = document.createElement('iframe')
    this.element.setAttribute('sandbox', SANDBOX)
    this.element.style.cssText = `display:block;border:0;width:${width}px;height:${height}px`
    this.element.src = url
  }

  /** Whether it looks as it should: who paints it sooner would take from viewers what they see. */
  get isReady(): boolean {
    if (this.#location === null || this.fault !== null) return false
    this.#isSettled ||= this.#looksSettled || performance.now() - this.#since > SETTLED_LIMIT_MS
    return this.#isSettled
  }

  /** Its load event is not waited for: that one waits for every page in it. */
  get #looksSettled(): boolean {
    const controls = this.#controls
    if (!controls) return this.element.contentDocument?.readyState === 'complete'
    const layers = controls.layers?.()
    return !layers || (layers.length > 0 && layers.every(({ state }) => state !== 'loading'))
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
  // The stage calls the frame by the layer's id, and titles it with what the streamer calls it.
  const called = frame.title || frame.name
  const name = called === '' ? 'a frame' : `the layer "${called}"`
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
