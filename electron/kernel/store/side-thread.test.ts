import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { migrate } from './migrations.ts'
import { DATA_FILE } from './protocol.ts'
import { STORE_MIGRATIONS } from './schema.ts'
import { SideThread } from './side-thread.ts'

ensureNoLeaks()

/** Counts for some seconds inside one call, in which SQLite can't be interrupted. */
const STUBBORN =
  'WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 20000000) SELECT count(*) FROM c'
/** Never ends, but row by row. */
const ENDLESS = 'WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT 1 FROM c) SELECT x FROM c WHERE random() = 1'

let dataDir: string
let clock: FakeClock
let thread: SideThread

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'landale-side-'))
  const db = new Database(join(dataDir, DATA_FILE))
  db.pragma('journal_mode = WAL')
  migrate(db, STORE_MIGRATIONS, 0)
  db.close()
  clock = new FakeClock()
  thread = createThread({ url: new URL('./reader-worker.ts', import.meta.url), workerData: { dataDir, role: 'keep' } })
})

function createThread(worker: { url: URL; workerData: unknown }): SideThread {
  return new SideThread({
    ...worker,
    name: 'store-reader',
    maxHeapMb: 64,
    clock,
    deadlineMs: 10_000,
    maxWaiting: 3,
    idleMs: 60_000,
    onDied: () => {},
  })
}

afterEach(async () => {
  await thread.close()
  rmSync(dataDir, { recursive: true })
})

const read = (sql: string) => thread.request({ kind: 'read', sql, params: [] })

test('the thread starts at the first request and ends when idle', async () => {
  expect(thread.isRunning).toBe(false)
  expect(await read('SELECT 1 AS one')).toEqual([{ one: 1 }])
  await clock.advance(59_000)
  expect(thread.isRunning).toBe(true)
  await clock.advance(1000)
  expect(thread.isRunning).toBe(false)
  expect(await read('SELECT 2 AS two')).toEqual([{ two: 2 }])
  expect(clock.pendingTimers).toBe(1)
})

test('a read past its deadline is ended, and those behind it get a thread of their own', async () => {
  await read('SELECT 1')
  const slow = read(STUBBORN)
  const failed = expect(slow).rejects.toMatchObject({ code: 'deadline' })
  await clock.advance(1)
  const next = read('SELECT 1 AS one')
  await clock.advance(9_999)
  await failed
  expect(await next).toEqual([{ one: 1 }])
})

test('one that waited behind it for as long is dropped with it', async () => {
  const asked = Promise.allSettled([read(STUBBORN), read('SELECT 1')])
  await clock.advance(10_000)
  expect(await asked).toMatchObject([{ reason: { code: 'deadline' } }, { reason: { code: 'deadline' } }])
  expect(thread.isRunning).toBe(false)
})

test('no third thread while two sit in reads that were given up', async () => {
  const started = (n: number) => join(dataDir, `started-${n}`)
  const stuck = createThread({ url: new URL('./testing/stuck-worker.ts', import.meta.url), workerData: { dataDir } })
  for (const n of [1, 2]) {
    const slow = expect(stuck.request({ kind: 'checkpoint' })).rejects.toMatchObject({ code: 'deadline' })
    await expect.poll(() => existsSync(started(n)), { timeout: 10_000 }).toBe(true)
    await clock.advance(10_000)
    await slow
  }
  await expect(stuck.request({ kind: 'checkpoint' })).rejects.toMatchObject({ code: 'busy' })
  writeFileSync(join(dataDir, 'release'), '')
  await expect
    .poll(() => stuck.request({ kind: 'checkpoint' }).catch((error) => error.code), { timeout: 10_000 })
    .toBe('unstuck')
  await stuck.close()
})

test('only so many wait', async () => {
  const asked = Array.from({ length: 6 }, () => read('SELECT 1 AS one'))
  const outcomes = await Promise.allSettled(asked)
  expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'done' : outcome.reason.code))).toEqual([
    'done',
    'done',
    'done',
    'done',
    'busy',
    'busy',
  ])
})

test('a read that does not fit into memory ends its thread, not the process', async () => {
  const sql =
    "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x, printf('%1000d', x) AS pad FROM c"
  await expect(read(sql)).rejects.toMatchObject({ code: 'lost' })
  expect(await read('SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('closing rejects what is asked and what is asked later', async () => {
  const asked = read(ENDLESS)
  const closed = thread.close()
  await expect(asked).rejects.toMatchObject({ code: 'closed' })
  await expect(read('SELECT 1')).rejects.toMatchObject({ code: 'closed' })
  await closed
})
