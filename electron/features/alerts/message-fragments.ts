/**
 * A viewer's message, cut at what has a picture: the emotes that Twitch marked by their places, and the words that other
 * services know. The pieces are cleaned like the message, and together they say exactly what it says. Pure.
 */
import { hasPicture, type PicturedFragment } from '../../../contracts/pictures.ts'
import type { EmoteWords, MarkedFragment } from '../../kernel/ports/emote-words.ts'
import { clean, cleanPart } from './wording.ts'

/** Where Twitch says an emote stands: its first and its last character. */
interface EmotePlace {
  id: string
  begin: number
  end: number
}

/** What a viewer wrote, and what is known of it. */
export interface Said {
  text: string
  places?: readonly EmotePlace[]
  /** Bits came with it, whose cheermotes are not marked. */
  hasBits?: boolean
}

/** More than two lines can hold. What comes after them are words. */
const FRAGMENTS_MAX = 150

/** Empty when nothing in it has a picture. */
export function fragmentsOf({ text, places = [], hasBits = false }: Said, words: EmoteWords): PicturedFragment[] {
  const pieces = cleaned(words.cut(marked(text, places), hasBits))
  if (!pieces.some(hasPicture)) return []
  if (pieces.length <= FRAGMENTS_MAX) return pieces
  const kept = pieces.slice(0, FRAGMENTS_MAX - 1)
  const rest = pieces.slice(FRAGMENTS_MAX - 1).map((piece) => piece.text)
  return [...kept, plain(rest.join(''))]
}

function plain(text: string) {
  return { type: 'text', text, emote: null, cheermote: null } as const
}

/** The text cut at the places that are words of it; a place that is not one is a mistake, and stays text. */
function marked(text: string, places: readonly EmotePlace[]): MarkedFragment[] {
  const cuts = places
    .flatMap((place) => {
      const found = rangeOf(text, place)
      return found ? [{ id: place.id, ...found }] : []
    })
    .sort((a, b) => a.from - b.from)
  const fragments: MarkedFragment[] = []
  let done = 0
  for (const { id, from, to } of cuts) {
    if (from < done) continue
    if (from > done) fragments.push(plain(text.slice(done, from)))
    fragments.push({ type: 'emote', text: text.slice(from, to), emote: { id }, cheermote: null })
    done = to
  }
  if (done < text.length) fragments.push(plain(text.slice(done)))
  return fragments
}

/** Twitch counts an emoji as one character; where that hits no word, as two, like this language. */
function rangeOf(text: string, { begin, end }: EmotePlace): { from: number; to: number } | null {
  const symbols = [...text]
  const lengthOf = (count: number) => symbols.slice(0, count).join('').length
  const ranges = [
    { from: lengthOf(begin), to: lengthOf(end + 1) },
    { from: begin, to: end + 1 },
  ]
  return ranges.find((range) => isWord(text, range)) ?? null
}

function isWord(text: string, { from, to }: { from: number; to: number }): boolean {
  return from < to && to <= text.length && /^\S+$/.test(text.slice(from, to)) && !/\S/.test(around(text, from, to))
}

function around(text: string, from: number, to: number): string {
  return text.slice(Math.max(0, from - 1), from) + text.slice(to, to + 1)
}

/** As `clean` leaves the whole. */
function cleaned(fragments: readonly PicturedFragment[]): PicturedFragment[] {
  const kept: PicturedFragment[] = []
  // At the beginning, and after a space, no other one is wanted.
  let endsInSpace = true
  for (const fragment of fragments) {
    const whole = cleanPart(fragment.text)
    const text: string = endsInSpace ? whole.trimStart() : whole
    if (text === '') continue
    kept.push({ ...fragment, text })
    endsInSpace = text.endsWith(' ')
  }
  const last = kept.pop()
  if (!last) return []
  const text = last.text.trimEnd()
  return text === '' ? kept : [...kept, { ...last, text }]
}

/** The whole message, cleaned; null when it says nothing. */
export function wordsOf({ text }: Said): string | null {
  return clean(text) || null
}
