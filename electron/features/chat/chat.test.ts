import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { StoredEnvelope } from '../../../contracts/envelope.ts'
import { type ChatFragment, NO_SHARED_CHAT } from '../../../contracts/events/twitch.ts'
import type { EventPayload, EventType } from '../../../contracts/events.ts'
import { CHAT_LINES_MAX, LINE_TEXT_MAX } from '../../../contracts/state/chat.ts'
import { createBus } from '../../kernel/bus.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import { twitchWords } from '../../kernel/ports/fake-emote-words.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { createChat, GATHER_MS } from './chat.ts'

ensureNoLeaks()

const START = Date.UTC(2026, 0, 1, 12)
const channel = { broadcaster_user_id: '1', broadcaster_user_login: 'host', broadcaster_user_name: 'Host' }
const text = (said: string): ChatFragment => ({ type: 'text', text: said, cheermote: null, emote: null, mention: null })

function message(
  id: string,
  user_id = '2',
  change: Partial<EventPayload<'twitch.channel.chat.message'>> = {},
): EventPayload<'twitch.channel.chat.message'> {
  return {
    message_id: id,
    ...channel,
    ...{ user_id, user_login: `login${user_id}`, user_name: `Name${user_id}`, message: id, fragments: [text(id)] },
    ...{ emotes: [], native_emotes: [], color: '#FF69B4', badges: [{ set_id: 'moderator', id: '1', info: '' }] },
    ...{ message_type: 'text', cheer_bits: null, reply_parent_message_id: null, reply_parent_message_body: null },
    ...{ reply_parent_user_id: null, reply_parent_user_login: null, reply_parent_user_name: null },
    ...{ reply_thread_message_id: null, reply_thread_user_id: null, reply_thread_user_login: null },
    ...{ reply_thread_user_name: null, channel_points_custom_reward_id: null, channel_points_animation_id: null },
    ...NO_SHARED_CHAT,
    ...change,
  }
}

const target = (id: string) => ({ target_user_id: id, target_user_login: `login${id}`, target_user_name: `Name${id}` })

class Hub {
  readonly clock = new FakeClock(START)
  readonly store = new MemoryStore([])
  readonly warnings: unknown[] = []
  channels = new FakeChannels()
  #bus = this.#newBus()
  #commands = this.#newCommands()
  #stop = new AbortController()
  #running: Promise<void> = Promise.resolve()
  isLogBroken = false

  async start(): Promise<void> {
    const { clock, store, channels } = this
    this.#stop = new AbortController()
    const chat = createChat({
      bus: this.#bus,
      commands: this.#commands,
      channels,
      words: twitchWords,
      clock,
      store: {
        eventsAfter: (seq, limit) => store.eventsAfter(seq, limit),
        events: async ({ from = 0, limit }) => {
          if (this.isLogBroken) throw new Error('the log is away')
          return {
            events: store.events
              .filter(({ at }) => at >= from)
              .reverse()
              .slice(0, limit),
            next: null,
          }
        },
      },
      log: { warn: (...told: unknown[]) => this.warnings.push(told) },
    })
    this.#running = chat.run(this.#stop.signal)
    await clock.advance(GATHER_MS)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async restart(): Promise<void> {
    await this.stop()
    this.#bus.dispose()
    this.channels = new FakeChannels()
    this.#bus = this.#newBus()
    this.#commands = this.#newCommands()
    await this.start()
  }

  async end(): Promise<void> {
    await this.stop()
    this.#bus.dispose()
    this.store.close()
  }

  publish<T extends EventType>(type: T, payload: EventPayload<T>): Promise<StoredEnvelope> {
    return this.#bus.publish({ type, source: 'twitch', payload }) as unknown as Promise<StoredEnvelope>
  }

  say(id: string, user?: string, change?: Partial<EventPayload<'twitch.channel.chat.message'>>) {
    return this.publish('twitch.channel.chat.message', message(id, user, change))
  }

  ask(name: string, args: unknown = {}) {
    return this.#commands.invoke(name, args, HUB_ACTOR)
  }

  get state() {
    return this.channels.stateOf('state:chat')
  }

  /** What is seen, oldest first. */
  get seen(): string[] {
    return Object.values(this.state.lines).map(({ message_id }) => message_id)
  }

  #newBus() {
    return createBus({
      store: this.store,
      clock: this.clock,
      onListenerError: (error) => {
        throw error
      },
    })
  }

  #newCommands() {
    return createCommands({ clock: this.clock, onDidInvoke: () => {}, onBug: () => {} })
  }
}

let hub: Hub
beforeEach(async () => {
  hub = new Hub()
  await hub.start()
})
afterEach(() => hub.end())

describe('the lines', () => {
  it('keep the names that the event has, and go out together', async () => {
    await hub.say('hello')
    await hub.say('again', '3')
    expect(hub.seen).toEqual([])
    await hub.clock.advance(GATHER_MS)
    expect(hub.seen).toEqual(['hello', 'again'])
    expect(hub.channels.patches).toHaveLength(1)
    expect(hub.state.lines[1]).toEqual({
      seq: 1,
      message_id: 'hello',
      at: START + GATHER_MS,
      user_id: '2',
      user_login: 'login2',
      user_name: 'Name2',
      color: '#FF69B4',
      badges: [{ set_id: 'moderator', id: '1' }],
      fragments: [{ type: 'text', text: 'hello', emote: null, cheermote: null }],
      reply_parent_user_name: null,
      cheer_bits: null,
    })
  })

  it('are the newest, and a patch says only what changed', async () => {
    for (let n = 0; n < CHAT_LINES_MAX + 20; n++) await hub.say(`m${n}`)
    await hub.clock.advance(GATHER_MS)
    expect(hub.seen).toHaveLength(CHAT_LINES_MAX)
    expect([hub.seen[0], hub.seen.at(-1)]).toEqual(['m20', `m${CHAT_LINES_MAX + 19}`])
    await hub.say('one more')
    await hub.clock.advance(GATHER_MS)
    expect(
      hub.channels.patches
        .at(-1)
        ?.patches.map(({ op }) => op)
        .sort(),
    ).toEqual(['add', 'remove'])
  })

  it('another channel of a shared chat is not ours, and no text is without an end', async () => {
    await hub.say('theirs', '2', { source_broadcaster_user_id: '99' })
    await hub.say('long', '2', { fragments: [text('a'.repeat(5)), text('💥'.repeat(5000)), text('never')] })
    await hub.clock.advance(GATHER_MS)
    expect(hub.seen).toEqual(['long'])
    const [line] = Object.values(hub.state.lines)
    const whole = line?.fragments.map((fragment) => fragment.text).join('') ?? ''
    expect(whole.length).toBeLessThanOrEqual(LINE_TEXT_MAX + 2)
    expect(whole.isWellFormed()).toBe(true)
    expect(whole.endsWith('…')).toBe(true)
  })
})

describe('moderators are obeyed at once', () => {
  it.each([
    [
      'a message',
      'twitch.channel.chat.message_delete',
      { ...channel, ...target('2'), message_id: 'bad' },
      ['fine', 'also'],
    ],
    ['a viewer', 'twitch.channel.chat.clear_user_messages', { ...channel, ...target('2') }, ['also']],
    ['all', 'twitch.channel.chat.clear', channel, []],
  ] as const)('%s', async (_, type, payload, left) => {
    await hub.say('fine')
    await hub.say('bad')
    await hub.say('also', '3')
    await hub.clock.advance(GATHER_MS)
    await hub.publish(type, payload as never)
    expect(hub.seen).toEqual(left)
    // What they say afterwards is another matter.
    await hub.say('later')
    await hub.clock.advance(GATHER_MS)
    expect(hub.seen).toEqual([...left, 'later'])
  })

  it('what was deleted before it was shown is never shown', async () => {
    await hub.say('bad')
    await hub.publish('twitch.channel.chat.message_delete', { ...channel, ...target('2'), message_id: 'bad' })
    await hub.clock.advance(GATHER_MS)
    expect(JSON.stringify(hub.channels.patches)).not.toContain('bad')
  })

  it('and after a restart too', async () => {
    await hub.say('fine')
    await hub.say('bad')
    await hub.publish('twitch.channel.chat.message_delete', { ...channel, ...target('2'), message_id: 'bad' })
    await hub.restart()
    expect(hub.seen).toEqual(['fine'])
    await hub.clock.advance(31 * 60_000)
    await hub.restart()
    expect(hub.seen).toEqual([])
    hub.isLogBroken = true
    await hub.restart()
    await hub.say('goes on')
    await hub.clock.advance(GATHER_MS)
    expect([hub.seen, hub.warnings.length]).toEqual([['goes on'], 1])
  })
})

describe('the highlight', () => {
  const highlight = (seq: number, durationMs = 5000) => hub.ask('chat.highlight', { seq, durationMs })

  it('stands for its time, another takes its place, and it can be taken off', async () => {
    await hub.say('look')
    await hub.say('better')
    expect(await highlight(1)).toMatchObject({ status: 'committed' })
    const { highlight: first } = hub.state
    expect(first).toMatchObject({ line: { message_id: 'look' }, startedAt: hub.clock.now() })
    await highlight(2, 1000)
    const second = hub.state.highlight
    expect(second?.id).not.toBe(first?.id)
    await hub.clock.advance(500)
    await highlight(2)
    expect(hub.state.highlight).toEqual({ ...second, endsAt: hub.clock.now() + 5000 })
    await hub.clock.advance(4999)
    expect(hub.state.highlight?.line.message_id).toBe('better')
    await hub.clock.advance(1)
    expect(hub.state.highlight).toBeNull()
    await highlight(1, 60_000)
    await hub.ask('chat.highlight.clear')
    expect(hub.state.highlight).toBeNull()
    expect(hub.clock.pendingTimers).toBe(0)
  })

  it('can be of long ago, but of nothing else than the chat', async () => {
    await hub.say('old')
    for (let n = 0; n < CHAT_LINES_MAX; n++) await hub.say(`m${n}`)
    expect(await highlight(1)).toMatchObject({ status: 'committed' })
    expect(hub.state.highlight?.line.message_id).toBe('old')
    const { seq } = await hub.publish('twitch.channel.chat.clear', channel)
    expect(hub.state.highlight).toBeNull()
    expect(await highlight(seq)).toMatchObject({ error: { code: 'not_found', path: 'seq' } })
    expect(await highlight(9999)).toMatchObject({ error: { code: 'not_found' } })
    expect(await highlight(1)).toMatchObject({ error: { code: 'conflict' } })
  })

  it('goes with its message', async () => {
    await hub.say('bad')
    await hub.say('other', '3')
    await highlight(1)
    await hub.publish('twitch.channel.chat.clear_user_messages', { ...channel, ...target('3') })
    expect(hub.state.highlight).not.toBeNull()
    await hub.publish('twitch.channel.chat.clear_user_messages', { ...channel, ...target('2') })
    expect(hub.state.highlight).toBeNull()
    expect(await highlight(1)).toMatchObject({ error: { code: 'conflict' } })
  })
})
