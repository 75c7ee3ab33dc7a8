import { afterEach, beforeEach, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { EventPayload, EventType } from '../../../contracts/events.ts'
import { RAIN_COUNT_MAX, RAINS_MAX } from '../../../contracts/state/emote-rain.ts'
import { type Bus, createBus } from '../../kernel/bus.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { createEmoteRain } from './emote-rain.ts'

ensureNoLeaks()

const clock = new FakeClock()
const commands = createCommands({ clock, onDidInvoke: () => {}, onBug: () => {} })
let channels: FakeChannels
let store: MemoryStore
let bus: Bus
let stop: AbortController
let running: Promise<void>

beforeEach(() => {
  channels = new FakeChannels()
  store = new MemoryStore([])
  bus = createBus({
    store,
    clock,
    onListenerError: (error) => {
      throw error
    },
  })
  stop = new AbortController()
  const cut = (fragments: readonly { text: string }[]) =>
    fragments.map(({ text }) => ({
      type: 'emote',
      text,
      emote: text === 'plain' ? null : { provider: '7tv' as const, id: text },
      cheermote: null,
    }))
  running = createEmoteRain({ bus, commands, channels, words: { cut }, clock }).run(stop.signal)
})
afterEach(async () => {
  stop.abort()
  await running
  bus.dispose()
  store.close()
})

const state = () => channels.stateOf('state:emote-rain')
const rains = () =>
  Object.entries(state().rains)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, rain]) => rain)
const happen = <T extends EventType>(type: T, payload: object) =>
  bus.publish({ type, source: 'twitch', payload: payload as EventPayload<T> })
const say = (...words: string[]) =>
  happen('twitch.channel.chat.message', {
    broadcaster_user_id: '1',
    source_broadcaster_user_id: null,
    fragments: words.map((text) => ({ text })),
  })
const burst = (args: object = {}) => commands.invoke('emote-rain.burst', args, HUB_ACTOR)

it('rains the emotes of each message, and of nothing else in it', async () => {
  await say('plain')
  await say('A', 'plain', 'B')
  await say(...Array(50).fill('C'))
  expect(rains().map(({ cause, count, emotes }) => [cause, count, emotes.length])).toEqual([
    ['message', 2, 2],
    ['message', 10, 10],
  ])
  expect(rains()[0]?.emotes[0]).toEqual({ provider: '7tv', id: 'A', name: 'A' })
})

it('showers for what calls for it, of the emotes used last', async () => {
  expect(await burst()).toMatchObject({ status: 'committed' })
  expect(rains()[0]?.emotes.map(({ name }) => name)).toContain('Kappa')
  await say('A')
  await say('B')
  await say('A')
  await happen('twitch.channel.raid', { viewers: 3 })
  await happen('twitch.channel.raid', { viewers: 50_000 })
  await happen('twitch.channel.subscribe', { is_gift: false })
  await happen('twitch.channel.subscribe', { is_gift: true })
  await happen('twitch.channel.subscription.gift', { total: 5 })
  await happen('twitch.channel.cheer', { bits: 1 })
  await happen('twitch.channel.hype_train.begin', { level: 1 })
  await happen('twitch.channel.hype_train.progress', { level: 1 })
  await happen('twitch.channel.hype_train.progress', { level: 2 })
  expect(
    rains()
      .slice(4)
      .map(({ cause, count }) => [cause, count]),
  ).toEqual([
    ['raid', 20],
    ['raid', RAIN_COUNT_MAX],
    ['subscription', 10],
    ['subscription', 50],
    ['cheer', 5],
    ['hype-train', 25],
    ['hype-train', 50],
  ])
  expect(
    rains()
      .at(-1)
      ?.emotes.map(({ name }) => name),
  ).toEqual(['B', 'A'])
})

it('a flood of messages is no flood of rain', async () => {
  const before = channels.patches.length
  for (let n = 0; n < 500; n++) await say('A')
  expect(channels.patches.length - before).toBe(15)
  await clock.advance(1000)
  for (let n = 0; n < 500; n++) await say('A')
  expect(channels.patches.length - before).toBe(25)
})

it('is bounded, counts on under ever growing numbers, and can be cleared', async () => {
  for (let n = 0; n < 3 * RAINS_MAX; n++) await burst({ count: 300 })
  expect(rains()).toHaveLength(RAINS_MAX)
  const last = Math.max(...Object.keys(state().rains).map(Number))
  await commands.invoke('emote-rain.clear', {}, HUB_ACTOR)
  expect(state()).toEqual({ rains: {}, clearedUpTo: last })
  await burst()
  expect(Math.max(...Object.keys(state().rains).map(Number))).toBeGreaterThan(last)
  expect(await burst({ count: 301 })).toMatchObject({ status: 'rejected' })
})
