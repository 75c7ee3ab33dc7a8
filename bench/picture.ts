/**
 * The picture, from a frame source to canvases in a real browser, against a bare `ws` server that pushes the same bytes to
 * a bare page. Rates, ages of what is drawn, the hub's own loop and commands meanwhile, and what nothing costs.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HubFigures } from './picture-hub.ts'
import type { Load } from './picture-packets.ts'
import { median, percentile, report, round } from './stats.ts'
import { cpuOf, type Meter, treeOf, ViewerBrowser } from './viewer-browser.ts'

/** `BENCH_PARTS=nothing,full` measures only these. */
const PARTS = process.env.BENCH_PARTS?.split(',')
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 8)
const SETTLE_MS = 1500
const COMMANDS = 200

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const dataDir = mkdtempSync(join(tmpdir(), 'landale-bench-'))

function ask<T>(child: ChildProcess, message: object): Promise<T> {
  return new Promise((resolve) => {
    child.once('message', (answer) => resolve(answer as T))
    child.send(message)
  })
}

function started<T>(script: string, args: string[] = []): Promise<{ child: ChildProcess; ready: T }> {
  const child = fork(join(import.meta.dirname, script), args)
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)))
    child.once('message', (ready) => resolve({ child, ready: ready as T }))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.send({ stop: true })
  await gone
}

interface Side {
  child: ChildProcess
  url: string
}

const hub = await started<{ http: string; token: string }>('picture-hub.ts', [
  dataDir,
  process.env.BENCH_WAY ?? 'socket',
])
const { http, token } = hub.ready
async function command(name: string, args: object): Promise<Record<string, string>> {
  const answer = await fetch(`${http}/api/commands/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(args),
  })
  return ((await answer.json()) as { result: Record<string, string> }).result
}
const { liveUrl = '' } = await command('overlay.url.get', { output: 'main' })
const ours: Side = { child: hub.child, url: liveUrl }
const floorProcess = await started<{ port: number }>('picture-floor.ts')
const floor: Side = { child: floorProcess.child, url: `http://127.0.0.1:${floorProcess.ready.port}` }

interface Run {
  /** Frames drawn in a second by the slowest window. */
  rate: number
  p50: number
  p99: number
  first: number
}

/** Windows on one side, for some seconds of a load. */
async function watch({ child, url }: Side, windows: number, load: Load, during?: () => Promise<void>): Promise<Run> {
  const browser = await ViewerBrowser.start()
  child.send({ load })
  for (let index = 0; index < windows; index++) await browser.open(url)
  await sleep(SETTLE_MS)
  const first = await browser.take()
  const began = performance.now()
  await Promise.all([sleep(SECONDS * 1000), during?.()])
  const meters = await browser.take()
  const seconds = (performance.now() - began) / 1000
  child.send({ load: 'still' })
  await browser.stop()
  const ages = meters.flatMap(({ ages }) => ages)
  return {
    rate: Math.min(...meters.map(({ ages }) => ages.length)) / seconds,
    p50: percentile(ages, 50),
    p99: percentile(ages, 99),
    first: Math.max(...first.map((meter: Meter) => meter.firstAt ?? Number.NaN)),
  }
}

async function compare(name: string, windows: number, load: Load): Promise<void> {
  const pairs: { own: Run; bare: Run; figures: HubFigures }[] = []
  for (let index = 0; index < ROUNDS; index++) {
    const bare = await watch(floor, windows, load)
    hub.child.send({ measure: 'begin' })
    const own = await watch(ours, windows, load)
    pairs.push({ bare, own, figures: await ask<HubFigures>(hub.child, { measure: 'end' }) })
  }
  const of = (pick: (pair: (typeof pairs)[number]) => number, digits = 1) => round(median(pairs.map(pick)), digits)
  report(name, {
    'frames/s of the slowest': of(({ own }) => own.rate),
    'the same, bare': of(({ bare }) => bare.rate),
    'rate/bare': of(({ own, bare }) => own.rate / bare.rate, 2),
    'age p50 ms': of(({ own }) => own.p50),
    'age p99 ms': of(({ own }) => own.p99),
    'bare p99 ms': of(({ bare }) => bare.p99),
    'p99/bare': of(({ own, bare }) => own.p99 / bare.p99, 2),
    'hub loop p99 ms': of(({ figures }) => figures.loopP99Ms, 2),
    'hub loop worst ms': of(({ figures }) => figures.loopWorstMs),
    'hub MiB': of(({ figures }) => figures.rssMiB),
    'first picture ms': of(({ own }) => own.first, 0),
  })
}

async function commandTimes(): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < COMMANDS; index++) {
    const began = performance.now()
    await command('overlay.url.get', { output: 'main' })
    times.push(performance.now() - began)
    await sleep(10)
  }
  return times
}

async function nothing(): Promise<void> {
  const browser = await ViewerBrowser.start()
  for (let index = 0; index < 4; index++) await browser.open(ours.url)
  await sleep(4000)
  await browser.take()
  const pids = () => treeOf(hub.child.pid ?? 0)
  // Without the source's own process, which stands in for a browser.
  const hubCpu = () => cpuOf(hub.child.pid ?? 0)
  const [hubBefore, browserBefore, began] = [hubCpu(), browser.cpuMs, performance.now()]
  await sleep(SECONDS * 1000)
  const ms = performance.now() - began
  const drawn = (await browser.take()).reduce((sum, { ages }) => sum + ages.length, 0)
  report('nothing changes, 4 viewers', {
    'frames drawn': drawn,
    'hub % of a core': round(((hubCpu() - hubBefore) / ms) * 100, 2),
    'the browser of 4 viewers, % of a core': round(((browser.cpuMs - browserBefore) / ms) * 100, 2),
    processes: pids().length,
  })
  await browser.stop()
}

async function commandsMeanwhile(): Promise<void> {
  const quiet = await commandTimes()
  let busy: number[] = []
  await watch(ours, 1, 'full', async () => {
    busy = await commandTimes()
  })
  report('a command meanwhile', {
    'p50 ms, no frames': round(median(quiet), 2),
    'p50 ms, full frames': round(median(busy), 2),
    'p99 ms, no frames': round(percentile(quiet, 99), 2),
    'p99 ms, full frames': round(percentile(busy, 99), 2),
  })
}

const parts: Record<string, () => Promise<void>> = {
  nothing,
  area: () => compare('600x160 px, 60 times a second, 4 viewers', 4, 'area'),
  full: () => compare('1920x1080 px, one viewer', 1, 'full'),
  commands: commandsMeanwhile,
}
try {
  for (const [name, measure] of Object.entries(parts)) if (PARTS?.includes(name) ?? true) await measure()
} finally {
  await stop(hub.child)
  await stop(floor.child)
  rmSync(dataDir, { recursive: true })
}
