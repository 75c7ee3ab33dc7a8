/**
 * The server side of the fan-out bench, in a process of its own: `floor` is bare `ws`, `landale` our channel server with
 * one news topic. Told over IPC which phase to run; answers what it cost.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { TestHub } from '../electron/kernel/channels/test-hub.ts'
import { benchMessage, type Phase, type PhaseCost } from './fanout-message.ts'

interface Fanout {
  url: string
  send(n: number): void
}

let acked: number[] = []
const acks = new Map<string, number>()

function onAck(client: string, n: number): void {
  acks.set(client, n)
  acked = [...acks.values()]
}

async function floor(): Promise<Fanout> {
  const server = createServer()
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  sockets.on('connection', (socket) => {
    socket.on('message', (data) => {
      const { client, n } = JSON.parse(data.toString()) as { client: string; n: number }
      onAck(client, n)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    send(n) {
      const text = JSON.stringify(benchMessage(n))
      for (const socket of sockets.clients) socket.send(text)
    },
  }
}

async function landale(): Promise<Fanout> {
  const hub = await new TestHub().start()
  hub.channels.news({
    topics: ['bench'],
    scopes: ['read'],
    push: ({ payload }) => ({ event: 'message', payload, critical: false }),
  })
  hub.channels.onMessage({
    topic: 'bench',
    event: 'ack',
    scopes: ['read'],
    handle(payload) {
      const { client, n } = payload as { client: string; n: number }
      onAck(client, n)
    },
  })
  const type = 'bench.message'
  return {
    url: `${hub.socketUrl}/websocket?vsn=2.0.0&token=read-secret`,
    send: (n) => hub.channels.publish({ type, seq: n, payload: benchMessage(n) } as never),
  }
}

const fanout = await (process.argv[2] === 'floor' ? floor() : landale())
let sent = 0

async function run(phase: Phase, clients: number): Promise<PhaseCost> {
  const before = process.cpuUsage()
  if (phase.kind === 'rate') await atRate(phase.perSecond, phase.count)
  else await flood(phase.window, phase.count, clients)
  const { user, system } = process.cpuUsage(before)
  return { cpuMicros: user + system, rssMiB: process.memoryUsage.rss() / 1024 / 1024 }
}

function atRate(perSecond: number, count: number): Promise<void> {
  const start = performance.now()
  let done = 0
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(count, Math.floor(((performance.now() - start) * perSecond) / 1000))
      for (; done < due; done++) fanout.send(++sent)
      if (done < count) return
      clearInterval(timer)
      resolve()
    }, 1000 / perSecond)
  })
}

async function flood(window: number, count: number, clients: number): Promise<void> {
  const end = sent + count
  const slowest = () => (acked.length < clients ? 0 : Math.min(...acked))
  while (sent < end || slowest() < end) {
    const free = Math.min(end, slowest() + window)
    while (sent < free) fanout.send(++sent)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

process.on('message', async ({ phase, clients }: { phase: Phase; clients: number }) => {
  acks.clear()
  for (let i = 0; i < clients; i++) acks.set(String(i), sent)
  acked = [...acks.values()]
  process.send?.({ cost: await run(phase, clients) })
})
process.send?.({ url: fanout.url })
