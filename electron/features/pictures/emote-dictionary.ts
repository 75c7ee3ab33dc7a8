/** Which words are emotes: those of every service for every channel, and over them the channel's own. Pure. */
import type { ChatFragment } from '../../../contracts/events/twitch.ts'
import type { EmoteProviderName, EmoteRef, PicturedFragment } from '../../../contracts/pictures.ts'
import type { EmoteWord } from '../../kernel/ports/emote-provider.ts'
import type { EmoteWords } from '../../kernel/ports/emote-words.ts'

export interface WordSet {
  provider: EmoteProviderName
  /** Twitch's id; null: for every channel. */
  channelId: string | null
  words: readonly EmoteWord[]
}

/** Where two know a word the last one here has it. */
const PRECEDENCE: readonly EmoteProviderName[] = ['ffz', 'bttv', '7tv']

export class EmoteDictionary implements EmoteWords {
  /** A word that viewers type is never a property name. */
  #refs: ReadonlyMap<string, EmoteRef> = new Map()

  get size(): number {
    return this.#refs.size
  }

  fill(sets: readonly WordSet[]): void {
    const rankOf = ({ provider, channelId }: WordSet) =>
      PRECEDENCE.indexOf(provider) + (channelId === null ? 0 : PRECEDENCE.length)
    const refs = new Map<string, EmoteRef>()
    for (const { provider, words } of [...sets].sort((a, b) => rankOf(a) - rankOf(b))) {
      for (const { word, id } of words) refs.set(word, { provider, id })
    }
    this.#refs = refs
  }

  cut(fragments: readonly ChatFragment[]): PicturedFragment[] {
    return fragments.flatMap((fragment) => this.#cutOne(fragment))
  }

  #cutOne({ type, text, emote }: ChatFragment): PicturedFragment[] {
    if (emote) return [{ type, text, emote: { provider: 'twitch', id: emote.id } }]
    if (type !== 'text' || this.#refs.size === 0) return [{ type, text, emote: null }]
    const pieces: PicturedFragment[] = []
    let plain = ''
    const endPlain = () => {
      if (plain !== '') pieces.push({ type, text: plain, emote: null })
      plain = ''
    }
    for (const part of text.split(/(\s+)/)) {
      const ref = this.#refs.get(part)
      if (!ref) {
        plain += part
        continue
      }
      endPlain()
      pieces.push({ type: 'emote', text: part, emote: ref })
    }
    endPlain()
    return pieces
  }
}
