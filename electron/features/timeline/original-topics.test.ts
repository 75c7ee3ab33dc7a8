import { describe, expect, it } from 'vitest'
import type { StoredEvent } from '../../kernel/bus.ts'
import { originalTopics } from './original-topics.ts'

/** A stored event of any type: what matters here is only its name and that fields pass through. */
function event(type: string, payload: Record<string, unknown> = {}): StoredEvent {
  return {
    seq: 1,
    id: 'e1',
    type,
    source: 'x',
    at: 1_761_868_800_000,
    correlationId: 'c1',
    payload,
  } as unknown as StoredEvent
}

function pushOn(topic: string, stored: StoredEvent) {
  const news = originalTopics.find(({ topics }) => topics.includes(topic))
  if (!news) throw new Error(`no topic ${topic}`)
  return news.push(stored, topic)
}

/** Every topic of a family on which the event is heard. */
function heardOn(stored: StoredEvent): string[] {
  return originalTopics.flatMap(({ topics, push }) => topics.filter((topic) => push(stored, topic)))
}

describe('original topics', () => {
  it('sends the flat event under the original name', () => {
    expect(pushOn('events:all', event('twitch.channel.follow', { user_name: 'Ana' }))).toEqual({
      event: 'follower',
      payload: {
        id: 'e1',
        type: 'channel.follow',
        raw_type: 'channel.follow',
        source: 'twitch',
        source_id: 'e1',
        timestamp: '2025-10-31T00:00:00.000Z',
        correlation_id: 'c1',
        user_name: 'Ana',
      },
      critical: false,
    })
  })

  it.each([
    ['twitch.channel.chat.message', 'chat_message'],
    ['twitch.channel.chat.clear', 'chat_clear'],
    ['twitch.channel.chat.message_delete', 'message_delete'],
    ['twitch.channel.subscribe', 'subscription'],
    ['twitch.channel.subscription.gift', 'gift_subscription'],
    ['twitch.channel.cheer', 'cheer'],
    ['twitch.channel.update', 'channel_update'],
    ['twitch.channel.raid', 'twitch_event'],
    ['obs.scene.changed', 'obs_event'],
    ['system.started', 'system_event'],
    ['alert.started', 'stream_event'],
    ['ironmon.seed.started', 'ironmon_event'],
    ['weather.changed', 'unknown_event'],
  ])('%s becomes %s', (type, push) => {
    expect(pushOn('events:all', event(type))?.event).toBe(push)
  })

  it('filters as the original did', () => {
    const heard = (type: string) =>
      heardOn(event(type))
        .filter((topic) => topic.startsWith('events:'))
        .sort()
    expect(heard('twitch.channel.chat.clear')).toEqual(['events:all', 'events:chat', 'events:twitch'])
    expect(heard('twitch.channel.cheer')).toEqual(['events:all', 'events:interactions', 'events:twitch'])
    expect(heard('twitch.channel.raid')).toEqual(['events:all', 'events:twitch'])
    expect(heard('twitch.channel.goal.end')).toEqual(['events:all', 'events:goals', 'events:twitch'])
    expect(heard('twitch.stream.online')).toEqual(['events:all', 'events:dashboard', 'events:twitch'])
    expect(heard('obs.stream.started')).toEqual(['events:all', 'events:dashboard', 'events:obs'])
  })

  it('names only the family in the rooms, and marks what must not wait', () => {
    expect(pushOn('dashboard:main', event('twitch.channel.follow'))?.event).toBe('twitch_event')
    expect(pushOn('overlay:obs', event('obs.stream.stopped'))).toMatchObject({ event: 'obs_event', critical: true })
    expect(pushOn('overlay:obs', event('twitch.channel.follow'))).toBeNull()
  })
})
