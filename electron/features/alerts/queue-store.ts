/**
 * The alert queue on disk: how a state becomes rows and rows a state. Only what changed between two states is written,
 * so that a transition costs a row or two however long the queue is. Knows no rule of the queue; the tables are in alerts.ts.
 */
import { z } from 'zod'
import { type Alert, alertSchema } from '../../../contracts/alert.ts'
import { parseJson } from '../../kernel/parse-json.ts'
import type { Statement, Store } from '../../kernel/store/store.ts'
import { ValueTable } from '../../kernel/store/value-table.ts'
import {
  EMPTY_QUEUE,
  type Entry,
  type FinishedEntry,
  type InterruptedEntry,
  type PlayingEntry,
  type QueueState,
  rankOf,
} from './queue.ts'

/** The small things beside the rows; each is one JSON value. */
export const alertValues = new ValueTable<'counters' | 'cursor' | 'fold' | 'wave' | 'rules' | 'sound'>('alert_values')

interface AlertRow {
  id: string
  place: number
  status: 'waiting' | 'playing' | 'interrupted' | 'finished'
  alert: string
  cause_id: string
  correlation_id: string
  started_at: number | null
  elapsed_ms: number | null
  run: number | null
  confirmed: number | null
  finished_at: number | null
  outcome: FinishedEntry['outcome'] | null
}

export const countersSchema = z.object({
  paused: z.boolean(),
  runs: z.number(),
  orders: z.number(),
  replays: z.number(),
})
type Counters = z.output<typeof countersSchema>

/** REPLACE gives a row a new rowid, so that rowids tell in which order alerts finished. */
const PUT = `REPLACE INTO alerts
  (id, place, status, alert, cause_id, correlation_id, started_at, elapsed_ms, run, confirmed, finished_at, outcome)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** What must be written for the disk to go from `before` to `after`. Empty when they are the same. */
export function statementsBetween(before: QueueState, after: QueueState): Statement[] {
  const old = rowsOf(before)
  const current = rowsOf(after)
  const statements: Statement[] = []
  for (const id of old.keys()) {
    if (!current.has(id)) statements.push(deleteAlert(id))
  }
  for (const [id, row] of current) {
    if (old.get(id)?.entry !== row.entry) statements.push(put(row))
  }
  const counters = countersOf(after)
  if (JSON.stringify(countersOf(before)) !== JSON.stringify(counters))
    statements.push(alertValues.put('counters', counters))
  return statements
}

export interface LoadedQueue {
  queue: QueueState
  /** The ids of alerts that another version wrote, perhaps. */
  unreadable: string[]
}

/** The queue as it was at the last commit, without those that can't be read. */
export async function loadQueue(store: Pick<Store, 'all'>, counters: Counters | undefined): Promise<LoadedQueue> {
  const rows = (await store.all<AlertRow>('SELECT * FROM alerts ORDER BY rowid')).map(readRow)
  const readable = rows.filter((row) => row.alert !== null)
  const ofStatus = (status: AlertRow['status']) => readable.filter((row) => row.status === status)
  const [playing] = ofStatus('playing')
  const queue: QueueState = {
    ...EMPTY_QUEUE,
    ...counters,
    playing: playing ? playingOf(playing) : null,
    interrupted: ofStatus('interrupted').map(interruptedOf).sort(byPlace),
    waiting: ofStatus('waiting').map(entryOf).sort(byPlace),
    recent: ofStatus('finished').map(finishedOf).reverse(),
  }
  return { queue, unreadable: rows.filter(({ alert }) => alert === null).map(({ id }) => id) }
}

export function deleteAlert(id: string): Statement {
  return { sql: 'DELETE FROM alerts WHERE id = ?', params: [id] }
}

interface ReadRow extends Omit<AlertRow, 'alert'> {
  alert: Alert
}

function readRow(row: AlertRow): ReadRow | (Omit<AlertRow, 'alert'> & { alert: null }) {
  const json = parseJson(row.alert)
  return { ...row, alert: (json.ok && alertSchema.safeParse(json.value).data) || null }
}

interface PendingRow {
  status: AlertRow['status']
  entry: Entry
}

/** By id; finished ones oldest first, so that they are written in the order in which they finished. */
function rowsOf(state: QueueState): Map<string, PendingRow> {
  const rows = new Map<string, PendingRow>()
  const add = (status: AlertRow['status']) => (entry: Entry) => rows.set(entry.alert.id, { status, entry })
  state.recent.toReversed().forEach(add('finished'))
  state.interrupted.forEach(add('interrupted'))
  state.waiting.forEach(add('waiting'))
  if (state.playing) add('playing')(state.playing)
  return rows
}

function put({ status, entry }: PendingRow): Statement {
  const { alert, cause, order } = entry
  const playing: Partial<PlayingEntry> = entry
  const finished: Partial<FinishedEntry> = entry
  return {
    sql: PUT,
    params: [
      alert.id,
      order,
      status,
      JSON.stringify(alert),
      cause.id,
      cause.correlationId,
      playing.startedAt ?? null,
      playing.elapsedMs ?? null,
      playing.run ?? null,
      playing.confirmed === undefined ? null : Number(playing.confirmed),
      finished.finishedAt ?? null,
      finished.outcome ?? null,
    ],
  }
}

function countersOf({ paused, runs, orders, replays }: QueueState): Counters {
  return { paused, runs, orders, replays }
}

function entryOf(row: ReadRow): Entry {
  const cause = { id: row.cause_id, correlationId: row.correlation_id }
  return { alert: row.alert, cause, order: row.place }
}

function interruptedOf(row: ReadRow): InterruptedEntry {
  return { ...entryOf(row), elapsedMs: row.elapsed_ms ?? 0 }
}

function playingOf(row: ReadRow): PlayingEntry {
  const { started_at: startedAt, run, confirmed } = row
  return { ...interruptedOf(row), startedAt: startedAt ?? 0, run: run ?? 0, confirmed: confirmed === 1 }
}

function finishedOf(row: ReadRow): FinishedEntry {
  return { ...entryOf(row), finishedAt: row.finished_at ?? 0, outcome: row.outcome ?? 'shown' }
}

function byPlace(a: Entry, b: Entry): number {
  return rankOf(a.alert.priority) - rankOf(b.alert.priority) || a.order - b.order
}
