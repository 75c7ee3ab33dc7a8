/** The pages' client against the real servers: what a page shows stays right whatever happens to the link. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createHubClient, type HubClient, type HubStatus } from '../../contracts/client/hub-client.ts'
import type { NewsPayload } from '../../contracts/client/news-follower.ts'
import type { AlertsState } from '../../contracts/state/alerts.ts'
import type { Guest } from '../../electron/kernel/channels/channels.ts'
import { TestHub, type TestHubOptions } from '../../electron/kernel/channels/test-hub.ts'

const alerts = (volume: number) => ({ paused: false, sound: { muted: false, volume } }) as AlertsState

let hub: TestHub
let client: HubClient | undefined
let statuses: HubStatus[]

beforeEach(async () => {
  hub = await new TestHub().start()
  serveEvents(hub)
  statuses = []
})
afterEach(async () => {
  client?.dispose()
  client = undefined
  await hub.stop()
})

function connect(token: string | null = 'control-secret'): HubClient {
  client = createHubClient({
    url: hub.url,
    token,
    onStatus: (status) => statuses.push(status),
    WebSocket: WebSocket as never,
  })
  return client
}

function serveEvents(on: TestHub): void {
  on.channels.news({
    topics: ['events:all'],
    scopes: ['read'],
    push: ({ payload }) => ({ event: 'happened', payload, critical: false }),
  })
}

/** Stops the hub, waits, and starts another on the same port; `prepare` gives it its topics before it listens. */
async function restart(awayMs: number, prepare: (hub: TestHub) => void, options: TestHubOptions = {}): Promise<void> {
  const { port } = hub
  await hub.stop()
  await new Promise((resolve) => setTimeout(resolve, awayMs))
  hub = new TestHub({ ...options, port })
  prepare(hub)
  await hub.start()
}

describe('state', () => {
  it('[W3] follows a state and shares one topic among all who ask', async () => {
    const state = hub.channels.state('state:alerts', alerts(1))
    const page = connect()
    const first: number[] = []
    const second: number[] = []
    page.state('state:alerts', (value) => first.push(value.sound.volume))
    const following = page.state('state:alerts', (value) => second.push(value.sound.volume))
    await expect.poll(() => second).toEqual([1])
    state.update((draft) => {
      draft.sound.volume = 0.5
    })
    await expect.poll(() => second).toEqual([1, 0.5])
    following.dispose()
    state.update((draft) => {
      draft.sound.volume = 0.25
    })
    await expect.poll(() => first).toEqual([1, 0.5, 0.25])
    expect(second).toEqual([1, 0.5])
    expect(hub.channels.stats.sockets).toBe(1)
  })

  it('[W3] keeps what a patch does not touch', async () => {
    const state = hub.channels.state('state:alerts', { ...alerts(1), queue: [{ id: 'a' }] } as AlertsState)
    const seen: AlertsState[] = []
    connect().state('state:alerts', (value) => seen.push(value))
    await expect.poll(() => seen.length).toBe(1)
    state.update((draft) => {
      draft.paused = true
    })
    await expect.poll(() => seen.length).toBe(2)
    expect(seen[1]?.queue).toBe(seen[0]?.queue)
  })

  it('[W12] is right again within 500 ms of the return of a hub that was away for long', async () => {
    hub.channels.state('state:alerts', alerts(1))
    const seen: number[] = []
    connect().state('state:alerts', (value) => seen.push(value.sound.volume))
    await expect.poll(() => seen).toEqual([1])
    await restart(3000, (next) => next.channels.state('state:alerts', alerts(0)))
    const back = performance.now()
    await expect.poll(() => seen, { interval: 5, timeout: 10_000 }).toEqual([1, 0])
    // The aim is 500, which the bench judges; a busy machine is given more, but not the 5 s of the client's own steps.
    expect(performance.now() - back).toBeLessThan(2500)
  })

  it('[W12] shows the last good value while the hub is away', async () => {
    hub.channels.state('state:alerts', alerts(1))
    const seen: number[] = []
    connect().state('state:alerts', (value) => seen.push(value.sound.volume))
    await expect.poll(() => seen).toEqual([1])
    await hub.stop()
    await expect.poll(() => statuses.at(-1)?.kind).toBe('waiting')
    const late: number[] = []
    client?.state('state:alerts', (value) => late.push(value.sound.volume))
    expect(late).toEqual([1])
  })
})

describe('news', () => {
  it('[W4] goes on where it stopped, in order and nothing twice', async () => {
    const seen: number[] = []
    connect().news('events:all', { onEvent: (_, payload: NewsPayload) => seen.push(payload.seq) })
    await expect.poll(() => hub.channels.clientCount).toBe(1)
    hub.events.happen({ n: 1 })
    hub.events.happen({ n: 2 })
    await expect.poll(() => seen).toEqual([1, 2])
    const { events } = hub.events
    await restart(50, (next) => {
      serveEvents(next)
      next.events.events.push(...events)
      next.events.store({ n: 3 })
      next.events.store({ n: 4 })
    })
    await expect.poll(() => seen).toEqual([1, 2, 3, 4])
    hub.events.happen({ n: 5 })
    await expect.poll(() => seen).toEqual([1, 2, 3, 4, 5])
  })

  it('[W4] starts anew when the log was restored from a backup', async () => {
    const seen: unknown[] = []
    connect().news('events:all', { after: 1000, onEvent: (_, payload) => seen.push(payload.n) })
    await expect.poll(() => hub.channels.clientCount).toBe(1)
    hub.events.happen({ n: 'after the backup' })
    await expect.poll(() => seen).toEqual(['after the backup'])
  })
})

describe('a page that reads too slowly', () => {
  /** A WebSocket whose reading can be held up. */
  let held: WebSocket | undefined
  class HeldWebSocket extends WebSocket {
    constructor(url: string) {
      super(url)
      held = this
    }
  }

  it('[W9] catches up with state and misses no news once it reads again', async () => {
    await hub.stop()
    const MIB = 1024 * 1024
    const limits = { softBufferBytes: MIB / 4, maxReplayBytes: 64 * MIB, hardBufferBytes: 128 * MIB }
    hub = await new TestHub({ limits }).start()
    serveEvents(hub)
    const state = hub.channels.state('state:alerts', alerts(0))
    client = createHubClient({ url: hub.url, token: 'control-secret', WebSocket: HeldWebSocket as never })
    const volumes: number[] = []
    const seen: unknown[] = []
    let gaps = 0
    client.state('state:alerts', (value) => volumes.push(value.sound.volume))
    client.news('events:all', { onEvent: (_, payload) => seen.push(payload.n), onGap: () => gaps++ })
    await expect.poll(() => volumes).toEqual([0])
    await expect.poll(() => hub.channels.stats.messages).toBe(2)
    held?.pause()
    const COUNT = 300
    const filler = 'x'.repeat(64 * 1024)
    for (let n = 1; n <= COUNT; n++) {
      hub.events.happen({ n, filler })
      state.update((draft) => {
        draft.sound.volume = n
      })
      await new Promise((resolve) => setImmediate(resolve))
    }
    held?.resume()
    await expect.poll(() => volumes.at(-1), { timeout: 5000 }).toBe(COUNT)
    await expect.poll(() => seen.at(-1), { timeout: 5000 }).toBe(COUNT)
    expect(seen).toEqual(Array.from({ length: COUNT }, (_, index) => index + 1))
    expect(gaps).toBe(0)
    expect(volumes.length).toBeLessThan(COUNT)
  })
})

describe('commands', () => {
  it('[W7] answers', async () => {
    const page = connect()
    await expect.poll(() => page.status.kind).toBe('connected')
    expect(await page.command('obs.scene.set', { scene: 'Game' } as never)).toMatchObject({ status: 'committed' })
  })

  it('[W13] sends nothing without a link, not even later', async () => {
    const page = connect()
    await expect.poll(() => page.status.kind).toBe('connected')
    await hub.stop()
    await expect.poll(() => page.status.kind).toBe('waiting')
    const answer = await page.command('obs.scene.set', { scene: 'Game' } as never)
    expect(answer).toMatchObject({ status: 'rejected', error: { code: 'unavailable' } })
    await restart(0, () => {})
    await expect.poll(() => page.status.kind).toBe('connected')
    await page.command('obs.stream.start', {} as never)
    expect(hub.invoked.map(({ name }) => name)).toEqual(['obs.stream.start'])
  })

  it('[W13] settles when the link is lost before the answer', async () => {
    await hub.stop()
    hub = await new TestHub({ onCommand: () => new Promise(() => {}) }).start()
    const page = connect()
    await expect.poll(() => page.status.kind).toBe('connected')
    const answer = page.command('obs.scene.set', { scene: 'Game' } as never)
    await expect.poll(() => hub.invoked.length).toBe(1)
    await hub.stop()
    expect(await answer).toMatchObject({ status: 'rejected', error: { code: 'unavailable' } })
  })
})

describe('presence', () => {
  function serveStages(on: TestHub) {
    const guests: Guest[] = []
    const said: unknown[] = []
    on.channels.presence({
      topic: 'overlay:*',
      scopes: ['overlay'],
      onJoin(guest) {
        guests.push(guest)
        guest.push('elected', { elected: true })
      },
      onLeave: (guest) => guests.splice(guests.indexOf(guest), 1),
    })
    on.channels.onMessage({
      topic: 'overlay:*',
      event: 'cue-started',
      scopes: ['overlay'],
      handle: (payload, { guestId }) => said.push([payload, guestId]),
    })
    return { guests, said }
  }

  it('[W15] is there with its parameters, hears what is said to it, and is gone when it leaves', async () => {
    const { guests, said } = serveStages(hub)
    const heard: unknown[] = []
    const presence = connect('overlay-secret').presence('overlay:main', {
      params: { canPlay: true },
      onPush: (event, payload) => heard.push([event, payload]),
    })
    await expect.poll(() => heard).toEqual([['elected', { elected: true }]])
    expect(guests.map(({ params }) => params)).toEqual([{ canPlay: true }])
    presence.tell('cue-started', { id: 'c1' })
    await expect.poll(() => said).toEqual([[{ id: 'c1' }, guests[0]?.id]])
    presence.dispose()
    await expect.poll(() => guests).toEqual([])
    presence.tell('cue-started', { id: 'c2' })
    expect(said).toHaveLength(1)
  })

  it('[W15] is another guest after a lost link, and says nothing late', async () => {
    serveStages(hub)
    let joined = 0
    const presence = connect('overlay-secret').presence('overlay:main', {
      params: {},
      onJoined: () => joined++,
      onPush: () => {},
    })
    await expect.poll(() => joined).toBe(1)
    let after: ReturnType<typeof serveStages> | undefined
    await restart(100, (next) => {
      presence.tell('cue-started', { id: 'lost' })
      after = serveStages(next)
    })
    await expect.poll(() => joined).toBe(2)
    expect(after?.guests).toHaveLength(1)
    presence.tell('cue-started', { id: 'heard' })
    await expect.poll(() => after?.said.map((line) => (line as unknown[])[0])).toEqual([{ id: 'heard' }])
  })
})

describe('the link', () => {
  it('[W2] says that its token is refused', async () => {
    const page = connect('nonsense')
    page.signal('meters:obs', () => {})
    await expect.poll(() => page.status.kind).toBe('refused')
  })

  it('[W2] hears nothing more once its token is revoked', async () => {
    const state = hub.channels.state('state:alerts', alerts(1))
    const seen: number[] = []
    const page = connect('overlay-secret')
    page.state('state:alerts', (value) => seen.push(value.sound.volume))
    await expect.poll(() => seen).toEqual([1])
    hub.revoke('overlay-secret')
    state.update((draft) => {
      draft.sound.volume = 0
    })
    await expect.poll(() => page.status.kind).toBe('refused')
    expect(seen).toEqual([1])
  })

  it('[W11] knows the time of the hub', async () => {
    hub.channels.state('state:alerts', alerts(1))
    const page = connect()
    let known = false
    page.state('state:alerts', () => {
      known = true
    })
    await expect.poll(() => known).toBe(true)
    expect(Math.abs(page.hubNow() - Date.now())).toBeLessThan(500)
  })
})
