/**
 * The dashboard's window: made with the narrowest rights Electron has, kept alive by the page keeper, hidden instead of
 * closed while the app goes on in the tray. Knows the address it shows, not what is behind it.
 */
import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron'
import type { Clock } from '../../base/clock.ts'
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts'
import { type KeptContents, keepPage } from './page-keeper.ts'
import type { ShellLog } from './shell-log.ts'
import type { Placement } from './window-placement.ts'

export type WindowPart = Pick<
  BrowserWindow,
  | 'on'
  | 'once'
  | 'show'
  | 'hide'
  | 'focus'
  | 'isMinimized'
  | 'restore'
  | 'setKiosk'
  | 'isKiosk'
  | 'destroy'
  | 'isDestroyed'
> & { readonly webContents: KeptContents & { readonly id: number } }

export interface DashboardWindowOptions {
  createWindow: (options: BrowserWindowConstructorOptions) => WindowPart
  url: string
  /** Absolute path of the built preload. */
  preloadPath: string
  /** The app's version, told to the page. */
  version: string
  placement: Placement
  /** Whether the system prefers dark. */
  isDark: boolean
  /** Whether closing the window only hides it. False once the app is quitting, or where there is no tray to come back from. */
  hidesOnClose: () => boolean
  /** Called when the window is gone for good. */
  onClosed: () => void
  clock: Clock
  random: () => number
  log: ShellLog
}

export interface DashboardWindow extends Disposable {
  /** Identifies the window's page among IPC senders. */
  readonly contentsId: number
  /** Brings it to the front, from the tray or the task bar. */
  show(): void
  /** Answers whether it is a kiosk now. */
  toggleKiosk(): boolean
}

/** The page's own backgrounds, so that the window does not flash while a crashed page comes back. */
const BACKGROUND = { dark: '#0e1013', light: '#e9ecf0' }

export function openDashboardWindow(options: DashboardWindowOptions): DashboardWindow {
  const { createWindow, url, placement, hidesOnClose, onClosed, clock, random, log } = options
  const owned = new DisposableStore()
  const window = createWindow(windowOptions(options))
  owned.defer(() => window.isDestroyed() || window.destroy())
  window.once('ready-to-show', () => {
    if (placement.kiosk) window.setKiosk(true)
    window.show()
  })
  window.on('close', (event) => {
    if (!hidesOnClose()) return
    event.preventDefault()
    window.hide()
  })
  window.on('closed', () => {
    owned.dispose()
    onClosed()
  })
  owned.add(keepPage({ contents: window.webContents, url, clock, random, log }))
  return {
    contentsId: window.webContents.id,
    show() {
      if (window.isMinimized()) window.restore()
      window.show()
      window.focus()
    },
    toggleKiosk() {
      window.setKiosk(!window.isKiosk())
      return window.isKiosk()
    },
    dispose: () => owned.dispose(),
  }
}

/** What the window is made with. Every right is written out: a default that changes must not change ours. */
function windowOptions({
  preloadPath,
  version,
  placement,
  isDark,
}: Pick<DashboardWindowOptions, 'preloadPath' | 'version' | 'placement' | 'isDark'>): BrowserWindowConstructorOptions {
  return {
    ...placement.bounds,
    title: 'Landale',
    backgroundColor: isDark ? BACKGROUND.dark : BACKGROUND.light,
    autoHideMenuBar: true,
    show: false,
    webPreferences: {
      preload: preloadPath,
      additionalArguments: [`--landale-version=${version}`],
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  }
}
