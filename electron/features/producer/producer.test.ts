import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { Emitter } from '../../../base/emitter.ts'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { ContentOf, StandingContentType } from '../../../contracts/content.ts'
import type { EventPayload, EventType } from '../../../contracts/events.ts'
import type { Show } from '../../../contracts/show.ts'
import type { ProducerState } from '../../../contracts/state/producer.ts'
import { createBus } from '../../kernel/bus.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import type { ContentProvider } from '../../kernel/ports/content-provider.ts'
import { twitchWords } from '../../kernel/ports/fake-emote-words.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { REHEARSAL_MS } from './figures.ts'
import { createProducer } from './producer.ts'
import { FLUSH_MS, REFRESH_MS } from './producer-run.ts'
import { producerMigrations } from './producer-store.ts'
import { category, chat, cheer, follow, goal, subscribe } from './testing.ts'

const START = Date.UTC(2026, 0, 1, 12)
const TURN_MS = 15_000

/** A game's run, as another feature offers it. */
class FakeRun implements ContentProvider {
  readonly types = ['run-statistics'] as const
  readonly #changed = new Emitter<StandingContentType>()
  readonly onDidChange = this.#changed.event
  #run: ContentOf<'run-statistics'> | null = null

  read(): ContentOf<'run-statistics'> | null {
    if (this.#run?.run_number === 666) throw new Error('no such run')
    return this.#run
  }

  begin(run_number: number): void {
    const none = { current_checkpoint: null, trainer: null, clear_rate: null }
    const cleared = { checkpoints_cleared: 0, total_checkpoints: 23, progress_percentage: 0 }
    this.#run = { type: 'run-statistics', run_number, ...cleared, ...none }
    this.#changed.fire('run-statistics')
  }
}

/** A hub with nothing but the producer in it. Can be killed and started again on the same disk. */
class Hub {
  readonly clock = new FakeClock(START)
  readonly store = new MemoryStore(producerMigrations)
  readonly warnings: unknown[] = []
  readonly errors: unknown[] = []
  readonly sounds: string[] = []
  readonly run = new FakeRun()
  channels = new FakeChannels()
  #isAlertShowing = false
  readonly #alertChanged = new Emitter<boolean>()
  #bus = this.#newBus()
  #commands = this.#newCommands()
  #stop = new AbortController()
  running: Promise<void> = Promise.resolve()

  async start(): Promise<void> {
    const { clock, store, channels, run } = this
    const isShowing = () => this.#isAlertShowing
    const producer = createProducer({
      store,
      channels,
      clock,
      bus: this.#bus,
      commands: this.#commands,
      log: {
        warn: (...told: unknown[]) => this.warnings.push(told),
        error: (...told: unknown[]) => this.errors.push(told),
      },
      alerts: {
        get isShowing() {
          return isShowing()
        },
        onDidChangeShowing: this.#alertChanged.event,
      },
      words: twitchWords,
      providers: [run],
    })
    const hearing = producer.onDidSound(({ sound }) => this.sounds.push(sound))
    this.#stop = new AbortController()
    this.running = producer.run(this.#stop.signal).finally(() => hearing.dispose())
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

  async publish<T extends EventType>(type: T, payload: EventPayload<T>, source = 'twitch'): Promise<void> {
    await this.#bus.publish({ type, source, payload })
    await this.clock.advance(0)
  }

  async alert(isShowing: boolean): Promise<void> {
    this.#isAlertShowing = isShowing
    this.#alertChanged.fire(isShowing)
    await this.clock.advance(0)
  }

  async invoke(name: string, args: unknown = {}) {
    const answer = this.#commands.invoke(name, args, HUB_ACTOR)
    await this.clock.advance(0)
    return answer
  }

  get state(): ProducerState {
    return this.channels.stateOf('state:producer')
  }

  get patchCount(): number {
    return this.channels.patches.length
  }

  showOf(id: string): Show {
    const show = this.state.shows.find((other) => other.id === id)
    if (!show) throw new Error(`there is no show "${id}"`)
    return show
  }

  news(): [string, Record<string, unknown>][] {
    const own = this.store.events.filter(({ type }) => type.startsWith('producer.'))
    return own.map(({ type, payload }) => [type, payload])
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

describe('producer', () => {
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

  it('puts an event on its layer at once, by the table of the show', async () => {
    const hub = await startHub()
    await hub.publish('twitch.channel.subscribe', subscribe('Mira'))
    await hub.publish('twitch.channel.subscribe', subscribe('Otto', true))
    expect(hub.state.layers.midground).toMatchObject({
      priority: 50,
      startedAt: START,
      endsAt: START + 300_000,
      content: { type: 'sub-train', count: 2, user_name: 'Mira', latest_user_name: 'Otto' },
    })
    await hub.publish('twitch.channel.cheer', cheer('Ida', 99))
    expect(hub.state.queue).toEqual([])
    await hub.publish('twitch.channel.cheer', cheer('Ida', 100))
    expect(hub.state.queue).toMatchObject([{ type: 'latest-event', layer: 'midground', priority: 40 }])
    await hub.clock.advance(300_000)
    expect(hub.state.layers.midground).toBeNull()
  })

  it('changes the show with the category, tells so once, and obeys the streamer before the category', async () => {
    const hub = await startHub()
    await hub.publish('twitch.channel.update', category('1469308723', 'Software and Game Development'))
    expect(hub.state.show).toEqual({
      id: 'coding',
      name: 'Coding',
      theme: 'coding',
      accent: null,
      mode: 'auto',
      why: 'category-id',
      category: { id: '1469308723', name: 'Software and Game Development' },
    })
    await hub.publish('twitch.channel.update', category('1469308723', 'Software and Game Development'))
    await hub.invoke('show.set', { show: 'ironmon' })
    await hub.publish('twitch.channel.update', category('509658', 'Just Chatting'))
    expect(hub.state.show).toMatchObject({ id: 'ironmon', mode: 'manual', why: 'manual' })
    await hub.invoke('show.auto')
    expect(hub.state.show).toMatchObject({ id: 'variety', mode: 'auto', why: 'category-id' })
    expect(hub.news().map(([, { show, why }]) => [show, why])).toEqual([
      ['coding', 'category-id'],
      ['ironmon', 'manual'],
      ['variety', 'category-id'],
    ])
    expect(await hub.invoke('show.set', { show: 'nobody' })).toMatchObject({ error: { code: 'not_found' } })
  })

  it('turns the ticker, and holds it while an alert is on screen', async () => {
    const hub = await startHub()
    await hub.publish('twitch.channel.chat.message', chat('Kappa'))
    await hub.clock.advance(REFRESH_MS)
    const type = () => hub.state.layers.background?.content.type
    const first = type()
    await hub.alert(true)
    expect(hub.state.ticker.isPaused).toBe(true)
    await hub.clock.advance(60_000)
    expect(type()).toBe(first)
    await hub.alert(false)
    await hub.clock.advance(TURN_MS)
    expect([first, type()].sort()).toEqual(['daily-stats', 'emote-stats'])
  })

  it('shows figures that change with every message four times a second, and only what changed', async () => {
    const hub = await startHub()
    await hub.clock.advance(REFRESH_MS)
    const before = hub.patchCount
    for (let n = 0; n < 200; n++) await hub.publish('twitch.channel.chat.message', chat('hello'))
    await hub.clock.advance(REFRESH_MS)
    expect(hub.patchCount - before).toBe(2)
    expect(hub.channels.patches.at(-1)?.patches).toEqual([
      { op: 'replace', path: '/layers/background/content/messages', value: 200 },
    ])
    const after = hub.patchCount
    await hub.publish('obs.stream.started', {})
    await hub.clock.advance(2 * FLUSH_MS)
    expect(hub.patchCount).toBe(after)
  })

  it('never hears itself: a show that changes causes one patch and nothing more', async () => {
    const hub = await startHub()
    const before = hub.patchCount
    await hub.invoke('show.set', { show: 'coding' })
    await hub.clock.advance(1000)
    expect(hub.patchCount - before).toBe(1)
    expect(hub.news()).toHaveLength(1)
  })

  it('forces, overrides and takes away; the same forced again only gets more time', async () => {
    const hub = await startHub()
    expect(await hub.invoke('content.force', { type: 'stream-goals' })).toMatchObject({
      error: { code: 'unavailable' },
    })
    const forced = await hub.invoke('content.force', { type: 'daily-stats' })
    await hub.clock.advance(10_000)
    expect(await hub.invoke('content.force', { type: 'daily-stats' })).toEqual(forced)
    expect(hub.state.layers.foreground).toMatchObject({
      priority: 100,
      endsAt: START + 40_000,
      content: { type: 'daily-stats' },
    })
    const answer = await hub.invoke('content.override', { message: 'Back soon', level: 'warning' })
    const { id } = (answer as { result: { id: string } }).result
    expect(hub.state.layers.foreground?.content).toEqual({
      type: 'message',
      title: null,
      message: 'Back soon',
      level: 'warning',
    })
    expect(hub.state.queue).toMatchObject([{ type: 'daily-stats' }])
    await hub.invoke('content.remove', { id })
    expect(hub.state.layers.foreground?.content.type).toBe('daily-stats')
    expect(await hub.invoke('content.remove', { id })).toMatchObject({ error: { code: 'not_found', path: 'id' } })
  })

  it('covers the picture until it is over or cleared', async () => {
    const hub = await startHub()
    const refused = await hub.invoke('takeover.show', { type: 'please-stand-by' })
    expect(refused).toMatchObject({ error: { code: 'invalid_args', path: 'message' } })
    await hub.invoke('takeover.show', { type: 'screen-cover' })
    expect(hub.state.takeover).toMatchObject({ type: 'screen-cover', message: null, endsAt: null })
    await hub.invoke('takeover.show', { type: 'technical-difficulties', message: 'One moment', durationMs: 5000 })
    expect(hub.state.takeover).toMatchObject({ message: 'One moment', endsAt: START + 5000 })
    await hub.clock.advance(5000)
    expect(hub.state.takeover).toBeNull()
    expect(await hub.invoke('takeover.clear')).toMatchObject({ status: 'committed' })
    expect(hub.news().map(([type, { outcome }]) => [type.slice(18), outcome])).toEqual([
      ['shown', undefined],
      ['cleared', 'replaced'],
      ['shown', undefined],
      ['cleared', 'over'],
    ])
  })

  it('keeps the cover of one apart from the cover of another', async () => {
    const hub = await startHub()
    const standBy = { type: 'please-stand-by', message: 'One moment', id: 'mine', ifFree: true }
    expect(await hub.invoke('takeover.show', standBy)).toMatchObject({ result: { id: 'mine' } })
    await hub.invoke('takeover.show', { type: 'screen-cover' })
    expect(await hub.invoke('takeover.clear', { id: 'mine' })).toMatchObject({ error: { code: 'not_found' } })
    expect(await hub.invoke('takeover.show', standBy)).toMatchObject({ error: { code: 'conflict' } })
    expect(hub.state.takeover).toMatchObject({ type: 'screen-cover' })
    await hub.invoke('takeover.clear')
    await hub.invoke('takeover.show', standBy)
    await hub.invoke('takeover.clear', { id: 'mine' })
    expect(hub.state.takeover).toBeNull()
  })

  it('applies an edited table to the next event, and refuses rules that can not work', async () => {
    const hub = await startHub()
    const content = { type: 'message', title: 'Wow', message: '{user_name}: {bits}', level: 'info' } as const
    const rule = {
      id: 'mine',
      event: 'twitch.channel.cheer',
      when: { kind: 'exact', field: 'bits', value: 1337 },
      content,
      layer: 'foreground',
      priority: 60,
      durationMs: 4000,
    } as const
    await hub.invoke('show.rule.set', { show: 'variety', rule })
    await hub.publish('twitch.channel.cheer', cheer('Mira', 1337))
    expect(hub.state.layers.foreground?.content).toMatchObject({ title: 'Wow', message: 'Mira: 1,337' })
    const refused = await hub.invoke('show.rule.set', { show: 'variety', rule: { ...rule, event: 'no.such' } })
    expect(refused).toMatchObject({ error: { code: 'invalid_args', path: 'rule.event' } })
    const broken = { ...hub.showOf('variety'), rules: [{ ...rule, event: 'producer.show.changed' }] }
    expect(await hub.invoke('show.save', { show: broken })).toMatchObject({ error: { path: 'show.rules[0].event' } })
    await hub.invoke('show.rule.remove', { show: 'variety', rule: 'mine' })
    expect(hub.showOf('variety').rules.some(({ id }) => id === 'mine')).toBe(false)
    expect(await hub.invoke('show.rule.remove', { show: 'variety', rule: 'mine' })).toMatchObject({
      error: { code: 'not_found', path: 'rule' },
    })
  })

  it('plays the sound of a rule once it is shown, and not again for what it takes in late', async () => {
    const hub = await startHub()
    const [rule] = hub.showOf('variety').rules
    await hub.invoke('show.rule.set', { show: 'variety', rule: { ...rule, sound: 'rise' } })
    await hub.publish('twitch.channel.subscribe', subscribe('Mira'))
    await hub.publish('twitch.channel.cheer', cheer('Mira', 500))
    expect(hub.sounds).toEqual(['rise'])
    await hub.kill()
    await hub.publish('twitch.channel.subscribe', subscribe('Otto'))
    await hub.start()
    expect(hub.sounds).toEqual(['rise'])
  })

  it('has words of the streamer’s own in the ticker, as one line each', async () => {
    const hub = await startHub()
    const entry = (message: string) => ({ type: 'message', message, weight: 1 })
    const ticker = [entry('Be kind\n to each \u202eother'), entry('\u202e')]
    expect(await hub.invoke('ticker.set', { ticker })).toMatchObject({ status: 'committed' })
    expect(hub.state.ticker.items).toEqual(['message'])
    const content = { type: 'message', title: null, message: 'Be kind to each other', level: 'info' }
    expect(hub.state.layers.background).toMatchObject({ priority: 10, endsAt: null, content })
    const twice = await hub.invoke('ticker.set', { ticker: [entry('x'), entry('x')] })
    expect(twice).toMatchObject({ error: { code: 'invalid_args', path: 'ticker' } })
    await hub.kill()
    await hub.start()
    expect(hub.state.layers.background).toMatchObject({ content })
  })

  it("keeps the streamer's shows over a restart, and gives a built-in one back as it was delivered", async () => {
    const hub = await startHub()
    const own = { ...hub.showOf('variety'), id: 'painting', name: 'Painting', categoryIds: ['26936'] }
    await hub.invoke('show.save', { show: own })
    const dark = await hub.invoke('show.save', { show: { ...own, accent: '#101010' } })
    expect(dark).toMatchObject({ error: { code: 'invalid_args', path: 'show.accent' } })
    await hub.invoke('show.save', { show: { ...own, accent: '#FF8800' } })
    expect(hub.state.shows.find(({ id }) => id === own.id)?.accent).toBe('#ff8800')
    await hub.invoke('ticker.set', { show: 'variety', ticker: [{ type: 'daily-stats', weight: 2 }], tickerMs: 5000 })
    await hub.publish('twitch.channel.update', category('26936', 'Art'))
    await hub.kill()
    await hub.start()
    expect(hub.state.show).toMatchObject({ id: 'painting', name: 'Painting' })
    expect(hub.showOf('variety')).toMatchObject({ ticker: [{ type: 'daily-stats', weight: 2 }], tickerMs: 5000 })
    await hub.invoke('show.remove', { show: 'variety' })
    expect(hub.showOf('variety').ticker).toHaveLength(4)
    await hub.invoke('show.remove', { show: 'painting' })
    expect(hub.state.show).toMatchObject({ id: 'variety', why: 'default' })
  })

  it('shows what another feature offers, as soon as it has something to say', async () => {
    const hub = await startHub()
    await hub.invoke('show.set', { show: 'ironmon' })
    expect(hub.state.layers.background).toBeNull()
    hub.run.begin(812)
    await hub.clock.advance(0)
    expect(hub.state.layers.background?.content).toMatchObject({ type: 'run-statistics', run_number: 812 })
    hub.run.begin(813)
    await hub.clock.advance(0)
    expect(hub.state.layers.background?.content).toMatchObject({ run_number: 813 })
    hub.run.begin(666)
    await hub.clock.advance(0)
    expect(hub.state.layers.background).toBeNull()
    expect(hub.errors).not.toEqual([])
  })

  it('lets no two features offer the same content', () => {
    const run = new FakeRun()
    const daily: ContentProvider = { types: ['daily-stats'], read: () => null, onDidChange: run.onDidChange }
    const options = { providers: [run, new FakeRun()] } as unknown as Parameters<typeof createProducer>[0]
    expect(() => createProducer(options)).toThrow('two providers')
    expect(() => createProducer({ ...options, providers: [daily] })).toThrow('two providers')
  })

  it('counts goals, by itself or with Twitch', async () => {
    const hub = await startHub()
    const set = { type: 'follow', description: 'A hundred', current_amount: 98, target_amount: 100 }
    await hub.invoke('goals.set', { goals: [set] })
    await hub.publish('twitch.channel.follow', follow('Mira', START))
    await hub.clock.advance(REFRESH_MS)
    expect(hub.state.goals).toEqual([{ ...set, current_amount: 99 }])
    await hub.kill()
    await hub.start()
    expect(hub.state.goals).toEqual([{ ...set, current_amount: 99 }])
    await hub.publish('twitch.channel.goal.progress', goal('follow', 100, 100))
    expect(hub.state.layers.background?.content).toMatchObject({ goals: [{ ...set, current_amount: 100 }] })
  })

  it('begins the day anew at midnight with nobody saying anything', async () => {
    const hub = await startHub()
    await hub.publish('twitch.channel.chat.message', chat('hi'))
    await hub.invoke('content.force', { type: 'daily-stats', durationMs: 3_600_000 })
    expect(hub.state.layers.foreground?.content).toMatchObject({ messages: 1 })
    await hub.clock.advance(11.5 * 3_600_000)
    await hub.invoke('content.force', { type: 'daily-stats', durationMs: 3_600_000 })
    await hub.clock.advance(1_800_000)
    expect(hub.state.layers.foreground?.content).toMatchObject({ messages: 0, started_at: START + 12 * 3_600_000 })
  })

  it('shows what the simulator makes up, and is rid of it after a while and at once after a restart', async () => {
    const hub = await startHub()
    await hub.publish('twitch.channel.follow', follow('Real', START))
    await hub.publish('twitch.channel.follow', follow('Made up', START + 1), 'simulator')
    const names = () => {
      const content = hub.state.layers.foreground?.content
      return content?.type === 'recent-follows' ? content.follows.map(({ user_name }) => user_name) : null
    }
    await hub.invoke('content.force', { type: 'recent-follows', durationMs: 3_600_000 })
    expect(names()).toEqual(['Made up', 'Real'])
    await hub.publish('twitch.channel.follow', follow('Real too', START + 2))
    await hub.clock.advance(REHEARSAL_MS)
    expect(names()).toEqual(['Real too', 'Real'])
    await hub.publish('twitch.channel.follow', follow('Made up', START + 3), 'simulator')
    await hub.kill()
    await hub.start()
    expect(names()).toEqual(['Real too', 'Real'])
  })

  it("gives the category back that is true when the simulator's is over, and after a restart", async () => {
    const hub = await startHub()
    await hub.publish('twitch.channel.update', category('1469308723', 'Software'))
    await hub.publish('twitch.channel.update', category('13332', 'Made up'), 'simulator')
    expect(hub.state.show.id).toBe('ironmon')
    await hub.clock.advance(REHEARSAL_MS)
    expect(hub.state.show).toMatchObject({ id: 'coding', category: { name: 'Software' } })
    await hub.publish('twitch.channel.update', category('13332', 'Made up'), 'simulator')
    await hub.publish('twitch.channel.update', category('509658', 'Just Chatting'))
    await hub.publish('twitch.channel.update', category('13332', 'Made up'), 'simulator')
    expect(hub.state.show.id).toBe('ironmon')
    await hub.kill()
    await hub.publish('twitch.channel.update', category('13332', 'Made up'), 'simulator')
    await hub.start()
    expect(hub.state.show).toMatchObject({ id: 'variety', category: { name: 'Just Chatting' } })
  })

  it('takes the sub train off the bar when asked', async () => {
    const hub = await startHub()
    expect(await hub.invoke('sub-train.end')).toMatchObject({ error: { code: 'not_found' } })
    await hub.publish('twitch.channel.subscribe', subscribe('Mira'))
    await hub.invoke('sub-train.end')
    expect(hub.state.layers.midground).toBeNull()
  })

  it('has what the demo puts there on no disk, and is rid of it when that ends', async () => {
    const hub = await startHub()
    await hub.publish('simulator.demo.started', { runId: 'r' }, 'simulator')
    await hub.publish('twitch.channel.update', category('13332', 'Made up'), 'simulator')
    await hub.publish('twitch.channel.subscribe', subscribe('Made up'), 'simulator')
    await hub.invoke('content.override', { message: 'True' })
    expect(hub.state.layers).toMatchObject({
      foreground: { content: { message: 'True' } },
      midground: { content: { type: 'sub-train', user_name: 'Made up' } },
    })
    await hub.publish('simulator.demo.ended', { runId: 'r' }, 'simulator')
    await hub.clock.advance(1)
    expect(hub.state.layers).toMatchObject({ foreground: { content: { message: 'True' } }, midground: null })
    expect(hub.state.show).toMatchObject({ id: 'variety', category: null })

    await hub.publish('simulator.demo.started', { runId: 's' }, 'simulator')
    await hub.publish('twitch.channel.subscribe', subscribe('Made up'), 'simulator')
    await hub.kill()
    await hub.start()
    expect(hub.state.layers).toMatchObject({ foreground: { content: { message: 'True' } }, midground: null })
    await hub.publish('twitch.channel.subscribe', subscribe('Mira'), 'simulator')
    await hub.kill()
    await hub.start()
    expect(hub.state.layers.midground?.content).toMatchObject({ count: 1, user_name: 'Mira' })
  })

  it('goes on after a kill with the remaining times right, and has lost no count', async () => {
    const hub = await startHub()
    await hub.publish('twitch.channel.subscribe', subscribe('Mira'))
    await hub.invoke('content.override', { message: 'Hello', durationMs: 20_000 })
    await hub.invoke('takeover.show', { type: 'custom', message: 'Wait', durationMs: 60_000 })
    for (let n = 0; n < 5; n++) await hub.publish('twitch.channel.chat.message', chat('Kappa'))
    await hub.clock.advance(4000)
    const { layers, takeover } = hub.state
    await hub.kill()
    await hub.publish('twitch.channel.subscribe', subscribe('While down'))
    await hub.publish('twitch.channel.chat.message', chat('Kappa'))
    await hub.clock.advance(3000)
    await hub.start()
    expect(hub.state.layers.foreground).toEqual(layers.foreground)
    expect(hub.state.takeover).toEqual(takeover)
    expect(hub.state.layers.midground).toMatchObject({
      endsAt: START + 304_000,
      content: { count: 2, latest_user_name: 'While down' },
    })
    await hub.invoke('content.force', { type: 'emote-stats', layer: 'background' })
    expect(hub.state.layers.background?.content).toMatchObject({ today: [{ name: 'Kappa', count: 6 }] })
    await hub.clock.advance(13_000)
    expect(hub.state.layers.foreground).toBeNull()
  })

  it('starts the ticker where it stood, with the rest of its turn', async () => {
    const hub = await startHub()
    await hub.publish('twitch.channel.chat.message', chat('Kappa'))
    await hub.clock.advance(TURN_MS + 5000)
    const { background } = hub.state.layers
    await hub.kill()
    await hub.clock.advance(3000)
    await hub.start()
    expect(hub.state.layers.background).toMatchObject({ id: background?.id, endsAt: background?.endsAt })
  })

  it('tells of a change of show that it slept through once', async () => {
    const hub = await startHub()
    await hub.kill()
    for (const [id, name] of [
      ['13332', 'a'],
      ['509658', 'b'],
      ['1469308723', 'c'],
    ] as const) {
      await hub.publish('twitch.channel.update', category(id, name))
    }
    await hub.start()
    expect(hub.state.show.id).toBe('coding')
    expect(hub.news()).toMatchObject([['producer.show.changed', { show: 'coding', previous: 'variety' }]])
  })

  it('starts afresh where what it stored makes no sense, and says so', async () => {
    const hub = await startHub()
    await hub.invoke('show.set', { show: 'coding' })
    await hub.kill()
    await hub.store.run([{ sql: "UPDATE producer_values SET value = '{}' WHERE name = 'machine'" }])
    await hub.start()
    expect(hub.state.show.id).toBe('variety')
    expect(hub.warnings).toHaveLength(1)
  })

  it('leaves out a stored show that it can not read, and says so', async () => {
    const hub = await startHub()
    await hub.invoke('show.save', { show: { ...hub.showOf('variety'), id: 'art', name: 'Art' } })
    await hub.kill()
    await hub.store.run([{ sql: `UPDATE producer_values SET value = '[{"id":"art"}]' WHERE name = 'shows'` }])
    await hub.start()
    expect(hub.state.shows.map(({ id }) => id)).not.toContain('art')
    expect(hub.warnings).toHaveLength(1)
  })

  it('goes on after a restart whatever viewers are called and say', async () => {
    const hub = await startHub()
    const rule = {
      id: 'long',
      event: 'twitch.channel.cheer',
      when: { kind: 'always' },
      content: { type: 'message', title: '{message}', message: '{user_name}', level: 'info' },
      layer: 'foreground',
      priority: 50,
      durationMs: 60_000,
    }
    await hub.invoke('show.set', { show: 'coding' })
    await hub.invoke('show.rule.set', { show: 'coding', rule })
    await hub.publish('twitch.channel.cheer', { ...cheer('Mira'.repeat(25), 5), message: '💥'.repeat(500) })
    await hub.publish('twitch.channel.subscribe', subscribe('Otto'.repeat(25)))
    const before = hub.state
    expect(before.layers.foreground?.content).toMatchObject({ type: 'message' })
    await hub.kill()
    await hub.start()
    expect(hub.warnings).toEqual([])
    expect(hub.state.show.id).toBe('coding')
    expect(hub.state.layers).toEqual(before.layers)
  })

  it('shows no message that says nothing', async () => {
    const hub = await startHub()
    const nothing = '\u202e\u2066'
    expect(await hub.invoke('content.override', { message: nothing })).toMatchObject({
      error: { code: 'invalid_args', path: 'message' },
    })
    expect(await hub.invoke('takeover.show', { type: 'please-stand-by', message: nothing })).toMatchObject({
      error: { code: 'invalid_args', path: 'message' },
    })
    expect(hub.state.takeover).toBeNull()
  })

  it('ends its run when the store refuses, with an answer for who asked, and goes on from disk', async () => {
    const hub = await startHub()
    hub.store.refuse('disk full')
    expect(await hub.invoke('show.set', { show: 'coding' })).toMatchObject({ error: { code: 'unavailable' } })
    await expect(hub.running).rejects.toThrow('disk full')
    hub.store.refuse(null)
    await hub.start()
    expect(hub.state.show.id).toBe('variety')
  })

  it('keeps up with a burst, every one counted, also those that did not fit into the queue', async () => {
    const hub = await startHub()
    for (let n = 0; n < 2500; n++) void hub.publish('twitch.channel.chat.message', chat('Kappa'))
    await hub.clock.advance(REFRESH_MS)
    await hub.invoke('content.force', { type: 'daily-stats' })
    expect(hub.state.layers.foreground?.content).toMatchObject({ messages: 2500 })
  })

  it('counts each event once, killed at any moments', async () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('chat', 'sub') }) },
        { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.integer({ min: 1, max: 20_000 }) }) },
        { weight: 1, arbitrary: fc.record({ do: fc.constant('kill') }) },
      ),
      { maxLength: 30 },
    )
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const hub = await startHub()
        const counts = { chat: 0, sub: 0 }
        for (const step of sequence) {
          if (step.do === 'wait') await hub.clock.advance('ms' in step ? step.ms : 0)
          else if (step.do === 'kill') {
            await hub.kill()
            await hub.publish('twitch.channel.chat.message', chat('Kappa'))
            counts.chat += 1
            await hub.start()
          } else if (step.do === 'chat') {
            await hub.publish('twitch.channel.chat.message', chat('Kappa'))
            counts.chat += 1
          } else {
            await hub.publish('twitch.channel.subscribe', subscribe('Mira'))
            counts.sub += 1
          }
        }
        await hub.invoke('content.force', { type: 'daily-stats' })
        const figures = { messages: counts.chat, subscriptions: counts.sub }
        expect(hub.state.layers.foreground?.content).toMatchObject(figures)
        // No wait here is long enough for the train to end but in sum; then it begins again at 1.
        const train = hub.state.layers.midground?.content
        if (train?.type === 'sub-train') expect(train.count).toBeLessThanOrEqual(counts.sub)
        await hub.end()
        hubs.splice(hubs.indexOf(hub), 1)
      }),
      { numRuns: 25 },
    )
  })
})
