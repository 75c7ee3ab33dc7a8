/** An offscreen window for tests. Its verbs are what Electron, the stage and its layers do. */
import { EventEmitter } from 'node:events'
import type { BrowserWindowConstructorOptions, Rectangle } from 'electron'
import type { OffscreenWindow } from './offscreen-window.ts'

/** An image of one colour value, and what was copied of it. */
class FakeImage {
  readonly #size: { width: number; height: number }
  readonly #value: number
  readonly #copied: Rectangle[]
  readonly #area: Rectangle

  constructor(width: number, height: number, value: number, copied: Rectangle[] = [], area?: Rectangle) {
    this.#size = { width, height }
    this.#value = value
    this.#copied = copied
    this.#area = area ?? { x: 0, y: 0, width, height }
  }

  getSize() {
    return this.#size
  }

  isEmpty(): boolean {
    return this.#size.width * this.#size.height === 0
  }

  crop(area: Rectangle): FakeImage {
    return new FakeImage(area.width, area.height, this.#value, this.#copied, area)
  }

  toBitmap(): Buffer {
    this.#copied.push(this.#area)
    return Buffer.from(new Uint8Array(this.#size.width * this.#size.height * 4).fill(this.#value).buffer)
  }
}

/** A frame that answers, or does not. */
export class FakeFrame {
  readonly asked: string[] = []
  readonly frameTreeNodeId: number
  name: string
  processId = 1
  osProcessId = 1000
  readonly routingId: number
  answer: (code: string) => Promise<unknown> = async () => undefined
  frames: FakeFrame[] = []

  constructor(id: number, name: string) {
    this.frameTreeNodeId = id
    this.routingId = id
    this.name = name
  }

  executeJavaScript(code: string): Promise<unknown> {
    this.asked.push(code)
    return this.answer(code)
  }

  hang(): void {
    this.answer = () => new Promise(() => {})
  }
}

export class FakeOffscreenContents extends EventEmitter {
  readonly session = new EventEmitter()
  readonly mainFrame = new FakeFrame(1, '')
  readonly loaded: string[] = []
  readonly size: { width: number; height: number }
  muted = false
  frameRate = 0
  invalidated = 0
  opens: () => { action: string } = () => ({ action: 'allow' })
  animating = false
  /** What was copied of the images. */
  readonly copied: Rectangle[] = []
  releasedTextures = 0
  #ready = Promise.withResolvers<void>()

  constructor(size: { width: number; height: number }) {
    super()
    this.size = size
    this.mainFrame.answer = async (code) => {
      if (code.includes('ready')) await this.#ready.promise
      return this.animating
    }
    this.#ready.resolve()
  }

  /** Never settles: the tests say by a verb how a load ends. */
  loadURL(url: string): Promise<void> {
    this.loaded.push(url)
    return new Promise(() => {})
  }

  setAudioMuted(muted: boolean): void {
    this.muted = muted
  }

  setFrameRate(frameRate: number): void {
    this.frameRate = frameRate
  }

  setWindowOpenHandler(handler: () => { action: string }): void {
    this.opens = handler
  }

  invalidate(): void {
    this.invalidated += 1
  }

  /** Its stage is ready at once, unless it is told to wait. */
  async getsDocument(): Promise<void> {
    this.emit('dom-ready', {})
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** The stages of the documents to come wait until `getsReady`. */
  waits(): void {
    this.#ready = Promise.withResolvers<void>()
  }

  async getsReady(): Promise<void> {
    this.#ready.resolve()
    await new Promise((resolve) => setImmediate(resolve))
  }

  paints(dirty: Rectangle, { value = 1, size = this.size, texture = false } = {}): void {
    const image = new FakeImage(size.width, size.height, value, this.copied)
    const release = () => {
      this.releasedTextures += 1
    }
    this.emit('paint', texture ? { texture: { release } } : {}, dirty, image)
  }

  /** Answers whether it got there. */
  goes(event: string, url: string, isMainFrame: boolean): boolean {
    let prevented = false
    this.emit(event, { url, isMainFrame, preventDefault: () => (prevented = true) })
    return !prevented
  }

  crashes(): void {
    this.emit('render-process-gone', {}, { reason: 'oom', exitCode: 9 })
  }

  failsToLoad({ isMainFrame = true, code = -102, frame = this.mainFrame } = {}): void {
    this.emit('did-fail-load', {}, code, 'ERR_SOMETHING', 'x', isMainFrame, frame.processId, frame.routingId)
  }

  /** Reloads of layers that the stage was asked for. */
  get reloaded(): string[] {
    return this.mainFrame.asked.flatMap((code) => /reloadLayer\("([^"]*)"\)/.exec(code)?.[1] ?? [])
  }
}

export class FakeOffscreenWindow extends EventEmitter {
  readonly options: BrowserWindowConstructorOptions
  readonly webContents: FakeOffscreenContents
  destroyed = false

  constructor(options: BrowserWindowConstructorOptions) {
    super()
    this.options = options
    this.webContents = new FakeOffscreenContents({ width: options.width ?? 0, height: options.height ?? 0 })
  }

  /** The part of Electron's own class that the source uses. */
  get asWindow(): OffscreenWindow {
    return this as unknown as OffscreenWindow
  }

  isDestroyed(): boolean {
    return this.destroyed
  }

  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.emit('closed')
  }
}
