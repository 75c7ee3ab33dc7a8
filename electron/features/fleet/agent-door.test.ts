/** Who gets in at `/agents`, and who is thrown out again. */
import { request as httpRequest } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { HANDSHAKE_MS, MAX_STRANGERS, PING_MS, SILENCE_MS } from './agent-door.ts'
import { FRAME_BURST } from './agent-link.ts'
import { FakeAgent, fakeProcess } from './fake-agent.ts'
import { FleetRig } from './fleet-rig.ts'
import { MAX_FRAME_BYTES, SUBPROTOCOL } from './frames.ts'
import { sessionLines, signLines } from './proof.ts'

let clock: FakeClock
let rig: FleetRig
let sockets: Stranger[]

beforeEach(() => {
  clock = new FakeClock()
  rig = new FleetRig(clock)
  sockets = []
})
ensureNoLeaks()
beforeEach(() => rig.start())
afterEach(async () => {
  for (const { socket } of sockets) socket.terminate()
  await rig.dispose()
})

/** Connects, and says nothing unless told to. */
class Stranger {
  readonly heard: { t: string }[] = []
  closed: { code: number; reason: string } | null = null
  readonly socket: WebSocket

  constructor(url: string) {
    this.socket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false })
    this.socket.on('error', () => {})
    this.socket.on('message', (data) => this.heard.push(JSON.parse(String(data))))
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) }
    })
  }
}

const agentsUrl = () => `${rig.url.replace('http', 'ws')}/agents`

async function comeIn(): Promise<Stranger> {
  const stranger = new Stranger(agentsUrl())
  sockets.push(stranger)
  await rig.until(() => stranger.heard.length === 1 || stranger.closed !== null)
  return stranger
}

/** What an upgrade is answered with. */
function knock(headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(rig.url)
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    }
    const asked = httpRequest({ host: '127.0.0.1', port, path: '/agents', headers: { ...upgrade, ...headers } })
    asked.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.on('upgrade', (_, socket) => {
      socket.destroy()
      resolve(101)
    })
    asked.on('error', reject)
    asked.end()
  })
}

it('lets no web page in, not even our own', async () => {
  const spoken = { 'sec-websocket-protocol': SUBPROTOCOL }
  expect(await knock(spoken)).toBe(101)
  for (const origin of ['https://evil.example', rig.url, 'null', '']) {
    expect([origin, await knock({ ...spoken, origin })]).toEqual([origin, 403])
  }
})

it('lets in who speaks its protocol, under its own name', async () => {
  expect(await knock({})).toBe(400)
  expect(await knock({ 'sec-websocket-protocol': 'chat, landale-agent.v2' })).toBe(400)
  expect(await knock({ 'sec-websocket-protocol': `chat, ${SUBPROTOCOL}` })).toBe(101)
  expect(await knock({ 'sec-websocket-protocol': SUBPROTOCOL, host: 'evil.example' })).toBe(403)
})

it('asks everybody something else', async () => {
  const [one, other] = [await comeIn(), await comeIn()]
  const asked = [one, other].map(({ heard }) => heard[0])
  expect(asked).toMatchObject([
    { t: 'challenge', versions: [1] },
    { t: 'challenge', versions: [1] },
  ])
  expect(asked[0]).not.toMatchObject({ nonce: (asked[1] as unknown as { nonce: string }).nonce })
})

it('takes no proof that was recorded', async () => {
  const { pairing } = await rig.pair()
  const { hub, agent, privateKey } = pairing
  const [heard, later] = [await comeIn(), await comeIn()]
  const hubNonce = (heard.heard[0] as unknown as { nonce: string }).nonce
  const nonce = 'A'.repeat(43)
  const proof = signLines(privateKey, sessionLines('hello', { hub, agent, hubNonce, agentNonce: nonce }))
  const text = hello({ agent, nonce, proof, time: Date.now() })
  later.socket.send(text)
  await rig.until(() => later.closed !== null)
  expect(later.closed?.code).toBe(4401)
  heard.socket.send(text)
  await rig.until(() => heard.heard.length === 2)
  expect(heard.heard[1]?.t).toBe('welcome')
})

it('waits ten seconds for an answer', async () => {
  const stranger = await comeIn()
  await clock.advance(HANDSHAKE_MS + 1000)
  await rig.until(() => stranger.closed !== null)
  expect(stranger.closed).toEqual({ code: 4408, reason: 'no "hello" in time' })
})

it('has no timer while nobody is there', async () => {
  const before = clock.pendingTimers
  const stranger = await comeIn()
  expect(clock.pendingTimers).toBeGreaterThan(before)
  stranger.socket.terminate()
  await rig.until(() => clock.pendingTimers === before)
})

it('keeps room for those it knows, however many strangers there are', async () => {
  const demi = await rig.pair()
  const many = Array.from({ length: MAX_STRANGERS * 2 }, () => new Stranger(agentsUrl()))
  sockets.push(...many)
  await rig.until(() => many.every(({ heard, closed }) => heard.length > 0 || closed !== null))
  await rig.until(() => many.filter(({ closed }) => closed === null).length <= MAX_STRANGERS)
  expect(new Set(many.flatMap(({ closed }) => closed?.code ?? []))).toEqual(new Set([4408]))
  await demi.connect()
  await rig.until(() => rig.machine().link === 'connected')
})

describe('a stranger is closed with the path of the fault', () => {
  it.each([
    ['no JSON', 'hello', 4400, /^is not JSON/],
    ['no object', '[]', 4400, 'is not an object'],
    ['no type', '{}', 4400, 't: must be a text'],
    ['a wrong field', '{"t":"pair","v":1}', 4400, /^code: /],
    ['another’s moment', '{"t":"accepted","id":"1"}', 4400, 't: "accepted" before "hello"'],
    ['a version that is not spoken', hello({ v: 2 }), 4400, 'v: this hub speaks version 1'],
    ['a key that nobody knows', hello({}), 4401, 'this hub does not know this key'],
    [
      'a reason that is too long',
      `{"t":"pair","v":1,"${'x'.repeat(500)}":1,"code":"${'é'.repeat(500)}"}`,
      4400,
      /^code/,
    ],
  ])('%s', async (_, text, code, reason) => {
    const stranger = await comeIn()
    stranger.socket.send(text)
    await rig.until(() => stranger.closed !== null)
    expect(stranger.closed).toEqual({
      code,
      reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
    })
  })

  it('binary', async () => {
    const stranger = await comeIn()
    stranger.socket.send(Buffer.from('{"t":"accepted","id":"1"}'))
    await rig.until(() => stranger.closed !== null)
    expect(stranger.closed?.code).toBe(4400)
  })

  it('a frame that is too large', async () => {
    const stranger = await comeIn()
    stranger.socket.send(`{"t":"${'x'.repeat(MAX_FRAME_BYTES)}"}`)
    await rig.until(() => stranger.closed !== null)
    expect(stranger.closed?.code).toBe(4413)
  })

  it('what it does not know, over and over', async () => {
    const stranger = await comeIn()
    for (let count = 0; count < 50; count++) stranger.socket.send('{"t":"telepathy"}')
    await rig.until(() => stranger.closed !== null)
    expect(stranger.closed?.code).toBe(4429)
  })
})

function hello(part: object): string {
  const [nonce, proof] = ['A'.repeat(43), 'A'.repeat(86)]
  return JSON.stringify({ t: 'hello', v: 1, agent: 'agent-0001', nonce, time: 1, proof, ...part })
}

describe('an agent that is in', () => {
  it.each([
    ['no JSON', 'hello', 4400],
    ['a delta out of turn', '{"t":"delta","rev":7,"removed":[]}', 4400],
    ['a second hello', hello({}), 4400],
    ['a process in a state that is none', JSON.stringify({ t: 'delta', rev: 2, processes: [{ id: 'a' }] }), 4400],
    ['a frame that is too large', `{"t":"${'x'.repeat(MAX_FRAME_BYTES)}"}`, 4413],
  ])('is closed for %s, and shown with the reason', async (_, text, code) => {
    const demi = await rig.join()
    demi.say(text)
    await rig.until(() => demi.ends.length === 1)
    expect(demi.ends[0]?.code).toBe(code)
    await rig.until(() => rig.machine().link === 'away')
    expect(rig.machine().reason).not.toBe('')
    await demi.connect()
    await rig.until(() => rig.machine().link === 'connected')
  })

  it('may say what this hub does not know yet', async () => {
    const demi = await rig.join()
    demi.say('{"t":"telepathy"}')
    demi.say('{"t":"result","id":"nobody-asked","ok":true,"value":1}')
    demi.say('{"t":"log","follow":"nobody","lines":[],"dropped":0}')
    demi.change(fakeProcess('obs'))
    await rig.until(() => rig.machine().processes.length === 1)
    expect(demi.isConnected).toBe(true)
  })

  it('reports before it says anything else', async () => {
    const demi = await rig.pair()
    await demi.greet()
    demi.say('{"t":"accepted","id":"1"}')
    await rig.until(() => demi.ends.length === 1)
    expect(demi.ends).toEqual([{ code: 4400, reason: 't: "accepted" before "report"' }])
  })

  it('is closed when it floods', async () => {
    const demi = await rig.join()
    for (let count = 0; count < FRAME_BURST + 500; count++) demi.say('{"t":"accepted","id":"1"}')
    await rig.until(() => demi.ends.length === 1)
    expect(demi.ends[0]?.code).toBe(4429)
  })

  it('is asked when it is silent, and kept when it answers', async () => {
    const demi = await rig.join()
    for (let ms = 0; ms < SILENCE_MS * 3; ms += PING_MS / 3) {
      await clock.advance(PING_MS / 3)
      // The answer of its socket, which comes by itself.
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(demi.isConnected).toBe(true)
    expect(rig.machine().link).toBe('connected')
  })

  it('is gone when its line is half open', async () => {
    const demi = await rig.join()
    demi.freeze()
    await clock.advance(SILENCE_MS + 2000)
    await rig.until(() => rig.machine().link === 'away')
    expect(rig.machine().reason).toMatch(/^nothing was heard for \d+ s$/)
    const again = rig.follow(FakeAgent.with(demi.pairing))
    await again.connect()
    await rig.until(() => rig.machine().link === 'connected')
  })
})
