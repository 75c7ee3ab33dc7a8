/** Which broadcasts the event log has: from each start of a stream, of Twitch's or OBS's word, to its end. */
import type { Recording } from '../../../contracts/commands/simulator.ts'
import type { StoredEnvelope } from '../../../contracts/envelope.ts'
import type { Store } from '../../kernel/store/store.ts'

const STARTS = ['twitch.stream.online', 'obs.stream.started']
const ENDS = ['twitch.stream.offline', 'obs.stream.stopped']
/** Starts and ends looked at. */
const MARKS_MAX = 400
const RECORDINGS_MAX = 50
/** Twitch and OBS tell of one broadcast within so long of each other, ms. */
const SAME_MS = 10 * 60_000
/** Nobody broadcasts longer; the end was missed. */
const LONGEST_MS = 48 * 3_600_000

type Span = { from: number; to: number | null }

/** The newest first. */
export async function listRecordings(store: Pick<Store, 'events'>, now: number): Promise<Recording[]> {
  const marks: StoredEnvelope[] = []
  for (let cursor: string | undefined; marks.length < MARKS_MAX; ) {
    const page = await store.events({ types: [...STARTS, ...ENDS], limit: MARKS_MAX - marks.length, cursor })
    marks.push(...page.events.filter(({ source }) => source !== 'simulator'))
    if (page.next === null) break
    cursor = page.next
  }
  const spans = spansOf(marks.toSorted((a, b) => a.at - b.at))
  const newest = spans.toReversed().slice(0, RECORDINGS_MAX)
  return Promise.all(newest.map((span) => recordingOf(store, span, now)))
}

export function spansOf(marks: readonly Pick<StoredEnvelope, 'type' | 'at'>[]): Span[] {
  const spans: Span[] = []
  for (const { type, at } of marks) {
    const last = spans.at(-1)
    const isOpen = last !== undefined && last.to === null && at - last.from < LONGEST_MS
    if (STARTS.includes(type)) {
      if (isOpen) continue
      const isSame = last !== undefined && last.to !== null && at - last.to < SAME_MS
      // A stream that broke off and came back is one broadcast.
      if (isSame && last) last.to = null
      else spans.push({ from: at, to: null })
    } else if (isOpen && last) last.to = at
    else if (last?.to != null && at - last.to < SAME_MS) last.to = at
  }
  return closed(spans)
}

/** An open one that is not the last has lost its end: it reached to the next at most. */
function closed(spans: readonly Span[]): Span[] {
  return spans.map(({ from, to }, index) => {
    const next = spans[index + 1]
    return { from, to: to ?? (next ? Math.min(next.from, from + LONGEST_MS) : null) }
  })
}

async function recordingOf(store: Pick<Store, 'events'>, { from, to }: Span, now: number): Promise<Recording> {
  const isRunning = to === null && now - from < LONGEST_MS
  const end = (to ?? Math.min(now, from + LONGEST_MS)) + 1
  const { events } = await store.events({ types: ['twitch.channel.update'], source: 'twitch', to: end, limit: 1 })
  const { title, category_name: category } = events[0]?.payload ?? {}
  return {
    from,
    to: Math.max(end, from + 1),
    isRunning,
    title: typeof title === 'string' ? title : null,
    category: typeof category === 'string' ? category : null,
  }
}
