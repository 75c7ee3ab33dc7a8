/** For tests: knows no words but those that are marked in the message. */
import type { EmoteWords } from './emote-words.ts'

export const twitchWords: EmoteWords = {
  cut: (fragments) =>
    fragments.map(({ type, text, emote, cheermote }) => ({
      type,
      text,
      emote: emote && { provider: 'twitch', id: emote.id },
      cheermote,
    })),
}
