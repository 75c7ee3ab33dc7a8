/**
 * `app`: start, quit and the rules between them (before-quit and a window's close may stop a quit; exit asks nobody), the
 * paths and the single-instance lock. Started by `launch.ts` once the app's main module has run, as Electron does.
 */
import { EventEmitter } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { App } from 'electron'
import { z } from 'zod'
import { type Chromium, startChromium } from '../browser/chromium.ts'
import { createEvent } from './event.ts'
import { runtime } from './runtime.ts'
import { SingleInstanceLock } from './single-instance-lock.ts'

type AppSurface = Pick<
  App,
  | 'isReady'
  | 'whenReady'
  | 'quit'
  | 'exit'
  | 'relaunch'
  | 'getAppPath'
  | 'getPath'
  | 'setPath'
  | 'getName'
  | 'setName'
  | 'getVersion'
  | 'getLocale'
  | 'isPackaged'
  | 'requestSingleInstanceLock'
  | 'hasSingleInstanceLock'
  | 'releaseSingleInstanceLock'
  | 'enableSandbox'
  | 'disableHardwareAcceleration'
  | 'setAppUserModelId'
  | 'setLoginItemSettings'
  | 'focus'
>

type PathName = Parameters<App['getPath']>[0]

const Manifest = z.object({ name: z.string(), productName: z.string().optional(), version: z.string() })

/** Switches that would take the debugging port or the profile away from the stand-in. */
const OWN_SWITCHES = ['remote-debugging-port', 'remote-debugging-pipe', 'user-data-dir', 'headless', 'inspect']

export class StandInApp extends EventEmitter implements AppSurface {
  readonly isPackaged = false
  /** True after `enableSandbox()`; windows are then sandboxed whatever they ask for. */
  sandboxEnabled = false
  readonly commandLine = {
    appendSwitch: (name: string, value = '') => void this.#switches.set(name, value),
    removeSwitch: (name: string) => void this.#switches.delete(name),
    hasSwitch: (name: string) => this.#switches.has(name),
    getSwitchValue: (name: string) => this.#switches.get(name) ?? '',
    appendArgument: () => {},
  } satisfies App['commandLine']

  readonly #switches = new Map<string, string>()
  readonly #paths = new Map<PathName, string>()
  readonly #ready = Promise.withResolvers<void>()
  readonly #lock = new SingleInstanceLock((argv, cwd, data) =>
    this.emit('second-instance', createEvent(), argv, cwd, data),
  )
  #appPath = process.cwd()
  #manifest: z.infer<typeof Manifest> = { name: 'Electron', version: '0.0.0' }
  #isReady = false
  #exiting = false

  /** Tells the app where it lives: the folder with its package.json. */
  locate(appPath: string): void {
    this.#appPath = appPath
    const parsed = Manifest.safeParse(JSON.parse(readFileSync(join(appPath, 'package.json'), 'utf8')))
    if (parsed.success) this.#manifest = parsed.data
  }

  /** Starts Chromium and announces `ready`. `onBrowser` is told the line that Playwright waits for. */
  async start(onBrowser: (announcement: string) => void): Promise<void> {
    runtime.chromium = await startChromium(this.#chromiumSwitches())
    onBrowser(runtime.chromium.announcement)
    await closeForeignPopups(runtime.chromium)
    this.#isReady = true
    this.emit('will-finish-launching')
    this.emit('ready', createEvent(), {})
    this.#ready.resolve()
  }

  /** Not the public `isReady`: Playwright holds that one back until it has attached. */
  get canCreateWindows(): boolean {
    return this.#isReady
  }

  isReady(): boolean {
    return this.#isReady
  }

  whenReady(): Promise<void> {
    return this.#ready.promise
  }

  quit(): void {
    if (this.#exiting || prevented((event) => this.emit('before-quit', event))) return
    for (const window of [...runtime.windows.values()]) window.close()
    if (runtime.windows.size > 0) return
    if (prevented((event) => this.emit('will-quit', event))) return
    this.exit(0)
  }

  exit(code = 0): void {
    if (this.#exiting) return
    this.#exiting = true
    for (const window of [...runtime.windows.values()]) window.destroy()
    this.emit('quit', createEvent(), code)
    this.#lock.release()
    void (runtime.chromium?.stop() ?? Promise.resolve()).finally(() => process.exit(code))
  }

  /** A window has gone; Electron's default is to quit with the last one, unless somebody listens. */
  onWindowClosed(): void {
    if (runtime.windows.size > 0 || this.#exiting) return
    if (!this.emit('window-all-closed')) this.quit()
  }

  relaunch(): void {}

  focus(): void {}

  getAppPath(): string {
    return this.#appPath
  }

  getName(): string {
    return this.#manifest.productName ?? this.#manifest.name
  }

  setName(name: string): void {
    this.#manifest = { ...this.#manifest, productName: name }
  }

  getVersion(): string {
    return this.#manifest.version
  }

  getLocale(): string {
    return 'en-US'
  }

  getPath(name: PathName): string {
    const path = this.#paths.get(name) ?? this.#defaultPath(name)
    if (name === 'userData' || name === 'logs') mkdirSync(path, { recursive: true })
    return path
  }

  setPath(name: PathName, path: string): void {
    this.#paths.set(name, path)
  }

  requestSingleInstanceLock(additionalData?: Record<string, unknown>): boolean {
    return this.#lock.request(this.getPath('userData'), additionalData ?? {})
  }

  hasSingleInstanceLock(): boolean {
    return this.#lock.isHeld
  }

  releaseSingleInstanceLock(): void {
    this.#lock.release()
  }

  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() can only be called before app is ready')
    this.sandboxEnabled = true
  }

  disableHardwareAcceleration(): void {}

  setAppUserModelId(): void {}

  setLoginItemSettings(): void {}

  #defaultPath(name: PathName): string {
    const appData = process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config')
    const userData = this.#switches.get('user-data-dir') ?? join(appData, this.getName())
    const known: Partial<Record<PathName, string>> = {
      home: homedir(),
      appData,
      userData,
      sessionData: userData,
      temp: tmpdir(),
      exe: process.execPath,
      logs: join(userData, 'logs'),
      crashDumps: join(userData, 'Crashpad'),
      module: dirname(process.execPath),
    }
    return known[name] ?? join(homedir(), name)
  }

  #chromiumSwitches(): string[] {
    return [...this.#switches]
      .filter(([name]) => !OWN_SWITCHES.some((own) => name.startsWith(own)))
      .map(([name, value]) => (value ? `--${name}=${value}` : `--${name}`))
  }
}

function prevented(emit: (event: ReturnType<typeof createEvent>) => void): boolean {
  const event = createEvent()
  emit(event)
  return event.defaultPrevented
}

/**
 * A page can make Chromium open a window; the stand-in never keeps one (see `setWindowOpenHandler`). Playwright holds a new
 * page until it has looked at it, and one that is closed while it is held takes its opener's thread with it: so it is let
 * go first.
 */
async function closeForeignPopups({ browser, session }: Chromium): Promise<void> {
  const close = async (targetId: string) => {
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true })
    await session(sessionId).send('Runtime.runIfWaitingForDebugger')
    await browser.send('Target.closeTarget', { targetId })
  }
  browser.on('Target.targetCreated', ({ targetInfo: { targetId, type, openerId } }) => {
    if (type === 'page' && openerId) close(targetId).catch(() => {})
  })
  await browser.send('Target.setDiscoverTargets', { discover: true })
}

export const app = new StandInApp()
