/** A vote on stream; it is over once `endsAt` has passed. */
export interface Poll {
  id: string
  title: string
  /** `chat`: viewers write the number of what they want. */
  source: 'twitch' | 'chat'
  choices: { title: string; votes: number }[]
  /** ms epoch */
  startedAt: number
  endsAt: number
}

export interface PollState {
  /** The newest there was, until it is taken away. */
  poll: Poll | null
}
