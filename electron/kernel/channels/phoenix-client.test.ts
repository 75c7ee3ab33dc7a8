/** The official `phoenix` client, as it comes from npm, against our server: version 2, and version 1 as old clients speak it. */
import { type Channel, Socket } from 'phoenix'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { AlertsState } from '../../../contracts/state/alerts.ts'
import { TestHub } from './test-hub.ts'

/** What old clients send and read: objects. The official client takes any serializer. */
const version1 = {
  vsn: '1.0.0',
  encode({ topic, event, payload, ref }: never, send: (text: string) => void) {
    send(JSON.stringify({ topic, event, payload, ref }))
  },
  decode: (text: string, take: (message: unknown) => void) => take(JSON.parse(text)),
}

let hub: TestHub
let socket: Socket

beforeEach(async () => {
  hub = await new TestHub().start()
})
afterEach(async () => {
  socket.disconnect()
  await hub.stop()
})

function connect(options: object): Socket {
  socket = new Socket(hub.socketUrl, {
    transport: WebSocket as never,
    params: { token: 'control-secret' },
    heartbeatIntervalMs: 20,
    ...options,
  })
  socket.connect()
  return socket
}

function joined(channel: Channel): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    channel.join().receive('ok', resolve).receive('error', reject).receive('timeout', reject)
  })
}

function pushed(channel: Channel, event: string): Promise<Record<string, unknown>> {
  return new Promise((resolve) => channel.on(event, resolve))
}

function asked(channel: Channel, event: string, payload: object = {}): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    channel.push(event, payload).receive('ok', resolve).receive('error', reject).receive('timeout', reject)
  })
}

const versions: [string, object][] = [
  ['version 2', {}],
  ['version 1', version1],
]

describe.each(versions)('the official client, %s', (_, options) => {
  it('[W1] joins a state, hears a patch and leaves', async () => {
    const state = hub.channels.state('state:alerts', { paused: false } as AlertsState)
    const channel = connect(options).channel('state:alerts')
    const reply = await joined(channel)
    expect(reply).toMatchObject({ snapshot: { paused: false }, rev: 0 })
    const patch = pushed(channel, 'patch')
    state.update((draft) => {
      draft.paused = true
    })
    expect(await patch).toEqual({ rev: 1, ops: [{ op: 'replace', path: '/paused', value: true }] })
    channel.leave()
    await expect.poll(() => hub.channels.clientCount).toBe(0)
  })

  it('[W1] keeps its connection by heartbeats', async () => {
    const beats: unknown[] = []
    connect(options).onMessage((message) => {
      if ((message as { topic: string }).topic === 'phoenix') beats.push(message)
    })
    await expect.poll(() => beats.length).toBeGreaterThan(2)
    expect(socket.isConnected()).toBe(true)
  })

  it('[W7] gives commands and gets their answers', async () => {
    const channel = connect(options).channel('commands')
    await joined(channel)
    expect(await asked(channel, 'obs.scene.set', { scene: 'Game' })).toEqual({
      status: 'committed',
      result: { name: 'obs.scene.set', args: { scene: 'Game' } },
    })
  })

  it('[W6] asks a topic a question; one it does not know is an error and nothing else', async () => {
    hub.channels.onMessage({ topic: 'dashboard:*', event: 'ping', scopes: ['read'], handle: () => ({ pong: true }) })
    const channel = connect(options).channel('dashboard:main')
    await joined(channel)
    expect(await asked(channel, 'ping')).toEqual({ pong: true })
    await expect(asked(channel, 'nonsense')).rejects.toMatchObject({ reason: 'unknown_command' })
    expect(await asked(channel, 'ping')).toEqual({ pong: true })
  })

  it('[W4] hears news with their place in the log', async () => {
    hub.channels.news({
      topics: ['events:all'],
      scopes: ['read'],
      push: (event) => ({ event: 'happened', payload: event.payload, critical: false }),
    })
    const channel = connect(options).channel('events:all')
    await joined(channel)
    const push = pushed(channel, 'happened')
    hub.events.happen({ name: 'Ada' })
    expect(await push).toEqual({ name: 'Ada', seq: 1 })
  })

  it('[W2] is refused everywhere without a token', async () => {
    const channel = connect({ ...options, params: {} }).channel('commands')
    await expect(joined(channel)).rejects.toMatchObject({ reason: 'unauthorized' })
  })

  it('[W1] comes back after the hub was away', async () => {
    hub.channels.state('state:alerts', { paused: false } as AlertsState)
    const channel = connect(options).channel('state:alerts')
    await joined(channel)
    const { port } = hub
    await hub.stop()
    hub = new TestHub({ port })
    hub.channels.state('state:alerts', { paused: true } as AlertsState)
    await hub.start()
    await expect.poll(() => hub.channels.clientCount, { timeout: 5000 }).toBe(1)
  })
})
