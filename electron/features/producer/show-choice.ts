/** Which show a category calls for. Pure. The streamer's own shows are asked before those that are always there. */
import { builtInShows, DEFAULT_SHOW, type Show } from '../../../contracts/show.ts'
import type { CurrentShow } from '../../../contracts/state/producer.ts'

export type Category = NonNullable<CurrentShow['category']>

export interface ShowChoice {
  readonly show: string
  readonly why: CurrentShow['why']
}

/** By id, else by name, else the default. `manual` wins over all while it exists. */
export function chooseShow(shows: readonly Show[], category: Category | null, manual: string | null): ShowChoice {
  if (manual !== null && shows.some(({ id }) => id === manual)) return { show: manual, why: 'manual' }
  if (category) {
    const asked = shows.toSorted((a, b) => Number(isBuiltIn(a.id)) - Number(isBuiltIn(b.id)))
    const byId = asked.find(({ categoryIds }) => categoryIds.includes(category.id))
    if (byId) return { show: byId.id, why: 'category-id' }
    const byName = asked.find(({ categoryNames }) => categoryNames.some((words) => hasAll(category.name, words)))
    if (byName) return { show: byName.id, why: 'category-name' }
  }
  return { show: DEFAULT_SHOW, why: 'default' }
}

export function isBuiltIn(show: string): boolean {
  return (builtInShows as readonly string[]).includes(show)
}

/** `Pokémon FireRed/LeafGreen` has all of `pokemon fire`. */
function hasAll(name: string, words: string): boolean {
  const folded = fold(name)
  return fold(words)
    .split(/\s+/)
    .every((word) => folded.includes(word))
}

/** Without case and accents. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
