/** Which words of a chat message are emotes, those of other services than Twitch included. One place knows, all others ask. */
import type { ChatFragment } from '../../../contracts/events/twitch.ts'
import type { PicturedFragment } from '../../../contracts/pictures.ts'

export interface EmoteWords {
  /** The same text in the same order, cut at every emote. Nothing in it is renamed. */
  cut(fragments: readonly ChatFragment[]): PicturedFragment[]
}
