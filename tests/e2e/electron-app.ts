/**
 * Starts the built app for a test: on the real Electron where its binary is installed, else on the stand-in. Gives it a
 * machine of its own (data, settings, a free port, an OBS that the test chooses) and nothing of the user's.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication } from '@playwright/test'
import type { StandIn } from '../electron-standin/electron.ts'

const ROOT = join(import.meta.dirname, '../..')
const STAND_IN_DIR = join(ROOT, 'tests/electron-standin')
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Nothing listens here, so that no OBS of this machine is touched by accident. */
const NO_OBS_URL = 'ws://127.0.0.1:9'

export interface ElectronBinary {
  path: string
  isReal: boolean
}

export interface RunningApp {
  app: ElectronApplication
  dataDir: string
  /** What the dashboard shows now, run in its page; works across crashes, where Playwright's own page does not. */
  inPage<T = unknown>(code: string): Promise<T>
  /** The hub's address. */
  hubUrl(): Promise<string>
  /** Runs a command over HTTP with the control token and answers its result. */
  command(name: string, args: object): Promise<unknown>
  get(path: string): Promise<Response>
  /** The control token. */
  token(): string
}

/** The Electron to test with, or why there is none. Never imports `electron`, which would try to download itself. */
export function findElectron(): ElectronBinary | { reason: string } {
  const installed = join(ROOT, 'node_modules/electron/path.txt')
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (override) return { path: join(override, 'electron'), isReal: !override.startsWith(STAND_IN_DIR) }
  if (existsSync(installed)) {
    return { path: join(ROOT, 'node_modules/electron/dist', readFileSync(installed, 'utf8').trim()), isReal: true }
  }
  if (existsSync(CHROMIUM)) return { path: join(STAND_IN_DIR, 'electron'), isReal: false }
  return { reason: 'neither the Electron binary nor Chromium is here' }
}

/** A data folder that goes with the test. */
export function createDataDir(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'landale-electron-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) }
}

export async function launchApp(dataDir: string, obsUrl = NO_OBS_URL): Promise<RunningApp> {
  const electron = findElectron()
  if ('reason' in electron) throw new Error(electron.reason)
  if (!existsSync(join(ROOT, 'out/main/main.js')))
    throw new Error('there is no build in out/; run "npm run build" first')
  const app = await _electron.launch({
    executablePath: electron.path,
    args: [ROOT],
    env: {
      ...definedEnvironment(),
      XDG_CONFIG_HOME: join(dataDir, 'config'),
      LANDALE_DATA_DIR: dataDir,
      LANDALE_PORT: '0',
      LANDALE_IRONMON_PORT: '0',
      LANDALE_OBS_URL: obsUrl,
      LANDALE_LOG_LEVEL: 'warn',
    },
  })
  const inPage = <T>(code: string): Promise<T> =>
    app.evaluate(
      ({ BrowserWindow }, code) =>
        BrowserWindow.getAllWindows()
          .find(({ webContents }) => !webContents.isOffscreen())
          ?.webContents.executeJavaScript(code),
      code,
    )
  const token = () => readFileSync(join(dataDir, 'control-token'), 'utf8').trim()
  const hubUrl = async () => {
    await app.firstWindow()
    const url = await app.evaluate(async ({ BrowserWindow }) => {
      const windows = BrowserWindow.getAllWindows()
      const contents = windows.find(({ webContents }) => !webContents.isOffscreen())?.webContents
      if (contents?.getURL() === '') await new Promise((resolve) => contents.once('did-navigate', resolve))
      return contents?.getURL() ?? ''
    })
    return new URL(url).origin
  }
  const get = async (path: string) =>
    fetch(`${await hubUrl()}${path}`, { headers: { authorization: `Bearer ${token()}` } })
  return {
    app,
    dataDir,
    inPage,
    hubUrl,
    get,
    token,
    async command(name, args) {
      const response = await fetch(`${await hubUrl()}/api/commands/${name}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token()}`, 'content-type': 'application/json' },
        body: JSON.stringify(args),
      })
      const answer = (await response.json()) as { status: string; result?: unknown }
      if (answer.status !== 'committed') throw new Error(`${name}: ${JSON.stringify(answer)}`)
      return answer.result
    },
  }
}

/** Presses a global shortcut; false where nothing here can press a key of the machine. */
export async function pressGlobalKey(app: ElectronApplication, accelerator: string): Promise<boolean> {
  const isStandIn = await app.evaluate((electron) => 'standIn' in electron)
  if (isStandIn) {
    const press = (electron: unknown, key: string) => (electron as { standIn: StandIn }).standIn.press(key)
    return app.evaluate(press, accelerator)
  }
  const { status } = spawnSync('xdotool', ['key', accelerator.replace(/control|ctrl/i, 'ctrl').toLowerCase()])
  return status === 0
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
