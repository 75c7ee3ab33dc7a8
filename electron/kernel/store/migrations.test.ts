import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate, pendingMigrations } from './migrations.ts'
import type { Migration } from './store.ts'

const FIRST: Migration = { id: 'a/1', sql: 'CREATE TABLE one (x)' }
const SECOND: Migration = { id: 'a/2', sql: 'ALTER TABLE one ADD COLUMN y' }

let db: Database.Database

beforeEach(() => {
  db = new Database(':memory:')
})

afterEach(() => {
  db.close()
})

function update(migrations: readonly Migration[]): void {
  migrate(db, pendingMigrations(db, migrations), 42)
}

test('each step runs once, in order', () => {
  update([FIRST])
  update([FIRST, SECOND])
  update([FIRST, SECOND])
  expect(db.prepare('SELECT id, applied_at FROM migrations').all()).toEqual([
    { id: 'a/1', applied_at: 42 },
    { id: 'a/2', applied_at: 42 },
  ])
  expect(db.prepare('SELECT x, y FROM one').all()).toEqual([])
})

test('a step that fails undoes all of them and is named', () => {
  expect(() => update([FIRST, { id: 'b/1', sql: 'CREATE TABLE two (x); SELECT nonsense' }])).toThrow(
    /schema step "b\/1" failed/,
  )
  expect(db.prepare('SELECT name FROM sqlite_schema').all()).toEqual([])
})

test('a changed step and an unknown one are refused, with what to do; a reformatted one is the same', () => {
  update([FIRST])
  expect(() => update([{ ...FIRST, sql: 'CREATE TABLE one (z)' }])).toThrow(/"a\/1" has been changed.*add a new step/)
  expect(() => update([])).toThrow(/written by a newer Landale.*"a\/1".*Install that version again/)
  expect(() => update([{ ...FIRST, sql: '\n  CREATE TABLE\n    one (x)\n' }])).not.toThrow()
})

test('two steps of one name are refused', () => {
  expect(() => update([FIRST, FIRST])).toThrow(/same id/)
})
