import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { StoredEnvelope } from '../../../contracts/envelope.ts'
import { type EventPayload, type EventType, eventSchemas } from '../../../contracts/events.ts'
import type { AlertsState } from '../../../contracts/state/alerts.ts'
import { createBus } from '../../kernel/bus.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import { twitchWords } from '../../kernel/ports/fake-emote-words.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { alertsMigrations, CONFIRM_MS, createAlerts, RETURN_GRACE_MS } from './alerts.ts'
import { WAVE_GAP_MS } from './follow-wave.ts'
import { HOLD_MS } from './gift-fold.ts'

const START = Date.UTC(2026, 0, 1)
const channel = { broadcaster_user_id: '1', broadcaster_user_login: 'host', broadcaster_user_name: 'Host' }
const viewer = (name: string) => ({ user_id: '2', user_login: 'viewer', user_name: name })

/** A hub with nothing but alerts in it. Can be killed and started again on the same disk. */
class Hub {
  readonly clock = new FakeClock(START)
  readonly store = new MemoryStore(alertsMigrations)
  readonly warnings: unknown[] = []
  /** Who came on screen for the first time, and how loud alerts were, over all runs. */
  readonly started: [string, number][] = []
  /** Whether one was on screen, each time that changed, over all runs. */
  readonly showing: boolean[] = []
  channels = new FakeChannels()
  #bus = this.#newBus()
  #commands = this.#newCommands()
  #stop = new AbortController()
  running: Promise<void> = Promise.resolve()

  async start(): Promise<void> {
    const { clock, store, channels } = this
    const log = { warn: (...told: unknown[]) => this.warnings.push(told), error: unexpected }
    const alerts = createAlerts({
      store,
      bus: this.#bus,
      commands: this.#commands,
      channels,
      words: twitchWords,
      clock,
      log,
    })
    const hearing = alerts.onDidStart(({ alert, sound }) => this.started.push([alert.who, sound.volume]))
    const watching = alerts.onDidChangeShowing((isShowing) => this.showing.push(isShowing))
    this.#stop = new AbortController()
    this.running = alerts.run(this.#stop.signal).finally(() => {
      hearing.dispose()
      watching.dispose()
    })
    this.running.catch(() => {})
    await clock.advance(0)
  }

  /** Ends it without a word: nothing of what was in memory is left. */
  async kill(): Promise<void> {
    this.store.refuse('killed')
    this.#stop.abort()
    await this.running.catch(() => {})
    this.#bus.dispose()
    this.store.refuse(null)
    this.channels = new FakeChannels()
    this.#bus = this.#newBus()
    this.#commands = this.#newCommands()
  }

  async end(): Promise<void> {
    this.#stop.abort()
    await this.running.catch(() => {})
    this.#bus.dispose()
    this.store.close()
  }

  async publish<T extends EventType>(type: T, payload: EventPayload<T>, source = 'twitch'): Promise<string> {
    const { id } = await this.#bus.publish({ type, source, payload })
    await this.clock.advance(0)
    return id
  }

  follow(name: string): Promise<string> {
    return this.publish('twitch.channel.follow', { ...viewer(name), ...channel, followed_at: START })
  }

  sub(name: string, is_gift = false): Promise<string> {
    return this.publish('twitch.channel.subscribe', { ...viewer(name), ...channel, tier: '1000', is_gift })
  }

  gift(name: string, total: number): Promise<string> {
    const gift = {
      ...viewer(name),
      ...channel,
      is_anonymous: false,
      tier: '1000',
      total,
      cumulative_total: null,
    } as const
    return this.publish('twitch.channel.subscription.gift', gift)
  }

  raid(name: string): Promise<string> {
    const from = {
      from_broadcaster_user_id: '3',
      from_broadcaster_user_login: 'friend',
      from_broadcaster_user_name: name,
    }
    const to = { to_broadcaster_user_id: '1', to_broadcaster_user_login: 'host', to_broadcaster_user_name: 'Host' }
    return this.publish('twitch.channel.raid', { ...from, ...to, viewers: 9 })
  }

  /** Just after a restart a command waits for its turn. */
  async invoke(name: string, args: unknown = {}) {
    let settled = false
    const answer = this.#commands.invoke(name, args, HUB_ACTOR).finally(() => {
      settled = true
    })
    await this.clock.advance(0)
    while (!settled) await this.clock.advance(100)
    return answer
  }

  get state(): AlertsState {
    return this.channels.stateOf('state:alerts')
  }

  get playing(): string | undefined {
    return this.state.current?.who
  }

  news(type?: string): StoredEnvelope[] {
    return this.store.events.filter((event) => (type ? event.type === type : event.type.startsWith('alert.')))
  }

  #newBus() {
    return createBus({ store: this.store, clock: this.clock, onListenerError: unexpected })
  }

  #newCommands() {
    return createCommands({ clock: this.clock, onDidInvoke: () => {}, onBug: unexpected })
  }
}

function unexpected(error: unknown): never {
  throw error
}

describe('alerts', () => {
  ensureNoLeaks()
  const hubs: Hub[] = []
  afterEach(async () => {
    for (const hub of hubs.splice(0)) await hub.end()
  })

  async function startHub(): Promise<Hub> {
    const hub = new Hub()
    hubs.push(hub)
    await hub.start()
    return hub
  }

  it('makes an alert of an event, plays it for its time, and tells its life as news', async () => {
    const hub = await startHub()
    const id = await hub.follow('Mira')
    expect(hub.state.current).toMatchObject({ id, who: 'Mira', elapsedMs: 0, startedAt: hub.clock.now() })
    await hub.clock.advance(5000)
    expect(hub.state.current).toBeNull()
    expect(hub.state.recent).toMatchObject([{ id, outcome: 'shown' }])
    const news = hub.news()
    expect(news.map(({ type }) => type)).toEqual(['alert.enqueued', 'alert.started', 'alert.finished'])
    expect(news.every(({ causationId, correlationId }) => causationId === id && correlationId === id)).toBe(true)
    for (const { type, payload } of news)
      expect(() => eventSchemas[type as 'alert.started'].parse(payload)).not.toThrow()
  })

  it('lets a raid through and brings the interrupted alert back', async () => {
    const hub = await startHub()
    await hub.sub('Otto')
    await hub.clock.advance(3000)
    await hub.raid('Friend')
    expect(hub.playing).toBe('Friend')
    expect(hub.state.interrupted).toMatchObject([{ who: 'Otto', elapsedMs: 3000 }])
    await hub.clock.advance(10_000)
    expect(hub.state.current).toMatchObject({ who: 'Otto', elapsedMs: 3000 })
  })

  it('tells once that an alert comes on screen: not when it comes back', async () => {
    const hub = await startHub()
    await hub.invoke('alert.sound.set', { muted: false, volume: 0.5 })
    await hub.sub('Otto')
    await hub.clock.advance(3000)
    await hub.raid('Friend')
    await hub.clock.advance(10_000)
    expect(hub.playing).toBe('Otto')
    await hub.invoke('alert.pause')
    await hub.invoke('alert.resume')
    await hub.kill()
    await hub.start()
    await hub.clock.advance(1000)
    expect(hub.playing).toBe('Otto')
    expect(hub.started).toEqual([
      ['Otto', 0.5],
      ['Friend', 0.5],
    ])
  })

  it('tells of no alert that another pushed off before it was on screen', async () => {
    const hub = await startHub()
    await hub.kill()
    await hub.sub('Otto')
    await hub.raid('Friend')
    await hub.start()
    await hub.clock.advance(RETURN_GRACE_MS)
    expect(hub.started.map(([who]) => who)).toEqual(['Friend'])
    await hub.clock.advance(15_000)
    expect(hub.started.map(([who]) => who)).toEqual(['Friend', 'Otto'])
  })

  it('tells once although it was killed before any page can have got it', async () => {
    const hub = await startHub()
    await hub.sub('Mira')
    await hub.kill()
    await hub.start()
    await hub.clock.advance(RETURN_GRACE_MS)
    expect(hub.playing).toBe('Mira')
    expect(hub.started).toHaveLength(1)
  })

  it('is on disk before a page hears of it', async () => {
    const hub = await startHub()
    hub.store.refuse('disk full')
    const patches = hub.channels.patches.length
    const answer = await hub.invoke('alert.pause')
    expect(answer).toMatchObject({ status: 'rejected', error: { code: 'unavailable' } })
    expect(hub.channels.patches).toHaveLength(patches)
    await expect(hub.running).rejects.toThrow('disk full')
    hub.store.refuse(null)
  })

  it('folds a gift bomb, in any order of its parts, and still shows a gift nobody announced', async () => {
    const hub = await startHub()
    await hub.sub('early', true)
    await hub.gift('Santa', 3)
    await hub.sub('b', true)
    await hub.sub('c', true)
    expect(hub.playing).toBe('Santa')
    expect(hub.state.waiting).toBe(0)
    await hub.clock.advance(HOLD_MS + 60_000)
    expect(hub.news('alert.enqueued')).toHaveLength(1)
    await hub.sub('lonely', true)
    expect(hub.state.current).toBeNull()
    await hub.clock.advance(HOLD_MS)
    expect(hub.state.current).toMatchObject({ who: 'lonely', what: 'was given a subscription' })
  })

  it('folds a wave of follows into the one that waits, over a kill too, and later ones are shown for themselves', async () => {
    const hub = await startHub()
    await hub.raid('Friend')
    for (let n = 1; n <= 7; n++) await hub.follow(`viewer ${n}`)
    expect(hub.state.queue).toMatchObject([{ who: 'viewer 1', what: 'and 6 others followed' }])
    await hub.kill()
    for (let n = 8; n <= 12; n++) await hub.follow(`viewer ${n}`)
    await hub.start()
    await hub.clock.advance(RETURN_GRACE_MS)
    expect(hub.state.queue).toMatchObject([{ who: 'viewer 1', what: 'and 11 others followed' }])
    await hub.clock.advance(10_000)
    expect(hub.state.current).toMatchObject({ who: 'viewer 1', what: 'and 11 others followed' })
    // The wave is on screen: who comes now is another one.
    await hub.follow('late')
    await hub.clock.advance(WAVE_GAP_MS - 5000)
    expect(hub.playing).toBe('late')
    expect(hub.news('alert.enqueued')).toHaveLength(3)
    expect(hub.news('alert.started').at(-2)?.payload).toMatchObject({ what: 'and 11 others followed' })
    expect(hub.news('twitch.channel.follow')).toHaveLength(13)
  })

  it('folds no follows that are minutes apart, none that are made up into true ones, and none when it is switched off', async () => {
    const hub = await startHub()
    await hub.invoke('alert.pause')
    await hub.follow('first')
    await hub.clock.advance(WAVE_GAP_MS + 1)
    await hub.follow('second')
    await hub.publish('twitch.channel.follow', { ...viewer('made up'), ...channel, followed_at: START }, 'simulator')
    await hub.follow('third')
    await hub.invoke('alert.rule.set', { type: 'follow', rule: { ...hub.state.rules.follow, fold: false } })
    for (let n = 4; n <= 6; n++) await hub.follow(`${n}`)
    expect(hub.state.queue.map(({ who, what }) => `${who} ${what}`)).toEqual(
      ['first', 'second', 'made up', 'third', '4', '5', '6'].map((who) => `${who} followed`),
    )
    // One that is skipped or cleared takes nobody in any more.
    await hub.invoke('alert.rule.set', { type: 'follow', rule: { ...hub.state.rules.follow, fold: true } })
    await hub.follow('7')
    await hub.invoke('alert.clear')
    await hub.follow('8')
    await hub.follow('9')
    expect(hub.state.queue).toMatchObject([{ who: '8', what: 'and 1 other followed' }])
  })

  it('loses no follow of any wave, killed at any moments', async () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.record({ do: fc.constant('follow'), ms: fc.integer({ min: 0, max: 4000 }) }) },
        {
          weight: 1,
          arbitrary: fc.record({ do: fc.constantFrom('raid', 'kill'), ms: fc.integer({ min: 0, max: 9000 }) }),
        },
      ),
      { maxLength: 40 },
    )
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const hub = await startHub()
        let follows = 0
        for (const step of sequence) {
          if (step.do === 'raid') await hub.raid('Friend')
          else if (step.do === 'kill') await hub.kill()
          // The second is stored while it was down, after a kill.
          for (let n = 0; n < 2; n++) await hub.follow(`viewer ${follows++}`)
          if (step.do === 'kill') await hub.start()
          await hub.clock.advance(step.ms)
        }
        await hub.clock.advance(600_000)
        const shown = hub.news('alert.finished').filter(({ payload }) => payload.type === 'follow')
        const counted = shown.map(({ payload }) => 1 + Number(/^and (\d+) other/.exec(String(payload.what))?.[1] ?? 0))
        expect(counted.reduce((sum, count) => sum + count, 0)).toBe(follows)
        expect(hub.state).toMatchObject({ current: null, queue: [], interrupted: [], waiting: 0 })
      }),
      { numRuns: 25 },
    )
  })

  it('answers commands, and says why when it cannot', async () => {
    const hub = await startHub()
    expect(await hub.invoke('alert.skip')).toMatchObject({ error: { code: 'not_found' } })
    const id = await hub.follow('Mira')
    expect(await hub.invoke('alert.replay', { id })).toMatchObject({ error: { code: 'conflict' } })
    await hub.follow('Otto')
    expect(await hub.invoke('alert.clear')).toMatchObject({ status: 'committed', result: { cleared: 1 } })
    expect(await hub.invoke('alert.skip', { id: 'nobody' })).toMatchObject({ error: { code: 'not_found', path: 'id' } })
    expect(await hub.invoke('alert.skip')).toMatchObject({ status: 'committed' })
    expect(await hub.invoke('alert.replay', { id })).toMatchObject({ result: { id: `${id}#r1` } })
    expect(hub.playing).toBe('Mira')
    await hub.invoke('alert.pause')
    expect(hub.state).toMatchObject({ paused: true, current: { who: 'Mira' } })
    await hub.invoke('alert.resume')
    expect(hub.state.paused).toBe(false)
  })

  it('tells whether an alert is on screen, also after a restart and when it ends', async () => {
    const hub = await startHub()
    await hub.sub('Mira')
    await hub.sub('Otto')
    await hub.clock.advance(8000)
    await hub.invoke('alert.pause')
    await hub.invoke('alert.resume')
    expect(hub.showing).toEqual([true, false, true])
    await hub.clock.advance(1000)
    await hub.kill()
    await hub.start()
    await hub.clock.advance(RETURN_GRACE_MS)
    expect(hub.showing).toEqual([true, false, true, false, true])
    await hub.clock.advance(8000)
    expect(hub.showing.at(-1)).toBe(false)
  })

  it('keeps rules and sound over a restart, and applies a rule to what comes next', async () => {
    const hub = await startHub()
    const rule = { ...hub.state.rules.follow, template: 'joined', durationMs: 2000, enabled: true }
    await hub.invoke('alert.rule.set', { type: 'follow', rule })
    await hub.invoke('alert.sound.set', { muted: true, volume: 0.5 })
    await hub.kill()
    await hub.start()
    expect(hub.state.sound).toEqual({ muted: true, volume: 0.5 })
    await hub.follow('Mira')
    expect(hub.state.current).toMatchObject({ what: 'joined', durationMs: 2000 })
  })

  it('takes in what was stored while it was not looking', async () => {
    const hub = await startHub()
    await hub.sub('first')
    await hub.kill()
    await hub.sub('while it was down')
    await hub.start()
    await hub.clock.advance(60_000)
    expect(hub.state.recent.map(({ who }) => who)).toEqual(['while it was down', 'first'])
    expect(hub.news('alert.enqueued')).toHaveLength(2)
  })

  it('goes on with a confirmed alert at its right offset after a kill', async () => {
    const hub = await startHub()
    await hub.sub('Mira')
    await hub.clock.advance(1000)
    const run = hub.state.current?.run
    await hub.kill()
    await hub.clock.advance(2000)
    await hub.start()
    expect(hub.state.current).toMatchObject({ who: 'Mira', startedAt: START, run })
    await hub.clock.advance(4999)
    expect(hub.playing).toBe('Mira')
    await hub.clock.advance(1)
    expect(hub.state.recent).toMatchObject([{ who: 'Mira', outcome: 'shown' }])
  })

  it('begins an alert again when it was killed before any page can have got it', async () => {
    const hub = await startHub()
    await hub.sub('Mira')
    await hub.clock.advance(CONFIRM_MS - 1)
    await hub.kill()
    await hub.clock.advance(60_000)
    await hub.start()
    await hub.clock.advance(RETURN_GRACE_MS)
    expect(hub.state.current).toMatchObject({ who: 'Mira', startedAt: hub.clock.now(), elapsedMs: 0 })
  })

  it('starts nothing after a restart until pages can be back', async () => {
    const hub = await startHub()
    await hub.sub('first')
    await hub.sub('second')
    await hub.clock.advance(7900)
    await hub.kill()
    await hub.clock.advance(500)
    await hub.start()
    expect(hub.playing).toBe('first')
    await hub.clock.advance(RETURN_GRACE_MS - 1)
    expect(hub.news('alert.started')).toHaveLength(1)
    await hub.clock.advance(1)
    expect(hub.playing).toBe('second')
  })

  it('leaves out an event whose stored shape it does not know, and says so', async () => {
    const hub = await startHub()
    await hub.kill()
    await hub.publish('twitch.channel.follow', { user_name: 'from another age' } as never)
    await hub.follow('Mira')
    await hub.start()
    expect(hub.playing).toBe('Mira')
    expect(hub.warnings).toHaveLength(1)
  })

  it('leaves out a kept alert whose shape it does not know, says so, and plays the others', async () => {
    const hub = await startHub()
    await hub.sub('Otto')
    const id = await hub.sub('Mira')
    await hub.sub('Lumi')
    await hub.kill()
    await hub.store.run([{ sql: "UPDATE alerts SET alert = '{}' WHERE id = ?", params: [id] }])
    await hub.start()
    await hub.clock.advance(RETURN_GRACE_MS)
    expect(hub.playing).toBe('Otto')
    expect(hub.warnings).toHaveLength(1)
    await hub.invoke('alert.skip')
    expect(hub.playing).toBe('Lumi')
    expect(hub.state.waiting).toBe(0)
  })

  it('keeps up with a burst and shows pages no more than they need', async () => {
    const hub = await startHub()
    for (let n = 0; n < 700; n++) void hub.sub(`viewer ${n}`)
    await hub.clock.advance(10)
    expect(hub.state.waiting).toBe(500)
    expect(hub.state.queue).toHaveLength(50)
    expect(hub.news('alert.finished').filter(({ payload }) => payload.outcome === 'dropped')).toHaveLength(199)
  })

  it('loses nothing and starts nothing twice, killed at any moments', async () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('follow', 'sub', 'raid', 'gift') }) },
        { weight: 4, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.integer({ min: 1, max: 9000 }) }) },
        { weight: 1, arbitrary: fc.record({ do: fc.constant('kill'), ms: fc.integer({ min: 0, max: 20_000 }) }) },
        { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('pause', 'resume') }) },
      ),
      { maxLength: 30 },
    )
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const hub = await startHub()
        // Each of its own.
        await hub.invoke('alert.rule.set', { type: 'follow', rule: { ...hub.state.rules.follow, fold: false } })
        const caused: string[] = []
        for (const step of sequence) {
          if (step.do === 'wait') await hub.clock.advance('ms' in step ? step.ms : 0)
          else if (step.do === 'kill') {
            await hub.kill()
            await hub.clock.advance('ms' in step ? step.ms : 0)
            caused.push(await hub.follow('while down'))
            await hub.start()
          } else if (step.do === 'pause' || step.do === 'resume') await hub.invoke(`alert.${step.do}`)
          else if (step.do === 'gift') caused.push(await hub.gift('Santa', 2))
          else caused.push(await hub[step.do as 'follow'](`viewer ${caused.length}`))
        }
        await hub.invoke('alert.resume')
        await hub.clock.advance(600_000)
        const finished = hub.news('alert.finished').map(({ payload }) => payload.alertId)
        expect([...finished].sort()).toEqual([...caused].sort())
        expect(hub.state).toMatchObject({ current: null, queue: [], interrupted: [], waiting: 0 })
        const begun = hub.news('alert.started').filter(({ payload }) => payload.elapsedMs === 0)
        expect(new Set(begun.map(({ payload }) => payload.alertId)).size).toBe(caused.length)
      }),
      { numRuns: 25 },
    )
  })
})
