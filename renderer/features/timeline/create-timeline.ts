/**
 * The rows of the timeline: history from the event log, joined with what happens now. Knows no DOM.
 *
 * Reading back further than the cap drops the newest rows; from then on the list is `detached`: live events are counted,
 * not shown, until `backToNow`.
 */
import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js'
import type { StoredEnvelope } from '../../../contracts/envelope.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { EventLogError } from '../../state/event-log.ts'
import { type EventGroup, eventGroups, inGroup } from './event-groups.ts'
import { mergeEvents, TIMELINE_CAP } from './merge-events.ts'

/** One screen and a half: little to wait for, seldom asked again. */
const PAGE_SIZE = 60

export interface TimelineFilter {
  group: EventGroup
  q: string
  user: string
}

export interface Timeline {
  rows: Accessor<readonly StoredEnvelope[]>
  loading: Accessor<boolean>
  problem: Accessor<string | null>
  /** False once the oldest event is there. */
  hasOlder: Accessor<boolean>
  /** Live events that came while detached. */
  missed: Accessor<number>
  loadOlder(): void
  backToNow(): void
}

export function createTimeline(filter: Accessor<TimelineFilter>): Timeline {
  const { hub, eventLog, online } = useDashboard()
  const [rows, setRows] = createSignal<readonly StoredEnvelope[]>([])
  const [loading, setLoading] = createSignal(false)
  const [problem, setProblem] = createSignal<string | null>(null)
  const [next, setNext] = createSignal<string | null>(null)
  const [detached, setDetached] = createSignal(false)
  const [missed, setMissed] = createSignal(0)
  let running = new AbortController()

  async function load(cursor: string | null): Promise<void> {
    running.abort()
    running = new AbortController()
    const { signal } = running
    setLoading(true)
    try {
      const page = await eventLog.page(queryOf(filter(), cursor), signal)
      if (cursor !== null && rows().length + page.events.length > TIMELINE_CAP) setDetached(true)
      setRows((before) => mergeEvents(cursor === null ? [] : before, page.events, detached() ? 'newest' : 'oldest'))
      setNext(page.next)
      setProblem(null)
    } catch (error) {
      if (signal.aborted) return
      setProblem(error instanceof EventLogError ? error.message : 'The history could not be read.')
    }
    if (!signal.aborted) setLoading(false)
  }

  function backToNow(): void {
    setDetached(false)
    setMissed(0)
    void load(null)
  }

  function onEvents(events: readonly StoredEnvelope[]): void {
    const matching = events.filter((event) => matches(event, filter()))
    if (detached()) setMissed((before) => before + matching.length)
    else setRows((before) => mergeEvents(before, matching))
  }

  const subscription = hub.events({ onEvents, onGap: backToNow })
  onCleanup(() => subscription.dispose())
  onCleanup(() => running.abort())
  createEffect(on([filter, online], ([, isOnline]) => isOnline && backToNow()))

  return {
    rows,
    loading,
    problem,
    hasOlder: () => next() !== null,
    missed,
    loadOlder: () => {
      if (!loading() && next() !== null) void load(next())
    },
    backToNow,
  }
}

function queryOf({ group, q, user }: TimelineFilter, cursor: string | null) {
  return {
    types: eventGroups[group].types ?? undefined,
    q: q || undefined,
    user: user || undefined,
    cursor: cursor ?? undefined,
    limit: PAGE_SIZE,
  }
}

/** Near enough to the store's own search for live events; a reload has the store's word. */
export function matches(event: StoredEnvelope, { group, q, user }: TimelineFilter): boolean {
  if (!inGroup(event.type, group)) return false
  const { user_id, user_login } = event.payload
  if (user && user !== user_id && user.toLowerCase() !== String(user_login ?? '').toLowerCase()) return false
  if (!q) return true
  const haystack = JSON.stringify(event.payload).toLowerCase()
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word))
}
