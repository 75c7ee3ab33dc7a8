import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { backupDir, listBackups } from './backup.ts'
import { openStore } from './open-store.ts'
import { clearSuspicion, isSuspect, verifyContent } from './soundness.ts'
import type { Store } from './store.ts'
import { damagePages } from './testing/damage-pages.ts'
import { sampleEvent } from './testing/sample-event.ts'
import { silentLog } from './testing/silent-log.ts'

ensureNoLeaks()

let dataDir: string
let file: string
let clock: FakeClock
let store: Store | undefined

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'landale-recovery-'))
  file = join(dataDir, 'landale.db')
  clock = new FakeClock()
})

afterEach(async () => {
  await store?.close()
  store = undefined
  rmSync(dataDir, { recursive: true })
})

async function open(): Promise<Store> {
  store = await openStore({ dataDir, migrations: [], clock, log: silentLog })
  return store
}

/** A store with two events in its backup and a third after it. */
async function prepare(): Promise<void> {
  const prepared = await open()
  await prepared.append([sampleEvent(), sampleEvent()])
  await prepared.backup()
  await clock.advance(1000)
  await prepared.append([sampleEvent()])
  await prepared.close()
}

test.each<[string, () => void]>([
  ['a foreign header', () => writeFileSync(file, 'not a database, but long enough to be looked at'.repeat(500))],
  ['overwritten pages', () => damagePages(file)],
  ['a file cut short', () => truncateSync(file, 4096 * 3)],
])('%s: set aside, the newest backup opened, and told', async (_, damage) => {
  await prepare()
  damage()
  const restored = await open()
  expect(restored.recovery).toMatchObject({ restoredFrom: listBackups(dataDir)[0] })
  expect(restored.recovery?.reason).not.toBe('')
  expect(existsSync(join(dataDir, restored.recovery?.setAside ?? '-'))).toBe(true)
  expect((await restored.events({ limit: 10 })).events.map(({ seq }) => seq)).toEqual([2, 1])
  // Number 3 was given out before: it never comes again.
  const [seq] = await restored.append([sampleEvent()])
  expect(seq).toBeGreaterThan(1_000_000)
  await restored.close()
  expect((await open()).recovery).toBeNull()
})

test('a backup that is damaged too is passed over for an older one', async () => {
  await prepare()
  const again = await open()
  await again.backup()
  await again.close()
  const [newest = '', older] = listBackups(dataDir)
  damagePages(join(backupDir(dataDir), newest))
  damagePages(file)
  expect((await open()).recovery?.restoredFrom).toBe(older)
})

test('without any good backup it starts empty, and keeps the damaged file', async () => {
  writeFileSync(file, 'x'.repeat(10_000))
  const empty = await open()
  expect(empty.recovery).toMatchObject({ restoredFrom: null })
  expect(await empty.append([sampleEvent()])).toEqual([10_000_001])
  expect(readdirSync(dataDir).filter((name) => name.includes('.corrupt-'))).toHaveLength(1)
})

test('a damaged full-text index is made anew from the events; nothing is lost', async () => {
  const before = await open()
  await before.append(Array.from({ length: 500 }, (_, n) => sampleEvent({ message: `common word${n}` })))
  await before.close()
  const db = new Database(file)
  db.unsafeMode()
  db.prepare('UPDATE event_text_data SET block = zeroblob(length(block)) WHERE id > 10').run()
  db.close()
  const after = await open()
  expect(after.recovery).toBeNull()
  expect((await after.events({ limit: 1000, q: 'common' })).events).toHaveLength(500)
})

test('damage met at run time is told of, and the next start looks at all of the file', async () => {
  await prepare()
  const running = await open()
  const failures: Error[] = []
  const listening = running.onDidFail((error) => failures.push(error))
  await running.append(Array.from({ length: 3000 }, () => sampleEvent({ message: 'hello', blob: 'x'.repeat(3000) })))
  await running.close()
  store = undefined
  const again = await open()
  const listeningAgain = again.onDidFail((error) => failures.push(error))
  damagePages(file)
  await expect(again.read('SELECT * FROM events')).rejects.toMatchObject({ code: 'damaged' })
  expect(failures).toHaveLength(1)
  expect(isSuspect(file)).toBe(true)
  listening.dispose()
  listeningAgain.dispose()
  await again.close().catch(() => {})
  store = undefined
  expect((await open()).recovery).not.toBeNull()
  expect(isSuspect(file)).toBe(false)
})

test('the short look of a big file passes a sound one, and clears no suspicion by itself', async () => {
  await prepare()
  const db = new Database(file)
  expect(() => verifyContent(db, false)).not.toThrow()
  expect(() => verifyContent(db, true)).not.toThrow()
  db.close()
  clearSuspicion(file)
})
