/**
 * The store's speed against bare better-sqlite3 in the same run: `node bench/store.ts [--rows 1000000] [--data DIR]`.
 * With `--data` a directory filled by an earlier run is used again and kept. Prints JSON lines, then a table.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { systemClock } from '../base/clock.ts'
import { EventPages } from '../electron/kernel/store/event-pages.ts'
import { openStore } from '../electron/kernel/store/open-store.ts'
import type { EventQuery, Store } from '../electron/kernel/store/store.ts'
import { COMMON_WORD, EventMaker, RARE_WORD, typeName } from './store-events.ts'

const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' }, data: { type: 'string' } } })
const rows = Number(values.rows)
const dataDir = values.data ?? mkdtempSync(join(tmpdir(), 'landale-bench-'))
const quiet = { info: () => {}, warn: console.warn, error: console.error }
const EPOCH = Date.UTC(2026, 0, 1)
const AT_STEP_MS = 250

const results: Record<string, string | number>[] = []
function report(result: Record<string, string | number>): void {
  results.push(result)
  console.log(JSON.stringify(result))
}

const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

function summary(times: number[]): Record<string, number> {
  const sorted = [...times].sort((a, b) => a - b)
  const round = (ms: number) => Math.round(ms * 1000) / 1000
  return {
    first_ms: round(times[0] ?? 0),
    p50_ms: round(percentile(sorted, 0.5)),
    p99_ms: round(percentile(sorted, 0.99)),
    max_ms: round(sorted.at(-1) ?? 0),
  }
}

/** Bare better-sqlite3 in this thread: an integer key, the same payload, nothing else. */
function floor(batch: number): void {
  const count = 100_000
  const file = join(dataDir, 'floor.db')
  const db = new Database(file)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.pragma('wal_autocheckpoint = 0')
  db.exec('CREATE TABLE floor (seq INTEGER PRIMARY KEY, payload TEXT NOT NULL)')
  const insert = db.prepare('INSERT INTO floor (payload) VALUES (?)')
  const maker = new EventMaker()
  const payloads = Array.from({ length: count }, () => JSON.stringify(maker.make(0).payload))
  const started = performance.now()
  for (let start = 0; start < count; start += batch) {
    db.exec('BEGIN')
    for (const payload of payloads.slice(start, start + batch)) insert.run(payload)
    db.exec('COMMIT')
  }
  const seconds = (performance.now() - started) / 1000
  db.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
  report({ what: `floor: bare table, transactions of ${batch}`, per_s: Math.round(count / seconds) })
}

/** Events are made beforehand; up to `inFlight` calls of `batch` events are under way. */
async function insertRate(
  store: Store,
  maker: EventMaker,
  from: number,
  count: number,
  batch: number,
  inFlight: number,
) {
  const events = Array.from({ length: count }, (_, index) => maker.make(EPOCH + (from + index) * AT_STEP_MS))
  const under = new Set<Promise<unknown>>()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const started = performance.now()
  for (let start = 0; start < count; start += batch) {
    const call = store.append(events.slice(start, start + batch)).finally(() => under.delete(call))
    under.add(call)
    if (under.size >= inFlight) await Promise.race(under)
  }
  await Promise.all(under)
  const seconds = (performance.now() - started) / 1000
  delay.disable()
  return { perSecond: count / seconds, worstDelayMs: delay.max / 1e6 }
}

async function fill(store: Store): Promise<void> {
  const [{ n }] = (await store.all<{ n: number }>('SELECT coalesce(max(seq), 0) AS n FROM event_log')) as [
    { n: number },
  ]
  if (n >= rows) return
  const maker = new EventMaker(n + 1)
  for (const [batch, inFlight] of [
    [50, 8],
    [1, 400],
  ] as const) {
    const { perSecond } = await insertRate(store, maker, n, 50_000, batch, inFlight)
    report({
      what: `append, ${batch} events a call, ${inFlight} calls under way, at ${n} rows`,
      per_s: Math.round(perSecond),
    })
  }
  const chunk = 50_000
  const rates: number[] = []
  for (let at = n + 100_000; at < rows; at += chunk) {
    const { perSecond, worstDelayMs } = await insertRate(store, maker, at, Math.min(chunk, rows - at), 1000, 3)
    rates.push(perSecond)
    if (rates.length % 4 === 0)
      console.error(`${at} rows, ${Math.round(perSecond)}/s, loop ${worstDelayMs.toFixed(1)} ms`)
  }
  const mean = rates.length / rates.reduce((sum, rate) => sum + 1 / rate, 0)
  const tenth = rates.slice(-Math.ceil(rates.length / 10))
  const last = tenth.length / tenth.reduce((sum, rate) => sum + 1 / rate, 0)
  report({
    what: 'append, 1000 events a call, 3 calls under way',
    per_s: Math.round(mean),
    last_tenth_per_s: Math.round(last),
  })
}

function queries(count: number): Record<string, EventQuery> {
  const middle = `s${Math.floor(count / 2).toString(36)}`
  const midTime = EPOCH + Math.floor(count / 2) * AT_STEP_MS
  return {
    'timeline page': { limit: 100 },
    'type page, common': { limit: 100, types: [typeName(0)] },
    'type page, rare': { limit: 100, types: [typeName(55)] },
    'five types': { limit: 100, types: [0, 3, 9, 20, 50].map(typeName) },
    'keyset page in the middle': { limit: 100, cursor: middle },
    'keyset page of a type in the middle': { limit: 100, types: [typeName(0)], cursor: middle },
    'common word': { limit: 50, q: COMMON_WORD },
    'common and common': { limit: 50, q: `${COMMON_WORD} w0` },
    'rare word': { limit: 50, q: RARE_WORD },
    'common word in the middle': { limit: 50, q: COMMON_WORD, cursor: middle },
    'a user, busy': { limit: 100, user: 'user_0' },
    'a user, quiet': { limit: 100, user: 'user_9000' },
    'a busy user and a common type': { limit: 100, user: 'user_0', types: [typeName(0)] },
    'a busy user and a rare type': { limit: 100, user: 'user_0', types: [typeName(55)] },
    'an hour in the middle': { limit: 100, from: midTime, to: midTime + 3_600_000 },
    'an hour in the middle, one type': { limit: 100, from: midTime, to: midTime + 3_600_000, types: [typeName(2)] },
    'common word and a rare type': { limit: 50, q: COMMON_WORD, types: [typeName(55)] },
    'common word and a quiet user': { limit: 50, q: COMMON_WORD, user: 'user_9000' },
  }
}

/** Long ones get fewer runs: a second each. */
async function timed(run: () => unknown): Promise<number[]> {
  const times: number[] = []
  const until = performance.now() + 1000
  while (times.length < 2000 && (performance.now() < until || times.length < 3)) {
    const started = performance.now()
    await run()
    times.push(performance.now() - started)
  }
  return times
}

async function queryTimes(store: Store): Promise<void> {
  const db = new Database(join(dataDir, 'landale.db'), { readonly: true })
  db.pragma('cache_size = -8000')
  const pages = new EventPages(db)
  const [{ n }] = (await store.all<{ n: number }>('SELECT max(seq) AS n FROM event_log')) as [{ n: number }]
  for (const [what, query] of Object.entries(queries(n))) {
    const inside: number[] = []
    const until = performance.now() + 1000
    while (inside.length < 2000 && (performance.now() < until || inside.length < 3)) {
      const started = performance.now()
      pages.page(query)
      inside.push(performance.now() - started)
    }
    report({ what: `${what}, in the thread`, ...summary(inside) })
    report({ what: `${what}, as asked`, ...summary(await timed(() => store.events(query))) })
  }
  db.close()
}

const opening = performance.now()
const store = await openStore({ dataDir, migrations: [], clock: systemClock, log: quiet })
report({ what: 'open', ms: Math.round(performance.now() - opening) })
floor(50)
floor(1000)
await fill(store)
await queryTimes(store)
report({ what: 'rss with all threads', mb: Math.round(process.memoryUsage().rss / 1e6) })
const closing = performance.now()
await store.close()
report({ what: 'close', ms: Math.round(performance.now() - closing) })
report({ what: 'file', bytes: statSync(join(dataDir, 'landale.db')).size })
if (values.data === undefined) rmSync(dataDir, { recursive: true })
console.table(results)
