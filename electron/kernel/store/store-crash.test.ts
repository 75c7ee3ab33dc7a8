import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../../base/clock.ts'
import type { StoredEnvelope } from '../../../contracts/envelope.ts'
import { openStore } from './open-store.ts'
import type { Store } from './store.ts'
import { CRASH_MIGRATIONS } from './testing/crash-migrations.ts'
import { silentLog } from './testing/silent-log.ts'

const CHILD = fileURLToPath(new URL('./testing/crash-child.ts', import.meta.url))

let dataDir: string

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'landale-crash-'))
})

afterEach(async () => {
  await rm(dataDir, { recursive: true })
})

/** Starts a writing process, kills it after that many confirmed events, and answers what it had confirmed. */
async function writeAndKill(afterEvents: number): Promise<{ n: number; seq: number; id: string }[]> {
  const child = spawn(process.execPath, [CHILD, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  let output = ''
  child.stdout.setEncoding('utf8')
  for await (const chunk of child.stdout) {
    output += chunk
    if (!child.killed && output.split('\n').length > afterEvents) child.kill('SIGKILL')
  }
  const [, signal] = await exited
  expect(signal).toBe('SIGKILL')
  // What follows the last line break was cut off by the kill.
  return output
    .slice(0, output.lastIndexOf('\n'))
    .split('\n')
    .map((line) => line.split(' '))
    .map(([n, seq, id = '']) => ({ n: Number(n), seq: Number(seq), id }))
}

async function allEvents(store: Store): Promise<StoredEnvelope[]> {
  const events: StoredEnvelope[] = []
  for (;;) {
    const more = await store.eventsAfter(events.at(-1)?.seq ?? 0, 1000)
    if (more.length === 0) return events
    events.push(...more)
  }
}

test('kill -9 at any moment: what was confirmed is there, in order, once, and whole', async () => {
  const confirmed: { n: number; seq: number; id: string }[] = []
  // The last run is long enough for the log to be emptied on the way.
  for (const afterEvents of [1, 40, 333, 1000, 7000]) {
    confirmed.push(...(await writeAndKill(afterEvents)))
    const store = await openStore({ dataDir, migrations: CRASH_MIGRATIONS, clock: systemClock, log: silentLog })
    expect(store.recovery).toBeNull()
    const events = await allEvents(store)
    const bySeq = new Map(events.map((event) => [event.seq, event]))
    for (const { seq, id, n } of confirmed) {
      expect(bySeq.get(seq)).toMatchObject({ id, payload: { n } })
    }
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
    // Each run counts from 0 and its events stand in the order in which they were asked for.
    let previous = -1
    for (const { payload } of events) {
      const n = Number(payload.n)
      expect(n === previous + 1 || n === 0).toBe(true)
      previous = n
    }
    expect(await store.all('SELECT n FROM counter')).toEqual([{ n: events.length }])
    // 1: compare with the texts themselves.
    await store.run([{ sql: "INSERT INTO event_text (event_text, rank) VALUES ('integrity-check', 1)" }])
    expect(await store.read('PRAGMA quick_check')).toEqual([{ quick_check: 'ok' }])
    await store.close()
  }
}, 120_000)

test('the lock of a process that was killed is no lock', async () => {
  const child = spawn(process.execPath, [CHILD, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  const open = () => openStore({ dataDir, migrations: CRASH_MIGRATIONS, clock: systemClock, log: silentLog })
  await expect(open()).rejects.toThrow(`${dataDir} is in use by another Landale (process ${child.pid})`)
  child.stdout.resume()
  child.kill('SIGKILL')
  await once(child, 'exit')
  await (await open()).close()
}, 60_000)
