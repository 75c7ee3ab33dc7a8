/** What is installed on this machine: Node, the native modules, Electron, the data folder, the key store. */
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { errorMessage } from '../../base/result.ts'
import { bad, type Finding, good, poor } from './finding.ts'

const require = createRequire(import.meta.url)
const ROOT = join(import.meta.dirname, '../..')
const REINSTALL = 'Run npm ci: it fetches what belongs to this system.'

export function examineNode(version: string): Finding {
  return good('node', `Node ${version} runs.`)
}

/** better-sqlite3 keeps everything. */
export function examineStore(): Finding {
  try {
    const Database = require('better-sqlite3') as new (path: string) => StoreModule
    const database = new Database(':memory:')
    const { version } = database.prepare('SELECT sqlite_version() AS version').get()
    database.close()
    return good('sqlite', `The store works (SQLite ${version}).`)
  } catch (error) {
    return bad('sqlite', `The store does not load: ${errorMessage(error)}`, REINSTALL)
  }
}

interface StoreModule {
  prepare(sql: string): { get(): { version: string } }
  close(): void
}

/** sharp makes the stills and previews. */
export async function examineImages(): Promise<Finding> {
  try {
    const { default: sharp } = await import('sharp')
    const raw = { width: 1, height: 1, channels: 4 } as const
    await sharp(Buffer.from([1, 2, 3, 255]), { raw })
      .png()
      .toBuffer()
    return good('images', `Stills and previews can be made (sharp ${sharp.versions.sharp}).`)
  } catch (error) {
    return poor('images', `Stills and previews can not be made: ${errorMessage(error)}`, REINSTALL)
  }
}

/** Writes nothing: asks about the folder, or about the nearest one above that is there. */
export function examineData(dataDir: string): Finding {
  const nearest = nearestFolder(dataDir)
  const advice = 'Give it to your user, or name another one with LANDALE_DATA_DIR or --data.'
  if (!statSync(nearest).isDirectory()) {
    return bad('data', `The data folder ${dataDir} can not be made: ${nearest} is a file.`, advice)
  }
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK)
    const made = nearest === dataDir ? 'is there and can be written' : 'can be made'
    return good('data', `The data folder ${dataDir} ${made}.`)
  } catch {
    return bad('data', `The data folder ${dataDir} can not be written (${nearest} is not yours).`, advice)
  }
}

function nearestFolder(path: string): string {
  if (existsSync(path) || path === dirname(path)) return path
  return nearestFolder(dirname(path))
}

const KEY_STORES: Partial<Record<NodeJS.Platform, string>> = { darwin: 'the Keychain', win32: 'DPAPI' }
const KEY_FILE = 'secret-key'

/** Only the app itself can ask the system's key store; the hub without a window never does. */
export function examineKeyStore(dataDir: string, platform: NodeJS.Platform): Finding {
  const store = KEY_STORES[platform] ?? 'the desktop’s key ring, where there is one'
  const file = join(dataDir, KEY_FILE)
  const mode = statSync(file, { throwIfNoEntry: false })?.mode
  const isOpen = platform !== 'win32' && mode !== undefined && (mode & 0o077) !== 0
  if (isOpen) return poor('keys', `The key file ${file} can be read by others.`, `Run: chmod 600 ${file}`)
  return good('keys', `Secrets are sealed by ${store} in the app, and by a key file (${file}) without a window.`)
}

export function examineElectron(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Finding {
  const binary = electronBinary(env, platform)
  if (!binary) {
    const advice = 'npm start fetches it once where it can reach GitHub; without it Landale runs without its window.'
    return poor('electron', 'The Electron binary is not installed.', advice)
  }
  const hasDisplay = platform !== 'linux' || Boolean(env.DISPLAY ?? env.WAYLAND_DISPLAY)
  if (!hasDisplay) return poor('electron', 'Electron is installed, but there is no display for it.', null)
  return good('electron', `Electron is installed (${binary}); the app paints the picture itself.`)
}

function electronBinary(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | undefined {
  const override = env.ELECTRON_OVERRIDE_DIST_PATH
  const pointer = join(ROOT, 'node_modules/electron/path.txt')
  const name = platform === 'win32' ? 'electron.exe' : 'electron'
  let path: string | undefined
  if (override) path = join(override, name)
  else if (existsSync(pointer)) path = join(ROOT, 'node_modules/electron/dist', readFileSync(pointer, 'utf8').trim())
  return path !== undefined && existsSync(path) ? path : undefined
}
