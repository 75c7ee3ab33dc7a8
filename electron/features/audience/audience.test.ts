import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Emitter } from '../../../base/emitter.ts'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { EventPayload, EventType } from '../../../contracts/events.ts'
import type { AudienceState } from '../../../contracts/state/audience.ts'
import { createBus } from '../../kernel/bus.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { chatLine, rigChannel } from '../../kernel/feature-rig.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { type AudienceFigures, createAudience, FLUSH_MS, REHEARSAL_MS } from './audience.ts'
import { audienceMigrations } from './audience-store.ts'
import { DAY_MS } from './tally.ts'

const NOON = Date.UTC(2026, 5, 1, 12)
const viewer = (name: string) => ({ user_id: String(name.length), user_login: 'viewer', user_name: name })

const chatBy = (name: string): EventPayload<'twitch.channel.chat.message'> => ({
  ...chatLine(name, 'hi'),
  ...viewer(name),
})

const cheerBy = (name: string, bits: number): EventPayload<'twitch.channel.cheer'> => ({
  ...viewer(name),
  ...rigChannel,
  is_anonymous: false,
  bits,
  message: '',
})

class Hub {
  readonly clock = new FakeClock(NOON)
  readonly store = new MemoryStore(audienceMigrations)
  readonly changed = new Emitter<AudienceFigures>()
  readonly figures = { value: { viewers: null, followers: null } as AudienceFigures, onDidChange: this.changed.event }
  channels = new FakeChannels()
  bus = this.#newBus()
  #stop = new AbortController()
  #running: Promise<unknown> = Promise.resolve()

  async start(): Promise<void> {
    const { store, bus, channels, clock, figures } = this
    this.#stop = new AbortController()
    this.#running = createAudience({ store, bus, channels, clock, figures }).run(this.#stop.signal)
    await clock.advance(0)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running.catch(() => {})
    this.bus.dispose()
  }

  /** As after kill -9: nothing that was only in memory is written. */
  async crash(): Promise<void> {
    this.store.refuse('the process is gone')
    await this.stop()
    this.store.refuse(null)
    this.channels = new FakeChannels()
    this.bus = this.#newBus()
    await this.start()
  }

  async say<T extends EventType>(type: T, payload: EventPayload<T>, source = 'twitch', at?: number): Promise<void> {
    await this.bus.publish({ type, source, payload, at })
    await this.clock.advance(0)
  }

  get state(): AudienceState {
    return this.channels.stateOf('state:audience')
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
}

const line = (ranks: AudienceState['today']['bits']) => ranks.map(({ user_name, count }) => `${user_name} ${count}`)

describe('the audience', () => {
  ensureNoLeaks()
  let hub: Hub

  beforeEach(async () => {
    hub = new Hub()
    await hub.start()
  })
  afterEach(async () => {
    await hub.stop()
    hub.changed.dispose()
    hub.store.close()
    expect(hub.clock.pendingTimers).toBe(0)
  })

  it('ranks viewers by chat, bits, gifts and points, most first', async () => {
    for (const name of ['Mira', 'Otto_', 'Otto_']) await hub.say('twitch.channel.chat.message', chatBy(name))
    await hub.say('twitch.channel.cheer', cheerBy('Mira', 100))
    await hub.say('twitch.channel.cheer', { ...cheerBy('Otto_', 900), is_anonymous: true })
    const gift = { ...viewer('Lumi77'), ...rigChannel, is_anonymous: false, tier: '1000' as const, cumulative_total: 9 }
    await hub.say('twitch.channel.subscription.gift', { ...gift, total: 5 })
    await hub.clock.advance(FLUSH_MS)
    expect(line(hub.state.today.messages)).toEqual(['Otto_ 2', 'Mira 1'])
    expect(line(hub.state.ever.bits)).toEqual(['Mira 100'])
    expect(line(hub.state.today.gifts)).toEqual(['Lumi77 5'])
    expect(hub.state.today.points).toEqual([])
  })

  it('counts no line of another channel’s chat', async () => {
    const shared = { ...chatBy('Mira'), source_broadcaster_user_id: '99' }
    await hub.say('twitch.channel.chat.message', shared)
    await hub.clock.advance(FLUSH_MS)
    expect(hub.state.today.messages).toEqual([])
  })

  it('begins a new day at midnight UTC, and keeps the totals', async () => {
    await hub.say('twitch.channel.cheer', cheerBy('Mira', 100))
    await hub.clock.advance(FLUSH_MS)
    await hub.clock.advance(DAY_MS / 2)
    expect(hub.state.today.bits).toEqual([])
    await hub.say('twitch.channel.cheer', cheerBy('Mira', 10))
    // Read back late: it happened the day before.
    await hub.say('twitch.channel.cheer', cheerBy('Mira', 1), 'twitch', NOON)
    await hub.clock.advance(FLUSH_MS)
    expect(line(hub.state.today.bits)).toEqual(['Mira 10'])
    expect(line(hub.state.ever.bits)).toEqual(['Mira 111'])
  })

  it('lists what is worth a line, newest first, a gift once', async () => {
    await hub.say('twitch.channel.follow', { ...viewer('Mira'), ...rigChannel, followed_at: NOON })
    await hub.clock.advance(1000)
    const gift = {
      ...viewer('Lumi77'),
      ...rigChannel,
      is_anonymous: true,
      tier: '1000' as const,
      cumulative_total: null,
    }
    await hub.say('twitch.channel.subscription.gift', { ...gift, total: 1 })
    await hub.say('twitch.channel.subscribe', { ...viewer('Otto_'), ...rigChannel, tier: '1000', is_gift: true })
    await hub.say('twitch.channel.chat.message', chatBy('Mira'))
    expect(hub.state.events.map(({ event }) => event)).toEqual([
      { event: 'twitch.channel.subscription.gift', user_name: null, tier: '1000', total: 1 },
      { event: 'twitch.channel.follow', user_name: 'Mira' },
    ])
    for (let n = 0; n < 40; n++) {
      await hub.say('twitch.channel.follow', { ...viewer('Mira'), ...rigChannel, followed_at: NOON })
    }
    expect(hub.state.events).toHaveLength(30)
  })

  it('lists redemptions and donations, and no flood of redemptions pushes the others out', async () => {
    const amount = { value: 1250, decimal_places: 2, currency: 'EUR' }
    const charity = { charity_name: 'Sea Rescue', charity_description: '', charity_logo: '', charity_website: '' }
    const donation = { ...viewer('Mira'), ...rigChannel, ...charity, id: 'd1', campaign_id: 'c1', amount }
    await hub.say('twitch.channel.charity_campaign.donate', donation)
    const reward = { id: 'r1', title: 'Hydrate', cost: 500, prompt: '' }
    for (let n = 0; n < 40; n++) {
      await hub.clock.advance(1000)
      const redemption = { id: `${n}`, user_input: '', status: 'unfulfilled', reward, redeemed_at: NOON }
      const type = 'twitch.channel.channel_points_custom_reward_redemption.add'
      await hub.say(type, { ...viewer('Otto'), ...rigChannel, ...redemption })
    }
    const listed = hub.state.events.map(({ event }) => event)
    expect(listed).toHaveLength(11)
    expect(listed[0]).toEqual({
      event: 'twitch.channel.channel_points_custom_reward_redemption.add',
      user_name: 'Otto',
      reward: { title: 'Hydrate', cost: 500 },
    })
    expect(listed.at(-1)).toEqual({
      event: 'twitch.channel.charity_campaign.donate',
      user_name: 'Mira',
      charity_name: 'Sea Rescue',
      amount,
    })
  })

  it('counts each event once over a crash', async () => {
    await hub.say('twitch.channel.cheer', cheerBy('Mira', 100))
    await hub.clock.advance(FLUSH_MS)
    await hub.say('twitch.channel.cheer', cheerBy('Mira', 10))
    await hub.crash()
    await hub.clock.advance(FLUSH_MS)
    expect(line(hub.state.ever.bits)).toEqual(['Mira 110'])
    expect(hub.state.events).toHaveLength(2)
    await hub.crash()
    await hub.clock.advance(FLUSH_MS)
    expect(line(hub.state.ever.bits)).toEqual(['Mira 110'])
    expect(hub.state.events).toHaveLength(2)
  })

  it('shows what the simulator makes up for a while, and writes none of it', async () => {
    await hub.say('twitch.channel.cheer', cheerBy('Mira', 100))
    await hub.clock.advance(FLUSH_MS)
    await hub.say('twitch.channel.cheer', cheerBy('Otto_', 500), 'simulator')
    await hub.say('twitch.channel.cheer', cheerBy('Mira', 1), 'simulator')
    expect(line(hub.state.today.bits)).toEqual(['Otto_ 500', 'Mira 101'])
    expect(hub.state.events).toHaveLength(3)
    await hub.clock.advance(REHEARSAL_MS)
    expect(line(hub.state.today.bits)).toEqual(['Mira 100'])
    expect(hub.state.events).toHaveLength(1)
    await hub.crash()
    expect(line(hub.state.today.bits)).toEqual(['Mira 100'])
  })

  it('says how many there are, as soon as Twitch does', () => {
    hub.figures.value = { viewers: 12, followers: 345 }
    hub.changed.fire(hub.figures.value)
    expect(hub.state).toMatchObject({ viewers: 12, followers: 345 })
  })

  it('takes a burst in few writes', async () => {
    const before = hub.store.writes
    const chat = Array.from({ length: 600 }, (_, n) => ({ ...chatBy('x'), user_id: String(n % 50) }))
    await Promise.all(chat.map((payload) => hub.say('twitch.channel.chat.message', payload)))
    await hub.clock.advance(FLUSH_MS)
    // One each by the log itself; what is counted of them goes in a handful.
    expect(hub.store.writes - before - chat.length).toBeLessThan(10)
    expect(hub.state.today.messages).toHaveLength(20)
    expect(hub.state.today.messages[0]?.count).toBe(12)
  })
})
