/**
 * A thousand machines that are none: each a link of its own to the hub, paired as a machine is, that reports a few
 * processes and then what they use, spread evenly over the pace. Told by lines on standard input; answers by lines.
 */
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { generateKeys, pairLines, sessionLines, signLines } from '../agent/link/proof.ts'

const [url = '', countText = '1000', paceText = '5000'] = process.argv.slice(2)
const COUNT = Number(countText)
const PACE_MS = Number(paceText)
const PROCESSES = ['obs', 'bot', 'music', 'captions', 'lights']
const RETRY_MS = 250

interface Simulated {
  readonly name: string
  readonly keys: { privateKey: string; publicKey: string }
  id: string
  hub: string
  rev: number
  restarts: number
  socket: WebSocket | undefined
}

const open = () => new WebSocket(`${url}/agents`, 'landale-agent.v1', { perMessageDeflate: false })
const nonce = 'A'.repeat(43)

function pair(one: Simulated, code: string): Promise<void> {
  const socket = open()
  const { privateKey, publicKey } = one.keys
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', (status, reason) => (one.id ? resolve() : reject(new Error(`${status} ${reason}`))))
    socket.on('message', (data) => {
      const frame = JSON.parse(data.toString())
      if (frame.t === 'paired') Object.assign(one, { id: frame.agent, hub: frame.hub })
      if (frame.t !== 'challenge') return
      const proof = signLines(privateKey, pairLines(frame.hub, code, frame.nonce))
      const { name } = one
      socket.send(
        JSON.stringify({ t: 'pair', v: 1, code, publicKey, proof, name, platform: 'linux', agentVersion: '0' }),
      )
    })
  })
}

const processOf = (one: Simulated, id: string) => ({
  id,
  name: id,
  state: 'running',
  reason: '',
  wanted: 'up',
  pid: 1_000,
  startedAt: 1_700_000_000_000,
  adopted: false,
  restarts: id === 'obs' ? one.restarts : 0,
  health: 'none',
  exit: null,
  retryAt: null,
})

function connect(one: Simulated): void {
  const socket = open()
  one.socket = socket
  const send = (frame: object) => socket.readyState === 1 && socket.send(JSON.stringify(frame))
  let sampling: NodeJS.Timeout | undefined
  socket.on('error', () => {})
  socket.on('close', () => {
    clearInterval(sampling)
    setTimeout(() => connect(one), RETRY_MS)
  })
  socket.on('message', (data) => {
    const frame = JSON.parse(data.toString())
    if (frame.t === 'challenge') {
      const session = { hub: one.hub, agent: one.id, hubNonce: frame.nonce, agentNonce: nonce }
      const proof = signLines(one.keys.privateKey, sessionLines('hello', session))
      send({ t: 'hello', v: 1, agent: one.id, nonce, time: Date.now(), proof })
    } else if (frame.t === 'welcome') {
      one.rev = 1
      const machine = {
        name: one.name,
        hostname: one.name,
        platform: 'linux',
        release: '6.1',
        arch: 'x64',
        agentVersion: '0.1.0',
        runtime: 'node',
        cores: 8,
        memoryBytes: 16e9,
        bootedAt: 1_700_000_000_000,
        edits: 'safe',
      }
      send({ t: 'report', rev: 1, machine, processes: PROCESSES.map((id) => processOf(one, id)), faults: [] })
      const sample = () =>
        send({
          t: 'sample',
          at: Date.now(),
          machine: {
            cpu: Math.round(Math.random() * 1_000) / 10,
            memory: 8e9,
            disks: [['/', 1e11, 2e11]],
            net: [Math.round(Math.random() * 1e6), 20_000],
            temperature: 50,
          },
          processes: Object.fromEntries(
            PROCESSES.map((id) => [id, [Math.round(Math.random() * 500) / 10, 123_456_789]]),
          ),
        })
      setTimeout(() => {
        sample()
        sampling = setInterval(sample, PACE_MS)
      }, Math.random() * PACE_MS)
    }
  })
}

const all = Array.from(
  { length: COUNT },
  (_, index): Simulated => ({
    name: `machine-${String(index).padStart(4, '0')}`,
    keys: generateKeys(),
    id: '',
    hub: '',
    rev: 0,
    restarts: 0,
    socket: undefined,
  }),
)

/** `pair <code>` the next one; `connect` all; `restart <index>`: its OBS has been restarted. */
let paired = 0
createInterface({ input: process.stdin }).on('line', async (line) => {
  const [word, value = ''] = line.split(' ')
  if (word === 'pair') {
    const one = all[paired++]
    if (one) await pair(one, value)
    console.log('paired')
  } else if (word === 'connect') {
    for (const one of all) connect(one)
    console.log('connecting')
  } else if (word === 'restart') {
    const one = all[Number(value)]
    if (!one) return
    one.restarts += 1
    one.rev += 1
    one.socket?.send(JSON.stringify({ t: 'delta', rev: one.rev, processes: [processOf(one, 'obs')] }))
  }
})
console.log('ready')
