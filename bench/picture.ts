/**
 * The picture, from a frame source to canvases in a real browser, against a bare `ws` server that pushes the same bytes to
 * a bare page. Rates, ages of what is drawn, the hub's own loop and commands meanwhile, and what nothing costs. Sources are
 * of both kinds: a process of its own that sends packets (as Chromium), and bitmaps in the hub's process (as the app).
 */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestViewer } from '../electron/features/compositor/server/testing/test-viewer.ts'
import type { HubFigures } from './picture-hub.ts'
import type { Load } from './picture-packets.ts'
import { median, percentile, report, round } from './stats.ts'
import { cpuOf, cpuOfTree, ViewerBrowser } from './viewer-browser.ts'

/** `BENCH_PARTS=nothing,full` measures only these. */
const PARTS = process.env.BENCH_PARTS?.split(',')
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 8)
const SETTLE_MS = 1500
const COMMANDS = 200
const STALL_MS = Number(process.env.BENCH_STALL_SECONDS ?? 60) * 1000
const NEW_VIEWERS = 8
const CROWD = 8

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

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

interface Side {
  child: ChildProcess
  url: string
  stop(): Promise<void>
}

interface HubSide extends Side {
  token: string
  command(): Promise<void>
  measure(step: 'begin' | 'end'): Promise<HubFigures>
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.send({ stop: true })
  await gone
}

async function startHub(way: 'socket' | 'window'): Promise<HubSide> {
  const dataDir = mkdtempSync(join(tmpdir(), 'landale-bench-'))
  const { child, ready } = await started<{ http: string; token: string }>('picture-hub.ts', [dataDir, way])
  const request = () =>
    fetch(`${ready.http}/api/commands/overlay.url.get`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ready.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ output: 'main' }),
    })
  const { result } = (await (await request()).json()) as { result: { liveUrl: string } }
  return {
    child,
    url: result.liveUrl,
    token: new URL(result.liveUrl).searchParams.get('token') ?? '',
    command: async () => void (await (await request()).arrayBuffer()),
    measure: (step) => ask<HubFigures>(child, { measure: step }),
    async stop() {
      await stop(child)
      rmSync(dataDir, { recursive: true })
    },
  }
}

async function startFloor(): Promise<Side> {
  const { child, ready } = await started<{ port: number }>('picture-floor.ts')
  return { child, url: `http://127.0.0.1:${ready.port}`, stop: () => stop(child) }
}

const floor = await startFloor()
let hub = await startHub('socket')

interface Run {
  /** Frames drawn in a second by the slowest window. */
  rate: number
  /** User and system time for each frame drawn by it, ms: of who serves, of a source's own process, and of the browser. */
  serverMs: number
  sourceMs: number
  browserMs: number
  p50: number
  p99: number
}

/** Windows on one side, for some seconds of a load. */
async function watch(
  { child, url }: Pick<Side, 'child' | 'url'>,
  windows: number,
  load: Load,
  during?: () => Promise<void>,
): Promise<Run> {
  const browser = await ViewerBrowser.start()
  child.send({ load })
  for (let index = 0; index < windows; index++) await browser.open(url)
  await sleep(SETTLE_MS)
  await browser.take()
  const used = () => {
    const server = cpuOf(child.pid ?? 0)
    return { server, source: cpuOfTree(child.pid ?? 0) - server, browser: browser.cpuMs }
  }
  const before = used()
  const began = performance.now()
  await Promise.all([sleep(SECONDS * 1000), during?.()])
  const meters = await browser.take()
  const seconds = (performance.now() - began) / 1000
  const after = used()
  child.send({ load: 'still' })
  await browser.stop()
  const ages = meters.flatMap(({ ages }) => ages)
  const frames = Math.min(...meters.map(({ ages }) => ages.length))
  return {
    rate: frames / seconds,
    serverMs: (after.server - before.server) / frames,
    sourceMs: (after.source - before.source) / frames,
    browserMs: (after.browser - before.browser) / frames,
    p50: percentile(ages, 50),
    p99: percentile(ages, 99),
  }
}

async function compare(name: string, windows: number, load: Load): Promise<void> {
  const pairs: { own: Run; bare: Run; figures: HubFigures }[] = []
  for (let index = 0; index < ROUNDS; index++) {
    const bare = await watch(floor, windows, load)
    await hub.measure('begin')
    const own = await watch(hub, windows, load)
    pairs.push({ bare, own, figures: await hub.measure('end') })
  }
  const of = (pick: (pair: (typeof pairs)[number]) => number, digits = 1) => round(median(pairs.map(pick)), digits)
  report(name, {
    'frames/s of the slowest': of(({ own }) => own.rate),
    'the same, bare': of(({ bare }) => bare.rate),
    'rate/bare': of(({ own, bare }) => own.rate / bare.rate, 2),
    'cpu of the hub, ms a frame': of(({ own }) => own.serverMs),
    'cpu of the source': of(({ own }) => own.sourceMs),
    'cpu of its browser': of(({ own }) => own.browserMs),
    'cpu of the bare server': of(({ bare }) => bare.serverMs),
    'cpu of its browser, bare': of(({ bare }) => bare.browserMs),
    'age p50 ms': of(({ own }) => own.p50),
    'age p99 ms': of(({ own }) => own.p99),
    'bare p99 ms': of(({ bare }) => bare.p99),
    'p99/bare': of(({ own, bare }) => own.p99 / bare.p99, 2),
    'hub loop p99 ms': of(({ figures }) => figures.loopP99Ms, 2),
    'hub loop worst ms': of(({ figures }) => figures.loopWorstMs),
    'hub MiB': of(({ figures }) => figures.rssMiB),
  })
}

/** Times of commands, ms. */
async function commandTimes(): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < COMMANDS; index++) {
    const began = performance.now()
    await hub.command()
    times.push(performance.now() - began)
    await sleep(10)
  }
  return times
}

/** Full frames of the hub's own; as the floor, a machine as busy with full frames of somebody else. */
async function commandsMeanwhile(): Promise<void> {
  const quiet = await commandTimes()
  const beside = async (side: Side) => {
    let times: number[] = []
    await watch(side, 1, 'full', async () => {
      times = await commandTimes()
    })
    return times
  }
  const elsewhere = await beside(floor)
  const busy = await beside(hub)
  report('a command meanwhile', {
    'p50 ms, no frames': round(median(quiet), 2),
    'p50 ms, full frames': round(median(busy), 2),
    'p50 ms, full frames of the bare pair': round(median(elsewhere), 2),
    'p99 ms, no frames': round(percentile(quiet, 99), 2),
    'p99 ms, full frames': round(percentile(busy, 99), 2),
    'p99 ms, full frames of the bare pair': round(percentile(elsewhere, 99), 2),
  })
}

/** What 4 windows cost when nothing is painted, % of a core: the side's own process, and the browser. */
async function idleCost(side: Side): Promise<{ own: number; browser: number; drawn: number }> {
  const browser = await ViewerBrowser.start()
  side.child.send({ load: 'still' })
  for (let index = 0; index < 4; index++) await browser.open(side.url)
  await sleep(10_000)
  await browser.take()
  // Without the source's own process, which stands in for a browser.
  const own = () => cpuOf(side.child.pid ?? 0)
  const [ownBefore, browserBefore, began] = [own(), browser.cpuMs, performance.now()]
  await sleep(SECONDS * 2000)
  const ms = performance.now() - began
  const [ownMs, browserMs] = [own() - ownBefore, browser.cpuMs - browserBefore]
  const drawn = (await browser.take()).reduce((sum, { ages }) => sum + ages.length, 0)
  await browser.stop()
  return { own: (ownMs / ms) * 100, browser: (browserMs / ms) * 100, drawn }
}

async function nothing(): Promise<void> {
  const bare = await idleCost(floor)
  const ours = await idleCost(hub)
  report('nothing changes, 4 viewers', {
    'frames drawn': ours.drawn,
    'hub % of a core': round(ours.own, 2),
    'its browser, % of a core': round(ours.browser, 2),
    'bare server % of a core': round(bare.own, 2),
    'its browser, %': round(bare.browser, 2),
  })
}

/** Windows that are opened, one after the other, beside one in which the picture moves. */
async function firstPicture(): Promise<void> {
  const firstAt = async (side: Side) => {
    const browser = await ViewerBrowser.start()
    side.child.send({ load: 'area' })
    await browser.open(side.url)
    await sleep(SETTLE_MS)
    const times: number[] = []
    for (let index = 0; index < NEW_VIEWERS; index++) {
      await browser.open(side.url)
      await sleep(SETTLE_MS)
      times.push((await browser.take()).at(-1)?.firstAt ?? Number.NaN)
      await browser.closeLast()
    }
    side.child.send({ load: 'still' })
    await browser.stop()
    return times
  }
  const bare = await firstAt(floor)
  const own = await firstAt(hub)
  report('the first picture of a new viewer', {
    'p50 ms': round(median(own), 0),
    'worst ms': round(Math.max(...own), 0),
    'bare p50 ms': round(median(bare), 0),
  })
}

/** A viewer without a browser. */
async function joined(): Promise<TestViewer> {
  const { origin } = new URL(hub.url)
  const answer = await fetch(`${origin}/live/main.json?token=${hub.token}`)
  const { socket } = (await answer.json()) as { socket: string }
  return TestViewer.connect({ port: Number(new URL(socket).port), output: 'main', token: hub.token })
}

/** The hub's memory, MiB: the median of some moments, for it breathes. */
async function hubMemory(): Promise<number> {
  const samples: number[] = []
  for (let index = 0; index < 15; index++) {
    await sleep(200)
    samples.push((await hub.measure('end')).rssMiB)
  }
  return median(samples)
}

/** Full frames to one viewer, then to a crowd. */
async function memory(): Promise<void> {
  const viewers = [await joined()]
  hub.child.send({ load: 'full' })
  await sleep(5000)
  const one = await hubMemory()
  for (let index = 0; index < CROWD; index++) viewers.push(await joined())
  await sleep(5000)
  const many = await hubMemory()
  hub.child.send({ load: 'still' })
  for (const viewer of viewers) await viewer.leave()
  report('memory of the hub', {
    'one viewer MiB': round(one, 1),
    [`${CROWD + 1} viewers MiB`]: round(many, 1),
    'each MiB': round((many - one) / CROWD, 1),
  })
}

/** One of two viewers of full frames stops reading, and goes on. */
async function stall(): Promise<void> {
  const witness = await joined()
  const stalled = await joined()
  hub.child.send({ load: 'full' })
  await sleep(3000)
  const before = await hubMemory()
  stalled.stall()
  await sleep(STALL_MS)
  const meanwhile = await hubMemory()
  hub.child.send({ load: 'still' })
  await sleep(500)
  const began = performance.now()
  stalled.goOn()
  while (stalled.sequence !== witness.sequence) await sleep(1)
  const rightMs = performance.now() - began
  const isEqual = Buffer.compare(stalled.canvas ?? Buffer.alloc(0), witness.canvas ?? Buffer.alloc(1)) === 0
  report('a viewer that stops reading', {
    seconds: STALL_MS / 1000,
    'memory before MiB': round(before, 1),
    'at the end MiB': round(meanwhile, 1),
    'right again ms': round(rightMs, 0),
    equal: String(isEqual),
  })
  await stalled.leave()
  await witness.leave()
}

const area = (source: string) => compare(`600x160 px, 60 times a second, 4 viewers, ${source}`, 4, 'area')
const full = (source: string) => compare(`1920x1080 px, one viewer, ${source}`, 1, 'full')

async function withWindows(): Promise<void> {
  await hub.stop()
  hub = await startHub('window')
  await area('bitmaps of the hub')
  await full('bitmaps of the hub')
  await commandsMeanwhile()
}

const parts: Record<string, () => Promise<void>> = {
  nothing,
  first: firstPicture,
  area: () => area('packets of a process'),
  full: () => full('packets of a process'),
  commands: commandsMeanwhile,
  memory,
  stall,
  windows: withWindows,
}
try {
  for (const [name, measure] of Object.entries(parts)) if (PARTS?.includes(name) ?? true) await measure()
} finally {
  await hub.stop()
  await floor.stop()
}
