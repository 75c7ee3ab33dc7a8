/** Which words are emotes: those of every service for every channel, and over them the channel's own. Pure. */
import type { CheermoteRef, EmoteProviderName, EmoteRef, PicturedFragment } from '../../../contracts/pictures.ts'
import type { EmoteWord } from '../../kernel/ports/emote-provider.ts'
import type { EmoteWords, MarkedFragment } from '../../kernel/ports/emote-words.ts'

export interface WordSet {
  provider: EmoteProviderName
  /** Twitch's id; null: for every channel. */
  channelId: string | null
  words: readonly EmoteWord[]
}

/** Where two know a word the last one here has it. */
const PRECEDENCE: readonly EmoteProviderName[] = ['ffz', 'bttv', '7tv']

/** Bits as they are written: a word, and how many, without a zero in front. */
const CHEERMOTE = /^([\w-]{0,99}?[A-Za-z_-])([1-9]\d{0,8})$/

/** Whether bits can be given under this word, in any case of its letters. */
type IsCheermote = (prefix: string) => boolean

export class EmoteDictionary implements EmoteWords {
  /** A word that viewers type is never a property name. */
  #refs: ReadonlyMap<string, EmoteRef> = new Map()
  readonly #isCheermote: IsCheermote

  constructor(isCheermote: IsCheermote = () => false) {
    this.#isCheermote = isCheermote
  }

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

  cut(fragments: readonly MarkedFragment[], hasBits = false): PicturedFragment[] {
    return fragments.flatMap((fragment) => this.#cutOne(fragment, hasBits))
  }

  #cutOne({ type, text, emote, cheermote }: MarkedFragment, hasBits: boolean): PicturedFragment[] {
    if (emote) return [{ type, text, emote: { provider: 'twitch', id: emote.id }, cheermote: null }]
    if (cheermote) {
      // What else Twitch says of it is not passed on.
      const { prefix, bits } = cheermote
      return [{ type, text, emote: null, cheermote: { prefix, bits } }]
    }
    if (type !== 'text' || (this.#refs.size === 0 && !hasBits)) return [{ type, text, emote: null, cheermote: null }]
    const pieces: PicturedFragment[] = []
    let plain = ''
    const endPlain = () => {
      if (plain !== '') pieces.push({ type, text: plain, emote: null, cheermote: null })
      plain = ''
    }
    for (const part of text.split(/(\s+)/)) {
      const bits = hasBits ? this.#cheermoteOf(part) : null
      const ref = bits ? null : (this.#refs.get(part) ?? null)
      if (!bits && !ref) {
        plain += part
        continue
      }
      endPlain()
      pieces.push({ type: bits ? 'cheermote' : 'emote', text: part, emote: ref, cheermote: bits })
    }
    endPlain()
    return pieces
  }

  #cheermoteOf(word: string): CheermoteRef | null {
    const [, prefix = '', bits] = CHEERMOTE.exec(word) ?? []
    return bits !== undefined && this.#isCheermote(prefix) ? { prefix, bits: Number(bits) } : null
  }
}
