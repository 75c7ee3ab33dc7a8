/**
 * How soon the headless hub is ready, and what it costs while nothing happens; beside a bare server in the same run.
 * Targets: ready within 1 s, under 110 MiB, under 0.5 % of a core.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpuMs, rssMiB, startNode, stop } from './process.ts'
import { median, report, round } from './stats.ts'

const STARTS = 5
/** By then the first retries of an OBS that is not there have thinned out. */
const SETTLE_MS = 20_000
const IDLE_MS = 40_000
const HUB = join(import.meta.dirname, '..', 'build', 'headless.mjs')
const FLOOR = join(import.meta.dirname, 'floor-server.ts')

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const env = { LANDALE_LOG_LEVEL: 'silent', LANDALE_OBS_URL: 'ws://127.0.0.1:9' }

const dataDir = mkdtempSync(join(tmpdir(), 'landale-bench-'))
const readyHub: number[] = []
const readyFloor: number[] = []
for (let start = 0; start < STARTS; start++) {
  const floor = await startNode(FLOOR, [])
  readyFloor.push(floor.readyMs)
  await stop(floor.child)
  const hub = await startNode(HUB, ['--port', '0', '--data', dataDir], env)
  readyHub.push(hub.readyMs)
  await stop(hub.child)
}

const floor = await startNode(FLOOR, [])
const hub = await startNode(HUB, ['--port', '0', '--data', dataDir], env)
await sleep(SETTLE_MS)
const pids = { floor: floor.child.pid ?? 0, hub: hub.child.pid ?? 0 }
const before = { floor: cpuMs(pids.floor), hub: cpuMs(pids.hub) }
await sleep(IDLE_MS)
const idle = (who: 'floor' | 'hub') => ({
  rss: round(rssMiB(pids[who]), 1),
  cpu: round(((cpuMs(pids[who]) - before[who]) / IDLE_MS) * 100, 2),
})
report('headless', {
  'ready ms p50': round(median(readyHub), 0),
  'ready ms worst': round(Math.max(...readyHub), 0),
  'floor ready ms p50': round(median(readyFloor), 0),
  'idle RSS MiB': idle('hub').rss,
  'floor RSS MiB': idle('floor').rss,
  'idle CPU %': idle('hub').cpu,
  'floor CPU %': idle('floor').cpu,
})
await Promise.all([stop(floor.child), stop(hub.child)])
rmSync(dataDir, { recursive: true })
