/**
 * Tells whether a data file is whole. A full check reads every page: it is done at the opening of small files, of any file
 * about which something was noticed before, and of every backup. A big file that was closed well, or killed, is not read
 * through at each start (SQLite's log makes both safe); the daily backup, a copy of it, is.
 */
import { closeSync, existsSync, openSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { StoreError } from './store-error.ts'

/** quick_check reads some 300 MB/s from a warm disk; with this a start is held up by 0.2 s at most. */
export const FULL_CHECK_BYTES = 64 * 2 ** 20

const HEADER = Buffer.from('SQLite format 3\0')

/** Throws when the file can't be a database. An empty file is a new one. Must be called before SQLite has the file open. */
export function verifyHeader(file: string): void {
  if (statSync(file).size === 0) return
  const start = Buffer.alloc(HEADER.length)
  const handle = openSync(file, 'r')
  try {
    readSync(handle, start, 0, start.length, 0)
  } finally {
    closeSync(handle)
  }
  if (!start.equals(HEADER)) throw new StoreError('damaged', `${file} does not begin like a database`)
}

/**
 * Throws StoreError `damaged` with what was found first. `full`: read every page; else only what every start needs. Damage
 * to nothing but the full-text index is repaired: all that it holds is in the events themselves.
 */
export function verifyContent(db: Database, full: boolean): void {
  let finding = full ? firstFinding(db) : probe(db)
  if (finding !== null && TEXT_INDEX.test(finding)) {
    db.exec("INSERT INTO event_text (event_text) VALUES ('rebuild')")
    finding = firstFinding(db)
  }
  if (finding !== null) throw new StoreError('damaged', `${db.name} is damaged: ${finding}`)
}

/** SQLite looks at the tables' pages first, so this is found first only when they are whole. */
const TEXT_INDEX = /FTS5 table (?:main\.)?event_text|fts5: corruption.*event_text/i

/** The first thing that is wrong with the file, or null. Reads all of it: 3 GB take some ten seconds. */
export function firstFinding(db: Database): string | null {
  const [row] = db.pragma('quick_check(1)') as { quick_check: string }[]
  const finding = row?.quick_check ?? 'quick_check said nothing'
  return finding === 'ok' ? null : finding
}

/** The newest rows of every table: where a write would have been cut off. */
function probe(db: Database): null {
  const tables = db.prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND wr = 0")
  for (const name of tables.pluck().all()) {
    db.prepare(`SELECT * FROM "${String(name).replaceAll('"', '""')}" ORDER BY rowid DESC LIMIT 20`).all()
  }
  return null
}

export function isDamage(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return error.code === 'damaged' || error.code === 'SQLITE_NOTADB' || String(error.code).startsWith('SQLITE_CORRUPT')
}

/** A note beside the file that damage was met at run time: the next start reads all of it. */
function suspicionFile(file: string): string {
  return `${file}.suspect`
}

export function noteSuspicion(file: string, reason: string): void {
  writeFileSync(suspicionFile(file), `${reason}\n`)
}

export function isSuspect(file: string): boolean {
  return existsSync(suspicionFile(file))
}

export function clearSuspicion(file: string): void {
  rmSync(suspicionFile(file), { force: true })
}
