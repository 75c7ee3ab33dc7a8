/** Which words that viewers write are emotes, those of other services than Twitch included. One place knows, all others ask. */
import type { CheermoteRef, PicturedFragment } from '../../../contracts/pictures.ts'

/** What Twitch may have marked in a text. */
export interface MarkedFragment {
  type: string
  text: string
  emote: { id: string } | null
  cheermote: CheermoteRef | null
}

export interface EmoteWords {
  /**
   * The same text in the same order, cut at every emote. Nothing in it is renamed. `hasBits`: bits came with it, and
   * Twitch did not mark its cheermotes.
   */
  cut(fragments: readonly MarkedFragment[], hasBits?: boolean): PicturedFragment[]
}
