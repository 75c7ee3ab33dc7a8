import type { ViewerEvent } from '../content.ts'

/** Something a viewer did, newest first in a list. */
export interface AudienceEvent {
  /** Of the event. */
  id: string
  /** ms epoch */
  at: number
  event: ViewerEvent
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
  /** Newest first, at most 30. */
  events: AudienceEvent[]
  /** Since midnight UTC. */
  today: AudienceBoard
  /** Since Landale is there. */
  ever: AudienceBoard
}
