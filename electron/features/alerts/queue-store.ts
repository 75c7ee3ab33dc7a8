/**
 * The alert queue on disk: how a state becomes rows and rows a state. Only what changed between two states is written,
 * so that a transition costs a row or two however long the queue is. Knows no rule of the queue; the tables are in alerts.ts.
 */
import { alertSchema } from '../../../contracts/alert.ts'
import type { Statement, Store } from '../../kernel/store/store.ts'
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
export type AlertValue = 'counters' | 'cursor' | 'fold' | 'wave' | 'rules' | 'sound'

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

type Counters = Pick<QueueState, 'paused' | 'runs' | 'orders' | 'replays'>

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
    if (!current.has(id)) statements.push({ sql: 'DELETE FROM alerts WHERE id = ?', params: [id] })
  }
  for (const [id, row] of current) {
    if (old.get(id)?.entry !== row.entry) statements.push(put(row))
  }
  const counters = countersOf(after)
  if (JSON.stringify(countersOf(before)) !== JSON.stringify(counters)) statements.push(putValue('counters', counters))
  return statements
}

export function putValue(name: AlertValue, value: unknown): Statement {
  return {
    sql: 'INSERT INTO alert_values (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    params: [name, JSON.stringify(value)],
  }
}

export async function loadValues(store: Pick<Store, 'all'>): Promise<Partial<Record<AlertValue, unknown>>> {
  const rows = await store.all<{ name: string; value: string }>('SELECT name, value FROM alert_values')
  return Object.fromEntries(rows.map(({ name, value }) => [name, JSON.parse(value)]))
}

/** The queue as it was at the last commit. */
export async function loadQueue(store: Pick<Store, 'all'>, counters: unknown): Promise<QueueState> {
  const rows = await store.all<AlertRow>('SELECT * FROM alerts ORDER BY rowid')
  const state: QueueState = { ...EMPTY_QUEUE, ...(counters as Counters | undefined) }
  const playing = rows.find((row) => row.status === 'playing')
  return {
    ...state,
    playing: playing ? playingOf(playing) : null,
    interrupted: rows
      .filter((row) => row.status === 'interrupted')
      .map(interruptedOf)
      .sort(byPlace),
    waiting: rows
      .filter((row) => row.status === 'waiting')
      .map(entryOf)
      .sort(byPlace),
    recent: rows
      .filter((row) => row.status === 'finished')
      .map(finishedOf)
      .reverse(),
  }
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

function entryOf(row: AlertRow): Entry {
  const cause = { id: row.cause_id, correlationId: row.correlation_id }
  return { alert: alertSchema.parse(JSON.parse(row.alert)), cause, order: row.place }
}

function interruptedOf(row: AlertRow): InterruptedEntry {
  return { ...entryOf(row), elapsedMs: row.elapsed_ms ?? 0 }
}

function playingOf(row: AlertRow): PlayingEntry {
  const { started_at: startedAt, run, confirmed } = row
  return { ...interruptedOf(row), startedAt: startedAt ?? 0, run: run ?? 0, confirmed: confirmed === 1 }
}

function finishedOf(row: AlertRow): FinishedEntry {
  return { ...entryOf(row), finishedAt: row.finished_at ?? 0, outcome: row.outcome ?? 'shown' }
}

function byPlace(a: Entry, b: Entry): number {
  return rankOf(a.alert.priority) - rankOf(b.alert.priority) || a.order - b.order
}
