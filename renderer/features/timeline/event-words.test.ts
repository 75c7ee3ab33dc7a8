import { describe, expect, it } from 'vitest'
import { eventTypes } from '../../../contracts/events.ts'
import { eventGroups } from './event-groups.ts'
import { wordsOf } from './event-words.ts'

function words(type: string, payload: Record<string, unknown> = {}) {
  return wordsOf({ id: 'e', seq: 1, type, source: 'twitch', at: 0, correlationId: 'c', payload })
}

describe('wordsOf', () => {
  it.each([
    ['twitch.channel.follow', { user_name: 'Ana' }, 'Ana followed'],
    ['twitch.channel.cheer', { user_name: null, is_anonymous: true, bits: 1 }, 'Anonymous cheered 1 bit'],
    ['twitch.channel.subscription.gift', { user_name: 'Ana', total: 12, tier: '2000' }, 'Ana gifted 12 subs, tier 2'],
    ['twitch.channel.raid', { from_broadcaster_user_name: 'Ana', viewers: 1234 }, 'Ana raided with 1,234 viewers'],
    ['obs.scene.changed', { scene: 'Game' }, 'Scene Game'],
    ['ironmon.run.ended', { attempt: 1274, outcome: 'lost', checkpoint: 'BROCK' }, 'Run #1,274 was lost at BROCK'],
    [
      'agent.process.exited',
      { name: 'OBS', machine: 'Demi', code: 1, ranMs: 7_200_000, expected: false },
      'OBS on Demi ended by itself, code 1, after 2 h',
    ],
    [
      'agent.process.exited',
      { name: 'OBS', machine: 'Demi', signal: 'SIGTERM', expected: true },
      'OBS on Demi ended, by SIGTERM',
    ],
    [
      'agent.process.state',
      { name: 'OBS', machine: 'Demi', from: 'running', to: 'backoff' },
      'OBS on Demi is to be restarted',
    ],
    ['agent.connected', { machine: 'Demi', awayMs: 61_000 }, 'Demi is connected after 1 min'],
    ['agent.clock.jumped', { machine: 'Demi', byMs: -3_600_000 }, 'The clock of Demi jumped 1 h back'],
  ])('puts %s in words', (type, payload, expected) => {
    const { who, what } = words(type, payload)
    expect([who, what].filter(Boolean).join(' ')).toBe(expected)
  })

  it('keeps minor units of money minor until they are shown', () => {
    const amount = { value: 1250, decimal_places: 2, currency: 'EUR' }
    expect(words('twitch.channel.charity_campaign.donate', { user_name: 'Ana', amount }).what).toBe('donated €12.50')
  })

  it('reads a type it does not know', () => {
    expect(words('twitch.channel.vip.add', { user_name: 'Ana' })).toMatchObject({ who: 'Ana', what: 'Channel vip add' })
  })

  it.each(eventTypes)('has words for %s without any field', (type) => {
    const { who, what, said } = words(type)
    expect(`${who ?? ''}${what}${said ?? ''}`).not.toMatch(/undefined|null|NaN|\[object/)
  })
})

describe('eventGroups', () => {
  it.each(Object.values(eventGroups).flatMap(({ types }) => types ?? []))('names %s, which exists', (type) => {
    expect(eventTypes).toContain(type)
  })
})
