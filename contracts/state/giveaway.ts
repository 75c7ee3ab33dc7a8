export interface Giveaway {
  id: string
  /** What can be won. */
  title: string
  /** What viewers write to take part. */
  keyword: string
  status: 'open' | 'closed'
  /** How many take part. */
  entries: number
  /** ms epoch */
  openedAt: number
  /** Newest first; one draw may be followed by another, when a winner does not answer. */
  winners: { user_name: string; at: number }[]
}

export interface GiveawayState {
  giveaway: Giveaway | null
}
