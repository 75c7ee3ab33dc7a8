/**
 * `npm run headless`: the hub on plain Node. Where the system can do it, this process becomes the hub, with the settings of
 * the engine that suit a hub.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ENGINE } from './engine.mjs'
import { ensureBuilt, requireNode, root } from './stale.mjs'

/** glibc gives each thread an arena of its own and returns little of it: 2 MiB less. Other systems do not know it. */
const ALLOCATOR = { MALLOC_ARENA_MAX: '2' }

requireNode()
ensureBuilt()
const script = join(root, 'out', 'main', 'headless.js')
const args = process.argv.slice(2)
// Not a child: signals, memory and exit code stay this process's own.
if (process.execve && process.platform !== 'win32') {
  process.execve(process.execPath, [process.execPath, ...ENGINE, script, ...args], { ...ALLOCATOR, ...process.env })
}
await import(pathToFileURL(script).href)
