import { describe, expect, it } from 'vitest'
import type { ViewerEvent } from '../../contracts/content.ts'
import { clockWords, counted, latestWords, percent, shortFigure } from './omnibar-words.ts'

describe('words of the omnibar', () => {
  it('counts', () => {
    expect([counted(1, 'sub', 'subs'), counted(1234, 'sub', 'subs')]).toEqual(['1 sub', '1,234 subs'])
    expect([shortFigure(999_999), shortFigure(1_234_567), shortFigure(1e9)]).toEqual(['999,999', '1.2M', '1B'])
    expect([percent(12), percent(3.4), percent(33.3333)]).toEqual(['12%', '3.4%', '33.3%'])
  })

  it('tells time left in whole seconds, and 0:00 only when it is over', () => {
    const at = (ms: number) => clockWords(ms)
    expect([at(300_000), at(61_001), at(999), at(1), at(0), at(-5000)]).toEqual([
      '5:00',
      '1:02',
      '0:01',
      '0:01',
      '0:00',
      '0:00',
    ])
    expect(at(3_661_000)).toBe('1:01:01')
  })

  it.each([
    [{ event: 'twitch.channel.follow', user_name: 'Mira' }, 'Latest follow', 'Mira', 'followed'],
    [
      { event: 'twitch.channel.subscribe', user_name: 'Mira', tier: '2000', is_gift: false },
      'Latest sub',
      'Mira',
      'subscribed · Tier 2',
    ],
    [
      { event: 'twitch.channel.subscribe', user_name: 'Mira', tier: '1000', is_gift: true },
      'Latest sub',
      'Mira',
      'was given a sub · Tier 1',
    ],
    [
      { event: 'twitch.channel.subscription.message', user_name: 'Mira', tier: '3000', cumulative_months: 14 },
      'Latest sub',
      'Mira',
      '14 months · Tier 3',
    ],
    [
      { event: 'twitch.channel.subscription.gift', user_name: null, tier: '1000', total: 1 },
      'Latest gift',
      'Anonymous',
      'gifted 1 sub',
    ],
    [{ event: 'twitch.channel.cheer', user_name: null, bits: 1500 }, 'Latest cheer', 'Anonymous', 'cheered 1,500 bits'],
    [
      { event: 'twitch.channel.raid', from_broadcaster_user_name: 'Otto', viewers: 1 },
      'Latest raid',
      'Otto',
      'raided with 1 viewer',
    ],
  ] as const satisfies readonly (readonly [ViewerEvent, string, string, string])[])(
    'words for %o',
    (event, label, who, did) => {
      expect(latestWords(event)).toEqual({ label, who, did })
    },
  )
})
