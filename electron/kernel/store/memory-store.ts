/**
 * A store in memory with real SQL, for tests of features that own tables: every call commits at once, so a test needs no
 * waiting, and `refuse` plays a full disk. The event log is the plainest table that can serve.
 */
import Database from 'better-sqlite3'
import type { AnyEnvelope, StoredEnvelope } from '../../../contracts/envelope.ts'
import type { Migration, SqlValue, Statement, Store } from './store.ts'

export class MemoryStore implements Pick<Store, 'append' | 'run' | 'all' | 'eventsAfter'> {
  readonly #db = new Database(':memory:')
  #refusal: Error | null = null
  #writes = 0

  constructor(migrations: readonly Migration[]) {
    this.#db.exec('CREATE TABLE log (seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, envelope TEXT NOT NULL) STRICT')
    for (const { sql } of migrations) this.#db.exec(sql)
  }

  /** From now on every write fails with `reason`; null heals the disk. */
  refuse(reason: string | null): void {
    this.#refusal = reason === null ? null : new Error(reason)
  }

  /** Transactions so far. */
  get writes(): number {
    return this.#writes
  }

  /** The whole log, oldest first. */
  get events(): StoredEnvelope[] {
    return this.#select(0, -1)
  }

  async append(events: readonly AnyEnvelope[], alongside: readonly Statement[] = []): Promise<number[]> {
    const insert = this.#db.prepare('INSERT INTO log (id, envelope) VALUES (?, ?)')
    return this.#transaction(() => {
      const places = events.map((event) => Number(insert.run(event.id, JSON.stringify(event)).lastInsertRowid))
      this.#runAll(alongside)
      return places
    })
  }

  async run(statements: readonly Statement[]): Promise<void> {
    this.#transaction(() => this.#runAll(statements))
  }

  async all<Row>(sql: string, params: readonly SqlValue[] = []): Promise<Row[]> {
    return this.#db.prepare(sql).all(...params) as Row[]
  }

  async eventsAfter(seq: number, limit: number): Promise<StoredEnvelope[]> {
    return this.#select(seq, limit)
  }

  close(): void {
    this.#db.close()
  }

  #transaction<T>(work: () => T): T {
    if (this.#refusal) throw this.#refusal
    this.#writes += 1
    return this.#db.transaction(work)()
  }

  #runAll(statements: readonly Statement[]): void {
    for (const { sql, params = [] } of statements) this.#db.prepare(sql).run(...params)
  }

  #select(seq: number, limit: number): StoredEnvelope[] {
    const rows = this.#db.prepare('SELECT seq, envelope FROM log WHERE seq > ? ORDER BY seq LIMIT ?').all(seq, limit)
    return (rows as { seq: number; envelope: string }[]).map((row) => ({ ...JSON.parse(row.envelope), seq: row.seq }))
  }
}
