import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { eventSchemas, eventTypes } from '../../../contracts/events.ts'
import { createBus } from '../../kernel/bus.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import { FakeStore } from '../../kernel/store/fake-store.ts'
import { DEMO_DURATION_MS, demoCommands, demoScript } from './demo.ts'
import { FakeLog } from './fake-log.ts'
import { createMaker } from './maker.ts'
import { isSimulatedType, makePayload, simulatedTypes } from './payloads.ts'
import { spansOf } from './recordings.ts'
import { Scenery } from './scenery.ts'
import { createSimulator } from './simulator.ts'

const NOW = Date.UTC(2026, 0, 1)

async function startHub(log = new FakeLog([])) {
  const clock = new FakeClock(NOW)
  const store = new FakeStore()
  const bus = createBus({ store, clock, onListenerError: fail })
  const commands = createCommands({ clock, onDidInvoke: () => {}, onBug: fail })
  const channels = new FakeChannels()
  const stop = new AbortController()
  const scenery = new Scenery()
  const isOnMain = (kind: string) => kind === 'goals'
  const simulator = createSimulator({
    ...{ bus, store: log, commands, channels, scenery, isOnMain, clock },
    log: { error: fail },
  })
  const running = simulator.run(stop.signal)
  const end = async () => {
    stop.abort()
    await running
    bus.dispose()
    scenery.dispose()
  }
  const invoke = (name: string, args: unknown) => commands.invoke(name, args, HUB_ACTOR)
  return {
    ...{ clock, store, invoke, end, scenery },
    state: () => channels.stateOf('state:simulator'),
    rehearsal: () => channels.stateOf('state:rehearsal'),
  }
}

function fail(error: unknown): never {
  throw error
}

/** Commands settle over the clock's turns. */
async function settled<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  await clock.advance(0)
  return promise
}

describe('made-up payloads', () => {
  it('cover every event that a broadcast can send', () => {
    // Everything else is concluded by Landale itself, from these.
    const told = /^(twitch\.(channel|stream|user)|obs|ironmon|transcription)\./
    const notSent = [
      // Of a link, not of a broadcast; or of no schema.
      /^(obs|ironmon)\.(connected|disconnected|exiting|unknown)$/,
      /^ironmon\.(run\.|profile\.|checkpoint\.(cleared|taken-back))/,
    ]
    const sent = eventTypes.filter((type) => told.test(type) && !notSent.some((pattern) => pattern.test(type)))
    expect([...simulatedTypes].sort()).toEqual(sent.sort())
  })

  it.each(simulatedTypes)('%s is complete and valid for any seed', (type) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const payload = makePayload(type, createMaker(seed, NOW))
        expect(eventSchemas[type].parse(payload)).toEqual(payload)
        expect(makePayload(type, createMaker(seed, NOW))).toEqual(payload)
      }),
      { numRuns: 40 },
    )
  })
})

describe('the demo broadcast', () => {
  it('asks for nothing that stays: a cover and a message say when they are over, all else is taken back', () => {
    for (const { name, args } of demoCommands) {
      if (name === 'takeover.show' || name === 'content.override') expect(args.durationMs).toBeLessThanOrEqual(15_000)
    }
    const last = (name: string) => demoCommands.findLast((command) => command.name === name)?.args
    expect(last('status.bar.set')).toEqual({ isVisible: false })
    expect(last('status.text.set')).toEqual({ isVisible: false })
    expect(last('coding.set')).toEqual({ task: null, topic: null, status: null })
  })

  const script = demoScript(1, NOW)

  it('is the same for the same seed and another for another', () => {
    expect(demoScript(1, NOW)).toEqual(script)
    expect(demoScript(2, NOW)).not.toEqual(script)
  })

  it('is valid, in order, and five minutes long', () => {
    for (const { type, payload } of script) expect(eventSchemas[type].parse(payload)).toEqual(payload)
    const times = script.map(({ atMs }) => atMs)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times.at(-1)).toBeGreaterThan(DEMO_DURATION_MS - 10_000)
    expect(times.at(-1)).toBeLessThanOrEqual(DEMO_DURATION_MS)
  })

  it('has everything the streamer wants to see', () => {
    const count = (type: string) => script.filter((event) => event.type === type).length
    expect(count('twitch.channel.chat.message')).toBeGreaterThan(150)
    expect(count('obs.scene.changed')).toBeGreaterThanOrEqual(6)
    for (const type of ['follow', 'subscribe', 'subscription.message', 'subscription.gift', 'cheer', 'raid']) {
      expect(count(`twitch.channel.${type}`), type).toBeGreaterThan(0)
    }
    for (const part of ['begin', 'progress', 'end']) {
      for (const what of ['hype_train', 'poll', 'prediction', 'goal']) {
        expect(count(`twitch.channel.${what}.${part}`), `${what} ${part}`).toBeGreaterThan(0)
      }
    }
    expect(count('twitch.channel.charity_campaign.donate')).toBe(1)
    expect(count('twitch.channel.ad_break.begin')).toBe(1)
    expect(count('ironmon.seed.reported')).toBe(2)
    expect(count('ironmon.trainer.defeated')).toBe(5)
    const categories = script.flatMap(({ payload }) => ('category_id' in payload ? [payload.category_id] : []))
    expect(categories).toEqual(['509658', '13332', '1469308723', '509658'])
    const gifts = script.flatMap((event) => (event.type === 'twitch.channel.subscription.gift' ? [event.payload] : []))
    const given = gifts.reduce((sum, gift) => sum + ('total' in gift ? gift.total : 0), 0)
    const gifted = script.filter(({ payload }) => 'is_gift' in payload && payload.is_gift)
    expect(gifted).toHaveLength(given)
  })
})

describe('simulator', () => {
  ensureNoLeaks()

  it('publishes an event with the caller’s own fields over the made-up ones', async () => {
    const hub = await startHub()
    const payload = { user_name: 'Someone Else', bits: 42 }
    const answer = await hub.invoke('simulator.event', { type: 'twitch.channel.cheer', payload, seed: 7 })
    expect(answer.status).toBe('committed')
    const [event] = hub.store.events
    expect(event).toMatchObject({ type: 'twitch.channel.cheer', source: 'simulator', payload })
    expect(event?.causationId).toBeDefined()
    await hub.end()
  })

  it('merges nested fields', async () => {
    const hub = await startHub()
    const type = 'twitch.channel.channel_points_custom_reward_redemption.add'
    await hub.invoke('simulator.event', { type, payload: { reward: { title: 'Mine' } }, seed: 1 })
    expect(hub.store.events[0]?.payload.reward).toMatchObject({ title: 'Mine', cost: expect.any(Number) })
    await hub.end()
  })

  it.each([
    [{ type: 'twitch.channel.cheer', payload: { bits: -3 } }, 'payload.bits'],
    [{ type: 'twitch.channel.cheer', payload: { bitz: 3 } }, 'payload.bitz'],
    [{ type: 'twitch.channel.poll.begin', payload: { choices: [{ id: 'a' }] } }, 'payload.choices[0].title'],
    [{ type: 'twitch.unknown' }, 'type'],
    [{ type: 'alert.started' }, 'type'],
  ])('refuses %j and names the fault', async (args, path) => {
    const hub = await startHub()
    const answer = await hub.invoke('simulator.event', args)
    expect(answer).toMatchObject({ status: 'rejected', error: { code: 'invalid_args', path } })
    expect(hub.store.events).toEqual([])
    await hub.end()
  })

  it('plays a burst at its rate and tells how far it is', async () => {
    const hub = await startHub()
    const args = { type: 'twitch.channel.follow', count: 20, perSecond: 10, seed: 3 }
    await settled(hub.clock, hub.invoke('simulator.burst', args))
    await hub.clock.advance(950)
    expect(hub.store.events).toHaveLength(10)
    expect(hub.state().run).toMatchObject({ kind: 'burst', total: 20, lengthMs: 2000 })
    expect(hub.state().run?.done).toBeGreaterThan(5)
    await hub.clock.advance(1000)
    expect(hub.store.events).toHaveLength(20)
    expect(hub.state().run).toBeNull()
    await hub.end()
  })

  it('plays a mix by its weights, the same for the same seed', async () => {
    const hub = await startHub()
    const mix = [
      { type: 'twitch.channel.chat.message', weight: 9 },
      { type: 'twitch.channel.follow', weight: 1 },
    ]
    await settled(hub.clock, hub.invoke('simulator.burst', { mix, seconds: 2, perSecond: 200, seed: 5 }))
    await hub.clock.advance(2000)
    const types = hub.store.types
    expect(types).toHaveLength(400)
    const follows = types.filter((type) => type === 'twitch.channel.follow').length
    expect(follows).toBeGreaterThan(20)
    expect(follows).toBeLessThan(70)
    await settled(hub.clock, hub.invoke('simulator.burst', { mix, seconds: 2, perSecond: 200, seed: 5 }))
    await hub.clock.advance(2000)
    expect(hub.store.types.slice(400)).toEqual(types)
    await hub.end()
  })

  it.each([
    [{ perSecond: 1, count: 1 }, 'say either type or mix'],
    [{ type: 'twitch.channel.follow', perSecond: 1 }, 'say either count or seconds'],
    [{ type: 'twitch.channel.follow', perSecond: 1, count: 1, seconds: 1 }, 'say either count or seconds'],
    [{ mix: [{ type: 'alert.started', weight: 1 }], perSecond: 1, count: 1 }, "can't be simulated"],
  ])('refuses the burst %j', async (args, why) => {
    const hub = await startHub()
    const answer = await hub.invoke('simulator.burst', args)
    expect(answer).toMatchObject({ error: { message: expect.stringContaining(why) } })
    await hub.end()
  })

  it('makes up what would be sent, and sends nothing', async () => {
    const hub = await startHub()
    const args = { type: 'twitch.channel.raid', seed: 4 }
    const made = await hub.invoke('simulator.payload', args)
    expect(hub.store.events).toEqual([])
    await hub.invoke('simulator.event', args)
    expect(made).toMatchObject({ result: { payload: hub.store.events[0]?.payload } })
    await hub.end()
  })

  it('holds a run, goes elsewhere in it and plays it faster', async () => {
    const hub = await startHub()
    const run = () => hub.state().run
    await settled(
      hub.clock,
      hub.invoke('simulator.burst', { type: 'twitch.channel.follow', count: 100, perSecond: 10 }),
    )
    await hub.clock.advance(1000)
    await settled(hub.clock, hub.invoke('simulator.pause', {}))
    const held = hub.store.events.length
    await hub.clock.advance(5000)
    expect([hub.store.events.length, run()?.positionMs]).toEqual([held, 1000])
    expect(run()).toMatchObject({ paused: true, done: held })
    await settled(hub.clock, hub.invoke('simulator.seek', { positionMs: 8000 }))
    await hub.clock.advance(5000)
    expect(hub.store.events).toHaveLength(held)
    await settled(hub.clock, hub.invoke('simulator.resume', {}))
    await settled(hub.clock, hub.invoke('simulator.speed.set', { speed: 2 }))
    await hub.clock.advance(1000)
    expect(run()).toBeNull()
    expect(hub.store.events).toHaveLength(held + 20)
    expect(await hub.invoke('simulator.pause', {})).toMatchObject({ error: { code: 'conflict' } })
    await hub.end()
  })

  it('catches up after the machine slept, and stops when asked', async () => {
    const hub = await startHub()
    const args = { type: 'twitch.channel.follow', count: 10_000, perSecond: 1000 }
    await settled(hub.clock, hub.invoke('simulator.burst', args))
    await hub.clock.advance(1500)
    expect(hub.store.events.length).toBeGreaterThan(1490)
    await settled(hub.clock, hub.invoke('simulator.stop', {}))
    const count = hub.store.events.length
    await hub.clock.advance(1000)
    expect(hub.store.events).toHaveLength(count)
    expect(hub.state().run).toBeNull()
    await hub.end()
  })

  it('plays the demo from its first event to its last, and refuses a second run meanwhile', async () => {
    const hub = await startHub()
    const answer = await settled(hub.clock, hub.invoke('simulator.demo.start', { speed: 100 }))
    expect(answer).toMatchObject({ status: 'committed', result: { durationMs: DEMO_DURATION_MS / 100 } })
    const second = await settled(hub.clock, hub.invoke('simulator.demo.start', {}))
    expect(second).toMatchObject({ status: 'rejected', error: { code: 'conflict' } })
    await hub.clock.advance(DEMO_DURATION_MS / 100)
    const types = hub.store.events.map(({ type }) => type)
    expect([types[0], types.at(-1)]).toEqual(['simulator.demo.started', 'simulator.demo.ended'])
    expect(types.slice(1, -1)).toEqual(demoScript(1, NOW).map(({ type }) => type))
    expect(types.slice(1, -1).every(isSimulatedType)).toBe(true)
    await hub.end()
  })
})

describe('what the demo puts on stream', () => {
  ensureNoLeaks()

  it('is there while it plays, wherever it is moved to, and gone when it is stopped', async () => {
    const hub = await startHub()
    await settled(hub.clock, hub.invoke('simulator.demo.start', {}))
    expect(hub.rehearsal().widgets.map(({ kind }) => kind)).toContain('timer')
    expect(hub.rehearsal().widgets.map(({ kind }) => kind)).not.toContain('goals')
    await settled(hub.clock, hub.invoke('simulator.seek', { positionMs: 190_000 }))
    expect(hub.rehearsal().layers.map(({ layer }) => layer.id)).toEqual(['demo-timer'])
    await settled(hub.clock, hub.invoke('simulator.stop', {}))
    expect(hub.rehearsal()).toEqual({ widgets: [], layers: [] })
    expect(hub.store.events.at(-1)?.type).toBe('simulator.demo.ended')
    await hub.end()
  })

  it('is nothing while anything else plays', async () => {
    const hub = await startHub()
    await settled(hub.clock, hub.invoke('simulator.burst', { type: 'twitch.channel.follow', count: 3, perSecond: 1 }))
    await hub.clock.advance(5000)
    expect(hub.rehearsal()).toEqual({ widgets: [], layers: [] })
    expect(hub.store.events.map(({ type }) => type)).toEqual(Array(3).fill('twitch.channel.follow'))
    await hub.end()
  })
})

describe('a recorded broadcast', () => {
  ensureNoLeaks()

  const BEGAN = NOW - 86_400_000
  const MINUTE_MS = 60_000

  function past(type: 'twitch.channel.follow' | 'twitch.channel.poll.begin', atMs: number) {
    const at = BEGAN + atMs
    return { type, at, payload: makePayload(type, createMaker(atMs, at)) as unknown as Record<string, unknown> }
  }

  const follows = (count: number, everyMs: number) =>
    Array.from({ length: count }, (_, n) => past('twitch.channel.follow', n * everyMs))

  async function replaying(log: FakeLog, args: object) {
    const hub = await startHub(log)
    const span = { from: BEGAN, to: BEGAN + 10 * MINUTE_MS }
    const answer = await settled(hub.clock, hub.invoke('simulator.replay', { ...span, ...args }))
    return { ...hub, answer, ids: () => hub.store.events.map(({ payload }) => payload.user_id) }
  }

  it('is played in its order, at its pace or a hundred times as fast, and not counted', async () => {
    const hub = await replaying(new FakeLog(follows(600, 1000)), { speed: 1 })
    expect(hub.answer).toMatchObject({ result: { durationMs: 10 * MINUTE_MS } })
    await hub.clock.advance(10_500)
    expect(hub.store.events).toHaveLength(11)
    expect(hub.state().run).toMatchObject({ kind: 'replay', counted: false, total: null, done: 11 })
    await settled(hub.clock, hub.invoke('simulator.speed.set', { speed: 100 }))
    await hub.clock.advance(5900)
    expect(hub.state().run).toBeNull()
    expect(hub.ids()).toEqual(follows(600, 1000).map(({ payload }) => payload.user_id))
    expect(new Set(hub.store.events.map(({ source }) => source))).toEqual(new Set(['simulator']))
    await hub.end()
  })

  it('counts only when that is asked for', async () => {
    const hub = await replaying(new FakeLog(follows(3, 1000)), { speed: 100, counted: true })
    await hub.clock.advance(10_000)
    expect(hub.store.events.map(({ source }) => source)).toEqual(['twitch', 'twitch', 'twitch'])
    await hub.end()
  })

  it('has its times moved to now, so that a poll of yesterday is open again', async () => {
    const hub = await replaying(new FakeLog([past('twitch.channel.poll.begin', 5000)]), { speed: 1 })
    await hub.clock.advance(5000)
    expect(hub.store.events[0]?.payload).toMatchObject({
      started_at: hub.clock.now(),
      ends_at: hub.clock.now() + MINUTE_MS,
    })
    await hub.end()
  })

  it('leaves out what Landale concluded, what was simulated, what it can’t read, and what lies outside', async () => {
    const good = past('twitch.channel.follow', 1000)
    const log = new FakeLog([
      past('twitch.channel.follow', -1),
      { type: 'alert.started', at: BEGAN, source: 'landale', payload: {} },
      { ...good, source: 'simulator' },
      { ...good, payload: { user_name: 'of another age' } },
      good,
      past('twitch.channel.follow', 10 * MINUTE_MS),
    ])
    const hub = await replaying(log, { speed: 100 })
    await hub.clock.advance(10_000)
    expect(hub.ids()).toEqual([good.payload.user_id])
    await hub.end()
  })

  it('goes anywhere in it at once, forwards and back', async () => {
    const hub = await replaying(new FakeLog(follows(600, 1000)), { speed: 1 })
    await hub.clock.advance(2500)
    await settled(hub.clock, hub.invoke('simulator.seek', { positionMs: 300_000 }))
    await hub.clock.advance(1500)
    await settled(hub.clock, hub.invoke('simulator.seek', { positionMs: 0 }))
    await hub.clock.advance(1500)
    const all = follows(600, 1000).map(({ payload }) => payload.user_id)
    expect(hub.ids()).toEqual([...all.slice(0, 3), ...all.slice(300, 302), ...all.slice(0, 2)])
    expect(await hub.invoke('simulator.seek', { positionMs: 10 * MINUTE_MS + 1 })).toMatchObject({
      error: { code: 'invalid_args', path: 'positionMs' },
    })
    await settled(hub.clock, hub.invoke('simulator.stop', {}))
    await hub.end()
  })

  it('plays each event once, in order, though it is held and sped up while the log is being read', async () => {
    const log = new FakeLog(follows(600, 1000))
    const hub = await replaying(log, { speed: 1 })
    await hub.clock.advance(200_000)
    const letGo = log.hold()
    await hub.clock.advance(100_000)
    for (const [name, args] of [['pause'], ['resume'], ['speed.set', { speed: 100 }]] as const) {
      await settled(hub.clock, hub.invoke(`simulator.${name}`, args ?? {}))
    }
    letGo()
    await hub.clock.advance(10_000)
    expect(hub.ids()).toEqual(follows(600, 1000).map(({ payload }) => payload.user_id))
    await hub.end()
  })

  it('of a hundred thousand events is read a page at a time', async () => {
    const log = new FakeLog(follows(100_000, 5))
    const hub = await replaying(log, { speed: 100 })
    for (let n = 0; n < 60; n++) await hub.clock.advance(100)
    expect(hub.store.events).toHaveLength(100_000)
    expect(log.largestPage).toBeLessThanOrEqual(250)
    await hub.end()
  }, 60_000)

  it('is told of as one, however Twitch and OBS and a broken link tell of it', async () => {
    const mark = (type: string, minute: number) => ({ type, at: minute * MINUTE_MS })
    const marks = [
      mark('obs.stream.started', 0),
      mark('twitch.stream.online', 1),
      mark('obs.stream.stopped', 60),
      mark('obs.stream.started', 62),
      mark('obs.stream.stopped', 120),
      mark('twitch.stream.offline', 121),
      mark('twitch.stream.online', 1000),
      mark('twitch.stream.online', 9000),
    ]
    const minutes = spansOf(marks).map(({ from, to }) => [from / MINUTE_MS, to && to / MINUTE_MS])
    expect(minutes).toEqual([
      [0, 121],
      [1000, 1000 + 48 * 60],
      [9000, null],
    ])
    const update = { title: 'Attempt 7', category_name: 'Pokémon FireRed' }
    const log = new FakeLog([
      { type: 'twitch.stream.online', at: BEGAN, payload: {} },
      { type: 'twitch.channel.update', at: BEGAN + 1, payload: update },
      { type: 'twitch.stream.offline', at: BEGAN + MINUTE_MS, payload: {} },
      { type: 'twitch.stream.online', at: BEGAN + MINUTE_MS, source: 'simulator', payload: {} },
    ])
    const hub = await startHub(log)
    expect(await hub.invoke('simulator.recordings', {})).toMatchObject({
      result: {
        recordings: [
          { from: BEGAN, to: BEGAN + MINUTE_MS + 1, isRunning: false, title: 'Attempt 7', category: 'Pokémon FireRed' },
        ],
      },
    })
    await hub.end()
  })
})
