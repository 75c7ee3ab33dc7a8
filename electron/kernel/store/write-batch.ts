/**
 * Commits requests that came together in one transaction. When one of them fails, the transaction is undone and each
 * request gets a transaction of its own, so that only the faulty one fails. (Savepoints would give the same and cost half
 * the throughput of the usual case, in which nothing fails.)
 */
import type { Database, Statement as Prepared } from 'better-sqlite3'
import type { EventRow } from './event-row.ts'
import type { EventWriter } from './event-writer.ts'
import type { Reply, WriterRequest } from './protocol.ts'
import { plainError } from './protocol.ts'
import type { SqlValue, Statement } from './store.ts'
import { inOurTerms, StoreError, storeErrorCode } from './store-error.ts'

export type BatchRequest = Extract<WriterRequest, { kind: 'append' | 'load' | 'run' | 'all' | 'after' }>

export interface Numbered {
  id: number
  request: BatchRequest
}

/** Prepared statements kept, by text. Features have a few dozen. */
const MAX_PREPARED = 200
/** What one small read may answer. */
const MAX_SMALL_ROWS = 10_000

export class WriteBatch {
  readonly #db: Database
  readonly #events: EventWriter
  readonly #begin
  readonly #commit
  readonly #prepared = new Map<string, Prepared<unknown[]>>()

  constructor(db: Database, events: EventWriter) {
    this.#db = db
    this.#events = events
    this.#begin = db.prepare('BEGIN IMMEDIATE')
    this.#commit = db.prepare('COMMIT')
  }

  /** One reply per request, in order, after the commit. */
  run(batch: readonly Numbered[]): Reply[] {
    try {
      return this.#together(batch)
    } catch (error) {
      this.#undo()
      const alone = batch.length === 1 || !isFaultOfOne(error)
      if (!alone) return batch.flatMap((item) => this.run([item]))
      if (isFaultOfOne(error)) for (const { request } of batch) this.#salvage(request)
      return batch.map(({ id }) => ({ id, error: plainError(inOurTerms(error)) }))
    }
  }

  /** An event that was announced already is kept, even where what its owner wanted to write with it is at fault. */
  #salvage(request: BatchRequest): void {
    if (request.kind !== 'append' || request.entry === null || request.alongside.length === 0) return
    try {
      this.#together([{ id: 0, request: { ...request, alongside: [] } }])
    } catch {
      this.#undo()
    }
  }

  #together(batch: readonly Numbered[]): Reply[] {
    this.#begin.run()
    const replies = batch.map(({ id, request }) => ({ id, value: this.#perform(request) }))
    this.#events.beforeCommit()
    this.#commit.run()
    return replies
  }

  #perform(request: BatchRequest): unknown {
    switch (request.kind) {
      case 'append':
        request.rows.forEach((row, index) => {
          this.#events.insert(request.first + index, row)
        })
        for (const statement of request.alongside) this.#execute(statement)
        if (request.entry !== null) this.#events.noteEntry(request.entry)
        return null
      case 'load':
        this.#load(request.first, request.lists)
        for (const statement of request.alongside) this.#execute(statement)
        return null
      case 'run':
        for (const statement of request.statements) this.#execute(statement)
        return null
      case 'all':
        return this.#select(request.sql, request.params)
      case 'after':
        return this.#events.after(request.seq, request.limit)
    }
  }

  #load(first: number, lists: readonly string[]): void {
    let seq = first
    for (const list of lists) {
      for (const row of JSON.parse(list) as EventRow[]) {
        this.#events.insert(seq, row)
        seq += 1
      }
    }
  }

  #execute({ sql, params = [] }: Statement): void {
    const statement = this.#prepare(sql)
    if (statement.reader) statement.all(...params)
    else statement.run(...params)
  }

  #select(sql: string, params: readonly SqlValue[]): unknown[] {
    const statement = this.#prepare(sql)
    if (!statement.reader || !statement.readonly) {
      throw new StoreError('sql', `this statement changes the store; use run() for it: ${sql}`)
    }
    const rows: unknown[] = []
    for (const row of statement.iterate(...params)) {
      if (rows.length === MAX_SMALL_ROWS) {
        throw new StoreError('invalid', `more than ${MAX_SMALL_ROWS} rows hold up writing; use read() for: ${sql}`)
      }
      rows.push(row)
    }
    return rows
  }

  #prepare(sql: string): Prepared<unknown[]> {
    const known = this.#prepared.get(sql)
    if (known) return known
    const statement = this.#db.prepare<unknown[]>(sql)
    const oldest = this.#prepared.keys().next().value
    if (this.#prepared.size >= MAX_PREPARED && oldest !== undefined) this.#prepared.delete(oldest)
    this.#prepared.set(sql, statement)
    return statement
  }

  #undo(): void {
    if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
    this.#events.reload()
  }
}

/** A full disk or a damaged file fails everyone; there is no use in trying one by one. */
function isFaultOfOne(error: unknown): boolean {
  const code = storeErrorCode(plainError(error).code)
  return code !== 'disk' && code !== 'damaged'
}
