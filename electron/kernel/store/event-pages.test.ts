import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AnyEnvelope } from '../../../contracts/envelope.ts'
import { EventPages } from './event-pages.ts'
import { toRow } from './event-row.ts'
import { EventWriter } from './event-writer.ts'
import { migrate } from './migrations.ts'
import { STORE_MIGRATIONS } from './schema.ts'
import type { EventPage, EventQuery } from './store.ts'
import { sampleEvent } from './testing/sample-event.ts'

let db: Database.Database
let writer: EventWriter
let pages: EventPages
let lastSeq = 0

beforeEach(() => {
  db = new Database(':memory:')
  lastSeq = 0
  migrate(db, STORE_MIGRATIONS, 0)
  writer = new EventWriter(db)
  pages = new EventPages(db)
})

afterEach(() => {
  db.close()
})

function put(...events: Partial<AnyEnvelope>[]): void {
  for (const event of events) {
    lastSeq += 1
    writer.insert(lastSeq, toRow({ ...sampleEvent({}), ...event }, 'now'))
  }
  writer.beforeCommit()
}

function page(query: Partial<EventQuery>): EventPage {
  return JSON.parse(pages.page({ limit: 1000, ...query })) as EventPage
}

const seqs = (query: Partial<EventQuery>) => page(query).events.map(({ seq }) => seq)

const by = (login: string, id: string) => ({ user_login: login, user_id: id })

test('newest first, filtered by type, source, user and any of them together', () => {
  put(
    { type: 'a', source: 'twitch', payload: by('Ada', '1') },
    { type: 'b', source: 'twitch', payload: by('bob', '2') },
    { type: 'a', source: 'simulator', payload: by('ada', '1') },
    { type: 'c', source: 'obs' },
    { type: 'b', source: 'simulator', payload: by('ada', '1') },
  )
  expect(seqs({})).toEqual([5, 4, 3, 2, 1])
  expect(seqs({ types: ['a'] })).toEqual([3, 1])
  expect(seqs({ types: ['b', 'a'] })).toEqual([5, 3, 2, 1])
  expect(seqs({ source: 'simulator' })).toEqual([5, 3])
  expect(seqs({ user: '1' })).toEqual([5, 3, 1])
  expect(seqs({ user: 'ADA' })).toEqual([5, 3, 1])
  expect(seqs({ user: 'ada', types: ['a'], source: 'twitch' })).toEqual([1])
  expect(seqs({ types: ['a'], source: 'obs' })).toEqual([])
  expect(seqs({ types: [] })).toEqual([])
  expect(seqs({ types: ['nobody has seen this'] })).toEqual([])
})

test('an event that a user is in by id and by login comes once', () => {
  put({ payload: by('77', '77') })
  expect(seqs({ user: '77' })).toEqual([1])
})

test('time is from inclusive to exclusive, latecomers included', () => {
  put(...Array.from({ length: 5000 }, (_, index) => ({ at: 1000 + index })))
  put({ at: 1500, type: 'late' }, { at: 9000 })
  expect(seqs({ from: 5999 })).toEqual([5002, 5000])
  expect(seqs({ from: 1499, to: 1502 })).toEqual([5001, 502, 501, 500])
  expect(seqs({ from: 1499, to: 1502, types: ['late'] })).toEqual([5001])
  expect(seqs({ to: 1002 })).toEqual([2, 1])
  expect(seqs({ from: 1500, to: 1500 })).toEqual([])
})

test('full text: all words, any case, without accents, whole words', () => {
  put(
    { payload: { message: 'Das Mädchen lief, some_user!' } },
    { payload: { message: 'mädchenhaft', user_name: 'Ada' } },
    { payload: { message: '今日は東京タワーへ' } },
  )
  expect(seqs({ q: 'madchen LIEF' })).toEqual([1])
  expect(seqs({ q: 'madchen ada' })).toEqual([])
  expect(seqs({ q: 'some_user' })).toEqual([1])
  expect(seqs({ q: 'user_some' })).toEqual([])
  expect(seqs({ q: '東京' })).toEqual([3])
  expect(seqs({ q: '京東' })).toEqual([])
  expect(seqs({ q: 'は タワー' })).toEqual([3])
  expect(seqs({ q: '   ' })).toEqual([3, 2, 1])
  expect(seqs({ q: '🎉' })).toEqual([])
  expect(seqs({ q: 'ada 🎉' })).toEqual([2])
})

test('full text goes together with every other filter', () => {
  put(
    { type: 'a', at: 1, payload: { message: 'hit', ...by('ada', '1') } },
    { type: 'b', at: 2, payload: { message: 'hit', ...by('ada', '1') } },
    { type: 'a', at: 3, payload: { message: 'hit', ...by('bob', '2') } },
    { type: 'a', at: 4, payload: { message: 'miss', ...by('ada', '1') } },
  )
  expect(seqs({ q: 'hit', types: ['a'] })).toEqual([3, 1])
  expect(seqs({ q: 'hit', user: 'Ada' })).toEqual([2, 1])
  expect(seqs({ q: 'hit', from: 2 })).toEqual([3, 2])
  expect(seqs({ q: 'hit', from: 2, to: 4, types: ['a'], user: '2', source: 'twitch' })).toEqual([3])
})

test.each<[string, Partial<EventQuery>]>([
  ['all', {}],
  ['types', { types: ['a', 'b'] }],
  ['user', { user: 'ada' }],
  ['text', { q: 'hit' }],
  ['time', { from: 0 }],
])('paging (%s) skips nothing and repeats nothing while events come in', (_, query) => {
  const one = (index: number) => ({
    type: index % 2 ? 'a' : 'b',
    at: index,
    payload: { message: 'hit', ...by('ada', '1') },
  })
  put(...Array.from({ length: 2500 }, (_, index) => one(index)))
  const seen: number[] = []
  let cursor: string | undefined
  do {
    const { events, next } = page({ ...query, limit: 97, cursor })
    seen.push(...events.map(({ seq }) => seq))
    put(one(1), one(2))
    cursor = next ?? undefined
  } while (cursor !== undefined)
  expect(seen).toEqual(Array.from({ length: 2500 }, (_, index) => 2500 - index))
})

test('the last page says so, also when it is full', () => {
  put({}, {})
  expect(page({ limit: 2 }).next).toBeNull()
  expect(page({ limit: 1 }).next).not.toBeNull()
})

test('the limit is kept between 1 and 1000', () => {
  put(...Array.from({ length: 1001 }, () => ({})))
  expect(seqs({ limit: 5000 })).toHaveLength(1000)
  expect(seqs({ limit: 0 })).toHaveLength(1)
  expect(seqs({ limit: Number.NaN })).toHaveLength(1)
})

test('a page of huge events ends early and goes on from there', () => {
  put(...Array.from({ length: 10 }, () => ({ payload: { blob: 'x'.repeat(2 ** 20) } })))
  const first = page({})
  expect(first.events.length).toBeLessThan(10)
  expect(seqs({ cursor: first.next ?? '' }).at(0)).toBe((first.events.at(-1)?.seq ?? 0) - 1)
})

test.each(['', 's', 'x5', 's!', 's-1', 'szzzzzzzzzzzzzzzz', '5; DROP TABLE event_log'])(
  'the cursor %j is refused',
  (cursor) => {
    expect(() => page({ cursor })).toThrow(expect.objectContaining({ code: 'invalid' }))
  },
)

test('nothing typed is syntax, and every hit has all the words', () => {
  const texts = [
    'plain words here',
    'NEAR AND OR NOT',
    'a*b "quoted" (x) col:y ^z -w',
    '東京 émigré 🎉',
    "it's 100% true; -- no",
  ]
  put(...texts.map((message) => ({ payload: { message } })))
  const typed = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc
      .array(
        fc.constantFrom(
          'plain',
          'words',
          'AND',
          'OR',
          'NOT',
          'NEAR',
          'NEAR(',
          '*',
          '"',
          "'",
          '(',
          ')',
          '^',
          ':',
          '-',
          'text:',
          '{text}',
          '\0',
          '東京',
          '🎉',
        ),
      )
      .map((words) => words.join(' ')),
  )
  fc.assert(
    fc.property(typed, (q) => {
      for (const { payload } of page({ q }).events) {
        const tokens = new Set(
          String(payload.message)
            .toLowerCase()
            .split(/[^a-z]+/),
        )
        for (const word of q.split(/\s+/)) {
          if (/^[a-z]+$/i.test(word)) expect(tokens).toContain(word.toLowerCase())
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('no walk scans the table or sorts', () => {
  put({ payload: by('ada', '1') })
  const seen: string[] = []
  const prepare = db.prepare.bind(db)
  db.prepare = ((sql: string) => {
    if (/FROM event_(?:log|text|spans)/.test(sql)) seen.push(sql)
    return prepare(sql)
  }) as typeof db.prepare
  pages = new EventPages(db)
  for (const query of [
    {},
    { types: ['twitch.channel.chat.message'] },
    { user: 'ada' },
    { q: 'x' },
    { q: 'x', user: 'ada', types: ['twitch.channel.chat.message'] },
  ]) {
    for (const time of [{}, { from: 1, to: 2 ** 50 }]) page({ ...query, ...time })
  }
  expect(seen.length).toBeGreaterThan(8)
  for (const sql of seen) {
    const plan = (prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...placeholders(sql)) as { detail: string }[]).map(
      ({ detail }) => detail,
    )
    expect(plan.join('\n'), sql).not.toMatch(/SCAN (?:event_log|e\b)|TEMP B-TREE/)
    if (sql.includes('kind = @kind') && !sql.includes('user'))
      expect(plan.join('\n')).toContain('event_log_kind (kind=? AND rowid')
    if (sql.includes('user = @user AND kind = @kind')) {
      expect(plan.join('\n')).toContain('event_log_user (user=? AND kind=? AND rowid')
    }
  }
})

function placeholders(sql: string): unknown[] {
  const names = [...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name, 1])
  return names.length > 0 ? [Object.fromEntries(names)] : [...sql.matchAll(/\?/g)].map(() => 1)
}
