import { describe, expect, it } from 'vitest'
import type { ContentOf } from '../../../contracts/content.ts'
import type { EventPayload } from '../../../contracts/events.ts'
import { twitchWords } from '../../kernel/ports/fake-emote-words.ts'
import { channel, chat, cheer, follow, goal, subscribe } from './testing.ts'
import { type CountedEvent, DAY_MS, storedStatsSchema, ViewerStats } from './viewer-stats.ts'

const MORNING = Date.UTC(2026, 0, 1, 9)

function take<T extends CountedEvent['type']>(stats: ViewerStats, type: T, payload: EventPayload<T>, at = MORNING) {
  stats.take({ id: 'e', source: 'twitch', correlationId: 'c', type, payload, at } as unknown as CountedEvent, at)
}

function gift(total: number): EventPayload<'twitch.channel.subscription.gift'> {
  const santa = { user_id: '3', user_login: 'santa', user_name: 'Santa' }
  return { ...santa, ...channel, is_anonymous: false, tier: '1000', total, cumulative_total: null }
}

describe('viewer statistics', () => {
  it('says nothing before anything happened, but for the day', () => {
    const stats = new ViewerStats(MORNING, twitchWords)
    for (const type of ['emote-stats', 'recent-follows', 'stream-goals', 'latest-event'] as const) {
      expect(stats.read(type)).toBeNull()
    }
    expect(stats.read('daily-stats')).toMatchObject({ messages: 0, started_at: Date.UTC(2026, 0, 1) })
  })

  it('counts emotes, and knows the channel own ones', () => {
    const stats = new ViewerStats(MORNING, twitchWords)
    take(stats, 'twitch.channel.chat.message', chat('hi', 'hostHype', 'Kappa', 'hostHype'))
    expect(stats.read('emote-stats')).toMatchObject({
      today: [
        { name: 'hostHype', emote_provider: 'twitch', emote_id: 'id-hostHype', is_native: true, count: 2 },
        { name: 'Kappa', emote_provider: 'twitch', emote_id: 'id-Kappa', is_native: false, count: 1 },
      ],
    })
  })

  it('does not count what was said in another channel of a shared chat', () => {
    const stats = new ViewerStats(MORNING, twitchWords)
    take(stats, 'twitch.channel.chat.message', { ...chat('Kappa'), source_broadcaster_user_id: '9' })
    take(stats, 'twitch.channel.chat.message', { ...chat('Kappa'), source_broadcaster_user_id: '1' })
    expect(stats.read('daily-stats')).toMatchObject({ messages: 1 })
  })

  it('begins the day anew at midnight UTC and keeps what is of all time', () => {
    const stats = new ViewerStats(MORNING, twitchWords)
    take(stats, 'twitch.channel.chat.message', chat('Kappa'))
    take(stats, 'twitch.channel.follow', follow('Mira', MORNING))
    take(stats, 'twitch.channel.subscribe', subscribe('Otto'))
    take(stats, 'twitch.channel.cheer', cheer('Ida', 300))
    expect(stats.read('daily-stats')).toMatchObject({ messages: 1, follows: 1, subscriptions: 1, bits: 300 })
    expect(stats.roll(stats.nextDay - 1)).toBe(false)
    expect(stats.roll(stats.nextDay)).toBe(true)
    const next = Date.UTC(2026, 0, 2)
    expect(stats.read('daily-stats')).toMatchObject({ messages: 0, follows: 0, bits: 0, started_at: next })
    expect(stats.read('emote-stats')).toMatchObject({ today: [], all_time: [{ name: 'Kappa', count: 1 }] })
    expect(stats.read('recent-follows')).toMatchObject({ follows: [{ user_name: 'Mira' }] })
  })

  it('counts what was heard of late for the day it happened on', () => {
    const stats = new ViewerStats(MORNING, twitchWords)
    const late = { id: 'e', source: 'twitch', correlationId: 'c', at: MORNING - DAY_MS } as const
    stats.take({ ...late, type: 'twitch.channel.follow', payload: follow('Mira', MORNING - DAY_MS) }, MORNING)
    expect(stats.read('daily-stats')).toMatchObject({ follows: 0 })
    expect(stats.read('recent-follows')).toMatchObject({ follows: [{ user_name: 'Mira' }] })
  })

  it('lists the five newest follows, whatever the order they are heard in', () => {
    const stats = new ViewerStats(MORNING, twitchWords)
    for (const n of [3, 1, 6, 2, 5, 4]) take(stats, 'twitch.channel.follow', follow(`v${n}`, MORNING + n))
    const { follows } = stats.read('recent-follows') as { follows: { user_name: string }[] }
    expect(follows.map(({ user_name }) => user_name)).toEqual(['v6', 'v5', 'v4', 'v3', 'v2'])
  })

  it('names the newest thing a viewer did, and a gift before those who were given', () => {
    const stats = new ViewerStats(MORNING, twitchWords)
    take(stats, 'twitch.channel.subscription.gift', gift(2), MORNING + 10)
    take(stats, 'twitch.channel.subscribe', subscribe('Given', true), MORNING + 20)
    take(stats, 'twitch.channel.cheer', cheer('Late', 5), MORNING)
    expect(stats.read('latest-event')).toMatchObject({ latest: { user_name: 'Santa', total: 2 }, at: MORNING + 10 })
    take(stats, 'twitch.channel.cheer', { ...cheer('Hidden', 5), is_anonymous: true }, MORNING + 30)
    expect(stats.read('latest-event')).toMatchObject({ latest: { user_name: null, bits: 5 } })
  })

  it('lists the six newest things that viewers did, whatever the order they are heard in', () => {
    const stats = new ViewerStats(MORNING, twitchWords)
    expect(stats.read('recent-events')).toBeNull()
    take(stats, 'twitch.channel.subscription.gift', gift(2), MORNING + 10)
    take(stats, 'twitch.channel.subscribe', subscribe('Given', true), MORNING + 20)
    for (const n of [40, 30, 70, 60, 50, 35]) take(stats, 'twitch.channel.cheer', cheer(`v${n}`, n), MORNING + n)
    const { events } = stats.read('recent-events') as ContentOf<'recent-events'>
    expect(events.map(({ at }) => at - MORNING)).toEqual([70, 60, 50, 40, 35, 30])
    expect(events[0]?.did).toMatchObject({ event: 'twitch.channel.cheer', user_name: 'v70', bits: 70 })
  })

  it('knows none of them in a file of before', () => {
    const { recent: _, ...before } = new ViewerStats(MORNING, twitchWords).stored()
    expect(new ViewerStats(MORNING, twitchWords, storedStatsSchema.parse(before)).read('recent-events')).toBeNull()
  })

  it("counts a goal itself until Twitch does, and keeps the streamer's words", () => {
    const stats = new ViewerStats(MORNING, twitchWords)
    stats.setGoals([{ type: 'follow', description: 'To the hundred', current_amount: 90, target_amount: 100 }])
    take(stats, 'twitch.channel.follow', follow('Mira', MORNING))
    expect(stats.goals).toMatchObject([{ current_amount: 91 }])
    take(stats, 'twitch.channel.goal.progress', goal('follow', 95, 100))
    take(stats, 'twitch.channel.follow', follow('Otto', MORNING))
    expect(stats.goals).toEqual([
      { type: 'follow', description: 'To the hundred', current_amount: 95, target_amount: 100 },
    ])
    const end = { ...goal('follow', 100, 100), is_achieved: true, ended_at: MORNING }
    take(stats, 'twitch.channel.goal.end', end)
    expect(stats.goals).toEqual([])
  })

  it('is the same again from what it stores', () => {
    const stats = new ViewerStats(MORNING, twitchWords)
    take(stats, 'twitch.channel.chat.message', chat('Kappa', 'hostHype'))
    take(stats, 'twitch.channel.follow', follow('Mira', MORNING))
    take(stats, 'twitch.channel.goal.begin', goal('follow', 1, 10))
    const again = new ViewerStats(MORNING + DAY_MS, twitchWords, JSON.parse(JSON.stringify(stats.stored())))
    for (const type of [
      'emote-stats',
      'recent-follows',
      'daily-stats',
      'stream-goals',
      'latest-event',
      'recent-events',
    ] as const) {
      expect(again.read(type)).toEqual(stats.read(type))
    }
    expect(again.nextDay).toBe(stats.nextDay)
  })
})
