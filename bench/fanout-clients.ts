/** Some of the viewers of the fan-out bench, in a process of their own: parse each message, note how long it was on its way. */
import { WebSocket } from 'ws'
import { ACK_EVERY, type BenchMessage, monotonicMs } from './fanout-message.ts'

const [kind, url = '', first = '0', count = '1'] = process.argv.slice(2)
const topic = 'bench'
let latencies: number[] = []
let received: number[] = []
let expected = 0
let lost = 0

function onMessage(index: number, { n, at }: BenchMessage, ack: (n: number) => void): void {
  latencies.push(monotonicMs() - at)
  const last = received[index] ?? 0
  if (last !== 0 && n !== last + 1) lost += 1
  received[index] = n
  if (n % ACK_EVERY === 0 || n === expected) ack(n)
}

function openFloor(index: number): Promise<void> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  const client = String(Number(first) + index)
  const ack = (n: number) => socket.send(JSON.stringify({ client, n }))
  socket.on('message', (data) => onMessage(index, JSON.parse(data.toString()) as BenchMessage, ack))
  return new Promise((resolve) => socket.once('open', () => resolve()))
}

function openLandale(index: number): Promise<void> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  const client = String(Number(first) + index)
  const ack = (n: number) => socket.send(JSON.stringify(['1', null, topic, 'ack', { client, n }]))
  return new Promise((resolve) => {
    socket.on('message', (data) => {
      const [, , , event, payload] = JSON.parse(data.toString()) as [unknown, unknown, unknown, string, BenchMessage]
      if (event === 'message') onMessage(index, payload, ack)
      else if (event === 'phx_reply') resolve()
    })
    socket.once('open', () => socket.send(JSON.stringify(['1', '1', topic, 'phx_join', {}])))
  })
}

process.on('message', ({ type, until }: { type: 'phase' | 'report'; until: number }) => {
  if (type === 'phase') {
    latencies = []
    lost = 0
    received = []
    expected = until
    process.send?.({ type: 'ready' })
    return
  }
  process.send?.({ type: 'report', latencies, lost, short: received.filter((n) => n !== until).length })
})

const open = kind === 'floor' ? openFloor : openLandale
await Promise.all(Array.from({ length: Number(count) }, (_, index) => open(index)))
process.send?.({ type: 'open' })
