/**
 * `npm run headless`: the hub on plain Node. Where the system can do it, this process becomes the hub, with the settings of
 * the engine that suit a hub: it idles for hours beside a game, so memory counts and peak throughput does not.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt, requireNode, root } from './stale.mjs'

/**
 * A small nursery (MiB) and compact code: 10 MiB less of resident memory, at no measurable cost in latency. And no collections
 * that only tidy up while nothing happens: they took three quarters of what an idle hub used, and gave 3 MiB back.
 */
const ENGINE = ['--max-semi-space-size=2', '--optimize-for-size', '--v8-pool-size=2', '--no-memory-reducer']

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
