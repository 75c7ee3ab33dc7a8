import {
  copyFileSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { backupDir, fileTime, keptBackups, listBackups, makeBackup } from './backup.ts'
import { openStore } from './open-store.ts'
import { sampleEvent } from './testing/sample-event.ts'
import { silentLog } from './testing/silent-log.ts'

vi.mock('node:fs', async (load) => {
  const fs = await load<typeof import('node:fs')>()
  return { ...fs, fdatasyncSync: vi.fn(fs.fdatasyncSync) }
})

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const NOW = Date.UTC(2026, 5, 15, 12)

let dataDir: string
let clock: FakeClock

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'landale-backup-'))
  clock = new FakeClock(NOW)
})

afterEach(() => {
  rmSync(dataDir, { recursive: true })
})

const open = (migrations = [] as { id: string; sql: string }[]) =>
  openStore({ dataDir, migrations, clock, log: silentLog })

function eventsIn(file: string): number {
  const copy = join(dataDir, 'copy.db')
  copyFileSync(file, copy)
  const db = new Database(copy, { readonly: true })
  try {
    return db.prepare<[], number>('SELECT count(*) FROM events').pluck().get() ?? -1
  } finally {
    db.close()
  }
}

test('a backup stands alone, has everything confirmed before it, and is made while writing goes on', async () => {
  const store = await open()
  await store.append(Array.from({ length: 3000 }, () => sampleEvent({ blob: 'x'.repeat(3000) })))
  const backup = store.backup()
  const writes = Array.from({ length: 200 }, () => store.append([sampleEvent()]))
  const { file, bytes } = await backup
  await Promise.all(writes)
  expect(bytes).toBeGreaterThan(3000 * 3000)
  expect(readdirSync(backupDir(dataDir))).toEqual([`landale-${fileTime(NOW)}.sqlite`])
  expect(eventsIn(file)).toBeGreaterThanOrEqual(3000)
  expect(await store.read('SELECT count(*) AS n FROM events')).toEqual([{ n: 3200 }])
  await store.close()
})

test('two requests for a backup at once are one backup', async () => {
  const store = await open()
  const [one, other] = await Promise.all([store.backup(), store.backup()])
  expect(one).toBe(other)
  await store.close()
})

test('there is one a day by itself', async () => {
  const store = await open()
  await clock.advance(HOUR_MS / 30)
  await expect.poll(() => listBackups(dataDir), { timeout: 10_000 }).toHaveLength(1)
  // Further checks within the day make none; the wait lets a wrong one show.
  await clock.advance(20 * HOUR_MS)
  await store.read('SELECT 1')
  expect(listBackups(dataDir)).toHaveLength(1)
  await clock.advance(5 * HOUR_MS)
  await expect.poll(() => listBackups(dataDir), { timeout: 10_000 }).toHaveLength(2)
  await store.close()
})

test('there is one before the schema changes, and none for a new file', async () => {
  await (await open()).close()
  expect(listBackups(dataDir)).toEqual([])
  await (await open([{ id: 'x/1', sql: 'CREATE TABLE x (y)' }])).close()
  expect(listBackups(dataDir)).toHaveLength(1)
  const db = new Database(join(backupDir(dataDir), listBackups(dataDir)[0] ?? ''), { readonly: true })
  expect(db.prepare("SELECT name FROM sqlite_schema WHERE name = 'x'").get()).toBeUndefined()
  db.close()
})

test('what an earlier process left half done is cleared away, and is never taken for a backup', async () => {
  mkdirSync(backupDir(dataDir))
  const half = join(backupDir(dataDir), `landale-${fileTime(NOW - DAY_MS)}.sqlite.partial`)
  writeFileSync(half, 'half')
  expect(listBackups(dataDir)).toEqual([])
  const store = await open()
  expect(existsSync(half)).toBe(false)
  await store.close()
})

test('a damaged file gives no backup', async () => {
  const file = join(dataDir, 'landale.db')
  const db = new Database(file)
  db.exec('CREATE TABLE t (x TEXT)')
  const insert = db.prepare('INSERT INTO t VALUES (?)')
  for (let i = 0; i < 500; i++) insert.run('y'.repeat(500))
  db.close()
  const { damagePages } = await import('./testing/damage-pages.ts')
  damagePages(file)
  const damaged = new Database(file)
  await expect(makeBackup(damaged, { dataDir, now: NOW, gently: false })).rejects.toMatchObject({ code: 'damaged' })
  damaged.close()
  expect(readdirSync(backupDir(dataDir))).toEqual([])
})

test('the five newest stay, and the last of each of seven days', () => {
  const at = (days: number, hours = 0) => `landale-${fileTime(NOW - days * DAY_MS - hours * HOUR_MS)}.sqlite`
  const names = [at(0), at(0, 1), at(0, 2), at(0, 3), at(0, 4), at(0, 5), at(1), at(1, 1), at(3), at(6), at(8), at(30)]
  expect([...keptBackups(names, NOW)]).toEqual([at(0), at(0, 1), at(0, 2), at(0, 3), at(0, 4), at(1), at(3), at(6)])
  // Nothing is thrown away for being old alone.
  expect([...keptBackups([at(30), at(60)], NOW)]).toEqual([at(30), at(60)])
})

test('a copy reaches the disk bit by bit, never much of it at once', async () => {
  const MIB = 2 ** 20
  const db = new Database(join(dataDir, 'whole.db'))
  db.exec('CREATE TABLE bulk (body BLOB)')
  db.prepare('INSERT INTO bulk SELECT zeroblob(1048576) FROM json_each(?)').run(JSON.stringify(Array(64).fill(0)))
  const onDisk: number[] = []
  vi.mocked(fdatasyncSync).mockImplementation((handle) => void onDisk.push(fstatSync(handle).size))
  const { file } = await makeBackup(db, { dataDir, now: NOW, gently: true })
  vi.mocked(fdatasyncSync).mockReset()
  db.close()
  const growth = [...onDisk, statSync(file).size].map((size, index) => size - (onDisk[index - 1] ?? 0))
  expect(onDisk.length).toBeGreaterThan(4)
  // One go, and what SQLite keeps in memory of the copy until it is full, or done.
  expect(Math.max(...growth)).toBeLessThanOrEqual(20 * MIB)
})
