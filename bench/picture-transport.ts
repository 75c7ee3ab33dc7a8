/**
 * The picture server without any browser: how fast packets go through it, and what that costs the hub, beside a bare `ws`
 * server that pushes the same bytes. Sources and viewers run in processes of their own, as in real life.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { WebSocket, WebSocketServer } from 'ws'
import { packRects, unpackRects } from '../base/pixels/pack.ts'
import { areaOf, type Rect } from '../base/pixels/rect.ts'
import { headerBytes, type PacketHeader, readPacket, writeHeader } from '../contracts/picture/packet.ts'
import { createTestServer } from '../electron/features/compositor/server/testing/test-server.ts'
import { TestViewer } from '../electron/features/compositor/server/testing/test-viewer.ts'
import { percentile, report, round } from './stats.ts'

const WIDTH = 1920
const HEIGHT = 1080
const WHOLE: Rect = { x: 0, y: 0, width: WIDTH, height: HEIGHT }
const CARD: Rect = { x: 660, y: 800, width: 600, height: 160 }
const MEASURED_MS = 6000
const WARM_UP_MS = 1500
const ROUNDS = 2

/** What a viewer measured. */
interface Seen {
  framesPerSecond: number
  /** Capture to drawn, ms. */
  p50: number
  p99: number
}

interface Job {
  role: 'source' | 'viewer' | 'bare-source'
  url: string
  rect: Rect
  /** 0: as fast as packets are taken. */
  framesPerSecond: number
}

const job = process.env.LANDALE_BENCH_JOB
if (job === undefined) await measureAll()
else await work(JSON.parse(job) as Job)

async function measureAll(): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    await measure('card', CARD, 60, 1)
    await measure('card', CARD, 60, 4)
    await measure('full', WHOLE, 0, 1)
  }
  await measureStall()
}

/** The same through the picture server, and bare. */
async function measure(what: string, rect: Rect, framesPerSecond: number, viewers: number): Promise<void> {
  const floor = await measureBare(rect, framesPerSecond, viewers)
  const { server } = createTestServer()
  server.setOutput({ id: 'main', width: WIDTH, height: HEIGHT, frameRate: 60 })
  const { port } = await server.listen()
  const { uploadUrl } = await server.openSink('main')
  const viewerUrl = `ws://127.0.0.1:${port}/picture/main?token=main`
  const watching = Array.from({ length: viewers }, () =>
    start({ role: 'viewer', url: viewerUrl, rect, framesPerSecond }),
  )
  const source = start({ role: 'source', url: uploadUrl, rect, framesPerSecond })
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const cpu = process.cpuUsage()
  const seen = await Promise.all(watching.map(resultOf))
  const { user, system } = process.cpuUsage(cpu)
  source.kill()
  await server.close()
  report(`picture-transport ${what}`, {
    viewers,
    ...figuresOf(seen),
    ...prefixed('bare', figuresOf(floor)),
    hubCpuPercent: round((user + system) / 10 / (MEASURED_MS + WARM_UP_MS), 1),
    mainLoopP99Ms: round(delay.percentile(99) / 1e6),
  })
}

/** One process pushes to others, with one packet in flight for each. */
async function measureBare(rect: Rect, framesPerSecond: number, viewers: number): Promise<Seen[]> {
  const source = start({ role: 'bare-source', url: '', rect, framesPerSecond })
  const [url] = (await once(source, 'message')) as [string]
  const watching = Array.from({ length: viewers }, () => start({ role: 'viewer', url, rect, framesPerSecond }))
  const seen = await Promise.all(watching.map(resultOf))
  source.kill()
  return seen
}

/** What a viewer costs that does not read for a while, and how soon it is right again. */
async function measureStall(): Promise<void> {
  const { server } = createTestServer()
  server.setOutput({ id: 'main', width: WIDTH, height: HEIGHT, frameRate: 60 })
  const { port } = await server.listen()
  const { uploadUrl } = await server.openSink('main')
  const source = start({ role: 'source', url: uploadUrl, rect: WHOLE, framesPerSecond: 20 })
  const watching = start({
    role: 'viewer',
    url: `ws://127.0.0.1:${port}/picture/main?token=main`,
    rect: WHOLE,
    framesPerSecond: 0,
  })
  const viewer = await TestViewer.connect({ port, output: 'main', token: 'main' })
  await pause(2000)
  const before = process.memoryUsage().rss
  viewer.stall()
  await pause(10_000)
  const grownMiB = (process.memoryUsage().rss - before) / 2 ** 20
  source.kill()
  await pause(300)
  const { changed } = server.figures('main').counts
  const started = performance.now()
  viewer.goOn()
  while (viewer.sequence < changed && performance.now() - started < 5000) await pause(1)
  const rightAgainMs = round(performance.now() - started, 1)
  report('picture-transport stalled 10 s', { grownMiB: round(grownMiB, 1), rightAgainMs })
  watching.kill()
  await viewer.leave()
  await server.close()
}

function start(what: Job): ChildProcess {
  return fork(import.meta.filename, { env: { ...process.env, LANDALE_BENCH_JOB: JSON.stringify(what) } })
}

async function resultOf(child: ChildProcess): Promise<Seen> {
  const [seen] = (await once(child, 'message')) as [Seen]
  child.kill()
  return seen
}

function figuresOf(seen: readonly Seen[]): Record<string, number> {
  return {
    slowestFramesPerSecond: round(Math.min(...seen.map(({ framesPerSecond }) => framesPerSecond)), 1),
    p50Ms: round(Math.max(...seen.map(({ p50 }) => p50)), 2),
    p99Ms: round(Math.max(...seen.map(({ p99 }) => p99)), 2),
  }
}

function prefixed(prefix: string, figures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix} ${name}`, value]))
}

// The other processes

async function work(what: Job): Promise<void> {
  if (what.role === 'viewer') await view(what)
  else if (what.role === 'source') upload(what)
  else await push(what)
}

async function view({ url }: Job): Promise<void> {
  const canvas = new Uint8Array(areaOf(WHOLE) * 4)
  const latencies: number[] = []
  const socket = new WebSocket(url, { perMessageDeflate: false })
  let isMeasuring = false
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) return
    const { header, pixels } = readPacket(data)
    unpackRects(pixels, canvas, WIDTH, header.rects)
    socket.send(JSON.stringify({ type: 'ack', sequence: header.sequence, drawMs: 0, shownAt: null }))
    if (isMeasuring) latencies.push(epochMs() - header.capturedAt)
  })
  await once(socket, 'open')
  await pause(WARM_UP_MS)
  isMeasuring = true
  await pause(MEASURED_MS)
  process.send?.({
    framesPerSecond: latencies.length / (MEASURED_MS / 1000),
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
  } satisfies Seen)
}

/** Sends packets with one in flight, `framesPerSecond` or as fast as they are taken. */
function upload({ url, rect, framesPerSecond }: Job): void {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  const packets = packetMaker(rect)
  let sequence = 0
  let isTaken = false
  const send = () => {
    if (!isTaken) return
    isTaken = false
    socket.send(sequence === 0 ? packets(WHOLE, true, ++sequence, 0) : packets(rect, false, ++sequence, sequence - 1))
  }
  socket.on('message', (data: Buffer) => {
    const { type } = JSON.parse(data.toString('utf8')) as { type: string }
    if (type === 'ack' || type === 'hello') isTaken = true
    if (framesPerSecond === 0) send()
  })
  if (framesPerSecond > 0) setInterval(send, 1000 / framesPerSecond)
}

/** The floor: source and server in one, nothing but `ws`. */
async function push({ rect, framesPerSecond }: Job): Promise<void> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  await once(server, 'listening')
  process.send?.(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const packets = packetMaker(rect)
  const busy = new Set<WebSocket>()
  let sequence = 0
  const send = () => {
    sequence += 1
    const packet = packets(rect, false, sequence, sequence - 1)
    for (const socket of server.clients) {
      if (busy.has(socket)) continue
      busy.add(socket)
      socket.send(packet)
    }
  }
  server.on('connection', (socket) => {
    socket.on('message', () => {
      busy.delete(socket)
      if (framesPerSecond === 0) send()
    })
    if (framesPerSecond === 0) send()
  })
  if (framesPerSecond > 0) setInterval(send, 1000 / framesPerSecond)
}

/** Packets of pictures that differ each time; two buffers in turn. */
function packetMaker(rect: Rect) {
  const canvases = [1, 2].map((seed) => new Uint8Array(areaOf(WHOLE) * 4).map((_, at) => (at * seed + (at >> 9)) & 255))
  const buffers = [0, 1].map(() => new Uint8Array(headerBytes('main', 1) + Math.max(areaOf(rect), areaOf(WHOLE)) * 4))
  return (painted: Rect, key: boolean, sequence: number, previous: number): Uint8Array => {
    const now = epochMs()
    const pixelBytes = areaOf(painted) * 4
    const header: PacketHeader = {
      key,
      format: 'raw',
      output: 'main',
      width: WIDTH,
      height: HEIGHT,
      sequence,
      previous: key ? 0 : previous,
      capturedAt: now,
      sentAt: now,
      rects: [painted],
      pixelBytes,
    }
    const packet = buffers[sequence % 2] ?? new Uint8Array(0)
    const at = writeHeader(header, packet)
    packRects(canvases[sequence % 2] ?? new Uint8Array(0), WIDTH, [painted], packet.subarray(at))
    return packet.subarray(0, at + pixelBytes)
  }
}

function epochMs(): number {
  return performance.timeOrigin + performance.now()
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
