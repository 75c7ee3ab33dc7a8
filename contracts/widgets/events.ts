import type { AudienceEvent } from '../state/audience.ts'
import { defineWidget, fromState } from './define-widget.ts'
import { number, range, text, toggle } from './fields.ts'

const SAMPLES: readonly AudienceEvent['event'][] = [
  { event: 'twitch.channel.follow', user_name: 'NightOwl_77' },
  { event: 'twitch.channel.cheer', user_name: 'Otto_Pixel', bits: 500 },
  { event: 'twitch.channel.subscription.message', user_name: 'Mira_Plays', tier: '1000', cumulative_months: 14 },
  { event: 'twitch.channel.subscription.gift', user_name: null, tier: '1000', total: 5 },
  {
    event: 'twitch.channel.channel_points_custom_reward_redemption.add',
    user_name: 'saltmarsh',
    reward: { title: 'Hydrate', cost: 500 },
  },
  { event: 'twitch.channel.raid', from_broadcaster_user_name: 'SpeedyGonz', viewers: 143 },
  { event: 'twitch.channel.subscribe', user_name: 'TeaAndCode', tier: '2000', is_gift: false },
  {
    event: 'twitch.channel.charity_campaign.donate',
    user_name: 'northwind_',
    charity_name: 'Sea Rescue',
    amount: { value: 1250, decimal_places: 2, currency: 'EUR' },
  },
]
/** In a preview another one comes so often, s. */
const SAMPLE_EVERY_S = 4

export const eventsWidget = defineWidget({
  title: 'Event list',
  description: 'The newest follows, subs, gifts, bits, raids, rewards and donations, newest on top.',
  size: { width: 600, height: 540 },
  settings: {
    heading: text({ label: 'Heading', hint: 'Empty: none.', default: '', maxLength: 40 }),
    most: range({ label: 'Lines at once', default: 5, min: 1, max: 10 }),
    keepMinutes: number({
      label: 'Gone after',
      hint: '0: it stays until newer ones push it out.',
      default: 0,
      min: 0,
      max: 1440,
      unit: 'minutes',
    }),
    follows: toggle({ label: 'Follows', default: true }),
    subs: toggle({ label: 'Subs', default: true }),
    gifts: toggle({ label: 'Gifts', default: true }),
    raids: toggle({ label: 'Raids', default: true }),
    bits: toggle({ label: 'Bits', default: true }),
    rewards: toggle({ label: 'Channel point rewards', hint: 'They can be many.', default: false }),
    donations: toggle({ label: 'Charity donations', default: true }),
    leastBits: number({ label: 'Bits from', default: 1, min: 1, max: 100_000 }),
  },
  data: { events: fromState('state:audience', ({ events }) => events) },
  simulate: ({ second, now }) => {
    const turn = Math.floor(second / SAMPLE_EVERY_S)
    const at = now - (second % SAMPLE_EVERY_S) * 1000
    const events = Array.from({ length: 10 }, (_, age): AudienceEvent => {
      const number = turn - age + 600
      const event = SAMPLES[number % SAMPLES.length] as AudienceEvent['event']
      return { id: String(number), at: at - age * SAMPLE_EVERY_S * 1000, event }
    })
    return { events }
  },
})
