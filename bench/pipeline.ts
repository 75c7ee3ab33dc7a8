/**
 * An event's way through the hub: in at the EventSub socket, stored, out at an overlay's socket; beside a bare `ws` relay
 * that does nothing but forward. 200 events/s, taking turns. Targets: p50 at most 0.5 ms and p99 at most 3 ms above it.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import WebSocket, { WebSocketServer } from 'ws'
import { FAKE_CLIENT_ID, startFakeTwitch } from '../electron/connections/twitch/fake.ts'
import { twitchSamples } from '../electron/connections/twitch/samples.ts'
import { startNode, stop } from './process.ts'
import { median, percentile, report, round } from './stats.ts'

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5)
const PER_SECOND = 200
const EVENTS = 2000
const WARM_UP = 400
const TYPE = 'channel.chat.message'
const HUB = join(import.meta.dirname, '..', 'build', 'headless.mjs')

interface Way {
  /** Sends one event that carries this number. */
  send(n: number): void
  /** Called with the number of each event that came through. */
  onArrival(listener: (n: number) => void): void
  end(): Promise<void>
}

const sample = twitchSamples[TYPE] as { message: { text: string; fragments: unknown[] } }
const MARK = /#bench(\d+)#/

function eventOf(n: number): Record<string, unknown> {
  const text = `#bench${n}# ${sample.message.text}`
  return { ...sample, message_id: `bench-${n}-${Date.now()}`, message: { ...sample.message, text } }
}

async function throughHub(): Promise<Way> {
  const fake = await startFakeTwitch()
  const token = fake.issueTokens()
  const dataDir = mkdtempSync(join(tmpdir(), 'landale-bench-'))
  const { child, firstLine } = await startNode(HUB, ['--port', '0', '--data', dataDir], {
    LANDALE_LOG_LEVEL: 'error',
    LANDALE_OBS_URL: 'ws://127.0.0.1:9',
    LANDALE_TWITCH_MOCK_PORT: String(fake.port),
    LANDALE_TWITCH_CLIENT_ID: FAKE_CLIENT_ID,
    LANDALE_TWITCH_ACCESS_TOKEN: token.accessToken,
    LANDALE_TWITCH_REFRESH_TOKEN: token.refreshToken,
  })
  const ready = JSON.parse(firstLine) as { http: string; dashboard: string }
  while (!fake.subscribedTypes.includes(TYPE)) await sleep(50)
  await sleep(1500)
  const control = new URL(ready.dashboard).hash.slice('#token='.length)
  const socket = new WebSocket(`${ready.http.replace('http', 'ws')}/socket/websocket?vsn=2.0.0&token=${control}`)
  await once(socket, 'open')
  socket.send(JSON.stringify(['1', '1', 'overlay:twitch', 'phx_join', {}]))
  await once(socket, 'message')
  return {
    send: (n) => fake.notify(TYPE, eventOf(n)),
    onArrival: (listener) => listen(socket, listener),
    async end() {
      socket.close()
      await stop(child)
      await fake.dispose()
      rmSync(dataDir, { recursive: true })
    },
  }
}

async function throughFloor(): Promise<Way> {
  const source = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await once(source, 'listening')
  const { child, firstLine } = await startNode(join(import.meta.dirname, 'floor-relay.ts'), [
    String((source.address() as AddressInfo).port),
  ])
  const viewer = new WebSocket(`ws://127.0.0.1:${(JSON.parse(firstLine) as { port: number }).port}`)
  await once(viewer, 'open')
  while (source.clients.size === 0) await sleep(10)
  return {
    send(n) {
      const frame = JSON.stringify({ metadata: { message_type: 'notification' }, payload: { event: eventOf(n) } })
      for (const client of source.clients) client.send(frame)
    },
    onArrival: (listener) => listen(viewer, listener),
    async end() {
      viewer.close()
      await stop(child)
      source.close()
    },
  }
}

function listen(socket: WebSocket, listener: (n: number) => void): void {
  socket.on('message', (data) => {
    const [, n] = MARK.exec(String(data)) ?? []
    if (n !== undefined) listener(Number(n))
  })
}

/** Latencies of each event, ms; throws when one is lost or comes twice. */
async function run(way: Way, count: number, first: number): Promise<number[]> {
  const sent = new Map<number, number>()
  const latencies: number[] = []
  let wanted = first
  way.onArrival((n) => {
    const at = sent.get(n)
    if (at === undefined) return
    if (n !== wanted) throw new Error(`event ${n} came when ${wanted} was due`)
    wanted += 1
    latencies.push(performance.now() - at)
  })
  const started = performance.now()
  for (let index = 0; index < count; index++) {
    const due = started + (index * 1000) / PER_SECOND
    const wait = due - performance.now()
    if (wait > 0) await sleep(wait)
    sent.set(first + index, performance.now())
    way.send(first + index)
  }
  const deadline = performance.now() + 5000
  while (latencies.length < count && performance.now() < deadline) await sleep(10)
  if (latencies.length < count) throw new Error(`${count - latencies.length} of ${count} events never arrived`)
  return latencies
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function measure(open: () => Promise<Way>): Promise<{ p50: number; p99: number }> {
  const way = await open()
  await run(way, WARM_UP, 0)
  const latencies = await run(way, EVENTS, WARM_UP)
  await way.end()
  return { p50: median(latencies), p99: percentile(latencies, 99) }
}

const hub: { p50: number; p99: number }[] = []
const floor: { p50: number; p99: number }[] = []
for (let index = 0; index < ROUNDS; index++) {
  const turns = [
    async () => void hub.push(await measure(throughHub)),
    async () => void floor.push(await measure(throughFloor)),
  ]
  for (const turn of index % 2 === 0 ? turns : turns.reverse()) await turn()
}
const of = (figures: typeof hub, key: 'p50' | 'p99') => median(figures.map((each) => each[key]))
const above = (key: 'p50' | 'p99') => median(hub.map((each, index) => each[key] - (floor[index]?.[key] ?? Number.NaN)))
report('pipeline', {
  'events/s': PER_SECOND,
  'floor p50 ms': round(of(floor, 'p50')),
  'hub p50 ms': round(of(hub, 'p50')),
  'p50 above ms': round(above('p50')),
  'floor p99 ms': round(of(floor, 'p99')),
  'hub p99 ms': round(of(hub, 'p99')),
  'p99 above ms': round(above('p99')),
})
process.exit(0)
