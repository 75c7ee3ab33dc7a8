/** `BrowserWindow`: the state of a window that nobody sees, and the page inside it. */
import { EventEmitter } from 'node:events'
import type { BrowserWindow, BrowserWindowConstructorOptions, Rectangle } from 'electron'
import { app } from './app.ts'
import { createEvent } from './event.ts'
import { runtime } from './runtime.ts'
import { sessionOf } from './session.ts'
import { StandInWebContents } from './web-contents.ts'

type WindowSurface = Pick<
  BrowserWindow,
  | 'id'
  | 'loadURL'
  | 'show'
  | 'showInactive'
  | 'hide'
  | 'focus'
  | 'blur'
  | 'close'
  | 'destroy'
  | 'isDestroyed'
  | 'isVisible'
  | 'isFocused'
  | 'isMinimized'
  | 'minimize'
  | 'restore'
  | 'setKiosk'
  | 'isKiosk'
  | 'setFullScreen'
  | 'isFullScreen'
  | 'getBounds'
  | 'setBounds'
  | 'getTitle'
  | 'setTitle'
  | 'setMenuBarVisibility'
  | 'removeMenu'
  | 'setAlwaysOnTop'
  | 'isAlwaysOnTop'
>

const DEFAULT_BOUNDS: Rectangle = { x: 0, y: 0, width: 800, height: 600 }

export class StandInBrowserWindow extends EventEmitter implements WindowSurface {
  readonly id: number
  readonly webContents: StandInWebContents
  #bounds: Rectangle
  #title: string
  #visible: boolean
  #focused = false
  #minimized = false
  #kiosk: boolean
  #fullScreen = false
  #onTop: boolean
  #painted = false
  #destroyed = false

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super()
    if (!app.canCreateWindows) throw new Error('Cannot create BrowserWindow before app is ready')
    const { x = 0, y = 0, width = DEFAULT_BOUNDS.width, height = DEFAULT_BOUNDS.height } = options
    this.id = ++runtime.lastWindowId
    this.#bounds = { x, y, width, height }
    this.#title = options.title ?? app.getName()
    this.#visible = options.show !== false
    this.#kiosk = options.kiosk === true
    this.#onTop = options.alwaysOnTop === true
    const preferences = effectivePreferences(options)
    const session = sessionOf(preferences.partition ?? '')
    this.webContents = new StandInWebContents({ window: this, preferences, session, size: { width, height } })
    // Only now: a test's evaluation may come between any two statements, and must never meet half a window.
    runtime.windows.set(this.id, this)
    app.emit('web-contents-created', createEvent(), this.webContents)
    app.emit('browser-window-created', createEvent(), this)
  }

  static getAllWindows(): StandInBrowserWindow[] {
    return [...runtime.windows.values()]
  }

  static fromId(id: number): StandInBrowserWindow | null {
    return runtime.windows.get(id) ?? null
  }

  static fromWebContents(contents: StandInWebContents): StandInBrowserWindow | null {
    return contents.window
  }

  static getFocusedWindow(): StandInBrowserWindow | null {
    return StandInBrowserWindow.getAllWindows().find((window) => window.isFocused()) ?? null
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url)
  }

  show(): void {
    this.showInactive()
    this.focus()
  }

  showInactive(): void {
    if (this.#visible) return
    this.#visible = true
    this.emit('show')
  }

  hide(): void {
    if (!this.#visible) return
    this.#visible = false
    this.blur()
    this.emit('hide')
  }

  focus(): void {
    if (this.#focused || !this.#visible) return
    this.#focused = true
    this.emit('focus')
  }

  blur(): void {
    if (!this.#focused) return
    this.#focused = false
    this.emit('blur')
  }

  /** Asks first: a listener may prevent it. */
  close(): void {
    if (this.#destroyed) return
    const event = createEvent()
    this.emit('close', event)
    if (!event.defaultPrevented) this.destroy()
  }

  destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    runtime.windows.delete(this.id)
    this.webContents.destroy()
    this.emit('closed')
    app.onWindowClosed()
  }

  isDestroyed(): boolean {
    return this.#destroyed
  }

  isVisible(): boolean {
    return this.#visible
  }

  isFocused(): boolean {
    return this.#focused
  }

  isMinimized(): boolean {
    return this.#minimized
  }

  minimize(): void {
    this.#minimized = true
    this.emit('minimize')
  }

  restore(): void {
    this.#minimized = false
    this.emit('restore')
  }

  setKiosk(kiosk: boolean): void {
    this.#kiosk = kiosk
  }

  isKiosk(): boolean {
    return this.#kiosk
  }

  setFullScreen(fullScreen: boolean): void {
    this.#fullScreen = fullScreen
  }

  isFullScreen(): boolean {
    return this.#fullScreen
  }

  getBounds(): Rectangle {
    return { ...this.#bounds }
  }

  setBounds(bounds: Partial<Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds }
    this.webContents.resize(this.#bounds)
    this.emit('resize')
    this.emit('move')
  }

  getTitle(): string {
    return this.#title
  }

  setTitle(title: string): void {
    this.#title = title
  }

  setMenuBarVisibility(): void {}

  removeMenu(): void {}

  setAlwaysOnTop(onTop: boolean): void {
    this.#onTop = onTop
  }

  isAlwaysOnTop(): boolean {
    return this.#onTop
  }

  /** Told by the page that it has something to show. */
  onFirstPaint(): void {
    if (this.#painted) return
    this.#painted = true
    this.emit('ready-to-show', createEvent())
  }
}

/** The preferences a window ends up with: Electron's defaults, and the sandbox where the whole app demands it. */
function effectivePreferences({ webPreferences = {} }: BrowserWindowConstructorOptions) {
  const defaults = {
    nodeIntegration: false,
    contextIsolation: true,
    sandbox: true,
    webSecurity: true,
    webviewTag: false,
  }
  return { ...defaults, ...webPreferences, ...(app.sandboxEnabled && { sandbox: true }) }
}
