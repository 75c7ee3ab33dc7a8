/**
 * What is done with a damaged data file: it is set aside, never deleted, and the newest backup that is whole takes its place.
 */
import { copyFileSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { errorMessage } from '../../../base/result.ts'
import { backupDir, fileTime, listBackups, syncFolder } from './backup.ts'
import { clearSuspicion, firstFinding, verifyHeader } from './soundness.ts'
import type { Recovery } from './store.ts'

/**
 * Numbers left out after a recovery. Events written since the backup are gone, but pages and clients have seen their
 * numbers: they must not come again with other events behind them. More than anyone writes between two backups.
 */
const SEQ_GAP = 10_000_000

/** Moves `file` and its log away and puts the newest good backup in its place, if there is one. `now` is ms epoch. */
export function recoverFile(dataDir: string, file: string, cause: unknown, now: number): Recovery {
  const setAside = `${file}.corrupt-${fileTime(now)}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, setAside + suffix)
  }
  clearSuspicion(file)
  const restoredFrom = listBackups(dataDir).find((name) => restore(join(backupDir(dataDir), name), file)) ?? null
  return { setAside: basename(setAside), restoredFrom, reason: errorMessage(cause) }
}

/** Copies `backup` to `file` if it is whole; the backup itself stays as it is. */
function restore(backup: string, file: string): boolean {
  const partial = `${file}.restoring`
  try {
    copyFileSync(backup, partial)
    verifyHeader(partial)
    const db = new Database(partial)
    try {
      if (firstFinding(db) !== null) return false
    } finally {
      db.close()
    }
    renameSync(partial, file)
    syncFolder(dirname(file))
    return true
  } catch {
    return false
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(partial + suffix, { force: true })
  }
}

/** Moves the numbering of events past everything that was ever handed out. To be called once after `recoverFile`. */
export function skipSequence(db: Database.Database, dataDir: string): void {
  const setAside = readdirSync(dataDir).filter((name) => /\.db\.corrupt-[^.]*Z$/.test(name)).length
  const last = db.prepare<[], number>('SELECT coalesce(max(seq), 0) FROM event_log').pluck().get() ?? 0
  const set = db.transaction((seq: number) => {
    db.prepare("DELETE FROM sqlite_sequence WHERE name = 'event_log'").run()
    db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('event_log', ?)").run(seq)
  })
  set(last + Math.max(1, setAside) * SEQ_GAP)
}
