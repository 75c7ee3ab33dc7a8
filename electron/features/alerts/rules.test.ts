import { describe, expect, it } from 'vitest'
import type { EventPayload } from '../../../contracts/events.ts'
import { twitchWords } from '../../kernel/ports/fake-emote-words.ts'
import { DEFAULT_RULES } from './default-rules.ts'
import { type AlertEvent, type AlertEventType, alertFor, type Rules } from './rules.ts'
import { createWording, fillTemplate } from './wording.ts'

const NOW = 1_767_225_600_000
const english = createWording('en-GB')
const channel = { broadcaster_user_id: '1', broadcaster_user_login: 'host', broadcaster_user_name: 'Host' }
const viewer = { user_id: '2', user_login: 'mira', user_name: 'Mira' }

function event<T extends AlertEventType>(type: T, payload: EventPayload<T>, source = 'twitch'): AlertEvent {
  return { id: 'e1', type, source, at: NOW, correlationId: 'c1', payload } as AlertEvent
}

function alert(from: AlertEvent, rules: Rules = DEFAULT_RULES, wording = english, words = twitchWords) {
  return alertFor(from, { rules, wording, words }, NOW)
}

const cheer = (bits: number, message = 'hi') =>
  event('twitch.channel.cheer', { ...viewer, ...channel, is_anonymous: false, bits, message })

describe('alert rules', () => {
  it('makes a follow', () => {
    expect(alert(event('twitch.channel.follow', { ...viewer, ...channel, followed_at: NOW }))).toEqual({
      id: 'e1',
      type: 'follow',
      priority: 'low',
      who: 'Mira',
      what: 'followed',
      amount: null,
      message: null,
      fragments: [],
      durationMs: 5000,
      sound: 'chime',
      volume: 0.7,
      enqueuedAt: NOW,
      simulated: false,
    })
  })

  it('counts in the locale, with the right plural', () => {
    expect(alert(cheer(1))?.amount).toBe('1 bit')
    expect(alert(cheer(12_500))?.amount).toBe('12,500 bits')
    expect(alert(cheer(12_500), DEFAULT_RULES, createWording('de-DE'))?.amount).toBe('12.500 bits')
  })

  it('tells money by its currency, from minor units', () => {
    const donate = (value: number, decimal_places: number, currency: string) =>
      alert(
        event('twitch.channel.charity_campaign.donate', {
          ...viewer,
          ...channel,
          id: 'd1',
          campaign_id: 'c1',
          charity_name: 'Red Cross',
          charity_description: '',
          charity_logo: '',
          charity_website: '',
          amount: { value, decimal_places, currency },
        }),
      )
    expect(donate(1250, 2, 'EUR')).toMatchObject({ who: 'Mira', what: 'donated to Red Cross', amount: '€12.50' })
    expect(donate(5000, 0, 'JPY')?.amount).toBe('JP¥5,000')
    expect(donate(100, 2, 'GBP')?.amount).toBe('£1.00')
  })

  it('names nobody when a gift or a cheer is anonymous', () => {
    const nobody = { is_anonymous: true, user_id: null, user_login: null, user_name: null }
    const gift = { ...nobody, ...channel, tier: '1000' as const, total: 20, cumulative_total: null }
    expect(alert(event('twitch.channel.subscription.gift', gift))).toMatchObject({
      who: 'Anonymous',
      amount: '20 subs',
    })
    expect(alert(event('twitch.channel.cheer', { ...nobody, ...channel, bits: 5, message: '' }))).toMatchObject({
      who: 'Anonymous',
      message: null,
    })
  })

  it('leaves out what is switched off or below the minimum', () => {
    const rule = DEFAULT_RULES.cheer
    expect(alert(cheer(99), { ...DEFAULT_RULES, cheer: { ...rule, minimum: 100 } })).toBeNull()
    expect(alert(cheer(100), { ...DEFAULT_RULES, cheer: { ...rule, minimum: 100 } })).not.toBeNull()
    expect(alert(cheer(100), { ...DEFAULT_RULES, cheer: { ...rule, enabled: false } })).toBeNull()
  })

  it('follows the most specific variant that applies, and the rule itself where none does', () => {
    const base = DEFAULT_RULES.cheer
    const look = (template: string) => ({ ...base, template, sound: template })
    const rule = {
      ...base,
      minimum: 10,
      variants: [
        { ...look('many'), when: { kind: 'range', field: 'bits', min: 1000, max: null } as const },
        { ...look('more'), when: { kind: 'range', field: 'bits', min: 500, max: null } as const },
        { ...look('lucky'), when: { kind: 'exact', field: 'bits', value: 1337 } as const },
        { ...look('never'), when: { kind: 'exact', field: 'constructor.name', value: 'Object' } as const },
      ],
    }
    const worded = (bits: number) => alert(cheer(bits), { ...DEFAULT_RULES, cheer: rule })
    expect(worded(9)).toBeNull()
    expect([10, 500, 1000, 1337].map((bits) => worded(bits)?.what)).toEqual(['cheered', 'more', 'many', 'lucky'])
    expect(worded(1337)?.sound).toBe('lucky')
  })

  it('follows the rule of its type', () => {
    const template = '{who} threw {amount}: {message} {nonsense} {broadcaster_user_name}'
    const rule = { ...DEFAULT_RULES.cheer, template, durationMs: 9000, priority: 'urgent', sound: null } as const
    expect(alert(cheer(3, 'yay'), { ...DEFAULT_RULES, cheer: rule })).toMatchObject({
      what: 'Mira threw 3 bits: yay Host',
      durationMs: 9000,
      priority: 'urgent',
      sound: null,
    })
  })

  it('words a raid, a resub, a redemption, a goal and an ad break', () => {
    const raid = {
      from_broadcaster_user_id: '3',
      from_broadcaster_user_login: 'friend',
      from_broadcaster_user_name: 'Friend',
      to_broadcaster_user_id: '1',
      to_broadcaster_user_login: 'host',
      to_broadcaster_user_name: 'Host',
      viewers: 243,
    }
    expect(alert(event('twitch.channel.raid', raid))).toMatchObject({
      who: 'Friend',
      what: 'is raiding',
      amount: '243 viewers',
      priority: 'urgent',
    })
    const resub = {
      ...viewer,
      ...channel,
      tier: '2000' as const,
      message: 'still\nhere',
      message_emotes: [],
      cumulative_months: 14,
      streak_months: null,
      duration_months: 1,
    }
    const loyal = { ...DEFAULT_RULES, resub: { ...DEFAULT_RULES.resub, minimum: 15 } }
    expect(alert(event('twitch.channel.subscription.message', resub), loyal)).toBeNull()
    expect(alert(event('twitch.channel.subscription.message', resub))).toMatchObject({
      what: 'subscribed again',
      amount: '14 months',
      message: 'still here',
    })
    const redemption = {
      id: 'r1',
      ...channel,
      ...viewer,
      user_input: '',
      status: 'unfulfilled',
      reward: { id: 'w1', title: 'Hydrate', cost: 500, prompt: '' },
      redeemed_at: NOW,
    }
    expect(alert(event('twitch.channel.channel_points_custom_reward_redemption.add', redemption))).toMatchObject({
      what: 'redeemed Hydrate',
      amount: '500 points',
      message: null,
    })
    const goal = {
      id: 'g1',
      ...channel,
      type: 'follow',
      description: '',
      current_amount: 1000,
      target_amount: 1000,
      started_at: NOW,
      ended_at: NOW,
    }
    expect(alert(event('twitch.channel.goal.end', { ...goal, is_achieved: true }))).toMatchObject({
      who: 'Follower goal',
      amount: '1,000 / 1,000',
    })
    expect(alert(event('twitch.channel.goal.end', { ...goal, is_achieved: false }))).toBeNull()
  })

  it('says who won a poll once, not again when it is archived', () => {
    const choice = (id: string, title: string, votes: number) => ({
      id,
      title,
      votes,
      bits_votes: 0,
      channel_points_votes: 0,
    })
    const poll = {
      id: 'p1',
      ...channel,
      title: 'Which starter?',
      choices: [choice('a', 'Fire', 3), choice('b', 'Water', 9)],
      bits_voting_enabled: false,
      bits_per_vote: 0,
      channel_points_voting_enabled: false,
      channel_points_per_vote: 0,
      started_at: NOW,
      ended_at: NOW,
    }
    expect(alert(event('twitch.channel.poll.end', { ...poll, status: 'completed' }))).toMatchObject({
      who: 'Which starter?',
      what: 'Poll closed',
      amount: '12 votes',
      message: 'Water',
    })
    expect(alert(event('twitch.channel.poll.end', { ...poll, status: 'archived' }))).toBeNull()
  })

  it('marks what the simulator caused', () => {
    const follow = { ...viewer, ...channel, followed_at: NOW }
    expect(alert(event('twitch.channel.follow', follow, 'simulator'))?.simulated).toBe(true)
  })

  it('cleans names of what could break the line', () => {
    const follow = { ...viewer, ...channel, user_name: ' \u202eevil\u0007\n name ', followed_at: NOW }
    expect(alert(event('twitch.channel.follow', follow))?.who).toBe('evil name')
    expect(alert(event('twitch.channel.follow', { ...follow, user_name: '\u202e' }))?.who).toBe('mira')
  })
})

describe('fillTemplate', () => {
  it('drops unknown names and never says undefined', () => {
    expect(fillTemplate('a {b} {constructor} {c.d} e', { b: 'B' })).toBe('a B e')
    expect(fillTemplate('{c.d}', { 'c.d': 'deep' })).toBe('deep')
  })
})
