/**
 * The app around the hub: takes the single-instance lock, hardens every page to come, starts the hub with what only
 * Electron can give it, opens the dashboard on it, and lets it flush before the app is gone. The one place where
 * `electron` is imported for what it does; all others take their part of it as an argument.
 */
import { join } from 'node:path'
import {
  app,
  BrowserWindow,
  type BrowserWindowConstructorOptions,
  dialog,
  globalShortcut,
  ipcMain,
  Menu,
  nativeImage,
  nativeTheme,
  safeStorage,
  screen,
  shell,
  Tray,
} from 'electron'
import { systemClock } from '../../base/clock.ts'
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts'
import type { FrameSources } from '../kernel/ports/frame-source.ts'
import type { GlobalKeys } from '../kernel/ports/global-keys.ts'
import type { SecretBox } from '../kernel/secrets.ts'
import { serveDashboard } from './dashboard-ipc.ts'
import { type DashboardWindow, openDashboardWindow } from './dashboard-window.ts'
import { createGlobalKeys } from './global-keys.ts'
import { harden } from './hardening.ts'
import { createOffscreenSource } from './offscreen-source.ts'
import { PAINTING_SWITCHES } from './painting-switches.ts'
import { flushBeforeQuit } from './quit-flush.ts'
import { createSafeStorageBox } from './safe-storage.ts'
import type { ShellLog } from './shell-log.ts'
import { claimSingleInstance } from './single-instance.ts'
import { showTray } from './tray.ts'
import { placeDashboard } from './window-placement.ts'

/** What the app gives to the hub. */
export interface ShellPorts {
  globalKeys: GlobalKeys
  /** Paints outputs in windows that nobody sees. */
  frameSources: FrameSources
  /** Undefined where the system keeps no secrets; the hub then uses its key file. */
  secretBox: SecretBox | undefined
  /** Where the app may keep its data, absolute. */
  userDataDir: string
  /** Asks the app to quit, as the tray does. */
  quit: () => void
}

/** What the app needs to know of the hub. */
export interface RunningHub {
  /** The dashboard's address. Its origin is the only place a page of the app may be. */
  dashboardUrl: string
  controlToken: string
  /** Flushes everything; the app waits for it (5 s at most) before it is gone. */
  stop(): Promise<void>
}

export interface ShellOptions {
  /** Called once, when the app is ready and alone. If it rejects, the reason is shown and the app ends with code 1. */
  startHub: (ports: ShellPorts) => Promise<RunningHub>
  log: ShellLog
  /** Absolute path of the dashboard's built preload. Default: where the build puts it, seen from the main bundle. */
  preloadPath?: string | undefined
}

const PRELOAD_PATH = join(import.meta.dirname, '../preload/dashboard.cjs')

/**
 * Starts the app. Returns at once and must not be awaited at the top level of the main module: Electron gets ready only
 * after that module has run.
 */
export function startShell({ startHub, log, preloadPath = PRELOAD_PATH }: ShellOptions): void {
  let dashboard: DashboardWindow | undefined
  if (!claimSingleInstance(app, () => dashboard?.show())) {
    log.info({}, 'Landale is running already; its window is brought to the front')
    app.quit()
    return
  }
  let origin: string | undefined
  let hub: Promise<RunningHub> | undefined
  const owned = new DisposableStore()
  owned.add(harden({ app, ownOrigin: () => origin, openExternal: (url) => shell.openExternal(url), log }))
  for (const [name, value] of PAINTING_SWITCHES) app.commandLine.appendSwitch(name, value)
  // The default menu brings reload and developer tools; on a Mac it also brings copy and paste, so there it stays.
  if (process.platform !== 'darwin') Menu.setApplicationMenu(null)
  // Without this listener Electron quits with its last window.
  app.on('window-all-closed', () => {})

  const flush = async () => {
    const running = await hub?.catch(() => undefined)
    await running?.stop()
    owned.dispose()
  }
  const quitting = flushBeforeQuit({ app, flush, clock: systemClock, log })

  const run = async () => {
    await app.whenReady()
    hub = startHub(createPorts(owned, log))
    const running = await hub
    if (quitting.isQuitting) return
    origin = new URL(running.dashboardUrl).origin
    const hasTray = showTrayIfAny(owned, () => dashboard?.show(), log)
    const hidesOnClose = () => hasTray && !quitting.isQuitting
    dashboard = owned.add(openDashboard({ hub: running, preloadPath, hidesOnClose, log }))
    owned.add(answerDashboard({ hub: running, dashboard, origin, log }))
  }

  run().catch((error: unknown) => {
    log.error({ err: error }, 'the app could not start')
    dialog.showErrorBox('Landale could not start', error instanceof Error ? error.message : String(error))
    flush()
      .catch(() => {})
      .finally(() => app.exit(1))
  })
}

function createPorts(owned: DisposableStore, log: ShellLog): ShellPorts {
  const globalKeys = createGlobalKeys(globalShortcut, log)
  owned.defer(() => globalKeys.dispose())
  const createWindow = (options: BrowserWindowConstructorOptions) => new BrowserWindow(options)
  return {
    globalKeys,
    frameSources: createOffscreenSource({
      createWindow,
      clock: systemClock,
      random: Math.random,
      endProcess: (pid) => process.kill(pid, 'SIGKILL'),
      log,
    }),
    secretBox: createSafeStorageBox(safeStorage, process.platform),
    userDataDir: app.getPath('userData'),
    quit: () => app.quit(),
  }
}

/** Answers whether there is a tray to hide in. */
function showTrayIfAny(owned: DisposableStore, onShow: () => void, log: ShellLog): boolean {
  try {
    owned.add(
      showTray({
        createTray: (image) => new Tray(image),
        buildMenu: (template) => Menu.buildFromTemplate(template),
        imageFromDataUrl: (dataUrl) => nativeImage.createFromDataURL(dataUrl),
        onShow,
        onQuit: () => app.quit(),
      }),
    )
    return true
  } catch (error) {
    log.warn({ err: error }, 'there is no tray here; closing the dashboard ends the app')
    return false
  }
}

interface DashboardParts {
  hub: RunningHub
  preloadPath: string
  hidesOnClose: () => boolean
  log: ShellLog
}

function openDashboard({ hub, preloadPath, hidesOnClose, log }: DashboardParts): DashboardWindow {
  // The token that the address may carry for browsers stays out of ours: the page asks for it.
  const address = new URL(hub.dashboardUrl)
  address.hash = ''
  return openDashboardWindow({
    createWindow: (options) => new BrowserWindow(options),
    url: address.href,
    preloadPath,
    version: app.getVersion(),
    placement: placeDashboard(screen.getAllDisplays()),
    isDark: nativeTheme.shouldUseDarkColors,
    hidesOnClose,
    onClosed: () => app.quit(),
    clock: systemClock,
    random: Math.random,
    log,
  })
}

interface AnswerParts {
  hub: RunningHub
  dashboard: DashboardWindow
  origin: string
  log: ShellLog
}

function answerDashboard({ hub, dashboard, origin, log }: AnswerParts): Disposable {
  return serveDashboard({
    ipcMain,
    contentsId: dashboard.contentsId,
    origin,
    handlers: {
      'dashboard/control-token': () => hub.controlToken,
      'dashboard/quit': () => {
        app.quit()
        return undefined
      },
      'dashboard/toggle-kiosk': () => dashboard.toggleKiosk(),
    },
    log,
  })
}
