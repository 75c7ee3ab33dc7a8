/** Runs the schema's forward steps, each once, all or none. A step that has run must never change. */
import { createHash } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import type { Migration } from './store.ts'
import { StoreError } from './store-error.ts'

interface Applied {
  id: string
  checksum: string
}

/**
 * The steps still to be run, in order.
 * @throws StoreError `migration` when the file has a step this version doesn't know, or knows in another wording.
 */
export function pendingMigrations(db: Database, migrations: readonly Migration[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.id, checksum(migration)]))
  if (known.size !== migrations.length) throw new StoreError('migration', 'two migrations have the same id')
  const applied = appliedMigrations(db)
  for (const { id, checksum } of applied) {
    const expected = known.get(id)
    if (expected === undefined) {
      throw new StoreError(
        'migration',
        `the data file ${db.name} was written by a newer Landale (it has the schema step "${id}", unknown here). ` +
          'Install that version again, or start with another data directory, or restore a backup made before the update.',
      )
    }
    if (expected !== checksum) {
      throw new StoreError(
        'migration',
        `schema step "${id}" has been changed since it was applied to ${db.name}. ` +
          'A step that has run must stay as it is: undo the change and add a new step instead.',
      )
    }
  }
  const done = new Set(applied.map(({ id }) => id))
  return migrations.filter(({ id }) => !done.has(id))
}

/** Runs `pending` in one transaction. `now` is ms epoch. */
export function migrate(db: Database, pending: readonly Migration[], now: number): void {
  if (pending.length === 0) return
  db.transaction(() => {
    db.exec(
      'CREATE TABLE IF NOT EXISTS migrations (id TEXT PRIMARY KEY, applied_at INTEGER NOT NULL, checksum TEXT NOT NULL)',
    )
    const note = db.prepare('INSERT INTO migrations (id, applied_at, checksum) VALUES (?, ?, ?)')
    for (const migration of pending) {
      runStep(db, migration)
      note.run(migration.id, now, checksum(migration))
    }
  }).immediate()
}

function runStep(db: Database, { id, sql }: Migration): void {
  try {
    db.exec(sql)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code !== 'SQLITE_ERROR') throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoreError('migration', `schema step "${id}" failed and nothing was changed: ${reason}`, { cause: error })
  }
}

function appliedMigrations(db: Database): Applied[] {
  const table = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get()
  if (table === undefined) return []
  return db.prepare<[], Applied>('SELECT id, checksum FROM migrations').all()
}

function checksum({ sql }: Migration): string {
  // Indentation is not meaning: a reformatted step is the same step.
  return createHash('sha256').update(sql.replace(/\s+/g, ' ').trim()).digest('hex')
}
