/**
 * The agent beside PM2 and a bare supervisor, 20 children each (10 idle Node, 10 `sleep`), all three at once: memory and
 * processor at rest, then one kill -9 after another, taking turns. PM2 comes from npm for this run alone; without it the
 * others are measured all the same. What an agent adds to one held WebSocket is told beside a process that holds one.
 * Targets: private memory at most PM2's; RSS at most 12 MiB over the bare socket's; CPU at most half of PM2's; a child's
 * end at the hub p99 at most 2 x, its successor's first line p50 at most 1.15 x the bare supervisor's; an adopted one's
 * end within 2.5 s.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { placesFrom } from '../agent/settings.ts'
import { bundleAgent } from '../build/agent/bundle.ts'
import { ENGINE } from '../build/agent/executable.ts'
import { startBenchHub } from './agent-hub.ts'
import { anonMiB, exactCpuMs, rssMiB } from './process.ts'
import { median, percentile, report, round } from './stats.ts'

const PM2_VERSION = '7.0.4'
const REST_MS = Number(process.env.BENCH_REST_MS ?? 60_000)
const KILLS = Number(process.env.BENCH_KILLS ?? 50)
const ADOPTED_KILLS = Math.min(10, KILLS)
/** Starting up has been paid for by then. */
const SETTLE_MS = Math.min(20_000, REST_MS)
/** Between a restart and the next kill: no supervisor is caught in the work of the last one. */
const PAUSE_MS = 150
const PATIENCE_MS = 30_000
/** As it is shipped, or others, to try what they are worth. */
const AGENT_FLAGS = process.env.BENCH_AGENT_FLAGS?.split(' ') ?? ENGINE

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const now = () => Number(process.hrtime.bigint()) / 1e6

const folder = mkdtempSync(join(tmpdir(), 'landale-bench-agent-'))
const firstLines = join(folder, 'first-lines')
writeFileSync(firstLines, '')

interface Supervisor {
  readonly name: string
  readonly pid: () => number
}

/** Waiting for news of one child at a time, by supervisor and id. */
const awaited = new Map<string, (at: number) => void>()
const heard = (supervisor: string) => (id: string) => awaited.get(`${supervisor} ${id}`)?.(now())
let reported: (adopted: readonly string[]) => void = () => {}

const hub = await startBenchHub({
  onAgentExit: heard('agent'),
  onFloorExit: heard('floor'),
  onReport: (adopted) => reported(adopted),
})

function children(supervisor: string) {
  const of = (id: string, command: string, args: readonly string[]) => ({
    id,
    name: id,
    command,
    args,
    env: { BENCH_CHILD: `${supervisor}-${id}`, BENCH_FIRST_LINES: firstLines },
    autostart: true,
    restart: { policy: 'always', maxRestarts: 100_000, initialDelayMs: 0, maxDelayMs: 0, stableMs: 0 },
  })
  const ten = [...Array(10).keys()]
  return [
    ...ten.map((index) => of(`node-${index}`, process.execPath, [join(import.meta.dirname, 'agent-child.mjs')])),
    ...ten.map((index) => of(`sleep-${index}`, '/bin/sleep', ['1000000'])),
  ]
}

async function until<T>(what: string, look: () => T | undefined, everyMs = 20): Promise<T> {
  const begun = now()
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    if (now() - begun > PATIENCE_MS) throw new Error(`${what} never came`)
    await sleep(everyMs)
  }
}

/** The supervisor's child of this name: by the kernel's word, not the supervisor's. */
function childPid(supervisor: Supervisor, id: string): number | undefined {
  const pid = supervisor.pid()
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
  return pids.find((one) => isMarked(one, `${supervisor.name}-${id}\0`))
}

/** Whether it is a child of this bench's, its name beginning so. */
function isMarked(pid: number, name: string): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
    return environment.includes(`BENCH_CHILD=${name}`) && environment.includes(`BENCH_FIRST_LINES=${firstLines}`)
  } catch {
    return false
  }
}

function marked(name: string): number[] {
  const pids = readdirSync('/proc').map(Number)
  return pids.filter((pid) => pid > 0 && isMarked(pid, name))
}

/** When the last of this name, another than `before`, ran its first line, ms of `now`. */
function firstLine(name: string, before = 0): number | undefined {
  const last = readFileSync(firstLines, 'utf8')
    .split('\n')
    .findLast((line) => line.startsWith(`${name} `))
  const [, pid, at] = last?.split(' ') ?? []
  return last === undefined || Number(pid) === before ? undefined : Number(at) / 1e6
}

async function allUp(supervisor: Supervisor): Promise<void> {
  for (const { id } of children(supervisor.name)) {
    await until(`${supervisor.name}'s ${id}`, () => childPid(supervisor, id))
    if (id.startsWith('node')) await until(`the first line of ${id}`, () => firstLine(`${supervisor.name}-${id}`))
  }
}

const environment = { ...process.env }
delete environment.NODE_OPTIONS

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...environment, ...env } })
}

async function startFloor(): Promise<Supervisor & { end: () => void }> {
  const list = join(folder, 'floor.json')
  writeFileSync(list, JSON.stringify({ processes: children('floor') }))
  const process_ = start([join(import.meta.dirname, 'agent-floor.mjs'), hub.url, list])
  return { name: 'floor', pid: () => process_.pid ?? 0, end: () => process_.kill('SIGKILL') }
}

/** Holds one WebSocket, and no child. */
function startHolder(): Supervisor & { end: () => void } {
  const process_ = start([join(import.meta.dirname, 'agent-floor.mjs'), hub.url])
  return { name: 'one socket', pid: () => process_.pid ?? 0, end: () => process_.kill('SIGKILL') }
}

async function startAgent(): Promise<Supervisor & { killAndRestart: () => Promise<void>; end: () => void }> {
  const home = join(folder, 'home')
  const places = placesFrom({ LANDALE_AGENT_HOME: home }, process.platform)
  mkdirSync(home)
  writeFileSync(places.settings, JSON.stringify({ name: 'bench', port: 0 }))
  writeFileSync(places.definitions, JSON.stringify({ processes: children('agent') }))
  hub.pair(places)
  const script = await bundleAgent(join(import.meta.dirname, '..'), folder)
  const begin = () => start([...AGENT_FLAGS, script], { LANDALE_AGENT_HOME: home })
  let process_ = begin()
  return {
    name: 'agent',
    pid: () => process_.pid ?? 0,
    end: () => process_.kill('SIGKILL'),
    async killAndRestart() {
      const gone = new Promise((resolve) => process_.once('exit', resolve))
      process_.kill('SIGKILL')
      await gone
      const back = new Promise<void>((resolve) => {
        reported = (adopted) => {
          if (adopted.length === 20) resolve()
        }
      })
      process_ = begin()
      await back
    },
  }
}

/** PM2 as npm has it, with its own defaults, or a word on why there is none. */
async function startPm2(): Promise<(Supervisor & { end: () => Promise<void> }) | string> {
  const place = join(folder, 'pm2')
  mkdirSync(place)
  writeFileSync(join(place, 'package.json'), '{"private":true}')
  try {
    const args = ['install', `pm2@${PM2_VERSION}`, '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
    execFileSync('npm', args, { cwd: place, stdio: ['ignore', 'ignore', 'pipe'], timeout: 240_000 })
  } catch (error) {
    return `PM2 could not be fetched: ${error instanceof Error ? error.message.split('\n')[0] : error}`
  }
  const home = join(place, 'home')
  Object.assign(process.env, { PM2_HOME: home, PM2_DISABLE_VERSION_CHECK: 'true' })
  const apps = children('pm2').map(({ id, command, args, env }) => {
    const isNode = id.startsWith('node')
    return {
      name: id,
      ...(isNode ? { script: args[0], interpreter: command } : { script: command, args, interpreter: 'none' }),
      env,
      min_uptime: 0,
      max_restarts: 1_000_000,
    }
  })
  const list = join(place, 'apps.config.json')
  writeFileSync(list, JSON.stringify({ apps }))
  const pm2 = createRequire(join(place, 'package.json'))('pm2')
  const call = (method: string, ...args: unknown[]) =>
    new Promise<never>((resolve, reject) => {
      pm2[method](...args, (error: unknown, value: never) => (error ? reject(error) : resolve(value)))
    })
  await call('connect')
  const bus: { on: (event: string, listener: (told: never) => void) => void } = await call('launchBus')
  bus.on('process:event', ({ event, process: told }: { event: string; process: { name: string } }) => {
    if (event === 'exit') heard('pm2')(told.name)
  })
  await call('start', list)
  const pid = Number(readFileSync(join(home, 'pm2.pid'), 'utf8'))
  return {
    name: 'pm2',
    pid: () => pid,
    async end() {
      await call('killDaemon').catch(() => {})
      pm2.disconnect()
    },
  }
}

/** One kill -9: ms to the news of the end, and for a Node child to its successor's first line. */
async function kill(supervisor: Supervisor, id: string): Promise<{ exitMs: number; lineMs: number }> {
  const pid = await until(`${supervisor.name}'s ${id}`, () => childPid(supervisor, id))
  const news = new Promise<number>((resolve) => awaited.set(`${supervisor.name} ${id}`, resolve))
  const killedAt = now()
  process.kill(pid, 'SIGKILL')
  const timeout = sleep(PATIENCE_MS).then(() => Number.NaN)
  const exitMs = (await Promise.race([news, timeout])) - killedAt
  if (Number.isNaN(exitMs)) throw new Error(`${supervisor.name} never told of the end of ${id}`)
  awaited.clear()
  // A file is all that is looked at meanwhile: the supervisor has the machine to itself.
  const line = id.startsWith('node')
    ? await until(`the next ${id} of ${supervisor.name}`, () => firstLine(`${supervisor.name}-${id}`, pid))
    : Number.NaN
  await sleep(PAUSE_MS)
  return { exitMs, lineMs: line - killedAt }
}

function tell(name: string, values: readonly number[], floor: readonly number[]): void {
  report(`agent: ${name}`, {
    n: values.length,
    'p50 ms': round(percentile(values, 50), 2),
    'p99 ms': round(percentile(values, 99), 2),
    'worst ms': round(Math.max(...values), 2),
    'p50/floor': round(percentile(values, 50) / percentile(floor, 50), 2),
    'p99/floor': round(percentile(values, 99) / percentile(floor, 99), 2),
  })
}

// A reader that goes away early must not keep the bench from cleaning up.
process.stdout.on('error', () => {})
const cleaners: (() => unknown)[] = []
try {
  const floor = await startFloor()
  cleaners.push(floor.end)
  const holder = startHolder()
  cleaners.push(holder.end)
  const agent = await startAgent()
  cleaners.push(agent.end)
  const pm2 = await startPm2()
  if (typeof pm2 === 'string') console.log(pm2)
  else cleaners.push(pm2.end)
  const supervisors: Supervisor[] = [floor, agent, ...(typeof pm2 === 'string' ? [] : [pm2])]
  for (const supervisor of supervisors) await allUp(supervisor)
  await sleep(SETTLE_MS)

  const before = new Map([...supervisors, holder].map((one) => [one, exactCpuMs(one.pid())]))
  await sleep(REST_MS)
  for (const one of [holder, ...supervisors]) {
    const pid = one.pid()
    report(`${one.name} at rest`, {
      'RSS MiB': round(rssMiB(pid), 1),
      'private MiB': round(anonMiB(pid), 1),
      'RSS over one socket MiB': round(rssMiB(pid) - rssMiB(holder.pid()), 1),
      'CPU ms/s': round(((exactCpuMs(pid) - (before.get(one) ?? 0)) / REST_MS) * 1_000, 3),
    })
  }

  const results = new Map<string, number[]>()
  const note = (key: string, value: number) => results.set(key, [...(results.get(key) ?? []), value])
  for (let index = 0; index < KILLS; index++) {
    for (const kind of ['node', 'sleep']) {
      // Turns are rotated, so that nobody is always the one after the slowest.
      for (let turn = 0; turn < supervisors.length; turn++) {
        const supervisor = supervisors[(turn + index) % supervisors.length]
        if (!supervisor) continue
        const { exitMs, lineMs } = await kill(supervisor, `${kind}-${index % 10}`)
        note(`${supervisor.name} ${kind} exit`, exitMs)
        if (kind === 'node') note(`${supervisor.name} node line`, lineMs)
      }
    }
  }
  for (const [what, words] of [
    ['node exit', 'a Node child’s end at the subscriber'],
    ['sleep exit', 'a sleep’s end at the subscriber'],
    ['node line', 'the next Node child’s first line'],
  ]) {
    for (const { name } of supervisors)
      tell(`${name}, ${words}`, results.get(`${name} ${what}`) ?? [], results.get(`floor ${what}`) ?? [])
  }
  for (const { name, pid } of supervisors) report(`${name} after kills`, { 'RSS MiB': round(rssMiB(pid()), 1) })

  await agent.killAndRestart()
  const adopted: number[] = []
  for (let index = 0; index < ADOPTED_KILLS; index++) {
    const id = `node-${index}`
    const pid = await until(`the adopted ${id}`, () => marked(`agent-${id}\0`)[0])
    const news = new Promise<number>((resolve) => awaited.set(`agent ${id}`, resolve))
    const killedAt = now()
    process.kill(pid, 'SIGKILL')
    adopted.push((await news) - killedAt)
    await sleep(PAUSE_MS + Math.random() * 1_000)
  }
  report('agent: an adopted child’s end at the hub', {
    n: adopted.length,
    'p50 ms': round(median(adopted), 0),
    'worst ms': round(Math.max(...adopted), 0),
  })
} finally {
  for (const clean of cleaners) await clean()
  hub.close()
  await endChildren()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
}
process.exit()

/** What was supervised outlives its supervisors; nothing is to outlive the bench. */
async function endChildren(): Promise<void> {
  for (const pid of marked('')) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // Gone already.
    }
  }
}
