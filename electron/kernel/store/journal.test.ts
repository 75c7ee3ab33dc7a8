import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../base/clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { toRow } from './event-row.ts'
import { isJournalable, Journal, type JournalEntry, readJournal } from './journal.ts'
import { openStore } from './open-store.ts'
import type { Store } from './store.ts'
import { sampleEvent } from './testing/sample-event.ts'
import { silentLog } from './testing/silent-log.ts'

const NOTES = { id: 'test/1', sql: 'CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE)' }
const note = (body: string) => ({ sql: 'INSERT INTO notes (body) VALUES (?)', params: [body] })

let dataDir: string
let file: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'landale-journal-'))
  file = join(dataDir, 'landale.journal')
})
afterEach(() => rm(dataDir, { recursive: true }))

const open = () => openStore({ dataDir, migrations: [NOTES], clock: systemClock, log: silentLog })
const entryOf = (entry: number, first: number, body: string): JournalEntry => ({
  entry,
  first,
  rows: [toRow(sampleEvent({ message: body }), 'later')],
  alongside: [note(body)],
})

/** What a hub leaves behind that was killed between accepting these and storing them. */
function leaveBehind(...entries: JournalEntry[]): void {
  const journal = new Journal(dataDir)
  for (const entry of entries) journal.write(entry)
  journal.close()
}

async function contents(store: Store) {
  const events = await store.eventsAfter(0, 100)
  const notes = await store.all<{ body: string }>('SELECT body FROM notes ORDER BY id')
  return { seqs: events.map(({ seq }) => seq), notes: notes.map(({ body }) => body) }
}

describe('journal', () => {
  ensureNoLeaks()

  it('gives back what was written, and is empty after it was opened anew', () => {
    const journal = new Journal(dataDir)
    const entries = [entryOf(1, 1, 'one'), entryOf(2, 2, 'sí "x"\n🎉')]
    for (const entry of entries) journal.write(entry)
    expect(readJournal(dataDir)).toEqual(entries)
    journal.close()
    new Journal(dataDir).close()
    expect(readJournal(dataDir)).toEqual([])
  })

  it('ends at a line that was cut off', () => {
    leaveBehind(entryOf(1, 1, 'one'))
    appendFileSync(file, '[2,2,[["half')
    expect(readJournal(dataDir).map(({ entry }) => entry)).toEqual([1])
  })

  it('takes only statements that survive JSON', () => {
    expect(isJournalable([note('a'), { sql: 'x' }, { sql: 'x', params: [null, 1] }])).toBe(true)
    expect(isJournalable([{ sql: 'x', params: [new Uint8Array(1)] }])).toBe(false)
  })
})

describe('store with a journal', () => {
  ensureNoLeaks()

  it('takes over what a killed hub left behind, once', async () => {
    leaveBehind(entryOf(1, 1, 'one'), entryOf(2, 2, 'two'))
    let store = await open()
    expect(await contents(store)).toEqual({ seqs: [1, 2], notes: ['one', 'two'] })
    expect(await store.append([sampleEvent()])).toEqual([3])
    const left = readFileSync(file)
    await store.close()
    // The journal as it was before the close: all of it is in the file already.
    writeFileSync(file, left)
    store = await open()
    expect(await contents(store)).toEqual({ seqs: [1, 2, 3], notes: ['one', 'two'] })
    await store.close()
  })

  it('goes on numbering behind what it took over', async () => {
    leaveBehind(entryOf(7, 41, 'late'))
    const store = await open()
    expect(await store.append([sampleEvent()], [note('next')])).toEqual([42])
    expect(await contents(store)).toEqual({ seqs: [41, 42], notes: ['late', 'next'] })
    await store.close()
  })

  it('keeps an announced event although what came with it is at fault', async () => {
    const store = await open()
    await store.append([sampleEvent()], [note('twice')])
    expect(await store.append([sampleEvent()], [note('twice')])).toEqual([2])
    expect(await contents(store)).toEqual({ seqs: [1, 2], notes: ['twice'] })
    await store.close()
  })

  it('answers in the order of asking, whether or not a caller waits for the tables', async () => {
    const store = await open()
    const answered: number[] = []
    const append = async (mayBeRefused: boolean) => {
      const [seq] = await store.append([sampleEvent()], [], { mayBeRefused })
      answered.push(seq ?? 0)
    }
    const asked = [append(false), append(true), append(false), append(true), append(false)]
    await Promise.all(asked)
    expect(answered).toEqual([1, 2, 3, 4, 5])
    await store.close()
  })

  it('shows an event to every read asked for after it', async () => {
    const store = await open()
    for (let n = 1; n <= 20; n++) {
      await store.append([sampleEvent()])
      expect((await store.events({ limit: 1 })).events[0]?.seq).toBe(n)
    }
    await store.close()
  })

  it('leaves nothing in the journal when it is closed', async () => {
    const store = await open()
    await store.append([sampleEvent()])
    expect(existsSync(file)).toBe(true)
    await store.close()
    expect(readFileSync(file, 'utf8')).toBe('')
  })
})
