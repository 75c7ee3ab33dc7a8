/**
 * Opens the data file for writing: takes the lock, sees whether the file is sound (if not, sets it aside and opens the
 * newest good backup), and brings its schema up to date after a backup. Runs in the writer's thread.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { errorMessage } from '../../../base/result.ts'
import { backupDir, makeBackup, removeUnfinished } from './backup.ts'
import { type DataLock, lockDataDir } from './data-lock.ts'
import { EventWriter } from './event-writer.ts'
import { readJournal } from './journal.ts'
import { migrate, pendingMigrations } from './migrations.ts'
import { DATA_FILE, type OpenAnswer, type OpenOptions } from './protocol.ts'
import { recoverFile, skipSequence } from './recovery.ts'
import { clearSuspicion, FULL_CHECK_BYTES, isDamage, isSuspect, verifyContent, verifyHeader } from './soundness.ts'
import type { Recovery } from './store.ts'
import { StoreError } from './store-error.ts'
import { WriteBatch } from './write-batch.ts'

/** Another connection (the keeper) holds the write lock for moments only; this is far more than it needs, ms. */
const BUSY_TIMEOUT_MS = 5000
/** Page cache of the writer, KiB. The hot pages of all indexes are a few MiB. */
const CACHE_KIB = 16_000

export interface OpenedDatabase {
  db: Database.Database
  file: string
  answer: OpenAnswer
  /** Moves the tail of the write-ahead log into the file and empties the log. False when a reader was in the way. */
  truncateLog(): boolean
  close(): void
}

/** @throws StoreError: `locked`, `migration`, or `disk` when the file can't be opened or written. */
export async function openDatabase(options: OpenOptions): Promise<OpenedDatabase> {
  let lock: DataLock | undefined
  try {
    mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
    lock = lockDataDir(options.dataDir)
    removeUnfinished(backupDir(options.dataDir))
    return await openLocked(options, lock)
  } catch (error) {
    lock?.release()
    if (error instanceof StoreError) throw error
    throw new StoreError(
      'disk',
      `the data in ${options.dataDir} can't be opened: ${errorMessage(error)}. ` +
        'See whether the directory may be written and its disk has room.',
      { cause: error },
    )
  }
}

async function openLocked(options: OpenOptions, lock: DataLock): Promise<OpenedDatabase> {
  const file = join(options.dataDir, DATA_FILE)
  let recovery: Recovery | null = null
  let ready: { db: Database.Database; backedUp: boolean }
  try {
    ready = await openAndMigrate(file, options, null)
  } catch (error) {
    if (!isDamage(error)) throw error
    recovery = recoverFile(options.dataDir, file, error, options.now)
    ready = await openAndMigrate(file, options, recovery)
  }
  const { db, backedUp } = ready
  return {
    db,
    file,
    answer: { recovery, backedUp, ...newest(db) },
    truncateLog: () => truncateLog(db),
    close() {
      truncateLog(db)
      db.close()
      lock.release()
    },
  }
}

async function openAndMigrate(file: string, options: OpenOptions, recovery: Recovery | null) {
  const existed = existsSync(file)
  if (existed) verifyHeader(file)
  const db = new Database(file, { timeout: BUSY_TIMEOUT_MS })
  try {
    if (existed) verifyContent(db, isSuspect(file) || statSync(file).size <= FULL_CHECK_BYTES)
    clearSuspicion(file)
    db.pragma('journal_mode = WAL')
    // NORMAL: a crash of the process loses nothing; a power cut may lose the last moments, never the file.
    db.pragma('synchronous = NORMAL')
    // The keeper does it, off the path of writing.
    db.pragma('wal_autocheckpoint = 0')
    db.pragma(`cache_size = -${CACHE_KIB}`)
    db.pragma('foreign_keys = ON')
    const pending = pendingMigrations(db, options.migrations)
    const backedUp = existed && pending.length > 0 && hasTables(db)
    if (backedUp) await makeBackup(db, { dataDir: options.dataDir, now: options.now, gently: false })
    migrate(db, pending, options.now)
    if (recovery) skipSequence(db, options.dataDir)
    takeOverJournal(db, options.dataDir)
    return { db, backedUp }
  } catch (error) {
    db.close()
    throw error
  }
}

/** Stores what was accepted before a crash and did not reach the file; what can't be stored is left out, not in the way. */
function takeOverJournal(db: Database.Database, dataDir: string): void {
  const { lastEntry } = newest(db)
  const missing = readJournal(dataDir).filter(({ entry }) => entry > lastEntry)
  const batch = new WriteBatch(db, new EventWriter(db))
  for (const { entry, ...rest } of missing) batch.run([{ id: 0, request: { kind: 'append', entry, ...rest } }])
}

function newest(db: Database.Database): { lastSeq: number; lastEntry: number } {
  const lastSeq = db.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'event_log'").pluck().get()
  const lastEntry = db.prepare<[], number>('SELECT applied FROM event_journal').pluck().get()
  return { lastSeq: lastSeq ?? 0, lastEntry: lastEntry ?? 0 }
}

function hasTables(db: Database.Database): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() !== undefined
}

function truncateLog(db: Database.Database): boolean {
  db.pragma('busy_timeout = 0')
  try {
    const [result] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
    return result?.busy === 0
  } finally {
    db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
  }
}
