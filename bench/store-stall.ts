/**
 * How long the store, its searches, checkpoints and backups hold up the main loop: `node bench/store-stall.ts [--rows N]
 * [--rounds N]`. A loop that has the store, and, as the floor, a loop with nothing to do while another process has it: on
 * two cores both wait for their turn. Each in a process of its own with the hub's settings of the engine.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { systemClock } from '../base/clock.ts'
import { ENGINE } from '../build/engine.mjs'
import { openStore } from '../electron/kernel/store/open-store.ts'
import { EventMaker } from './store-events.ts'
import type { LoopReport } from './store-loop.ts'

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '5' } },
})
const dataDir = mkdtempSync(join(tmpdir(), 'landale-bench-'))
const script = join(import.meta.dirname, 'store-loop.ts')
const NOTHING_MS = 10_000
const CALL = 1000

interface Loop {
  child: ChildProcess
  ready: Promise<void>
  report: Promise<LoopReport>
}

function start(role: 'store' | 'load' | 'idle'): Loop {
  const child = spawn(process.execPath, [...ENGINE, script, dataDir, role], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const line = async () => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error(`the loop "${role}" ended before it had reported`)
    return String(value)
  }
  const ready = line().then(() => {})
  const report = ready.then(line).then((text) => JSON.parse(text) as LoopReport)
  return { child, ready, report }
}

async function ended({ child }: Loop): Promise<void> {
  if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve))
}

/** An idle loop for as long as `work` goes on. */
async function besideIdle(work: () => Promise<unknown>): Promise<LoopReport> {
  const idle = start('idle')
  await idle.ready
  await work()
  idle.child.stdin?.end()
  const report = await idle.report
  await ended(idle)
  return report
}

async function alone(role: 'store' | 'load'): Promise<LoopReport> {
  const loop = start(role)
  const report = await loop.report
  await ended(loop)
  rmSync(join(dataDir, 'backups'), { recursive: true, force: true })
  return report
}

async function fill(rows: number): Promise<void> {
  const store = await openStore({
    dataDir,
    migrations: [],
    clock: systemClock,
    log: { info: () => {}, warn: console.error, error: console.error },
  })
  const maker = new EventMaker()
  for (let count = 0; count < rows; count += CALL) {
    await store.append(
      Array.from({ length: CALL }, (_, index) => maker.make(Date.UTC(2026, 0, 1) + (count + index) * 250)),
    )
  }
  await store.close()
}

const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
const round = (ms: number) => Math.round(ms * 100) / 100

function row(what: string, reports: readonly LoopReport[]): Record<string, string | number> {
  const turns = reports.reduce((sum, report) => sum + report.turns, 0)
  return {
    what,
    'worst turn of each round, ms': reports.map(({ worst }) => worst.toFixed(1)).join(' '),
    'their median': round(median(reports.map(({ worst }) => worst))),
    'p99, median': round(median(reports.map(({ p99 }) => p99))),
    'over 10 ms': `${reports.reduce((sum, { over10 }) => sum + over10, 0)} of ${turns}`,
    'own computing, worst': round(Math.max(...reports.map(({ worstCpu }) => worstCpu))),
    'a journal write, worst': round(Math.max(...reports.map(({ worstJournal }) => worstJournal))),
  }
}

await fill(Number(values.rows))
const results: Record<'nothing' | 'live' | 'liveFloor' | 'load' | 'loadFloor', LoopReport[]> = {
  nothing: [],
  live: [],
  liveFloor: [],
  load: [],
  loadFloor: [],
}
for (let index = 0; index < Number(values.rounds); index++) {
  results.nothing.push(await besideIdle(() => new Promise((resolve) => setTimeout(resolve, NOTHING_MS))))
  results.live.push(await alone('store'))
  results.liveFloor.push(await besideIdle(() => alone('store')))
  results.load.push(await alone('load'))
  results.loadFloor.push(await besideIdle(() => alone('load')))
  console.error(`round ${index + 1} of ${values.rounds}`)
}
rmSync(dataDir, { recursive: true, force: true })
const table = [
  row('floor: an idle loop, nothing else', results.nothing),
  row('1000 events/s, searches, a backup', results.live),
  row('floor: an idle loop beside that in another process', results.liveFloor),
  row('events at full speed', results.load),
  row('floor: an idle loop beside that in another process', results.loadFloor),
]
for (const result of table) console.log(JSON.stringify(result))
console.table(table)
