/**
 * Answers pages of the event log, newest first. Every filter is turned into walks along an index in the order of `seq`,
 * each of which stops after one page; nothing is sorted but the few hits of the walks, and nothing is counted or skipped.
 * A time filter first narrows the walk to the blocks that can hold it (`event_spans`).
 */
import type { Database, Statement } from 'better-sqlite3'
import { type Kind, rowToJson, STORED_COLUMNS, type StoredRow } from './event-row.ts'
import { SPAN_BITS } from './schema.ts'
import { searchExpression } from './search-query.ts'
import type { EventQuery } from './store.ts'
import { StoreError } from './store-error.ts'

const MAX_LIMIT = 1000
/** A page of huge events ends early; the cursor goes on from there. */
const MAX_PAGE_CHARS = 4 * 2 ** 20
const MAX_SEQ = Number.MAX_SAFE_INTEGER
/** Blocks looked at as one stretch, so that an endless stretch need not be listed to answer its first page. */
const MAX_SPANS_PER_RANGE = 256

/** With so few events to choose from, each is looked up in the text; 25 ms at most. Else the text's hits are gone through. */
const MAX_LOOKUPS = 1000

interface Range {
  /** Inclusive. */
  low: number
  high: number
}

/** The query, resolved against the tables. */
interface Plan {
  match: string | null
  kinds: readonly number[] | null
  users: readonly number[] | null
  from: number
  to: number
  timed: boolean
}

type Params = Record<string, string | number>
type WalkParams = Params & { low: number; high: number; count: number }

export class EventPages {
  readonly #db: Database
  readonly #statements = new Map<string, Statement<unknown[]>>()
  #kinds = new Map<number, Kind>()

  constructor(db: Database) {
    this.#db = db
  }

  /**
   * The page as JSON text, `{events, next}`.
   * @throws StoreError `invalid` on a cursor that is none of ours.
   */
  page(query: EventQuery): string {
    // One state of the file for all the walks; and a transaction begun once is a good part of their cost.
    return this.#db.transaction(() => this.#page(query))()
  }

  #page(query: EventQuery): string {
    const limit = Math.max(1, Math.min(MAX_LIMIT, Math.floor(query.limit) || 1))
    const below = query.cursor === undefined ? MAX_SEQ : parseCursor(query.cursor)
    this.#learnKinds()
    const plan = this.#plan(query)
    const seqs = plan === null ? [] : this.#collect(plan, below - 1, limit + 1)
    return this.#render(seqs, limit)
  }

  #plan({ q, types, source, user, from, to }: EventQuery): Plan | null {
    const match = q === undefined || q.trim() === '' ? null : searchExpression(q)
    if (q !== undefined && q.trim() !== '' && match === null) return null
    const kinds = types === undefined && source === undefined ? null : this.#kindsOf(types, source)
    if (kinds?.length === 0) return null
    const users = user === undefined ? null : this.#usersOf(user)
    if (users?.length === 0) return null
    const timed = from !== undefined || to !== undefined
    return { match, kinds, users, from: from ?? 0, to: to ?? MAX_SEQ, timed }
  }

  #kindsOf(types: readonly string[] | undefined, source: string | undefined): number[] {
    const wanted = types && new Set(types)
    const kinds: number[] = []
    for (const [kind, known] of this.#kinds) {
      if ((!wanted || wanted.has(known.type)) && (source === undefined || known.source === source)) kinds.push(kind)
    }
    return kinds
  }

  #learnKinds(): void {
    const newest = this.#prepare('SELECT max(kind) FROM event_kinds').pluck().get()
    if (typeof newest !== 'number' || this.#kinds.has(newest)) return
    const rows = this.#prepare('SELECT kind, source, type FROM event_kinds').all() as (Kind & { kind: number })[]
    this.#kinds = new Map(rows.map(({ kind, source, type }) => [kind, { source, type }]))
  }

  /** Up to `count` places at or below `high`, newest first. */
  #collect(plan: Plan, high: number, count: number): number[] {
    const found: number[] = []
    for (const range of this.#ranges(plan, high)) {
      for (const seq of this.#within(plan, range, count - found.length)) found.push(seq)
      if (found.length >= count) break
    }
    return found
  }

  *#ranges(plan: Plan, high: number): Generator<Range> {
    if (!plan.timed) {
      yield { low: 1, high }
      return
    }
    // Read in one go: a statement left open would hold the log's old state.
    const spans = this.#prepare(
      `SELECT span FROM event_spans WHERE span <= @last AND max_at >= @from AND min_at < @to ORDER BY span DESC`,
    )
      .pluck()
      .all({ last: Math.floor(high / 2 ** SPAN_BITS), from: plan.from, to: plan.to }) as number[]
    for (let start = 0; start < spans.length; ) {
      const end = endOfRun(spans, start)
      const [newest, oldest] = [spans[start] ?? 0, spans[end - 1] ?? 0]
      yield { low: oldest * 2 ** SPAN_BITS, high: Math.min(high, (newest + 1) * 2 ** SPAN_BITS - 1) }
      start = end
    }
  }

  #within(plan: Plan, range: Range, count: number): number[] {
    const base: WalkParams = { low: range.low, high: range.high, count }
    const at = plan.timed ? { from: plan.from, to: plan.to } : {}
    if (plan.match === null) return this.#union(plan, range, { ...base, ...at })
    if (plan.kinds !== null || plan.users !== null) {
      const few = this.#union(plan, range, { ...base, ...at, count: MAX_LOOKUPS + 1 })
      if (few.length <= MAX_LOOKUPS) return this.#matching(few, plan.match, count)
    }
    return this.#search(plan, { ...base, ...at, match: plan.match })
  }

  #union(plan: Plan, range: Range, params: WalkParams): number[] {
    let found: number[] = []
    let low = range.low
    for (const { where, params: own } of this.#walks(plan)) {
      found = mergeFalling(found, this.#walk(where, plan, { ...params, ...own, low }), params.count)
      // The page is full: what is older than its end need not be walked.
      if (found.length === params.count) low = found.at(-1) ?? low
    }
    return found
  }

  /** Those of `seqs` whose text matches: each looked up in the full-text index. */
  #matching(seqs: readonly number[], match: string, count: number): number[] {
    const lookUp = this.#prepare('SELECT 1 FROM event_text WHERE event_text MATCH ? AND rowid = CAST(? AS INTEGER)')
    const found: number[] = []
    for (const seq of seqs) {
      if (found.length === count) break
      if (lookUp.get(match, seq) !== undefined) found.push(seq)
    }
    return found
  }

  /** The index walks whose union is the answer. */
  *#walks({ kinds, users }: Plan): Generator<{ where: string; params: Params }> {
    if (users === null) {
      if (kinds === null) yield { where: 'true', params: {} }
      else for (const kind of kinds) yield { where: 'kind = @kind', params: { kind } }
      return
    }
    for (const user of users) {
      for (const kind of kinds ?? this.#kindsOfUser(user)) {
        yield { where: 'user = @user AND kind = @kind', params: { user, kind } }
      }
    }
  }

  /** More than one when they changed their login, or when one's login is another's id. */
  #usersOf(user: string): number[] {
    const sql = 'SELECT user FROM event_users WHERE user_id = ? OR user_login = ?'
    return this.#prepare(sql).pluck().all(user, user.toLowerCase()) as number[]
  }

  /** The kinds of event that a user has any of: hops from one to the next along the index. */
  #kindsOfUser(user: number): number[] {
    const next = this.#prepare('SELECT min(kind) FROM event_log WHERE user = ? AND kind > ?').pluck()
    const kinds: number[] = []
    for (let kind = next.get(user, 0); typeof kind === 'number'; kind = next.get(user, kind)) kinds.push(kind)
    return kinds
  }

  #walk(where: string, plan: Plan, params: Params): number[] {
    const time = plan.timed ? 'AND at >= @from AND at < @to' : ''
    const sql = `SELECT seq FROM event_log WHERE ${where} AND seq BETWEEN @low AND @high ${time} ORDER BY seq DESC LIMIT @count`
    return this.#prepare(sql).pluck().all(params) as number[]
  }

  /** Full text: along the hits, newest first; the other filters look each hit up. */
  #search({ kinds, users, timed }: Plan, params: Params): number[] {
    const filters = [
      ...(timed ? ['e.at >= @from AND e.at < @to'] : []),
      ...(kinds ? ['e.kind IN (SELECT value FROM json_each(@kinds))'] : []),
      ...(users ? ['e.user IN (SELECT value FROM json_each(@users))'] : []),
    ]
    // CROSS JOIN is SQLite's word for: in this order.
    const join = filters.length === 0 ? '' : 'CROSS JOIN event_log e ON e.seq = t.rowid'
    // Numbers are bound as floating point, by which the full-text index would not seek but step: hence the casts.
    const sql = `
      SELECT t.rowid FROM event_text t ${join}
      WHERE event_text MATCH @match
        AND t.rowid BETWEEN CAST(@low AS INTEGER) AND CAST(@high AS INTEGER) ${filters.map((filter) => `AND ${filter}`).join(' ')}
      ORDER BY t.rowid DESC LIMIT @count`
    const all = {
      ...params,
      ...(kinds ? { kinds: JSON.stringify(kinds) } : {}),
      ...(users ? { users: JSON.stringify(users) } : {}),
    }
    return this.#prepare(sql).pluck().all(all) as number[]
  }

  #render(seqs: readonly number[], limit: number): string {
    const columns = STORED_COLUMNS.split(', ').map((column) => `e.${column}`)
    const sql = `SELECT ${columns} FROM json_each(?) j CROSS JOIN event_log e ON e.seq = j.value`
    const rows = this.#prepare(sql)
      .raw()
      .iterate(JSON.stringify(seqs.slice(0, limit)))
    const items: string[] = []
    let chars = 0
    let last = 0
    for (const row of rows as IterableIterator<StoredRow>) {
      if (chars > MAX_PAGE_CHARS) break
      const [seq] = row
      const kind = this.#kinds.get(row[2])
      if (!kind) throw new Error(`event ${seq} has the unknown kind ${row[2]}`)
      const item = rowToJson(row, kind)
      chars += item.length
      last = seq
      items.push(item)
    }
    const next = seqs.length > items.length ? formatCursor(last) : null
    return `{"events":[${items.join(',')}],"next":${JSON.stringify(next)}}`
  }

  #prepare(sql: string): Statement<unknown[]> {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#db.prepare<unknown[]>(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

/** Where the run of neighbouring blocks that begins at `start` ends (exclusive). `spans` falls. */
function endOfRun(spans: readonly number[], start: number): number {
  let end = start + 1
  while (end < spans.length && end - start < MAX_SPANS_PER_RANGE && spans[end] === (spans[end - 1] ?? 0) - 1) end++
  return end
}

/** The first `count` of two lists that fall, in falling order; what is in both counts once. */
function mergeFalling(left: readonly number[], right: readonly number[], count: number): number[] {
  if (left.length === 0) return right.slice(0, count)
  const merged: number[] = []
  for (let l = 0, r = 0; merged.length < count; ) {
    const [a = 0, b = 0] = [left[l], right[r]]
    const next = Math.max(a, b)
    if (next === 0) break
    if (a === next) l++
    if (b === next) r++
    merged.push(next)
  }
  return merged
}

const CURSOR = /^s([0-9a-z]{1,11})$/

function formatCursor(seq: number): string {
  return `s${seq.toString(36)}`
}

function parseCursor(cursor: string): number {
  const seq = Number.parseInt(cursor.match(CURSOR)?.[1] ?? '', 36)
  if (!Number.isSafeInteger(seq)) {
    throw new StoreError('invalid', `"${cursor.slice(0, 40)}" is not a cursor; use the "next" of an earlier answer`)
  }
  return seq
}
