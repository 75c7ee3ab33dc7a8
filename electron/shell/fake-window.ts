/** A window for tests of the shell, and the log that they read. Its verbs are what Electron and the user do. */
import { EventEmitter } from 'node:events'
import type { BrowserWindowConstructorOptions } from 'electron'
import type { WindowPart } from './dashboard-window.ts'
import type { ShellLog } from './shell-log.ts'

export class FakeContents extends EventEmitter {
  readonly id = 7
  readonly loaded: string[] = []
  killed = 0

  /** Never settles: the tests say by a verb how a load ends. */
  loadURL(url: string): Promise<void> {
    this.loaded.push(url)
    return new Promise(() => {})
  }

  forcefullyCrashRenderer(): void {
    this.killed += 1
    this.crash('killed')
  }

  finishLoad(): void {
    this.emit('did-finish-load', {})
  }

  failLoad({ code = -102, isMainFrame = true } = {}): void {
    this.emit('did-fail-load', {}, code, 'ERR_SOMETHING', this.loaded.at(-1), isMainFrame)
  }

  crash(reason: string): void {
    this.emit('render-process-gone', {}, { reason, exitCode: 5 })
  }

  hang(): void {
    this.emit('unresponsive')
  }

  answer(): void {
    this.emit('responsive')
  }
}

export class FakeWindow extends EventEmitter {
  readonly contents = new FakeContents()
  readonly options: BrowserWindowConstructorOptions
  visible = false
  focused = false
  minimized = false
  kiosk = false
  destroyed = false

  constructor(options: BrowserWindowConstructorOptions) {
    super()
    this.options = options
  }

  /** The part of Electron's own class that the shell uses. */
  get asWindow(): WindowPart {
    return this as unknown as WindowPart
  }

  get webContents(): FakeContents {
    return this.contents
  }

  /** Answers whether the window is gone. */
  userCloses(): boolean {
    let prevented = false
    this.emit('close', { preventDefault: () => (prevented = true) })
    if (!prevented) this.destroy()
    return this.destroyed
  }

  getsReady(): void {
    this.emit('ready-to-show')
  }

  show(): void {
    this.visible = true
  }

  hide(): void {
    this.visible = false
  }

  focus(): void {
    this.focused = true
  }

  isMinimized(): boolean {
    return this.minimized
  }

  restore(): void {
    this.minimized = false
  }

  setKiosk(kiosk: boolean): void {
    this.kiosk = kiosk
  }

  isKiosk(): boolean {
    return this.kiosk
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

/** A log that a test can read. */
export function createFakeLog(): ShellLog & { readonly messages: string[] } {
  const messages: string[] = []
  const write = (_fields: object, message: string) => void messages.push(message)
  return { messages, info: write, warn: write, error: write }
}
