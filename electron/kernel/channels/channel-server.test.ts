/** The rules of docs/wire.md, one by one, on real sockets. */
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import type { StateTopics } from '../../../contracts/topics.ts'
import { CommandError } from '../commands.ts'
import type { StateHandle } from './channels.ts'
import { type RawClient, TestHub, type TestHubOptions } from './test-hub.ts'

let hub: TestHub
beforeEach(async () => {
  hub = await new TestHub().start()
})
afterEach(() => hub.stop())

type AlertsState = StateTopics['state:alerts']

/** Serves a state; what it holds is a stand-in, the channels do not look inside. */
function serveState(on = hub, initial: object = { queue: [], paused: false }): StateHandle<AlertsState> {
  return on.channels.state('state:alerts', initial as AlertsState)
}

function serveNews(on = hub, critical: (n: unknown) => boolean = () => false): void {
  on.channels.news({
    topics: ['events:all', 'events:even'],
    scopes: ['read'],
    push({ payload }, topic) {
      const { n } = payload as { n?: number }
      if (topic === 'events:even' && Number(n) % 2 !== 0) return null
      return { event: 'happened', payload, critical: critical(n) }
    },
  })
}

async function use(options: TestHubOptions): Promise<void> {
  await hub.stop()
  hub = await new TestHub(options).start()
}

/** For a machine that has much else to do. */
const PATIENT = { interval: 2, timeout: 10_000 }

const ns = (client: RawClient, topic = 'events:all') => client.pushes(topic).map(([, payload]) => payload.n)

describe('joining', () => {
  it('[W2] refuses a stranger everywhere and tells nothing of what exists', async () => {
    serveState()
    for (const query of ['vsn=2.0.0', 'vsn=2.0.0&token=wrong', 'vsn=2.0.0&token=']) {
      const stranger = await hub.connect(query)
      for (const topic of ['state:alerts', 'no:such', 'commands']) {
        expect(await stranger.join(topic)).toMatchObject({ status: 'error', response: { reason: 'unauthorized' } })
      }
      const command = await stranger.request('commands', 'obs.stream.stop')
      expect(command).toMatchObject({ status: 'error', response: { reason: 'unmatched topic' } })
      stranger.close()
    }
    expect(hub.invoked).toEqual([])
  })

  it('[W2] lets each scope in where it belongs', async () => {
    serveState()
    serveNews()
    const overlay = await hub.connect('vsn=2.0.0&token=overlay-secret')
    expect((await overlay.join('state:alerts')).status).toBe('ok')
    expect(await overlay.join('events:all')).toMatchObject({ status: 'error', response: { reason: 'forbidden' } })
    const reader = await hub.connect('vsn=2.0.0&token=read-secret')
    expect((await reader.join('events:all')).status).toBe('ok')
  })

  it('[W2] ends what a revoked token had joined at once', async () => {
    const state = serveState()
    const client = await hub.connect('vsn=2.0.0&token=read-secret')
    await client.join('state:alerts')
    hub.revoke('read-secret')
    state.update((draft) => {
      draft.paused = true
    })
    expect(await client.closed).toBe(1008)
    expect(client.pushes('state:alerts')).toEqual([])
  })

  it('[W1] answers what is not there, and closes nothing', async () => {
    const client = await hub.connect()
    expect(await client.join('no:such')).toMatchObject({ response: { reason: 'unmatched topic' } })
    expect(await client.request('no:such', 'ping')).toMatchObject({ response: { reason: 'unmatched topic' } })
    expect((await client.request('no:such', 'phx_leave')).status).toBe('ok')
    expect((await client.request('phoenix', 'heartbeat')).status).toBe('ok')
  })

  it('[W1] closes the first join when a client joins again', async () => {
    serveState()
    const client = await hub.connect()
    await client.request('state:alerts', 'phx_join', {}, '1')
    const closed = client.next((message) => (message as unknown[])[3] === 'phx_close')
    await client.request('state:alerts', 'phx_join', {}, '2')
    expect(await closed).toEqual(['1', '1', 'state:alerts', 'phx_close', {}])
  })

  it('[W1] does not let a late leave of the first join end the second', async () => {
    const state = serveState()
    const client = await hub.connect()
    await client.request('state:alerts', 'phx_join', {}, '1')
    await client.request('state:alerts', 'phx_join', {}, '2')
    const left = client.next((message) => (message as unknown[])[1] === '3')
    client.send(['1', '3', 'state:alerts', 'phx_leave', {}])
    await left
    const patch = client.next((message) => (message as unknown[])[3] === 'patch')
    state.update((draft) => {
      draft.paused = true
    })
    await patch
  })

  it('[W1] tells clients to join again when a topic ends', async () => {
    const state = serveState()
    const client = await hub.connect()
    await client.request('state:alerts', 'phx_join', {}, '1')
    const ended = client.next()
    state.dispose()
    expect(await ended).toEqual(['1', '1', 'state:alerts', 'phx_error', {}])
    expect(await client.join('state:alerts')).toMatchObject({ response: { reason: 'unmatched topic' } })
    serveState()
    expect((await client.join('state:alerts')).status).toBe('ok')
  })

  it('[W1] refuses a version it does not speak', async () => {
    await expect(hub.connect('vsn=9.0.0&token=control-secret')).rejects.toThrow('400')
  })

  it('names the fault in what a join says', async () => {
    serveNews()
    const client = await hub.connect()
    const reply = await client.join('events:all', { after: -1 })
    expect(reply).toMatchObject({ status: 'error', response: { reason: 'invalid_payload', path: 'payload.after' } })
    expect(await client.join('events:all', 'text')).toMatchObject({ response: { reason: 'invalid_payload' } })
  })
})

describe('state', () => {
  it('[W3] sends a snapshot, then what changed, and nothing when nothing did', async () => {
    const state = serveState()
    const client = await hub.connect()
    const { response } = await client.join('state:alerts')
    expect(response).toEqual({
      snapshot: { queue: [], paused: false },
      rev: 0,
      epoch: expect.any(String),
      now: expect.any(Number),
    })
    state.update((draft) => {
      draft.paused = false
      draft.queue = []
    })
    state.update((draft) => {
      draft.paused = true
    })
    await expect
      .poll(() => client.pushes('state:alerts'))
      .toEqual([['patch', { rev: 1, ops: [{ op: 'replace', path: '/paused', value: true }] }]])
  })

  it('[W3] sends who comes back just what is missing', async () => {
    const state = serveState()
    const client = await hub.connect()
    const { response } = await client.join('state:alerts')
    const { epoch } = response
    for (const paused of [true, false, true]) {
      state.update((draft) => {
        draft.paused = paused
      })
    }
    const back = await hub.connect()
    const one = await back.join('state:alerts', { rev: 2, epoch })
    expect(one.response).toMatchObject({ rev: 3, patches: [{ rev: 3 }] })
    expect(one.response).not.toHaveProperty('snapshot')
    expect((await back.join('state:alerts', { rev: 3, epoch })).response).toMatchObject({ rev: 3, patches: [] })
    expect((await back.join('state:alerts', { rev: 3, epoch: 'other' })).response).toHaveProperty('snapshot')
    expect((await back.join('state:alerts', { rev: 4, epoch })).response).toHaveProperty('snapshot')
    expect((await back.join('state:alerts', { rev: 3 })).response).toHaveProperty('snapshot')
  })

  it('[W3] keeps no more patches than it may', async () => {
    await use({ limits: { maxPatches: 3, maxPatchBytes: 250 } })
    const state = serveState()
    const client = await hub.connect()
    const { epoch } = (await client.join('state:alerts')).response
    for (let n = 0; n < 5; n++) {
      state.update((draft) => {
        draft.paused = !draft.paused
      })
    }
    expect((await client.join('state:alerts', { rev: 2, epoch })).response).toHaveProperty('patches')
    expect((await client.join('state:alerts', { rev: 1, epoch })).response).toHaveProperty('snapshot')
    state.update((draft) => {
      draft.queue = [{ id: 'x'.repeat(300) }] as never
    })
    expect((await client.join('state:alerts', { rev: 5, epoch })).response).toHaveProperty('snapshot')
  })
})

describe('news', () => {
  it('[W4] replays what came after, in order, then goes on', async () => {
    serveNews()
    for (let n = 1; n <= 5; n++) hub.events.store({ n })
    const client = await hub.connect()
    const { response } = await client.join('events:all', { after: 2 })
    expect(response).toMatchObject({ seq: 5, replayed: 3, truncated: false })
    hub.events.happen({ n: 6 })
    await expect.poll(() => ns(client)).toEqual([3, 4, 5, 6])
    expect(client.pushes('events:all').map(([, payload]) => payload.seq)).toEqual([3, 4, 5, 6])
  })

  it('[W4] lets what is announced meanwhile wait its turn, and sends nothing twice', async () => {
    serveNews()
    for (let n = 1; n <= 3; n++) hub.events.store({ n })
    let open: () => void = () => {}
    hub.events.gate = new Promise((resolve) => {
      open = resolve
    })
    const client = await hub.connect()
    const reply = client.join('events:all', { after: 0 })
    await expect.poll(() => hub.channels.clientCount).toBe(1)
    hub.events.happen({ n: 4 })
    hub.events.happen({ n: 5 })
    expect(client.received).toEqual([])
    open()
    await reply
    hub.events.happen({ n: 6 })
    await expect.poll(() => ns(client)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('[W4] starts now without a place, and tells it', async () => {
    serveNews()
    hub.events.store({ n: 1 })
    const client = await hub.connect()
    expect((await client.join('events:all')).response).toMatchObject({ seq: 1, replayed: 0, truncated: false })
    hub.events.happen({ n: 2 })
    await expect.poll(() => ns(client)).toEqual([2])
  })

  it('[W4] replays the newest when there is too much, and says so', async () => {
    await use({ limits: { maxReplay: 10 } })
    serveNews()
    for (let n = 1; n <= 3000; n++) hub.events.store({ n })
    const client = await hub.connect()
    const { response } = await client.join('events:all', { after: 100 })
    expect(response).toMatchObject({ seq: 3000, replayed: 10, truncated: true })
    await expect.poll(() => ns(client)).toEqual(Array.from({ length: 10 }, (_, index) => 2991 + index))
    const filtered = await client.join('events:even', { after: 2990 })
    expect(filtered.response).toMatchObject({ replayed: 5, truncated: false })
  })

  it.each([
    [{}, { seq: 1 }],
    [{ a: { b: '}' } }, { a: { b: '}' }, seq: 1 }],
    [{ seq: 99 }, { seq: 1 }],
    [null, { seq: 1 }],
    [undefined, { seq: 1 }],
    ['text', { value: 'text', seq: 1 }],
    [[1, 2], { value: [1, 2], seq: 1 }],
  ])('[W4] puts the place into any payload (%j)', async (payload, expected) => {
    const push = () => ({ event: 'happened', payload, critical: false })
    hub.channels.news({ topics: ['any'], scopes: ['read'], push })
    const client = await hub.connect()
    await client.join('any')
    hub.events.happen({})
    await expect.poll(() => client.pushes('any')).toEqual([['happened', expected]])
  })

  it('[W4] looks back only so far', async () => {
    await use({ limits: { maxReplayScan: 100 } })
    serveNews()
    for (let n = 1; n <= 500; n++) hub.events.store({ n })
    const client = await hub.connect()
    expect((await client.join('events:all', { after: 399 })).response).toMatchObject({ replayed: 100, truncated: true })
    expect((await client.join('events:all', { after: 400 })).response).toMatchObject({
      replayed: 100,
      truncated: false,
    })
  })

  it('[W4] refuses the join when the log can not be read, and takes the next', async () => {
    serveNews()
    const gone = Promise.reject(new Error('disk gone'))
    gone.catch(() => {})
    hub.events.gate = gone
    const client = await hub.connect()
    expect(await client.join('events:all', { after: 0 })).toMatchObject({ response: { reason: 'internal' } })
    expect(hub.channels.clientCount).toBe(0)
    hub.events.gate = Promise.resolve()
    expect((await client.join('events:all', { after: 0 })).status).toBe('ok')
  })

  it('[W5] gathers for who asked, and for nobody else', async () => {
    const clock = new FakeClock()
    await use({ clock })
    serveNews()
    const [batched, single] = [await hub.connect(), await hub.connect()]
    await batched.join('events:all', { batch: true })
    await single.join('events:all')
    for (let n = 1; n <= 3; n++) hub.events.happen({ n })
    await expect.poll(() => ns(single), PATIENT).toEqual([1, 2, 3])
    await clock.advance(49)
    await batched.request('phoenix', 'heartbeat')
    expect(batched.pushes('events:all')).toEqual([])
    const batch = batched.next()
    await clock.advance(1)
    const [, , , event, payload] = (await batch) as [null, null, string, string, { events: { payload: object }[] }]
    expect(event).toBe('event_batch')
    expect(payload).toMatchObject({ batch_size: 3, timestamp: clock.now() })
    expect(payload.events[2]).toEqual({ event: 'happened', payload: { n: 3, seq: 3 } })
  })

  it('[W5] sends the critical at once, after what waited ahead of it', async () => {
    await use({ clock: new FakeClock() })
    serveNews(hub, (n) => n === 'critical')
    const client = await hub.connect()
    await client.join('events:all', { batch: true })
    hub.events.happen({ n: 1 })
    hub.events.happen({ n: 'critical' })
    // No time passes here.
    await expect.poll(() => client.pushes('events:all').length, PATIENT).toBe(2)
    const [[first, waited], [second, critical]] = client.pushes('events:all') as [[string, object], [string, object]]
    expect(waited).toMatchObject({ batch_size: 1, events: [{ payload: { n: 1 } }] })
    expect([first, second, critical]).toEqual(['event_batch', 'happened', { n: 'critical', seq: 2 }])
  })

  it('[W5] sends who joins in the middle of a window only its own part', async () => {
    const clock = new FakeClock()
    await use({ clock })
    serveNews()
    const [early, late] = [await hub.connect(), await hub.connect()]
    await early.join('events:all', { batch: true })
    hub.events.happen({ n: 1 })
    await late.join('events:all', { batch: true })
    hub.events.happen({ n: 2 })
    await clock.advance(50)
    await expect.poll(() => late.pushes('events:all').length, PATIENT).toBe(1)
    await expect.poll(() => early.pushes('events:all').length, PATIENT).toBe(1)
    expect(late.pushes('events:all')[0]?.[1]).toMatchObject({ batch_size: 1, events: [{ payload: { n: 2 } }] })
    expect(early.pushes('events:all')[0]?.[1]).toMatchObject({ batch_size: 2 })
  })

  it('[W5] replays in batches too', async () => {
    serveNews()
    for (let n = 1; n <= 250; n++) hub.events.store({ n })
    const client = await hub.connect()
    await client.join('events:all', { after: 0, batch: true })
    await expect.poll(() => client.pushes('events:all').map(([, { batch_size }]) => batch_size)).toEqual([100, 100, 50])
  })
})

describe('questions, commands and signals', () => {
  it('[W6] answers what it knows and says so of what it does not', async () => {
    hub.channels.onMessage({
      topic: 'transcription:session:*',
      event: 'get_recent',
      scopes: ['read'],
      handle: (payload, { topic }) => ({ payload, topic }),
    })
    hub.channels.onMessage({
      topic: 'transcription:session:*',
      event: 'fail',
      scopes: ['read'],
      handle: () => {
        throw new CommandError('not_found', 'no such session', { path: 'id' })
      },
    })
    hub.channels.onMessage({
      topic: 'transcription:session:*',
      event: 'submit',
      scopes: ['transcription'],
      handle: () => {},
    })
    const client = await hub.connect('vsn=2.0.0&token=read-secret')
    expect((await client.join('transcription:session:7')).status).toBe('ok')
    expect(await client.request('transcription:session:7', 'get_recent', { minutes: 5 })).toEqual({
      status: 'ok',
      response: { payload: { minutes: 5 }, topic: 'transcription:session:7' },
    })
    const failed = await client.request('transcription:session:7', 'fail')
    expect(failed).toEqual({
      status: 'error',
      response: { reason: 'not_found', message: 'no such session', path: 'id' },
    })
    const forbidden = await client.request('transcription:session:7', 'submit')
    expect(forbidden).toMatchObject({ status: 'error', response: { reason: 'forbidden' } })
    const unknown = await client.request('transcription:session:7', 'constructor')
    expect(unknown).toMatchObject({ status: 'error', response: { reason: 'unknown_command' } })
    expect(await client.join('transcription:session:')).toMatchObject({ response: { reason: 'unmatched topic' } })
  })

  it('[W13] answers a question that nobody settles', async () => {
    await use({ limits: { questionDeadlineMs: 20, maxPendingRequests: 2 } })
    hub.channels.onMessage({ topic: 't', event: 'hang', scopes: ['read'], handle: () => new Promise(() => {}) })
    const client = await hub.connect()
    await client.join('t')
    const answers = await Promise.all([1, 2, 3].map(() => client.request('t', 'hang')))
    expect(answers.map(({ response }) => response.reason)).toEqual(['timeout', 'timeout', 'too_many_requests'])
    expect((await client.request('t', 'hang')).response.reason).toBe('timeout')
  })

  it('[W7] runs commands as the token they came with', async () => {
    await use({
      onCommand: async (name) =>
        name === 'obs.scene.set'
          ? { status: 'committed', result: {} }
          : { status: 'rejected', error: { code: 'forbidden', message: 'no' } },
    })
    const client = await hub.connect('vsn=2.0.0&token=overlay-secret')
    await client.join('commands')
    expect(await client.request('commands', 'obs.scene.set', { scene: 'Game' })).toEqual({
      status: 'ok',
      response: { status: 'committed', result: {} },
    })
    expect(await client.request('commands', 'system.token.create', {})).toEqual({
      status: 'error',
      response: { status: 'rejected', error: { code: 'forbidden', message: 'no' } },
    })
    expect(hub.invoked[0]).toEqual({ name: 'obs.scene.set', args: { scene: 'Game' }, actor: 'overlay' })
  })

  it('[W14] makes signals only while somebody is there', async () => {
    const watched: boolean[] = []
    const signal = hub.channels.signal({ topic: 'meters', scopes: ['read'], onWatched: (is) => watched.push(is) })
    const [one, two] = [await hub.connect(), await hub.connect('vsn=1.0.0&token=read-secret')]
    await one.join('meters')
    two.send({ topic: 'meters', event: 'phx_join', payload: {}, ref: '1' })
    await two.next()
    signal.push('levels', { mic: 0.5 })
    expect(await two.next()).toEqual({ topic: 'meters', event: 'levels', payload: { mic: 0.5 }, ref: null })
    await expect.poll(() => one.pushes('meters')).toEqual([['levels', { mic: 0.5 }]])
    one.close()
    two.close()
    await expect.poll(() => watched).toEqual([true, false])
  })
})

describe('bad frames', () => {
  it('[W8] answers each and goes on', async () => {
    const client = await hub.connect()
    await client.join('commands')
    const bad = [
      '',
      '{',
      'null',
      '5',
      '"text"',
      '{}',
      '[]',
      '[1,2,3]',
      '[null,null,null,null,null]',
      '[null,{},"t","e",{}]',
    ]
    for (const text of bad) client.send(text)
    client.socket.send(Buffer.from([0, 1, 2, 255]))
    const faulty = client.next((message) => (message as unknown[])[1] === '9')
    client.send('["1","9",{"no":"topic"},"e",{}]')
    expect(await faulty).toMatchObject([
      '1',
      '9',
      'phoenix',
      'phx_reply',
      { response: { reason: 'malformed', path: '[2]' } },
    ])
    expect((await client.request('commands', 'still.there')).status).toBe('ok')
    expect(hub.channels.stats.malformed).toBe(bad.length + 2)
  })

  it('[W8] outlives any bytes and any JSON, on sockets of both versions', async () => {
    serveState()
    serveNews()
    hub.channels.onMessage({ topic: 'events:all', event: 'echo', scopes: ['read'], handle: (payload) => payload })
    const name = fc.constantFrom('state:alerts', 'events:all', 'commands', 'phoenix', 'no:such', '__proto__', '')
    const event = fc.constantFrom(
      'phx_join',
      'phx_leave',
      'heartbeat',
      'echo',
      'phx_reply',
      'constructor',
      'obs.scene.set',
    )
    const payload = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.record({
        after: fc.oneof(fc.integer(), fc.string()),
        batch: fc.boolean(),
        rev: fc.integer(),
        epoch: fc.string(),
      }),
    )
    const ref = fc.oneof(fc.constantFrom('1', '2', null), fc.jsonValue({ maxDepth: 1 }))
    const list = fc.tuple(ref, ref, name, event, payload).map((frame) => JSON.stringify(frame))
    const object = fc
      .record({ join_ref: ref, ref, topic: name, event, payload }, { requiredKeys: [] })
      .map((frame) => JSON.stringify(frame))
    const bytes = fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array))
    const frames = fc.array(fc.oneof(list, object, fc.string(), fc.json(), bytes), { minLength: 1, maxLength: 40 })
    const clients = [await hub.connect(), await hub.connect('vsn=1.0.0&token=control-secret')]
    await fc.assert(
      fc.asyncProperty(frames, async (sent) => {
        for (const client of clients) for (const frame of sent) client.socket.send(frame)
        for (const n of [1, 2]) hub.events.happen({ n })
        const [second, first] = clients as [RawClient, RawClient]
        expect((await second.request('phoenix', 'heartbeat')).status).toBe('ok')
        const answer = first.next((message) => (message as { ref?: string }).ref === 'alive')
        first.send({ topic: 'phoenix', event: 'heartbeat', payload: {}, ref: 'alive' })
        await answer
      }),
      { numRuns: 60 },
    )
    expect(hub.channels.stats.sockets).toBe(2)
    for (const client of clients) expect(client.socket.readyState).toBe(WebSocket.OPEN)
  })

  it('[W10] closes a socket that sends an oversized frame', async () => {
    await use({ limits: { maxFrameBytes: 1000 } })
    const client = await hub.connect()
    client.send(`[null,"1","phoenix","heartbeat",{"a":"${'x'.repeat(900)}"}]`)
    expect(await client.next()).toMatchObject([null, '1', 'phoenix', 'phx_reply', { status: 'ok' }])
    client.send('x'.repeat(1001))
    expect(await client.closed).toBe(1009)
    await use({ limits: { maxStrangerFrameBytes: 100 } })
    const stranger = await hub.connect('vsn=2.0.0')
    stranger.send('x'.repeat(101))
    expect(await stranger.closed).toBe(1009)
    const other = await hub.connect()
    other.send(JSON.stringify([null, '1', 'phoenix', 'heartbeat', { a: 'x'.repeat(200) }]))
    expect(await other.next()).toMatchObject([null, '1', 'phoenix', 'phx_reply', { status: 'ok' }])
  })

  it('[W10] closes no other socket for it', async () => {
    await use({ limits: { maxFrameBytes: 1000 } })
    const [client, other] = [await hub.connect(), await hub.connect()]
    client.send('x'.repeat(1001))
    expect(await client.closed).toBe(1009)
    expect((await other.request('phoenix', 'heartbeat')).status).toBe('ok')
  })

  it('[W8] survives raw rubbish on the upgraded line', async () => {
    const line = connectTcp(hub.port, '127.0.0.1')
    const headers =
      'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
    line.write(`GET /socket/websocket?token=control-secret HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n\r\n`)
    await once(line, 'data')
    line.write(Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 7919) % 256)))
    await once(line, 'close')
    expect((await (await hub.connect()).request('phoenix', 'heartbeat')).status).toBe('ok')
  })
})

describe('limits', () => {
  it('[W9] spares a client that does not read, and tells it what it missed', async () => {
    await use({ limits: { softBufferBytes: 64 * 1024 } })
    const state = serveState()
    serveNews()
    const signal = hub.channels.signal({ topic: 'meters', scopes: ['read'] })
    const [slow, quick] = [await hub.connect(), await hub.connect()]
    for (const client of [slow, quick]) {
      for (const topic of ['state:alerts', 'events:all', 'meters']) await client.join(topic)
    }
    slow.socket.pause()
    const filler = 'x'.repeat(64 * 1024)
    const before = process.memoryUsage()
    const COUNT = 400
    for (let n = 1; n <= COUNT; n++) {
      hub.events.happen({ n, filler })
      signal.push('levels', { filler })
      state.update((draft) => {
        draft.queue = [{ id: `${n}` }] as never
      })
      await new Promise((resolve) => setImmediate(resolve))
    }
    await expect.poll(() => ns(quick).length).toBe(COUNT)
    await expect.poll(() => quick.pushes('state:alerts').length).toBe(COUNT)
    // What was sent is 50 MiB; what may wait is a fraction of that, in the kernel's buffers and ours.
    expect(ns(slow).length).toBeLessThan(COUNT)
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(30 * 1024 * 1024)

    slow.socket.resume()
    await expect.poll(() => slow.pushes('state:alerts').at(-1)?.[1].rev, { timeout: 5000 }).toBe(COUNT)
    expect(slow.pushes('state:alerts').at(-1)).toMatchObject([
      'snapshot',
      { snapshot: { queue: [{ id: `${COUNT}` }] } },
    ])
    // What came and what it was told it missed are the whole, in order.
    const told = slow.pushes('events:all').flatMap(([event, payload]) => {
      if (event !== 'lagging') return [payload.n as number]
      const { from, to } = payload as { from: number; to: number }
      return Array.from({ length: to - from + 1 }, (_, index) => from + index)
    })
    expect(told).toEqual(Array.from({ length: COUNT }, (_, index) => index + 1))
    const missed = slow.pushes('events:all').filter(([event]) => event === 'lagging')
    const last = missed.at(-1)?.[1] as { from: number; to: number }
    expect(last.to).toBe(COUNT)
    const again = await slow.join('events:all', { after: COUNT - 3 })
    expect(again.response).toMatchObject({ replayed: 3, seq: COUNT })
  })

  it('[W9] closes who lets too much pile up', async () => {
    await use({ limits: { softBufferBytes: 1024, hardBufferBytes: 256 * 1024 } })
    hub.channels.onMessage({ topic: 't', event: 'much', scopes: ['read'], handle: () => 'x'.repeat(64 * 1024) })
    const client = await hub.connect()
    await client.join('t')
    client.socket.pause()
    for (let index = 0; index < 60; index++) client.send(['1', `${index}`, 't', 'much', {}])
    await expect.poll(() => hub.channels.stats.sockets, { timeout: 5000 }).toBe(0)
    client.close()
  })

  it('[W10] reads who sends too fast more slowly, and loses nothing', async () => {
    await use({ limits: { messagesPerSecond: 100, messageBurst: 10 } })
    const [fast, other] = [await hub.connect(), await hub.connect()]
    // Three seconds' worth: whoever is answered before they have ended did not wait for it. What came in one read of the
    // socket, 64 KiB at most, is read whatever the limit; this is ten times that.
    const padding = 'x'.repeat(2000)
    for (let index = 0; index < 310; index++) fast.send([null, `${index}`, 'phoenix', 'heartbeat', { padding }])
    let isRead = false
    const last = fast
      .next((message) => (message as unknown[])[1] === '309')
      .then(() => {
        isRead = true
      })
    expect((await other.request('phoenix', 'heartbeat')).status).toBe('ok')
    expect(isRead).toBe(false)
    await last
    expect((await fast.request('phoenix', 'heartbeat')).status).toBe('ok')
    expect(fast.received.length).toBe(311)
  })

  it('[W10] drops who has gone silent, and keeps who only says pong', async () => {
    await hub.stop()
    const { FakeClock } = await import('../../../base/testing/fake-clock.ts')
    const clock = new FakeClock()
    hub = await new TestHub({ clock }).start()
    const [living, dead] = [await hub.connect(), await hub.connect()]
    dead.socket.pong = () => {}
    dead.socket.removeAllListeners('ping')
    Object.assign(dead.socket, { _autoPong: false })
    for (let seconds = 0; seconds < 95; seconds += 5) {
      await clock.advance(5000)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(await dead.closed).toBe(1006)
    expect(living.socket.readyState).toBe(WebSocket.OPEN)
  })

  it('[W10] takes only so many strangers, and still its own', async () => {
    await use({ limits: { maxStrangers: 2, maxSockets: 4, maxTopicsPerSocket: 1 } })
    serveState()
    await hub.connect('token=x')
    await hub.connect('token=x')
    await expect(hub.connect('token=x')).rejects.toThrow('503')
    const own = await hub.connect()
    await own.join('commands')
    expect(await own.join('state:alerts')).toMatchObject({ response: { reason: 'too_many_topics' } })
    expect((await own.join('commands')).status).toBe('ok')
    await hub.connect()
    await expect(hub.connect()).rejects.toThrow('503')
    own.close()
    await expect.poll(() => hub.channels.stats.sockets).toBe(3)
    expect((await hub.connect()).socket.readyState).toBe(WebSocket.OPEN)
  })

  it('[W10] holds two thousand sockets and reaches each', async () => {
    serveState()
    const state = hub.channels
    const clients: RawClient[] = []
    for (let batch = 0; batch < 20; batch++) {
      const opened = await Promise.all(Array.from({ length: 100 }, () => hub.connect()))
      await Promise.all(opened.map((client) => client.join('state:alerts')))
      clients.push(...opened)
    }
    expect(state.clientCount).toBe(2000)
    const signal = hub.channels.signal({ topic: 'meters', scopes: ['read'] })
    await Promise.all(clients.map((client) => client.join('meters')))
    const all = Promise.all(clients.map((client) => client.next()))
    signal.push('levels', {})
    expect((await all).length).toBe(2000)
    for (const client of clients) client.close()
    await expect.poll(() => hub.channels.stats.sockets, { timeout: 10_000 }).toBe(0)
  }, 60_000)
})
