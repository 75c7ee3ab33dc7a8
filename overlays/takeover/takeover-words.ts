/** What the full screens say by themselves. Pure. */
import type { TakeoverType } from '../../contracts/show.ts'

interface TakeoverWords {
  /** Null: the message is the headline. */
  headline: string | null
  /** Where the streamer gave none. */
  message: string | null
}

const takeoverWords: Readonly<Record<TakeoverType, TakeoverWords>> = {
  'technical-difficulties': { headline: 'Technical difficulties', message: 'We are on it. Stay with us.' },
  'please-stand-by': { headline: 'Please stand by', message: null },
  'screen-cover': { headline: 'Back in a moment', message: null },
  custom: { headline: null, message: null },
}

/** A type that this page does not know has no words. */
export function wordsOf(type: string): TakeoverWords | null {
  return Object.hasOwn(takeoverWords, type) ? takeoverWords[type as TakeoverType] : null
}

const MINUTE_MS = 60_000

/** How long it has been, in words that need not be counted along: null in the first minute. */
export function sinceWords(ms: number): string | null {
  const minutes = Math.floor(ms / MINUTE_MS)
  if (minutes < 1) return null
  if (minutes < 60) return minutes === 1 ? 'for a minute' : `for ${minutes} minutes`
  return minutes < 120 ? 'for an hour' : `for ${Math.floor(minutes / 60)} hours`
}
