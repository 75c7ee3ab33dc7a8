/** Who draws emotes: the words it knows beside Twitch's own, and the picture of each. The pictures feature asks them. */
import type { EmoteProviderName } from '../../../contracts/pictures.ts'

/** A word that stands for a picture, as it is written in chat. */
export interface EmoteWord {
  word: string
  id: string
}

export interface EmoteProvider {
  readonly name: EmoteProviderName
  /** As the streamer knows it. */
  readonly title: string
  /**
   * The words for every channel, or for one. Rejects when they can't be had; a channel that it does not know has none.
   * Null for one whose emotes are marked in the messages already.
   */
  readonly words: ((channelId: string | null, signal: AbortSignal) => Promise<EmoteWord[]>) | null
  /** The bytes as they came, whatever they are; null when there is no such picture. Rejects when it can't be said. */
  picture(id: string, motion: 'still' | 'moving', signal: AbortSignal): Promise<Buffer | null>
}

/** Pictures of badges and cheermotes, by the address that Twitch told. Like `EmoteProvider.picture`. */
export type ToldPictures = (url: string, signal: AbortSignal) => Promise<Buffer | null>
