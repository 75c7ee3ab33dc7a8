import { describe, expect, it } from 'vitest'
import type { AudienceEvent } from '../../../contracts/state/audience.ts'
import { HOSTILE_NAMES, NOW, showWidget } from '../testing/show-widget.tsx'

type ViewerEvent = AudienceEvent['event']

const events = (...said: ViewerEvent[]) => ({
  events: said.map((event, age) => ({ id: String(age), at: NOW - age * 60_000, event })),
})
const follow = (user_name: string): ViewerEvent => ({ event: 'twitch.channel.follow', user_name })
const cheer = (bits: number): ViewerEvent => ({ event: 'twitch.channel.cheer', user_name: null, bits })

describe('the event list', () => {
  it('says who and what, newest on top, and no more than wanted', async () => {
    const raid: ViewerEvent = { event: 'twitch.channel.raid', from_broadcaster_user_name: 'Speedy', viewers: 1430 }
    const widget = await showWidget('events', { data: events(follow('Mira'), cheer(500), raid) })
    expect(widget.text()).toBe('MirafollowsAnonymous500 bitsSpeedyraid, 1,430')
    widget.setSettings({ most: 1 })
    expect(widget.text()).toBe('Mirafollows')
    widget.setSettings({ most: 5, follows: false, leastBits: 501, heading: 'New' })
    expect(widget.text()).toBe('NewSpeedyraid, 1,430')
    widget.setSettings({ raids: false })
    expect(widget.container.querySelector('.plate')).toBeNull()
    widget.end()
  })

  it('lists rewards where they are wanted, and donations in their currency', async () => {
    const reward: ViewerEvent = {
      event: 'twitch.channel.channel_points_custom_reward_redemption.add',
      user_name: 'Mira',
      reward: { title: 'Hydrate', cost: 500 },
    }
    const donation = (value: number, decimal_places: number, currency: string): ViewerEvent => ({
      event: 'twitch.channel.charity_campaign.donate',
      user_name: 'Otto',
      charity_name: 'Sea Rescue',
      amount: { value, decimal_places, currency },
    })
    const data = events(reward, donation(1250, 2, 'EUR'), donation(2000, 2, 'USD'), donation(500, 0, 'JPY'))
    const widget = await showWidget('events', { data })
    expect(widget.text()).toBe('Otto€12.50 donatedOttoUS$20 donatedOttoJP¥500 donated')
    widget.setSettings({ rewards: true, donations: false })
    expect(widget.text()).toBe('MiraHydrate')
    widget.end()
  })

  it('lets lines go that are old', async () => {
    const widget = await showWidget('events', {
      data: events(follow('Mira'), follow('Otto')),
      settings: { keepMinutes: 1 },
    })
    // The second is a minute old, to the millisecond.
    expect(widget.text()).toBe('MirafollowsOttofollows')
    widget.setData(events(follow('Mira'), follow('Otto'), follow('Lumi')))
    expect(widget.text()).toBe('MirafollowsOttofollows')
    widget.end()
  })

  it('leaves out what it does not know', async () => {
    const unknown = { event: 'twitch.channel.moon' } as never
    const widget = await showWidget('events', { data: events(unknown, follow('Mira')) })
    expect(widget.text()).toBe('Mirafollows')
    expect(widget.dropped).toEqual([])
    widget.end()
  })

  it('shows names as words, whatever they are', async () => {
    for (const name of HOSTILE_NAMES) {
      const widget = await showWidget('events', { data: events(follow(name)) })
      expect(widget.container.querySelectorAll('img, script')).toHaveLength(0)
      expect(widget.dropped).toEqual([])
      widget.end()
    }
  })
})
