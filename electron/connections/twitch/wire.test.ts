import { describe, expect, it } from 'vitest'
import { eventSchemas } from '../../../contracts/events.ts'
import { fakeRules } from './fake-rules.ts'
import { type RawTwitchEvent, SAMPLE_BROADCASTER, twitchSamples } from './samples.ts'
import { scopesFor, twitchTopics } from './topics.ts'
import { readFrame, timeOf, toCanonical } from './wire.ts'

/** What Twitch sends under another name or shape; everything else keeps both. */
const RESHAPED: Record<string, readonly string[]> = {
  'stream.online': ['id', 'type'],
  'channel.subscription.message': ['message'],
  'channel.chat.message': [
    ...['chatter_user_id', 'chatter_user_login', 'chatter_user_name', 'message', 'cheer', 'reply'],
  ],
  'channel.chat.notification': ['message', 'notice_type'],
  'channel.charity_campaign.donate': ['broadcaster_id', 'broadcaster_login', 'broadcaster_name'],
  'channel.charity_campaign.progress': ['broadcaster_id', 'broadcaster_login', 'broadcaster_name'],
}
for (const type of ['begin', 'progress', 'end']) {
  RESHAPED[`channel.poll.${type}`] = ['bits_voting', 'channel_points_voting', 'choices']
  RESHAPED[`channel.prediction.${type}`] = ['outcomes']
}
RESHAPED['channel.prediction.lock'] = ['outcomes']

function canonical(type: string, event: RawTwitchEvent = sample(type)): Record<string, unknown> {
  const draft = toCanonical(type, event)
  expect(draft).toMatchObject({ type: `twitch.${type}` })
  return draft.payload
}

function sample(type: string): RawTwitchEvent {
  const event = twitchSamples[type]
  if (!event) throw new Error(`no sample of ${type}`)
  return event
}

function asTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTimes)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => {
    return [key, key.endsWith('_at') && typeof inner === 'string' ? timeOf(inner) : asTimes(inner)]
  })
  return Object.fromEntries(entries)
}

describe('the table of topics', () => {
  it('has a sample, a schema and a rule of Twitch for each, and none twice', () => {
    const types = twitchTopics.map(({ type }) => type).sort()
    expect(new Set(types).size).toBe(types.length)
    expect(Object.keys(twitchSamples).sort()).toEqual(types)
    expect(Object.keys(fakeRules).sort()).toEqual(types)
    const isNotification = (type: string) => /^twitch\.(channel|stream|user)\./.test(type)
    expect(Object.keys(eventSchemas).filter(isNotification).sort()).toEqual(types.map((type) => `twitch.${type}`))
  })

  it('asks for reading only', () => {
    for (const scope of scopesFor()) expect(scope).toMatch(/read/)
    expect(scopesFor(['channel.follow', 'channel.cheer', 'channel.raid'])).toEqual([
      'bits:read',
      'moderator:read:followers',
    ])
  })
})

describe('from Twitch to canonical', () => {
  it.each(Object.keys(twitchSamples))('%s keeps every field', (type) => {
    const raw = sample(type)
    const payload = canonical(type)
    const reshaped = RESHAPED[type] ?? []
    for (const [key, value] of Object.entries(asTimes(raw) as RawTwitchEvent)) {
      if (reshaped.includes(key)) continue
      expect(payload, key).toHaveProperty([key], value)
    }
  })

  it('chat message: text, fragments, emotes, badges, colour, bits, reply and source', () => {
    const payload = canonical('channel.chat.message')
    expect(payload).toMatchObject({
      message_id: 'cc106a89-1814-919d-454c-f4f2f970aae7',
      user_id: '71092938',
      user_login: 'mira_plays',
      user_name: 'Mira_Plays',
      message: 'landaleHype nice run Kappa Cheer100 @Haru_ch',
      emotes: ['Kappa'],
      native_emotes: ['landaleHype'],
      color: '#00FF7F',
      cheer_bits: 100,
      reply_parent_message_id: 'ad2e0b7b-5cd5-4a34-9ef4-c1e1b2b1a8c7',
      reply_parent_message_body: 'who is next?',
      reply_parent_user_id: '540120377',
      reply_parent_user_name: 'はる',
      reply_thread_message_id: '0b7bad2e-9ef4-4a34-5cd5-a8c7c1e1b2b1',
      reply_thread_user_login: 'haru_ch',
      source_broadcaster_user_id: '112233',
      source_badges: [{ set_id: 'subscriber', id: '3', info: '3' }],
    })
    expect(payload.fragments).toHaveLength(7)
    expect(payload.badges).toHaveLength(2)
  })

  it('chat message: what Twitch leaves out is null', () => {
    const {
      cheer: _c,
      reply: _r,
      source_broadcaster_user_id: _s,
      source_badges: _b,
      ...bare
    } = sample('channel.chat.message')
    expect(canonical('channel.chat.message', bare)).toMatchObject({
      cheer_bits: null,
      reply_parent_message_id: null,
      reply_thread_user_id: null,
      source_broadcaster_user_id: null,
      source_badges: null,
    })
  })

  it('chat notification: the notice, and the chatter as the user', () => {
    expect(canonical('channel.chat.notification')).toMatchObject({
      notification_type: 'community_sub_gift',
      community_sub_gift: { id: '10982734098123', total: 5, sub_tier: '1000', cumulative_total: 47 },
      sub: null,
      user_id: '71092938',
      chatter_user_id: '71092938',
      message: '',
    })
  })

  it('stream online: the id and kind of the stream', () => {
    expect(canonical('stream.online')).toMatchObject({ stream_id: '9001', stream_type: 'live' })
  })

  it('times are ms epoch, nanoseconds cut off', () => {
    expect(canonical('channel.follow').followed_at).toBe(Date.UTC(2026, 10, 20, 20, 0, 1, 171))
    expect(canonical('channel.channel_points_custom_reward.add').cooldown_expires_at).toBe(
      Date.UTC(2026, 10, 20, 20, 15, 43, 171),
    )
    const never = { ...sample('channel.channel_points_custom_reward.add'), cooldown_expires_at: '' }
    expect(canonical('channel.channel_points_custom_reward.add', never).cooldown_expires_at).toBeNull()
  })

  it('money is minor units and a currency', () => {
    expect(canonical('channel.charity_campaign.donate').amount).toEqual({
      value: 1250,
      decimal_places: 2,
      currency: 'EUR',
    })
    expect(canonical('channel.charity_campaign.progress').current_amount).toEqual({
      value: 260000,
      decimal_places: 0,
      currency: 'JPY',
    })
  })

  it('charity: the broadcaster under either name', () => {
    const expected = { broadcaster_user_id: SAMPLE_BROADCASTER.id, broadcaster_user_login: SAMPLE_BROADCASTER.login }
    const { broadcaster_id, broadcaster_login, broadcaster_name, ...rest } = sample('channel.charity_campaign.donate')
    const other = {
      ...rest,
      broadcaster_user_id: broadcaster_id,
      broadcaster_user_login: broadcaster_login,
      broadcaster_user_name: broadcaster_name,
    }
    expect(canonical('channel.charity_campaign.donate')).toMatchObject(expected)
    expect(canonical('channel.charity_campaign.donate', other)).toMatchObject(expected)
  })

  it('polls and predictions: votes from the beginning on, settings flat, the window in seconds', () => {
    expect(canonical('channel.poll.begin')).toMatchObject({
      channel_points_voting_enabled: true,
      channel_points_per_vote: 10,
      bits_voting_enabled: false,
      bits_per_vote: 0,
      choices: [
        { id: '123', title: 'Yes', votes: 0, bits_votes: 0, channel_points_votes: 0 },
        { id: '124', title: 'No', votes: 0, bits_votes: 0, channel_points_votes: 0 },
      ],
    })
    expect(canonical('channel.poll.end')).toMatchObject({ choices: [{ votes: 13 }, { votes: 4 }] })
    expect(canonical('channel.prediction.begin')).toMatchObject({
      prediction_window: 120,
      outcomes: [{ users: 0, channel_points: 0, top_predictors: [] }, { top_predictors: [] }],
    })
    expect(canonical('channel.prediction.end')).toMatchObject({
      outcomes: [{ top_predictors: [{ channel_points_won: 1700, channel_points_used: 1000 }] }, {}],
    })
  })

  it('resub: the words and the places of the emotes', () => {
    expect(canonical('channel.subscription.message')).toMatchObject({
      message: '一年間ありがとう landaleHype',
      message_emotes: [{ begin: 9, end: 19 }],
    })
  })

  it('cheer and gift: anonymous', () => {
    const nobody = { is_anonymous: true, user_id: null, user_login: null, user_name: null }
    expect(canonical('channel.cheer', { ...sample('channel.cheer'), ...nobody })).toMatchObject(nobody)
    const { user_id: _i, user_login: _l, user_name: _n, ...gift } = sample('channel.subscription.gift')
    expect(canonical('channel.subscription.gift', { ...gift, is_anonymous: true })).toMatchObject(nobody)
  })

  it('ad break: numbers and flags also as text', () => {
    const asText = { ...sample('channel.ad_break.begin'), duration_seconds: '90', is_automatic: 'false' }
    expect(canonical('channel.ad_break.begin', asText)).toMatchObject({ duration_seconds: 90, is_automatic: false })
  })

  it('fields that Twitch adds one day stay', () => {
    const raw = sample('channel.chat.message')
    const [badge] = raw.badges as Record<string, unknown>[]
    const payload = canonical('channel.chat.message', {
      ...raw,
      new_field: { deep: [1] },
      badges: [{ ...badge, shine: true }],
    })
    expect(payload).toMatchObject({ new_field: { deep: [1] }, badges: [{ set_id: 'subscriber', shine: true }] })
  })
})

describe('lengths count characters', () => {
  const say = (text: string) => toCanonical('channel.chat.message', said(text)).type
  const said = (text: string) => ({ ...sample('channel.chat.message'), message: { text, fragments: [] } })

  it.each([
    ['emoji', '🎉'],
    ['families of emoji', '👨‍👩‍👧‍👦'],
    ['flags', '🇯🇵'],
    ['kanji', '漢'],
    ['letters', 'a'],
  ])('500 %s are a message, 501 are not', (_name, character) => {
    expect(say(character.repeat(500))).toBe('twitch.channel.chat.message')
    expect(say(character.repeat(501))).toBe('twitch.unknown')
  })
})

describe('nothing is lost', () => {
  it('a type without a schema is kept as it came', () => {
    const event = { anything: ['goes', { started_at: '2026-01-01T00:00:00Z' }] }
    expect(toCanonical('channel.brand_new', event, 'm1')).toEqual({
      type: 'twitch.unknown',
      payload: { rawType: 'channel.brand_new', body: event, fault: 'this type has no schema', messageId: 'm1' },
    })
  })

  it('types of our own are no notifications', () => {
    for (const type of ['gap', 'connected', 'unknown', 'subscription.revoked']) {
      expect(toCanonical(type, {}).type).toBe('twitch.unknown')
    }
  })

  it('an event that breaks its schema is kept with the path of the fault', () => {
    const event = { ...sample('channel.raid'), viewers: 'many' }
    expect(toCanonical('channel.raid', event)).toMatchObject({
      type: 'twitch.unknown',
      payload: { rawType: 'channel.raid', body: event, fault: expect.stringMatching(/^viewers: /) },
    })
  })

  it('frames: what can not be read is kept', () => {
    expect(readFrame('{"metadata"')).toMatchObject({
      kind: 'unknown',
      rawType: 'unreadable',
      body: { text: '{"metadata"' },
    })
    expect(readFrame('[]')).toMatchObject({ kind: 'unknown', rawType: 'unreadable' })
    expect(readFrame('['.repeat(100_000))).toMatchObject({ kind: 'unknown', rawType: 'unreadable' })
    const metadata = { message_id: 'm1', message_type: 'session_dance' }
    expect(readFrame(JSON.stringify({ metadata, payload: { a: 1 } }))).toMatchObject({
      kind: 'unknown',
      messageId: 'm1',
      rawType: 'session_dance',
      body: { a: 1 },
    })
    const noEvent = {
      metadata: { ...metadata, message_type: 'notification' },
      payload: { subscription: { type: 'x' } },
    }
    expect(readFrame(JSON.stringify(noEvent))).toMatchObject({ kind: 'unknown', rawType: 'x' })
  })

  it('a batch is read event by event, each with its own id', () => {
    const payload = {
      subscription: { type: 'channel.follow', version: '2' },
      events: [
        { id: 'a', data: { one: 1 } },
        { id: 'b', data: { two: 2 } },
      ],
    }
    const metadata = { message_id: 'm1', message_type: 'notification', message_timestamp: '2026-01-01T00:00:00.5Z' }
    expect(readFrame(JSON.stringify({ metadata, payload }))).toEqual({
      kind: 'notification',
      notifications: [
        { messageId: 'a', sentAt: Date.UTC(2026, 0, 1) + 500, type: 'channel.follow', event: { one: 1 } },
        { messageId: 'b', sentAt: Date.UTC(2026, 0, 1) + 500, type: 'channel.follow', event: { two: 2 } },
      ],
    })
  })
})
