/**
 * Copies of the data file that can be relied on: made from one moment's state while writing goes on, read through, and only
 * then given their name. Newest ones are kept, and one a day for a week.
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { firstFinding } from './soundness.ts'
import type { BackupResult } from './store.ts'
import { StoreError } from './store-error.ts'

const KEPT_NEWEST = 5
const KEPT_DAYS = 7
const DAY_MS = 86_400_000
/** Pages copied in one go: 4 MiB, some 5 ms. Between two goes the thread can be told to stop. */
const PAGES_PER_STEP = 1024
/** Waited after each go, so that the disk has time for the writer: some 200 MB/s remain. */
const PACE_MS = 15
const NAME = /^landale-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z\.sqlite$/
const UNFINISHED = /^landale-.*\.sqlite\.partial(?:-journal|-wal|-shm)?$/

export interface BackupOptions {
  dataDir: string
  /** ms epoch. */
  now: number
  gently: boolean
}

export function backupDir(dataDir: string): string {
  return join(dataDir, 'backups')
}

/** The time as it stands in a file name, with no colons (Windows). `now` is ms epoch. */
export function fileTime(now: number): string {
  return new Date(now).toISOString().replace(/[:.]/g, '-')
}

/** Names of finished backups, newest first. */
export function listBackups(dataDir: string): string[] {
  try {
    return readdirSync(backupDir(dataDir))
      .filter((name) => NAME.test(name))
      .sort()
      .reverse()
  } catch {
    return []
  }
}

/** When the newest backup was made, ms epoch; null when there is none. */
export function newestBackupAt(dataDir: string): number | null {
  const [newest] = listBackups(dataDir)
  return newest === undefined ? null : madeAt(newest)
}

/**
 * Backs `db` up as `<dataDir>/backups/landale-<time>.sqlite`. `now` is ms epoch. Blocks its thread, `gently` for longer but
 * leaving the disk to others.
 * @throws StoreError `damaged` when the copy is not whole, which means that the file isn't either; no backup is left then.
 */
export async function makeBackup(
  db: Database.Database,
  { dataDir, now, gently }: BackupOptions,
): Promise<BackupResult> {
  const started = performance.now()
  const folder = backupDir(dataDir)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  removeUnfinished(folder)
  const file = join(folder, `landale-${fileTime(now)}.sqlite`)
  const partial = `${file}.partial`
  try {
    await copy(db, partial, gently)
    seal(partial)
    renameSync(partial, file)
    syncFolder(folder)
  } catch (error) {
    removeUnfinished(folder)
    throw error
  }
  prune(folder, dataDir, now)
  return { file, bytes: statSync(file).size, durationMs: Math.round(performance.now() - started) }
}

/**
 * Holds one moment's state open from the first page to the last, so that writing meanwhile does not start it over. Gently,
 * each go is on the disk before the next: left to the end, hundreds of MiB are written back by the kernel at once, and for
 * as long (16 ms were seen) it keeps a core from whoever was about to run there, such as the main loop.
 */
async function copy(db: Database.Database, partial: string, gently: boolean): Promise<void> {
  const own = !db.inTransaction
  const target = gently ? openSync(partial, 'a', 0o600) : null
  if (own) db.exec('BEGIN')
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    await db.backup(partial, {
      progress() {
        if (target !== null) {
          fdatasyncSync(target)
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PACE_MS)
        }
        return PAGES_PER_STEP
      },
    })
  } finally {
    if (own && db.inTransaction) db.exec('COMMIT')
    if (target !== null) closeSync(target)
  }
}

/** Reads the copy through and makes sure that it is on the disk. */
function seal(partial: string): void {
  const db = new Database(partial)
  try {
    // A copy of a file in WAL mode says that it is one too; a backup must stand alone.
    db.pragma('journal_mode = DELETE')
    const finding = firstFinding(db)
    if (finding !== null) throw new StoreError('damaged', `the backup is not whole, and so the data file: ${finding}`)
  } finally {
    db.close()
  }
  const handle = openSync(partial, 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

export function syncFolder(folder: string): void {
  // Windows has no handles on folders, and needs none: its renames are in the journal.
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Clears away what a backup that was cut short left behind. */
export function removeUnfinished(folder: string): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) if (UNFINISHED.test(name)) rmSync(join(folder, name), { force: true })
}

function prune(folder: string, dataDir: string, now: number): void {
  const kept = keptBackups(listBackups(dataDir), now)
  for (const name of listBackups(dataDir)) if (!kept.has(name)) rmSync(join(folder, name), { force: true })
}

/** Which of `names` (newest first) stay: the newest ones, and the last of each day for a week. */
export function keptBackups(names: readonly string[], now: number): Set<string> {
  const kept = new Set(names.slice(0, KEPT_NEWEST))
  const days = new Set<string>()
  for (const name of names) {
    const day = name.match(NAME)?.[1]
    if (day === undefined || days.has(day) || now - madeAt(name) > KEPT_DAYS * DAY_MS) continue
    days.add(day)
    kept.add(name)
  }
  return kept
}

function madeAt(name: string): number {
  const [, day, hour, minute, second, ms] = name.match(NAME) ?? []
  return Date.parse(`${day}T${hour}:${minute}:${second}.${ms}Z`)
}
