import { expect, it } from 'vitest'
import { z } from 'zod'
import { MemoryStore } from './memory-store.ts'
import { ValueTable } from './value-table.ts'

it('keeps values by name; one that is not there or makes no sense is undefined, and the latter is told', async () => {
  const sql = 'CREATE TABLE small_things (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;'
  const store = new MemoryStore([{ id: 'small-things/1', sql }])
  const table = new ValueTable<'count' | 'title' | 'nothing'>('small_things')
  await store.run([table.put('count', 1), table.put('title', null)])
  await store.run([table.put('count', 2)])
  const faults: string[] = []
  const read = await table.load(store, (fault) => faults.push(fault))
  expect(read('count', z.number())).toBe(2)
  expect(read('title', z.string().nullable())).toBeNull()
  expect(read('nothing', z.number())).toBeUndefined()
  expect(faults).toEqual([])
  expect(read('title', z.string())).toBeUndefined()
  await store.run([{ sql: "UPDATE small_things SET value = '{' WHERE name = 'count'" }])
  const again = await table.load(store, (fault) => faults.push(fault))
  expect(again('count', z.number())).toBeUndefined()
  expect(faults).toEqual([expect.stringMatching('"title": .*string'), expect.stringMatching('"count": ')])
  store.close()
})
