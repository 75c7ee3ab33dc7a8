/**
 * How soon pages show the right state again after the hub was killed and came back, for absences of several lengths.
 * Twenty clients as pages use them; time runs from the hub's ready line. Target: 500 ms, however long it was away.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { createHubClient } from '../contracts/client/hub-client.ts'
import { startNode } from './process.ts'
import { percentile, report, round } from './stats.ts'

const HUB = join(import.meta.dirname, '..', 'build', 'headless.mjs')
const PAGES = 20
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5)
const AWAY_MS = [0, 2_000, 15_000]

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const env = { LANDALE_LOG_LEVEL: 'silent', LANDALE_OBS_URL: 'ws://127.0.0.1:9' }
const dataDir = mkdtempSync(join(tmpdir(), 'landale-bench-'))
const start = (port: string) => startNode(HUB, ['--port', port, '--data', dataDir], env)

let hub = await start('0')
const { http } = JSON.parse(hub.firstLine) as { http: string }
const { port } = new URL(http)
const token = readFileSync(join(dataDir, 'control-token'), 'utf8').trim()

/** When each page last learnt of a hub, and which one. */
const pages = Array.from({ length: PAGES }, () => {
  const page = { startedAt: 0, rightAt: 0 }
  const client = createHubClient({ url: http, token, WebSocket: WebSocket as never })
  client.state('state:system', ({ startedAt }) => {
    if (startedAt !== page.startedAt) Object.assign(page, { startedAt, rightAt: performance.now() })
  })
  return { page, client }
})

async function allRight(since: number): Promise<void> {
  while (pages.some(({ page }) => page.rightAt < since)) await sleep(5)
}

await allRight(0.001)
for (const awayMs of AWAY_MS) {
  const times: number[] = []
  for (let index = 0; index < ROUNDS; index++) {
    const gone = new Promise((resolve) => hub.child.once('exit', resolve))
    hub.child.kill('SIGKILL')
    await gone
    const killed = performance.now()
    await sleep(awayMs)
    hub = await start(port)
    const ready = performance.now()
    await allRight(killed)
    times.push(...pages.map(({ page }) => Math.max(0, page.rightAt - ready)))
  }
  report(`page back after ${awayMs / 1000} s and a start`, {
    'p50 ms': round(percentile(times, 50), 0),
    'p99 ms': round(percentile(times, 99), 0),
    'worst ms': round(Math.max(...times), 0),
  })
}
for (const { client } of pages) client.dispose()
hub.child.kill('SIGTERM')
await new Promise((resolve) => hub.child.once('exit', resolve))
rmSync(dataDir, { recursive: true })
