/**
 * Offscreen painting: real pixels of the page, with alpha, as `paint` events. Takes them from Chromium's screencast, which
 * paints whatever a window would show, other origins and canvases included, but not 60 times a second at 1920x1080. Its
 * translucent colours are coarse and its last frame may be missing, so whenever the page stands still a screenshot is
 * looked at too.
 */
import type { OffscreenSharedTexture, Rectangle, Size } from 'electron'
import { boundsOf } from '../../../base/pixels/rect.ts'
import type { CdpSession } from '../browser/cdp.ts'
import { CapturerPool, heldWhileReachable } from './capturer-pool.ts'
import { PaintedImage } from './painted-image.ts'
import { type Bitmap, decodePng } from './png.ts'

export interface OffscreenPainterOptions {
  cdp: CdpSession
  size: Size
  useSharedTexture: boolean
  onPaint: (texture: OffscreenSharedTexture | undefined, dirty: Rectangle, image: PaintedImage) => void
}

const DEFAULT_FRAME_RATE = 60
const MAX_FRAME_RATE = 240
/** Longer than any animation leaves out frames, as a rule; a look costs 50 ms of Chromium. */
const SETTLE_MS = 150
/**
 * A frame can be lost while another one is looked at, so a look is final only when the ones after it found nothing either.
 */
const FINAL_LOOKS = 3
const LOOK_AGAIN_MS = 500
const EMPTY: Bitmap = { width: 0, height: 0, pixels: new Uint8Array() }

/** `STANDIN_TEXTURES=given`: this machine's driver gives shared textures. Without it frames are bitmaps all the same. */
const givesTextures = () => process.env.STANDIN_TEXTURES === 'given'

export class OffscreenPainter {
  readonly #options: OffscreenPainterOptions
  #size: Size
  readonly #pool = new CapturerPool()
  #frameRate = DEFAULT_FRAME_RATE
  #isPainting = true
  #stopped = false
  /** The newest of the screencast that is not painted yet. */
  #nextCast: Buffer | undefined
  #nextShot: Buffer | undefined
  #cast: Bitmap | undefined
  #shown: Bitmap | undefined
  /** Damage that nobody was told of yet. */
  #owed: Rectangle | undefined
  /** Looks in a row that found nothing new. */
  #idleLooks = 0
  /** How often the screencast showed something else. */
  #changes = 0
  #isForced = false
  #isBusy = false
  #paintedAt = 0
  #settle: NodeJS.Timeout | undefined

  constructor(options: OffscreenPainterOptions) {
    this.#options = options
    this.#size = options.size
    options.cdp.on('Page.screencastFrame', ({ data, sessionId }) => {
      options.cdp.send('Page.screencastFrameAck', { sessionId }).catch(() => {})
      this.#nextCast = Buffer.from(data, 'base64')
      this.#pump()
    })
  }

  get isPainting(): boolean {
    return this.#isPainting
  }

  get frameRate(): number {
    return this.#frameRate
  }

  set frameRate(perSecond: number) {
    this.#frameRate = Math.min(MAX_FRAME_RATE, Math.max(1, perSecond))
  }

  /** Starts, or starts anew after a crash or in another size. */
  async start(): Promise<void> {
    const { cdp } = this.#options
    await cdp.send('Page.stopScreencast')
    await cdp.send('Emulation.setDefaultBackgroundColorOverride', { color: { r: 0, g: 0, b: 0, a: 0 } })
    await cdp.send('Page.startScreencast', {
      format: 'png',
      maxWidth: this.#size.width,
      maxHeight: this.#size.height,
      everyNthFrame: 1,
    })
  }

  async resize(size: Size): Promise<void> {
    this.#size = size
    await this.start()
  }

  resume(): void {
    this.#isPainting = true
    this.invalidate()
  }

  pause(): void {
    this.#isPainting = false
  }

  /** Paints once more, all of it. */
  invalidate(): void {
    this.#isForced = true
    this.#pump()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#settle)
  }

  #pump(): void {
    const hasWork = this.#nextCast ?? this.#nextShot ?? this.#isForced
    if (this.#isBusy || this.#stopped || !this.#isPainting || !hasWork) return
    this.#isBusy = true
    this.#paint()
      .catch((error: unknown) => console.error('electron stand-in: a frame was not painted', error))
      .finally(() => {
        this.#isBusy = false
        this.#pump()
      })
  }

  async #paint(): Promise<void> {
    const waitMs = this.#paintedAt + 1000 / this.#frameRate - performance.now()
    // Also without a wait: images of the frame before can only be collected once its task is over.
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)))
    const isForced = this.#isForced
    this.#isForced = false
    const next = (await this.#takeCast()) ?? (await this.#takeShot())
    if (next) {
      this.#shown = next.bitmap
      this.#owed = around(this.#owed, next.dirty)
    }
    if (isForced && this.#shown) this.#owed = wholeOf(this.#shown)
    // What finds no room is lost, and nobody is told; the next frame's damage covers it.
    if (this.#stopped || !this.#isPainting || !this.#shown || !this.#owed || !this.#pool.hasRoom()) return
    const dirty = this.#owed
    this.#owed = undefined
    this.#paintedAt = performance.now()
    this.#handOut(this.#shown, dirty)
  }

  /** Undefined when it shows what it showed before. */
  async #takeCast(): Promise<Change | undefined> {
    const png = this.#nextCast
    this.#nextCast = undefined
    if (!png) return undefined
    const cast = await decodePng(png, 'premultiplied')
    if (!this.#hasSize(cast)) {
      this.#soon(() => this.start())
      return undefined
    }
    const dirty = changeBetween(this.#cast, cast)
    this.#cast = cast
    if (!dirty) return undefined
    this.#changes += 1
    this.#nextShot = undefined
    this.#idleLooks = 0
    this.#soon(() => this.#look())
    // A screenshot may have shown it already.
    const bitmap = withPart(this.#shown, cast, dirty)
    const news = changeBetween(this.#shown, bitmap)
    return news && { bitmap, dirty: news }
  }

  async #takeShot(): Promise<Change | undefined> {
    const png = this.#nextShot
    this.#nextShot = undefined
    if (!png) return undefined
    const bitmap = await decodePng(png, 'straight')
    const dirty = this.#hasSize(bitmap) ? changeBetween(this.#shown, bitmap) : undefined
    this.#idleLooks = dirty ? 0 : this.#idleLooks + 1
    if (this.#idleLooks < FINAL_LOOKS) this.#soon(() => this.#look(), LOOK_AGAIN_MS)
    return dirty && { bitmap, dirty }
  }

  /** Instead of what else was to be done soon. */
  #soon(work: () => Promise<void>, delayMs = SETTLE_MS): void {
    clearTimeout(this.#settle)
    if (!this.#stopped) this.#settle = setTimeout(() => work().catch(() => {}), delayMs)
  }

  /** Chromium paints a frame or two before it has heard of the page's size; a screencast that starts anew paints again. */
  #hasSize({ width, height }: Bitmap): boolean {
    return width === this.#size.width && height === this.#size.height
  }

  async #look(): Promise<void> {
    const before = this.#changes
    try {
      const { data } = await this.#options.cdp.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true })
      // Else something moves again, and there will be another look.
      if (before === this.#changes) this.#nextShot = Buffer.from(data, 'base64')
      this.#pump()
    } catch {
      // The page has gone, or is going elsewhere just now.
      this.#soon(() => this.#look(), LOOK_AGAIN_MS)
    }
  }

  #handOut(bitmap: Bitmap, dirty: Rectangle): void {
    const { useSharedTexture, onPaint } = this.#options
    if (useSharedTexture && givesTextures()) {
      onPaint(this.#texture(bitmap, dirty), dirty, new PaintedImage(EMPTY))
      return
    }
    const image = new PaintedImage(bitmap)
    this.#pool.take(heldWhileReachable(image))
    onPaint(undefined, dirty, image)
  }

  #texture({ width, height }: Bitmap, dirty: Rectangle): OffscreenSharedTexture {
    let held = true
    this.#pool.take({ isHeld: () => held })
    const whole = { x: 0, y: 0, width, height }
    return {
      release: () => {
        held = false
      },
      textureInfo: {
        widgetType: 'frame',
        pixelFormat: 'bgra',
        codedSize: { width, height },
        colorSpace: { primaries: 'bt709', transfer: 'srgb', matrix: 'rgb', range: 'full' },
        visibleRect: whole,
        contentRect: dirty,
        timestamp: Math.round(performance.now() * 1000),
        metadata: {},
        handle: {},
      },
    }
  }
}

function around(a: Rectangle | undefined, b: Rectangle): Rectangle {
  return a ? boundsOf(a, b) : b
}

interface Change {
  bitmap: Bitmap
  dirty: Rectangle
}

/** `before` with a part of `after` in it. */
function withPart(before: Bitmap | undefined, after: Bitmap, { x, y, width, height }: Rectangle): Bitmap {
  if (before?.width !== after.width || before.height !== after.height) return after
  const pixels = before.pixels.slice()
  for (let row = y; row < y + height; row++) {
    const start = (row * after.width + x) * 4
    pixels.set(after.pixels.subarray(start, start + width * 4), start)
  }
  return { ...after, pixels }
}

function wholeOf({ width, height }: Bitmap): Rectangle {
  return { x: 0, y: 0, width, height }
}

/** The smallest rectangle with all the change in it; undefined when there is none. */
function changeBetween(before: Bitmap | undefined, after: Bitmap): Rectangle | undefined {
  const { width, height } = after
  if (before?.width !== width || before.height !== height) return wholeOf(after)
  const [was, is] = [before, after].map(({ pixels }) => new Uint32Array(pixels.buffer, pixels.byteOffset)) as [
    Uint32Array,
    Uint32Array,
  ]
  let [left, right, top, bottom] = [width, -1, -1, -1]
  for (let y = 0; y < height; y++) {
    const start = y * width
    if (isSame(before.pixels, after.pixels, start * 4, width * 4)) continue
    if (top < 0) top = y
    bottom = y
    let x = 0
    while (was[start + x] === is[start + x]) x++
    left = Math.min(left, x)
    x = width - 1
    while (was[start + x] === is[start + x]) x--
    right = Math.max(right, x)
  }
  return top < 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 }
}

function isSame(a: Uint8Array, b: Uint8Array, start: number, bytes: number): boolean {
  return Buffer.compare(a.subarray(start, start + bytes), b.subarray(start, start + bytes)) === 0
}
