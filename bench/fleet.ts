/**
 * One hub with a thousand machines: all of them visible, what they cost while each reports every 5 s and a dashboard looks
 * on, how soon a change on one is on the dashboard, and how soon all are there again after the hub was killed. Targets: all
 * state visible, under 25 % of a core.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { createHubClient } from '../contracts/client/hub-client.ts'
import type { FleetState } from '../contracts/state/fleet.ts'
import { exactCpuMs, rssMiB, startNode } from './process.ts'
import { percentile, report, round } from './stats.ts'

const HUB = join(import.meta.dirname, '..', 'build', 'headless.mjs')
const MACHINES = Number(process.env.BENCH_MACHINES ?? 1_000)
const PACE_MS = 5_000
const REST_MS = Number(process.env.BENCH_REST_MS ?? 30_000)
const CHANGES = 200
const SETTLE_MS = 10_000
const PATIENCE_MS = 120_000

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const env = { LANDALE_LOG_LEVEL: 'warn', LANDALE_OBS_URL: 'ws://127.0.0.1:9' }
const dataDir = mkdtempSync(join(tmpdir(), 'landale-bench-'))
const start = (port: string) => startNode(HUB, ['--port', port, '--data', dataDir], env)

let hub = await start('0')
const { http } = JSON.parse(hub.firstLine) as { http: string }
const { port } = new URL(http)
const token = readFileSync(join(dataDir, 'control-token'), 'utf8').trim()

async function command(name: string): Promise<{ code: string }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(`${http}/api/commands/${name}`, { method: 'POST', headers, body: '{}' })
  const answer = (await response.json()) as { result?: { code: string } }
  if (!answer.result) throw new Error(`${name}: ${JSON.stringify(answer)}`)
  return answer.result
}

const agents: ChildProcess = spawn(
  process.execPath,
  [join(import.meta.dirname, 'fleet-agents.ts'), http.replace('http', 'ws'), String(MACHINES), String(PACE_MS)],
  { stdio: ['pipe', 'pipe', 'inherit'] },
)
const answers: string[] = []
let answered = () => {}
if (!agents.stdout) throw new Error('the agents have no voice')
createInterface({ input: agents.stdout }).on('line', (line) => {
  answers.push(line)
  answered()
})
const say = (line: string) => void agents.stdin?.write(`${line}\n`)
async function hear(word: string): Promise<void> {
  while (answers.shift() !== word) {
    if (answers.length > 0) continue
    await new Promise<void>((resolve) => {
      answered = resolve
    })
  }
}

let seen: FleetState | undefined
let onSeen = (_: FleetState) => {}
const page = createHubClient({ url: http, token, WebSocket: WebSocket as never })
page.state('state:fleet', (state) => {
  seen = state
  onSeen(state)
})
const arePresent = (state: FleetState | undefined) =>
  state?.machines.filter(({ link, processes }) => link === 'connected' && processes.length === 5).length === MACHINES

async function untilAllVisible(): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!arePresent(seen)) {
    if (performance.now() > deadline)
      throw new Error(`only ${seen?.machines.filter((m) => m.link === 'connected').length} came`)
    await sleep(10)
  }
}

async function cpuOver(ms: number): Promise<number> {
  const pid = hub.child.pid ?? 0
  const before = exactCpuMs(pid)
  await sleep(ms)
  return round(((exactCpuMs(pid) - before) / ms) * 100, 1)
}

try {
  await hear('ready')
  const pairingSince = performance.now()
  for (let index = 0; index < MACHINES; index++) {
    say(`pair ${(await command('agent.pairing.open')).code}`)
    await hear('paired')
  }
  report('fleet paired', { machines: MACHINES, 'ms each': round((performance.now() - pairingSince) / MACHINES, 1) })

  const since = performance.now()
  const cpuBefore = exactCpuMs(hub.child.pid ?? 0)
  say('connect')
  await untilAllVisible()
  report('fleet connects', {
    'all visible ms': round(performance.now() - since, 0),
    'hub CPU ms': round(exactCpuMs(hub.child.pid ?? 0) - cpuBefore, 0),
  })
  await sleep(SETTLE_MS)
  const watched = await cpuOver(REST_MS)
  const samples = page.signal('samples:fleet', () => {})
  const looking = await cpuOver(REST_MS)
  samples.dispose()

  const times: number[] = []
  for (let index = 0; index < CHANGES; index++) {
    const chosen = Math.floor((index * MACHINES) / CHANGES)
    const name = `machine-${String(chosen).padStart(4, '0')}`
    const sentAt = performance.now()
    times.push(
      await new Promise<number>((resolve) => {
        onSeen = ({ machines }) => {
          const obs = machines.find((one) => one.name === name)?.processes.find(({ id }) => id === 'obs')
          if (obs?.restarts === 1) resolve(performance.now() - sentAt)
        }
        say(`restart ${chosen}`)
      }),
    )
    onSeen = () => {}
    await sleep(20)
  }
  report('fleet', {
    machines: MACHINES,
    'hub CPU %': watched,
    'hub CPU with samples shown %': looking,
    'hub RSS MiB': round(rssMiB(hub.child.pid ?? 0), 1),
    'change shown p50 ms': round(percentile(times, 50), 1),
    'change shown p99 ms': round(percentile(times, 99), 1),
  })

  const gone = new Promise((resolve) => hub.child.once('exit', resolve))
  hub.child.kill('SIGKILL')
  await gone
  seen = undefined
  hub = await start(port)
  const backSince = performance.now()
  await untilAllVisible()
  report('fleet after a kill of the hub', { 'all visible ms': round(performance.now() - backSince, 0) })
} finally {
  agents.kill('SIGKILL')
  page.dispose()
  hub.child.kill('SIGTERM')
  await new Promise((resolve) => hub.child.once('exit', resolve))
  rmSync(dataDir, { recursive: true, force: true })
}
process.exit()
