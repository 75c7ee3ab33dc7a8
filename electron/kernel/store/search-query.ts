/**
 * Turns what a person typed into a full-text expression. Nothing typed is syntax: every word becomes a quoted phrase, and
 * all of them must occur. A word of several tokens (`some_user`, 東京) must occur as that sequence.
 */
import { searchable } from './event-text.ts'

/** More words than anyone types; keeps the expression far from SQLite's own limit on depth. */
const MAX_WORDS = 32
const MAX_QUERY_CHARS = 500

/** The FTS5 expression for `typed`, or null when there is nothing to search for. */
export function searchExpression(typed: string): string | null {
  const phrases = typed
    .slice(0, MAX_QUERY_CHARS)
    .split(/\s+/u)
    .slice(0, MAX_WORDS)
    .map((word) => searchable(word).replaceAll('"', ' ').trim())
    .filter((word) => word !== '')
    .map((word) => `"${word}"`)
  return phrases.length === 0 ? null : phrases.join(' ')
}
