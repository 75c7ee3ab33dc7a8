import type { ViewerEvent } from '../content.ts'
import type { Money } from '../events/twitch.ts'

/** What is worth a line in a list, and no headline on the bar. */
type SmallEvent =
  | {
      event: 'twitch.channel.channel_points_custom_reward_redemption.add'
      user_name: string
      reward: { title: string; cost: number }
    }
  | { event: 'twitch.channel.charity_campaign.donate'; user_name: string; charity_name: string; amount: Money }

/** Something a viewer did, newest first in a list. */
export interface AudienceEvent {
  /** Of the event. */
  id: string
  /** ms epoch */
  at: number
  event: ViewerEvent | SmallEvent
}

/** How much of something a viewer did; most first in a list. */
export interface AudienceRank {
  user_id: string
  user_name: string
  count: number
}

/** Chat lines, bits, subs given away, channel points spent; at most 20 of each. */
export interface AudienceBoard {
  messages: AudienceRank[]
  bits: AudienceRank[]
  gifts: AudienceRank[]
  points: AudienceRank[]
}

export interface AudienceState {
  /** Of the stream now; null while there is none, or nobody has said. */
  viewers: number | null
  /** All the channel has; null until it is known. */
  followers: number | null
  /** Newest first, at most 30, of which 10 are redemptions. */
  events: AudienceEvent[]
  /** Since midnight UTC. */
  today: AudienceBoard
  /** Since Landale is there. */
  ever: AudienceBoard
}
