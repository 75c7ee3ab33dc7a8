/**
 * The hub's end of an agent's link, with the least that the protocol asks for: what is timed here is the agent. It
 * stores nothing and checks nothing. Bare sockets, those of the floor, are served on the same port.
 */
import { randomBytes } from 'node:crypto'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import { generateKeys, sessionLines, signLines } from '../agent/link/proof.ts'
import { type Places, savePairing } from '../agent/settings.ts'

const SAMPLE_MS = 2_000

export interface BenchHub {
  readonly url: string
  /** Lets the agent with this home in, as after `landale-agent pair`. */
  pair(places: Places): void
  close(): void
}

export interface BenchHubEvents {
  /** A process has ended, by the agent's word. */
  readonly onAgentExit: (id: string) => void
  /** A report has come: the agent is there. `adopted` are the ids it took over. */
  readonly onReport: (adopted: readonly string[]) => void
  /** The same, by the floor's. */
  readonly onFloorExit: (id: string) => void
}

export async function startBenchHub(events: BenchHubEvents): Promise<BenchHub> {
  const keys = generateKeys()
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    perMessageDeflate: false,
    handleProtocols: () => 'landale-agent.v1',
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  server.on('connection', (socket, { url }) => {
    socket.on('error', () => {})
    if (url === '/agents') serveAgent(socket, keys.privateKey, events)
    else socket.on('message', (data) => events.onFloorExit(data.toString()))
  })
  return {
    url: `ws://127.0.0.1:${port}`,
    pair(places) {
      const { privateKey } = generateKeys()
      const url = `ws://127.0.0.1:${port}/agents`
      savePairing(places, { url, agent: 'bench', hub: 'bench', hubKey: keys.publicKey, privateKey })
    },
    close() {
      for (const client of server.clients) client.terminate()
      server.close()
    },
  }
}

function serveAgent(socket: WebSocket, privateKey: string, events: BenchHubEvents): void {
  const hubNonce = randomBytes(32).toString('base64url')
  const send = (frame: object) => socket.send(JSON.stringify(frame))
  send({ t: 'challenge', versions: [1], hub: 'bench', nonce: hubNonce, time: Date.now() })
  socket.on('message', (data) => {
    const frame = JSON.parse(data.toString())
    if (frame.t === 'event') {
      if (frame.kind === 'process.exited') events.onAgentExit(frame.process)
      send({ t: 'ack', seq: frame.seq })
    } else if (frame.t === 'hello') {
      const session = { hub: 'bench', agent: 'bench', hubNonce, agentNonce: frame.nonce }
      const proof = signLines(privateKey, sessionLines('welcome', session))
      send({ t: 'welcome', proof, ack: null, pingMs: 15_000, sampleMs: SAMPLE_MS })
    } else if (frame.t === 'report') {
      const adopted = frame.processes.filter((one: { adopted: boolean }) => one.adopted)
      events.onReport(adopted.map(({ id }: { id: string }) => id))
    }
  })
}
