/** The file as it is edited: by people, by editors, over the link. And the examples that come with the agent. */
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FakeClock } from '../base/testing/fake-clock.ts'
import { DefinitionFile } from './definition-file.ts'
import { parseDefinitions } from './definitions.ts'

let folder: string
let file: DefinitionFile | undefined
let changes: number
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landale-agent-'))
  changes = 0
})
afterEach(() => {
  file?.close()
  rmSync(folder, { recursive: true, force: true })
})

const path = () => join(folder, 'processes.json')
const minimal = (id: string, more: object = {}) => ({ id, name: id, command: id, ...more })
const write = (...entries: object[]) => writeFileSync(path(), JSON.stringify({ note: 'mine', processes: entries }))

function open(edits: 'off' | 'safe' | 'full' = 'safe'): DefinitionFile {
  file = new DefinitionFile({
    path: path(),
    platform: 'linux',
    edits,
    clock: new FakeClock(),
    onDidChange: () => {
      changes += 1
    },
  })
  return file
}
const ids = () => file?.definitions.map(({ id }) => id)

it('none yet is no fault', () => {
  expect(open().read()).toEqual({ definitions: [], faults: [] })
})

it('what breaks keeps what was, and says so; what is gone is gone', () => {
  write(minimal('a'), minimal('b'))
  const opened = open()
  write(minimal('a', { nope: 1 }), minimal('b'))
  opened.reload()
  expect(ids()).toEqual(['b', 'a'])
  expect(opened.faults.map(({ path: at }) => at)).toEqual(['processes[0].nope', 'processes(a)'])
  writeFileSync(path(), '{ "processes": [')
  opened.reload()
  expect(ids()).toEqual(['b', 'a'])
  expect(opened.faults[0]?.reason).toContain('stay in force')
  renameSync(path(), `${path()}.moved`)
  opened.reload()
  expect(ids()).toEqual(['b', 'a'])
  write(minimal('b'))
  opened.reload()
  expect(ids()).toEqual(['b'])
  expect(opened.faults).toEqual([])
  expect(changes).toBe(4)
})

it('safe edits change how, never what', async () => {
  write(minimal('a', { args: ['x'], health: { type: 'tcp', port: 5 } }))
  const opened = open()
  const same = { args: ['x'], health: { type: 'tcp', port: 5, intervalMs: 9_000 } }
  const better = minimal('a', { ...same, name: 'Better', autostart: true, restart: 'always', stop: { graceMs: 9 } })
  expect(await opened.put(better)).toBeUndefined()
  expect(opened.definitions[0]).toMatchObject({ name: 'Better', autostart: true, stop: { graceMs: 9 } })
  const saved = JSON.parse(readFileSync(path(), 'utf8'))
  expect(saved.note).toBe('mine')
  expect(JSON.parse(readFileSync(`${path()}.bak`, 'utf8')).processes[0].name).toBe('a')
  for (const worse of [
    { command: 'evil' },
    { args: ['y'] },
    { env: { LD_PRELOAD: '/evil.so' } },
    { cwd: '/tmp' },
    { detect: { by: 'pidFile', path: '/run/sshd.pid' } },
    { stop: { command: 'evil' } },
    { health: { type: 'http', url: 'http://10.0.0.1/' } },
  ]) {
    expect(await opened.put(minimal('a', { ...same, ...worse }))).toMatchObject({ code: 'refused' })
  }
  expect(await opened.put(minimal('new'))).toMatchObject({ code: 'refused' })
  expect(await opened.remove('a')).toMatchObject({ code: 'refused' })
})

it('full edits may do all, off none', async () => {
  write(minimal('a'))
  const full = open('full')
  expect(await full.put(minimal('b', { dependsOn: ['a'] }))).toBeUndefined()
  expect(await full.remove('a')).toMatchObject({ code: 'conflict', reason: 'b depend on it' })
  expect(await full.remove('b')).toBeUndefined()
  expect(ids()).toEqual(['a'])
  full.close()
  const off = open('off')
  expect(await off.put(minimal('a', { name: 'x' }))).toMatchObject({ code: 'refused' })
})

it('an entry that cannot be read survives an edit of another', async () => {
  write(minimal('a'), { id: 'b', future: true })
  const opened = open()
  expect(await opened.put(minimal('a', { name: 'A' }))).toBeUndefined()
  expect(JSON.parse(readFileSync(path(), 'utf8')).processes[1]).toEqual({ id: 'b', future: true })
})

it.each([
  ['zelan', 'darwin', ['phononmaser', 'lms', 'seed']],
  ['demi', 'win32', ['obs', 'vtube-studio', 'tits']],
  ['saya', 'linux', ['stack']],
  ['alys', 'win32', ['streamer-bot']],
] as const)('the example for %s is valid', (name, platform, expected) => {
  const source = readFileSync(new URL(`../examples/${name}.json`, import.meta.url), 'utf8')
  const { definitions, faults } = parseDefinitions(source, platform)
  expect(faults).toEqual([])
  expect(definitions.map(({ id }) => id)).toEqual(expected)
})
