/** Knows whether `out/` is older than what it was made from, and makes it again when it is. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

const SOURCES = [
  'base',
  'contracts',
  'electron',
  'renderer',
  'overlays',
  'electron.vite.config.ts',
  'build/viewer.vite.ts',
  'package-lock.json',
]
const STAMP = join(root, 'out', '.built')
const OLDEST_NODE = 22

/** Newest change below `path`, ms epoch. */
function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), stat.mtimeMs)
}

export function isStale() {
  if (!existsSync(STAMP)) return true
  const built = statSync(STAMP).mtimeMs
  return SOURCES.some((source) => newest(join(root, source)) > built)
}

/** Called by `npm run build` when it is done. `startedAt` (ms epoch): what was edited during the build is stale. */
export function stamp(startedAt) {
  writeFileSync(STAMP, '')
  utimesSync(STAMP, new Date(startedAt), new Date(startedAt))
}

/** Builds when needed. All output goes to standard error: standard output belongs to the program. */
export function ensureBuilt() {
  if (!isStale()) return
  const started = Date.now()
  console.error('building…')
  const bin = (...path) => join(root, 'node_modules', ...path)
  run(bin('electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'warn')
  run(bin('vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn', '--config', join('build', 'viewer.vite.ts'))
  stamp(started)
}

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status === 0) return
  console.error('the build failed; its messages are above')
  process.exit(1)
}

/** Node 20's npm runs our scripts with the Node that `npm ci` brought; started by hand with an older one, say so. */
export function requireNode() {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) return
  console.error(
    `Node ${process.versions.node} is too old for Landale (it needs ${OLDEST_NODE} or newer). Run it through npm ` +
      '(npm start, npm run headless, npm test): `npm ci` installs the right Node beside it. If you did, run `npm ci` again.',
  )
  process.exit(1)
}
