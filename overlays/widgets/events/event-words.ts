/** What happened, in the fewest words: who, and what. Pure. */
import type { Money } from '../../../contracts/events/twitch.ts'
import type { AudienceEvent } from '../../../contracts/state/audience.ts'
import { figure } from '../figure.ts'

export interface EventWords {
  who: string
  what: string
  hint: 'follow' | 'sub' | 'gift' | 'bits' | 'raid' | 'reward' | 'donation'
}

const tiers = { '1000': '', '2000': ', tier 2', '3000': ', tier 3' } as const

/** Null for what this page does not know. */
export function eventWords(event: AudienceEvent['event']): EventWords | null {
  switch (event.event) {
    case 'twitch.channel.follow':
      return { who: event.user_name, what: 'follows', hint: 'follow' }
    case 'twitch.channel.subscribe':
      return { who: event.user_name, what: `sub${tiers[event.tier]}`, hint: 'sub' }
    case 'twitch.channel.subscription.message':
      return { who: event.user_name, what: `${event.cumulative_months} months${tiers[event.tier]}`, hint: 'sub' }
    case 'twitch.channel.subscription.gift': {
      const what = `${figure(event.total)} ${event.total === 1 ? 'sub' : 'subs'} given`
      return { who: event.user_name ?? 'Anonymous', what, hint: 'gift' }
    }
    case 'twitch.channel.cheer':
      return { who: event.user_name ?? 'Anonymous', what: `${figure(event.bits)} bits`, hint: 'bits' }
    case 'twitch.channel.raid':
      return { who: event.from_broadcaster_user_name, what: `raid, ${figure(event.viewers)}`, hint: 'raid' }
    case 'twitch.channel.channel_points_custom_reward_redemption.add':
      return { who: event.user_name, what: event.reward.title, hint: 'reward' }
    case 'twitch.channel.charity_campaign.donate':
      return { who: event.user_name, what: `${money(event.amount)} donated`, hint: 'donation' }
    default:
      return null
  }
}

/** Whole amounts without their cents: a list has little room. */
function money({ value, decimal_places, currency }: Money): string {
  const amount = value / 10 ** decimal_places
  const digits = Number.isInteger(amount) ? 0 : decimal_places
  const style = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const
  return new Intl.NumberFormat('en-GB', style).format(amount)
}
