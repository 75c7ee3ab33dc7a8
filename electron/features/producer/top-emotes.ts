/**
 * How often each emote was used, today and ever, and who leads. Bounded; the leaders are kept as counts grow, never
 * searched for. Knows no event and no clock.
 */
import type { EmoteCount } from '../../../contracts/content.ts'
import type { EmoteRef } from '../../../contracts/pictures.ts'

/** As drawn. */
const LEADERS_MAX = 10
/** A channel has a few hundred in use; the least used one makes room for a new one. */
export const EMOTES_MAX = 1000

interface Emote {
  readonly name: string
  emote_provider: EmoteCount['emote_provider']
  emote_id: string | null
  readonly is_native: boolean
  today: number
  allTime: number
}

export interface StoredEmote extends Readonly<Emote> {}

type Span = 'today' | 'allTime'

export class TopEmotes {
  /** By name, in order of first use: of equals the oldest makes room. */
  readonly #emotes = new Map<string, Emote>()
  readonly #leaders: Record<Span, Emote[]> = { today: [], allTime: [] }

  constructor(stored: readonly StoredEmote[] = []) {
    for (const emote of stored.slice(0, EMOTES_MAX)) this.#emotes.set(emote.name, { ...emote })
    this.#findLeaders('today')
    this.#findLeaders('allTime')
  }

  get size(): number {
    return this.#emotes.size
  }

  get isEmpty(): boolean {
    return this.#emotes.size === 0
  }

  /** `isToday`: false for a use that was heard of late. A name has the picture it was used with last. */
  count(name: string, { provider, id }: EmoteRef, isNative: boolean, isToday: boolean): void {
    const picture = { emote_provider: provider, emote_id: id }
    const emote = this.#emotes.get(name) ?? this.#add({ name, ...picture, is_native: isNative, today: 0, allTime: 0 })
    Object.assign(emote, picture)
    emote.allTime += 1
    this.#rise(emote, 'allTime')
    if (!isToday) return
    emote.today += 1
    this.#rise(emote, 'today')
  }

  newDay(): void {
    for (const emote of this.#emotes.values()) emote.today = 0
    this.#leaders.today = []
  }

  top(span: Span): EmoteCount[] {
    return this.#leaders[span].map(({ name, emote_provider, emote_id, is_native, [span]: count }) => ({
      name,
      emote_provider,
      emote_id,
      is_native,
      count,
    }))
  }

  stored(): StoredEmote[] {
    return [...this.#emotes.values()].map((emote) => ({ ...emote }))
  }

  #add(emote: Emote): Emote {
    if (this.#emotes.size >= EMOTES_MAX) this.#dropLeast()
    this.#emotes.set(emote.name, emote)
    return emote
  }

  #dropLeast(): void {
    let least: Emote | undefined
    for (const emote of this.#emotes.values()) if (!least || emote.allTime < least.allTime) least = emote
    if (!least) return
    this.#emotes.delete(least.name)
    for (const span of ['today', 'allTime'] as const) {
      if (this.#leaders[span].includes(least)) this.#findLeaders(span)
    }
  }

  /** Counts only grow within a span, so one that grew can only move towards the front. */
  #rise(emote: Emote, span: Span): void {
    const leaders = this.#leaders[span]
    let at = leaders.indexOf(emote)
    if (at === -1) {
      const last = leaders.at(-1)
      if (leaders.length >= LEADERS_MAX && last && last[span] >= emote[span]) return
      if (leaders.length >= LEADERS_MAX) leaders.pop()
      at = leaders.push(emote) - 1
    }
    for (let before = leaders[at - 1]; before && before[span] < emote[span]; before = leaders[at - 1]) {
      leaders[at] = before
      leaders[--at] = emote
    }
  }

  #findLeaders(span: Span): void {
    this.#leaders[span] = [...this.#emotes.values()]
      .filter((emote) => emote[span] > 0)
      .sort((a, b) => b[span] - a[span])
      .slice(0, LEADERS_MAX)
  }
}
