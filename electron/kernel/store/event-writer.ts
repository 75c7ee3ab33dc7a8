/**
 * Puts events into the log, inside a transaction that its caller owns. Keeps in memory only what saves it from asking:
 * the kinds, the users, and the time span of the blocks touched so far in this transaction.
 */
import type { Database } from 'better-sqlite3'
import { type EventRow, type Kind, rowToJson, STORED_COLUMNS, type StoredRow, textOf } from './event-row.ts'
import { SPAN_BITS } from './schema.ts'

/** Users remembered; one that is not costs a look-up of some microseconds. */
const MAX_USERS = 5000

interface Span {
  min: number
  max: number
}

export class EventWriter {
  readonly #insertEvent
  readonly #insertText
  readonly #insertKind
  readonly #selectUser
  readonly #insertUser
  readonly #widenSpan
  readonly #selectKinds
  readonly #selectAfter
  /** `source\ntype` to number. */
  readonly #kinds = new Map<string, number>()
  readonly #kindsByNumber = new Map<number, Kind>()
  /** `user_id\nuser_login` to number, of those who were active last. */
  readonly #users = new Map<string, number>()
  readonly #spans = new Map<number, Span>()
  readonly #setApplied
  /** Of this transaction; 0 for none. */
  #newestEntry = 0

  constructor(db: Database) {
    this.#insertEvent = db.prepare(
      `INSERT INTO event_log (seq, id, kind, at, correlation_id, causation_id, user, payload, text)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#insertText = db.prepare('INSERT INTO event_text (rowid, text) VALUES (?, ?)')
    this.#insertKind = db.prepare('INSERT INTO event_kinds (source, type) VALUES (?, ?)')
    this.#selectKinds = db.prepare<[], { kind: number; source: string; type: string }>('SELECT * FROM event_kinds')
    this.#selectUser = db
      .prepare<[string, string], number>('SELECT user FROM event_users WHERE user_id = ? AND user_login = ?')
      .pluck()
    this.#insertUser = db.prepare('INSERT INTO event_users (user_id, user_login) VALUES (?, ?)')
    this.#widenSpan = db.prepare(
      `INSERT INTO event_spans (span, min_at, max_at) VALUES (?, ?, ?)
       ON CONFLICT (span) DO UPDATE SET min_at = min(min_at, excluded.min_at), max_at = max(max_at, excluded.max_at)`,
    )
    this.#setApplied = db.prepare('UPDATE event_journal SET applied = ?')
    this.#selectAfter = db
      .prepare<[number, number], StoredRow>(
        `SELECT ${STORED_COLUMNS} FROM event_log WHERE seq > ? ORDER BY seq LIMIT ?`,
      )
      .raw()
    this.reload()
  }

  /** Inserts one event under its `seq`. */
  insert(seq: number, row: EventRow): void {
    const [id, source, type, at, correlationId, causationId, userId, userLogin, payload] = row
    const text = textOf(row)
    const kind = this.#kindOf(source, type)
    const user = this.#userOf(userId, userLogin)
    this.#insertEvent.run(seq, id, kind, at, correlationId, causationId, user, payload, text)
    if (text !== null) this.#insertText.run(seq, text)
    this.#noteTime(seq >> SPAN_BITS, at)
  }

  /** Notes in this transaction that the journal is in the file up to this entry. */
  noteEntry(entry: number): void {
    this.#newestEntry = Math.max(this.#newestEntry, entry)
  }

  /** To be called last in a transaction that inserted events. */
  beforeCommit(): void {
    for (const [span, { min, max }] of this.#spans) this.#widenSpan.run(span, min, max)
    this.#spans.clear()
    if (this.#newestEntry > 0) this.#setApplied.run(this.#newestEntry)
    this.#newestEntry = 0
  }

  /** To be called after a rollback: what was remembered of the transaction never was. */
  reload(): void {
    this.#spans.clear()
    this.#newestEntry = 0
    this.#kinds.clear()
    this.#kindsByNumber.clear()
    this.#users.clear()
    for (const { kind, source, type } of this.#selectKinds.all()) this.#rememberKind(kind, { source, type })
  }

  /** Events after `seq`, oldest first, as the text of a JSON array. */
  after(seq: number, limit: number): string {
    const items = this.#selectAfter.all(seq, limit).map((row) => {
      const kind = this.#kindsByNumber.get(row[2])
      if (!kind) throw new Error(`event ${row[0]} has the unknown kind ${row[2]}`)
      return rowToJson(row, kind)
    })
    return `[${items.join(',')}]`
  }

  #kindOf(source: string, type: string): number {
    const known = this.#kinds.get(`${source}\n${type}`)
    if (known !== undefined) return known
    const kind = Number(this.#insertKind.run(source, type).lastInsertRowid)
    this.#rememberKind(kind, { source, type })
    return kind
  }

  #userOf(userId: string, userLogin: string): number | null {
    if (userId === '' && userLogin === '') return null
    const key = `${userId}\n${userLogin}`
    const known = this.#users.get(key)
    if (known !== undefined) return known
    const user =
      this.#selectUser.get(userId, userLogin) ?? Number(this.#insertUser.run(userId, userLogin).lastInsertRowid)
    const oldest = this.#users.keys().next().value
    if (this.#users.size >= MAX_USERS && oldest !== undefined) this.#users.delete(oldest)
    this.#users.set(key, user)
    return user
  }

  #rememberKind(kind: number, { source, type }: Kind): void {
    this.#kinds.set(`${source}\n${type}`, kind)
    this.#kindsByNumber.set(kind, { source, type })
  }

  #noteTime(span: number, at: number): void {
    const known = this.#spans.get(span)
    if (!known) this.#spans.set(span, { min: at, max: at })
    else if (at < known.min) known.min = at
    else if (at > known.max) known.max = at
  }
}
