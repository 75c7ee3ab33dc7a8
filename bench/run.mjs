/** `npm run bench`: every bench in turn, each in a process of its own. Names as arguments choose some: `npm run bench -- store`. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ensureBuilt, requireNode } from '../build/stale.mjs'

const BENCHES = [
  'headless',
  'pipeline',
  'fanout',
  'page-back',
  'obs',
  'store',
  'picture',
  'picture-transport',
  'overlay',
  'overlay-heap',
  'live-or-overlay',
  'picture-demo',
  'agent',
  'fleet',
]

requireNode()
ensureBuilt()
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !BENCHES.includes(name))
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(', ')}; there are ${BENCHES.join(', ')}`)
  process.exit(2)
}
for (const name of asked.length > 0 ? asked : BENCHES) {
  console.error(`— ${name}`)
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
