/**
 * The lines of a log that a page holds: a run without holes but for those it names, bounded in number and in letters. Knows
 * neither the hub nor the screen. Pure.
 */
import type { LogLine } from '../../../contracts/fleet.ts'
import { counted } from '../../state/format.ts'
import { plainText } from './plain-text.ts'

/** A browser scrolls these without a hitch. */
export const MAX_LINES = 2000
/** A line has 8,192 letters at most: two thousand of those would be a book. */
const MAX_LETTERS = 2_000_000

export interface HeldLines {
  lines: readonly LogLine[]
  /** How many newer ones there are that are not held, since somebody reads further up. */
  missed: number
}

export const NO_LINES: HeldLines = { lines: [], missed: 0 }

/** `lines`: newer ones, oldest first; what is held already is passed over. `isFollowing`: the newest is in sight. */
export function withNewer(held: HeldLines, told: readonly LogLine[], dropped: number, isFollowing: boolean): HeldLines {
  if (isAnotherLog(held.lines, told)) return withNewer(NO_LINES, told, dropped, isFollowing)
  const last = held.lines.at(-1)
  const fresh = told.filter(({ number }) => last === undefined || number > last.number).map(asText)
  const [first] = fresh
  if (!first) return held
  // The page can't tell which of them it knows already; it reads them anew when somebody goes there.
  if (held.missed > 0) return { ...held, missed: held.missed + fresh.length }
  const between = last ? Math.max(dropped, Math.floor(first.number - last.number - 1)) : 0
  const gap: LogLine[] = between > 0 ? [remark(first, `${counted(between, 'line')} left out here`)] : []
  const all = [...held.lines, ...gap, ...fresh]
  if (isFollowing) return { lines: newest(all), missed: 0 }
  const kept = oldest(all)
  return { lines: kept, missed: all.length - kept.length }
}

/** `told`: those right before the oldest that is held. What is too much goes at the other end. */
export function withOlder(held: HeldLines, told: readonly LogLine[]): HeldLines {
  const first = held.lines[0]
  const older = told.filter(({ number }) => first === undefined || number < first.number).map(asText)
  const all = [...older, ...held.lines]
  const kept = oldest(all)
  return { lines: kept, missed: held.missed + all.length - kept.length }
}

/** An agent that lost its files counts anew: the same number is another line then. */
function isAnotherLog(held: readonly LogLine[], told: readonly LogLine[]): boolean {
  const newestTold = told.at(-1)
  const newestHeld = held.at(-1)
  if (!newestTold || !newestHeld || newestTold.number > newestHeld.number) return false
  const same = held.find(({ number }) => number === newestTold.number)
  if (same) return same.at !== newestTold.at
  return newestTold.number < (held[0]?.number ?? 0)
}

function asText(line: LogLine): LogLine {
  return { ...line, text: plainText(line.text) }
}

function remark(before: LogLine, text: string): LogLine {
  return { number: before.number - 0.5, at: before.at, stream: 'agent', text, cut: false }
}

function newest(lines: readonly LogLine[]): readonly LogLine[] {
  let start = lines.length
  for (let letters = 0; start > 0 && lines.length - start < MAX_LINES; start -= 1) {
    letters += lines[start - 1]?.text.length ?? 0
    if (letters > MAX_LETTERS) break
  }
  return start === 0 ? lines : lines.slice(start)
}

function oldest(lines: readonly LogLine[]): readonly LogLine[] {
  let end = 0
  for (let letters = 0; end < lines.length && end < MAX_LINES; end += 1) {
    letters += lines[end]?.text.length ?? 0
    if (letters > MAX_LETTERS) break
  }
  return end === lines.length ? lines : lines.slice(0, end)
}
