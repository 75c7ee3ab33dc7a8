/** The order of the timeline: newest first, each event once, however often and by whatever way it came. Pure. */
import type { StoredEnvelope } from '../../../contracts/envelope.ts'

/** Kept in memory: an evening's worth of scrolling, and a bound. */
export const TIMELINE_CAP = 1000

/**
 * Adds `incoming` to `rows` (newest first) and keeps at most `cap`, dropping at the end named by `drop`. Answers `rows`
 * itself when nothing is new; rows that stay are the same objects, so that their DOM stays too.
 */
export function mergeEvents(
  rows: readonly StoredEnvelope[],
  incoming: readonly StoredEnvelope[],
  drop: 'oldest' | 'newest' = 'oldest',
  cap: number = TIMELINE_CAP,
): readonly StoredEnvelope[] {
  const known = new Set(rows.map((row) => row.id))
  const fresh = incoming.filter((event) => {
    if (known.has(event.id)) return false
    known.add(event.id)
    return true
  })
  if (fresh.length === 0) return rows
  const merged = [...rows, ...fresh].sort((a, b) => b.seq - a.seq)
  return drop === 'oldest' ? merged.slice(0, cap) : merged.slice(-cap)
}
