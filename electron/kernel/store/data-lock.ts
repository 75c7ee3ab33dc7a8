/**
 * Keeps two hubs off one data directory. The lock is SQLite's own on a small file beside the data: the system releases it
 * when the process ends, however it ends, so there is no stale lock to be confused by.
 */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { StoreError } from './store-error.ts'

export interface DataLock {
  release(): void
}

/** @throws StoreError `locked`, naming the directory and, where known, the process that has it. */
export function lockDataDir(dataDir: string): DataLock {
  // Nothing else may open this file: on Linux and macOS, closing any handle on it would drop the lock.
  const db = new Database(join(dataDir, 'landale.lock'), { timeout: 0 })
  try {
    db.exec('BEGIN IMMEDIATE')
    db.pragma(`user_version = ${process.pid}`)
    db.exec('COMMIT')
    db.exec('BEGIN IMMEDIATE')
  } catch (error) {
    const holder = holderOf(db)
    db.close()
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY'))) throw error
    throw new StoreError(
      'locked',
      `the data directory ${dataDir} is in use by another Landale${holder}. ` +
        'Close that one, or give this one its own directory (LANDALE_DATA_DIR or --data).',
    )
  }
  return { release: () => db.close() }
}

function holderOf(db: Database.Database): string {
  try {
    return ` (process ${String(db.pragma('user_version', { simple: true }))})`
  } catch {
    return ''
  }
}
