import { afterEach, describe, expect, it } from 'vitest'
import { Emitter } from '../../../base/emitter.ts'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { CommandAnswer } from '../../../contracts/command.ts'
import type { EventPayload, EventType } from '../../../contracts/events.ts'
import { rehearsedId } from '../../../contracts/state/rehearsal.ts'
import type { TimerState } from '../../../contracts/state/timers.ts'
import type { Widget } from '../../../contracts/state/widgets.ts'
import { defaultSettings, type WidgetSettings } from '../../../contracts/widgets.ts'
import { createBus } from '../../kernel/bus.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands } from '../../kernel/commands.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { createTimers, timersMigrations } from './timers.ts'

const channel = { broadcaster_user_id: '1', broadcaster_user_login: 'host', broadcaster_user_name: 'Host' }
const viewer = { user_id: '2', user_login: 'mira', user_name: 'Mira' }
const MINUTE_MS = 60_000

class Hub {
  readonly clock = new FakeClock(1_800_000_000_000)
  readonly store = new MemoryStore(timersMigrations)
  readonly changed = new Emitter<readonly Widget[]>()
  readonly widgets: { widgets: Widget[]; onDidChange: Emitter<readonly Widget[]>['event'] } = {
    widgets: [],
    onDidChange: this.changed.event,
  }
  channels = new FakeChannels()
  bus = this.#newBus()
  commands = this.#newCommands()
  #stop = new AbortController()
  running: Promise<void> = Promise.resolve()

  constructor(settings: Partial<WidgetSettings<'timer'>> = {}) {
    this.set(settings)
  }

  set(settings: Partial<WidgetSettings<'timer'>>): void {
    const all = { ...defaultSettings('timer'), ...this.widgets.widgets[0]?.settings, ...settings }
    this.widgets.widgets = [{ id: 't', kind: 'timer', name: 'Timer', settings: all }]
    this.changed.fire(this.widgets.widgets)
  }

  start(): void {
    const { store, bus, commands, channels, clock, widgets } = this
    const timers = createTimers({ store, bus, commands, channels, clock, log: { warn: () => {} }, widgets })
    this.#stop = new AbortController()
    this.running = timers.run(this.#stop.signal)
  }

  /** Another process on the same disk; what came meanwhile was stored by it before it heard. */
  async restart(meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    await this.stop()
    this.bus = this.#newBus()
    await meanwhile()
    this.bus.dispose()
    this.channels = new FakeChannels()
    this.bus = this.#newBus()
    this.commands = this.#newCommands()
    this.start()
    await this.clock.advance(0)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.running
    this.bus.dispose()
  }

  async say<T extends EventType>(type: T, payload: EventPayload<T>, source = 'twitch', at?: number): Promise<void> {
    await this.bus.publish({ type, source, payload, at })
    await this.clock.advance(0)
  }

  sub = (tier: '1000' | '2000' | '3000' = '1000', is_gift = false) =>
    this.say('twitch.channel.subscribe', { ...viewer, ...channel, tier, is_gift })

  async ask(name: string, args: object = {}): Promise<CommandAnswer> {
    const answer = await this.commands.invoke(name, { widget: 't', ...args }, { name: 'test', scopes: ['admin'] })
    await this.clock.advance(0)
    return answer
  }

  get timer(): TimerState {
    const timer = this.channels.stateOf('state:timers').timers.t
    if (!timer) throw new Error('there is no timer')
    return timer
  }

  /** Minutes. */
  get left(): number {
    const { endsAt, leftMs } = this.timer
    return (endsAt === null ? leftMs : endsAt - this.clock.now()) / MINUTE_MS
  }

  #newBus() {
    const { store, clock } = this
    return createBus({
      store,
      clock,
      onListenerError: (error) => {
        throw error
      },
    })
  }

  #newCommands() {
    return createCommands({ clock: this.clock, onDidInvoke: () => {}, onBug: () => {} })
  }
}

describe('timers', () => {
  ensureNoLeaks()
  let hub: Hub

  async function begin(settings: Partial<WidgetSettings<'timer'>> = {}): Promise<void> {
    hub = new Hub(settings)
    hub.start()
    await hub.clock.advance(0)
  }
  afterEach(async () => {
    await hub.stop()
    hub.changed.dispose()
    hub.store.close()
    expect(hub.clock.pendingTimers).toBe(0)
  })

  it('follows its settings until it is started, then runs by the clock', async () => {
    await begin({ minutes: 30 })
    expect([hub.timer.status, hub.left]).toEqual(['idle', 30])
    hub.set({ minutes: 45 })
    await hub.clock.advance(0)
    expect(hub.left).toBe(45)
    await hub.ask('timer.start')
    await hub.clock.advance(5 * MINUTE_MS)
    hub.set({ minutes: 10 })
    await hub.clock.advance(0)
    expect([hub.timer.status, hub.left]).toEqual(['running', 40])
  })

  it('is paused, goes on, is set and given more or less by hand', async () => {
    await begin({ minutes: 30 })
    await hub.ask('timer.start')
    await hub.clock.advance(10 * MINUTE_MS)
    await hub.ask('timer.pause')
    await hub.clock.advance(60 * MINUTE_MS)
    expect([hub.timer.status, hub.left]).toEqual(['paused', 20])
    await hub.ask('timer.start')
    await hub.ask('timer.add', { seconds: 300 })
    expect(hub.left).toBe(25)
    await hub.ask('timer.add', { seconds: -3600 })
    expect(hub.left).toBe(0)
    await hub.ask('timer.set', { seconds: 90 })
    expect(hub.left).toBe(1.5)
    await hub.ask('timer.reset')
    expect([hub.timer.status, hub.left]).toEqual(['idle', 30])
    expect(await hub.ask('timer.start', { widget: 'gone' })).toMatchObject({ error: { code: 'not_found' } })
  })

  it('is given time by subs, gifts, bits and follows, after its rules', async () => {
    await begin({ minutes: 10, follow: 30 })
    await hub.sub()
    expect(hub.left).toBe(10)
    await hub.ask('timer.start')
    await hub.sub('1000')
    await hub.sub('3000')
    expect(hub.left).toBe(40)
    const gift = { ...viewer, is_anonymous: false, ...channel, tier: '1000' as const, total: 5, cumulative_total: 5 }
    await hub.say('twitch.channel.subscription.gift', gift)
    await hub.sub('1000', true)
    expect(hub.left).toBe(65)
    const cheer = { user_id: null, user_login: null, user_name: null, is_anonymous: true, ...channel, message: '' }
    await hub.say('twitch.channel.cheer', { ...cheer, bits: 250 })
    expect(hub.left).toBe(67.5)
    expect(hub.timer.last).toMatchObject({ who: null, ms: 150_000 })
    await hub.say('twitch.channel.follow', { ...viewer, ...channel, followed_at: 1 })
    expect(hub.left).toBe(68)
  })

  it('is given nothing by the simulator, nor once it is over', async () => {
    await begin({ minutes: 10 })
    await hub.ask('timer.start')
    await hub.say('twitch.channel.subscribe', { ...viewer, ...channel, tier: '1000', is_gift: false }, 'simulator')
    expect(hub.left).toBe(10)
    await hub.clock.advance(11 * MINUTE_MS)
    await hub.sub()
    expect(hub.left).toBe(-1)
  })

  it('is the demo’s alone while that plays: made-up events give it time, true ones none, and it is gone after a crash', async () => {
    await begin()
    const own = hub.widgets.widgets
    const demo: Widget = { id: rehearsedId('timer'), kind: 'timer', name: 'Demo', settings: defaultSettings('timer') }
    hub.widgets.widgets = [...own, demo]
    hub.changed.fire(hub.widgets.widgets)
    await hub.ask('timer.start')
    await hub.ask('timer.start', { widget: demo.id })
    await hub.say('twitch.channel.subscribe', { ...viewer, ...channel, tier: '1000', is_gift: false }, 'simulator')
    const given = () =>
      Object.entries(hub.channels.stateOf('state:timers').timers).map(([id, { last }]) => [id, last?.ms])
    expect(given()).toEqual([
      ['t', undefined],
      [demo.id, 300_000],
    ])
    await hub.sub('2000')
    expect(given()).toEqual([
      ['t', 600_000],
      [demo.id, 300_000],
    ])
    hub.widgets.widgets = own
    await hub.restart()
    expect(given()).toEqual([['t', 600_000]])
  })

  it('is given time by what is read back late, if it happened in time', async () => {
    await begin({ minutes: 10 })
    const before = hub.clock.now()
    await hub.clock.advance(MINUTE_MS)
    await hub.ask('timer.start')
    const sub = { ...viewer, ...channel, tier: '1000' as const, is_gift: false }
    await hub.say('twitch.channel.subscribe', sub, 'twitch', before)
    expect(hub.left).toBe(10)
    await hub.clock.advance(12 * MINUTE_MS)
    await hub.say('twitch.channel.subscribe', sub, 'twitch', before + 5 * MINUTE_MS)
    expect(hub.left).toBe(3)
  })

  it('is never given more than the most, all together', async () => {
    await begin({ minutes: 10, capMinutes: 17 })
    await hub.ask('timer.start')
    await hub.sub()
    expect(hub.left).toBe(15)
    await hub.clock.advance(5 * MINUTE_MS)
    await hub.sub()
    expect([hub.left, hub.timer.last?.ms]).toEqual([12, 2 * MINUTE_MS])
    await hub.sub()
    expect(hub.left).toBe(12)
  })

  it('counts each event once over a crash, also those it did not live to hear', async () => {
    await begin({ minutes: 10 })
    await hub.ask('timer.start')
    await hub.sub()
    await hub.restart(async () => {
      await hub.sub()
      await hub.clock.advance(2 * MINUTE_MS)
    })
    expect(hub.left).toBe(18)
    await hub.restart()
    expect(hub.left).toBe(18)
  })

  it('gives nothing that the disk does not take', async () => {
    await begin({ minutes: 10 })
    hub.store.refuse('disk full')
    expect(await hub.ask('timer.start')).toMatchObject({ error: { code: 'unavailable' } })
    hub.store.refuse(null)
    expect(hub.timer.status).toBe('idle')
  })

  it('goes with its widget', async () => {
    await begin()
    await hub.ask('timer.start')
    hub.widgets.widgets = []
    hub.changed.fire([])
    await hub.clock.advance(0)
    expect(hub.channels.stateOf('state:timers').timers).toEqual({})
    expect(await hub.store.all('SELECT 1 FROM timers')).toEqual([])
  })
})
