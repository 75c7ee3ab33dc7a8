/** `npm start`: the Electron app, or, where Electron can't be had, the same hub headless. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt, requireNode, root } from './stale.mjs'

/** Long enough for a slow line, short enough that nobody thinks it hangs. */
const REACH_DEADLINE_MS = 3000

const electronDir = join(root, 'node_modules', 'electron')
const downloads = process.env.ELECTRON_MIRROR ?? 'https://github.com/electron/electron/releases/'

requireNode()
ensureBuilt()
const binary = await findElectron()
if (typeof binary === 'string') runElectron(binary)
else await runHeadless(binary.reason)

/** The path of the binary, or why there is none. */
async function findElectron() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  const name = process.platform === 'win32' ? 'electron.exe' : 'electron'
  const here = override ? join(override, name) : installedBinary()
  // Without a display Electron can't run: not worth 120 MB either.
  const hasDisplay = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY
  if (!hasDisplay)
    return { reason: here ? 'Electron needs a display' : 'no Electron binary is here, nor a display for it' }
  if (here) return here
  if (!(await canReach(downloads))) return { reason: 'the Electron binary is not installed and can not be fetched' }
  console.error('fetching Electron (about 120 MB, once)…')
  const { status } = spawnSync(process.execPath, [join(electronDir, 'install.js')], { stdio: ['ignore', 2, 2] })
  return (status === 0 && installedBinary()) || { reason: 'fetching the Electron binary failed' }
}

function installedBinary() {
  const pointer = join(electronDir, 'path.txt')
  if (!existsSync(pointer)) return null
  const binary = join(electronDir, 'dist', readFileSync(pointer, 'utf8').trim())
  return existsSync(binary) ? binary : null
}

async function canReach(url) {
  try {
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(REACH_DEADLINE_MS) })
    return answer.ok
  } catch {
    return false
  }
}

function runElectron(path) {
  const child = spawn(path, [root, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`Electron did not start: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code) => {
    process.exitCode = code ?? 0
  })
}

async function runHeadless(reason) {
  console.error(`Landale runs without its window: ${reason}. Open the dashboard in a browser instead.`)
  process.argv.push('--human')
  await import('./headless.mjs')
}
