/** What outlives the agent: on disk when it must be, whole whatever happens, and set aside when it is damaged. */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { RunStore, type SavedRun } from './run-store.ts'

const run: SavedRun = { pid: 7, token: 'a', startedAt: 1, adopted: false, run: 'r', wanted: 'up', restarts: 0 }

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landale-agent-'))
  path = join(folder, 'state.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

const open = () => new RunStore(path, () => {})

it('what is set is on disk before anything else happens', () => {
  open().setRun('a', run)
  expect(open().value.runs).toEqual({ a: run })
})

it('a change is a line, and the file is written anew before it grows', () => {
  const store = open()
  store.update({ ended: false, commands: [{ id: 'c', outcome: { ok: true } }] })
  for (let restarts = 0; restarts < 5_000; restarts++) store.setRun('a', { ...run, restarts })
  store.setRun('b', run)
  store.setRun('b', undefined)
  expect(statSync(path).size).toBeLessThan(300_000)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(open().value).toEqual({
    ended: false,
    commands: [{ id: 'c', outcome: { ok: true } }],
    runs: { a: { ...run, restarts: 4_999 } },
  })
})

it('an agent killed while it wrote loses that line and no other', () => {
  const store = open()
  store.setRun('a', run)
  store.setRun('b', run)
  appendFileSync(path, '{"id":"a","run":{"pid":8,"tok')
  const next = open()
  expect(next.value.runs).toEqual({ a: run, b: run })
  next.setRun('c', run)
  expect(Object.keys(open().value.runs)).toEqual(['a', 'b', 'c'])
})

it('a file that somebody removed is written anew', () => {
  const store = open()
  store.setRun('a', run)
  rmSync(path)
  store.setRun('b', run)
  expect(Object.keys(open().value.runs)).toEqual(['a', 'b'])
})

it('a damaged file is set aside, and counts as an agent that did not end', () => {
  writeFileSync(path, '{"ended":true,"ru')
  expect(open().value).toEqual({ ended: false, runs: {}, commands: [] })
  expect(readFileSync(`${path}.damaged`, 'utf8')).toBe('{"ended":true,"ru')
  expect(existsSync(path)).toBe(false)
})
