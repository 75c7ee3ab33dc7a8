/** What happened, in the fewest words: who, and what. Pure. */
import type { ViewerEvent } from '../../../contracts/content.ts'
import { figure } from '../figure.ts'

export interface EventWords {
  who: string
  what: string
  hint: 'follow' | 'sub' | 'gift' | 'bits' | 'raid'
}

const tiers = { '1000': '', '2000': ', tier 2', '3000': ', tier 3' } as const

/** Null for what this page does not know. */
export function eventWords(event: ViewerEvent): EventWords | null {
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
    default:
      return null
  }
}
