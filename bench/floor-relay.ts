/** The least that could carry an event from one WebSocket to another: connects to `PORT`, forwards every message. */
import type { AddressInfo } from 'node:net'
import WebSocket, { WebSocketServer } from 'ws'

const source = new WebSocket(`ws://127.0.0.1:${process.argv[2]}/ws`, { perMessageDeflate: false })
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, () => {
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }))
})
source.on('message', (data, isBinary) => {
  for (const viewer of server.clients) viewer.send(data, { binary: isBinary })
})
process.on('SIGTERM', () => process.exit(0))
