import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { eventSchemas, eventTypes } from '../../../contracts/events.ts'
import { createBus } from '../../kernel/bus.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import { FakeStore } from '../../kernel/store/fake-store.ts'
import { DEMO_DURATION_MS, demoScript } from './demo.ts'
import { createMaker } from './maker.ts'
import { isSimulatedType, makePayload, simulatedTypes } from './payloads.ts'
import { createSimulator } from './simulator.ts'

const NOW = Date.UTC(2026, 0, 1)

describe('made-up payloads', () => {
  it('cover every event Twitch announces, OBS scene changes, and speech', () => {
    const vendor = eventTypes.filter((type) => /^twitch\.(channel|stream|user)\./.test(type))
    expect([...simulatedTypes].sort()).toEqual([...vendor, 'obs.scene.changed', 'transcription.line.heard'].sort())
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
      expect(count(`twitch.channel.hype_train.${part}`), part).toBeGreaterThan(0)
      expect(count(`twitch.channel.poll.${part}`), part).toBeGreaterThan(0)
    }
    const gifts = script.flatMap((event) => (event.type === 'twitch.channel.subscription.gift' ? [event.payload] : []))
    const given = gifts.reduce((sum, gift) => sum + ('total' in gift ? gift.total : 0), 0)
    const gifted = script.filter(({ payload }) => 'is_gift' in payload && payload.is_gift)
    expect(gifted).toHaveLength(given)
  })
})

describe('simulator', () => {
  ensureNoLeaks()

  async function start() {
    const clock = new FakeClock(NOW)
    const store = new FakeStore()
    const bus = createBus({ store, clock, onListenerError: fail })
    const commands = createCommands({ clock, onDidInvoke: () => {}, onBug: fail })
    const channels = new FakeChannels()
    const stop = new AbortController()
    const simulator = createSimulator({ bus, commands, channels, clock, log: { error: fail } })
    const running = simulator.run(stop.signal)
    const end = async () => {
      stop.abort()
      await running
      bus.dispose()
    }
    const invoke = (name: string, args: unknown) => commands.invoke(name, args, HUB_ACTOR)
    return { clock, store, invoke, end, state: () => channels.stateOf('state:simulator') }
  }

  function fail(error: unknown): never {
    throw error
  }

  /** Commands settle over the clock's turns. */
  async function settled<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
    await clock.advance(0)
    return promise
  }

  it('publishes an event with the caller’s own fields over the made-up ones', async () => {
    const hub = await start()
    const payload = { user_name: 'Someone Else', bits: 42 }
    const answer = await hub.invoke('simulator.event', { type: 'twitch.channel.cheer', payload, seed: 7 })
    expect(answer.status).toBe('committed')
    const [event] = hub.store.events
    expect(event).toMatchObject({ type: 'twitch.channel.cheer', source: 'simulator', payload })
    expect(event?.causationId).toBeDefined()
    await hub.end()
  })

  it('merges nested fields', async () => {
    const hub = await start()
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
    const hub = await start()
    const answer = await hub.invoke('simulator.event', args)
    expect(answer).toMatchObject({ status: 'rejected', error: { code: 'invalid_args', path } })
    expect(hub.store.events).toEqual([])
    await hub.end()
  })

  it('plays a burst at its rate and tells how far it is', async () => {
    const hub = await start()
    const args = { type: 'twitch.channel.follow', count: 20, perSecond: 10, seed: 3 }
    await settled(hub.clock, hub.invoke('simulator.burst', args))
    await hub.clock.advance(950)
    expect(hub.store.events).toHaveLength(10)
    expect(hub.state().run).toMatchObject({ kind: 'burst', total: 20, durationMs: 2000 })
    expect(hub.state().run?.done).toBeGreaterThan(5)
    await hub.clock.advance(1000)
    expect(hub.store.events).toHaveLength(20)
    expect(hub.state().run).toBeNull()
    await hub.end()
  })

  it('catches up after the machine slept, and stops when asked', async () => {
    const hub = await start()
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
    const hub = await start()
    const answer = await settled(hub.clock, hub.invoke('simulator.demo.start', { speed: 100 }))
    expect(answer).toMatchObject({ status: 'committed', result: { durationMs: DEMO_DURATION_MS / 100 } })
    const second = await settled(hub.clock, hub.invoke('simulator.demo.start', {}))
    expect(second).toMatchObject({ status: 'rejected', error: { code: 'conflict' } })
    await hub.clock.advance(DEMO_DURATION_MS / 100)
    expect(hub.store.events.map(({ type }) => type)).toEqual(demoScript(1, NOW).map(({ type }) => type))
    expect(hub.store.events.every(({ type }) => isSimulatedType(type))).toBe(true)
    await hub.end()
  })
})
