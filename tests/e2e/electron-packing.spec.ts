/**
 * Packs the built app around a binary that is only a name and a row of fuses, since the real one may not be here, and
 * looks at what came out: what is in the archive, what lies beside it, and how the fuses are set.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'

const ROOT = join(import.meta.dirname, '../..')
const BUILDER = join(ROOT, 'node_modules/electron-builder/cli.js')

/** Marks the fuses inside an Electron binary; then come a version, their number and one character each. */
const FUSE_MARK = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
/** Electron's own defaults, in Electron's order. */
const DEFAULT_FUSES = {
  runAsNode: '1',
  cookies: '0',
  nodeOptions: '1',
  inspect: '1',
  integrity: '0',
  onlyAsar: '0',
  snapshot: '0',
  file: '1',
}

let temp: string
let packed: string

test.describe.configure({ timeout: 120_000 })
test.skip(process.platform !== 'linux' || process.arch !== 'x64', 'packs for Linux on x64')

test.beforeAll(() => {
  if (!existsSync(join(ROOT, 'out/main/main.js')))
    throw new Error('there is no build in out/; run "npm run build" first')
  temp = mkdtempSync(join(tmpdir(), 'landale-packing-'))
  packed = join(temp, 'dist/linux-unpacked')
  const binaries = makeBinary(join(temp, 'electron'))
  const args = ['--config', 'build/electron-builder.ts', '--linux', 'dir', '--publish', 'never']
  const overrides = [`-c.electronDist=${binaries}`, `-c.directories.output=${join(temp, 'dist')}`]
  const { status, stdout, stderr } = spawnSync(process.execPath, [BUILDER, ...args, ...overrides], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  expect(status, `${stdout}${stderr}`).toBe(0)
})

test.afterAll(() => rmSync(temp, { recursive: true, force: true }))

test('the archive holds the build and what it needs, and nothing else', () => {
  const files = filesOfArchive(join(packed, 'resources/app.asar'))
  expect(files).toEqual(
    expect.arrayContaining([
      'package.json',
      'out/main/main.js',
      'out/main/store-writer.js',
      'out/preload/dashboard.cjs',
      'out/renderer/renderer/index.html',
      'node_modules/better-sqlite3/lib/index.js',
      'node_modules/ws/package.json',
    ]),
  )
  const unwanted = /^(electron|renderer|tests|node_modules\/(node-|electron\/|better-sqlite3\/(deps|src)\/))|\.ts$/
  expect(files.filter((file) => unwanted.test(file))).toEqual([])
})

test('beside it lies the one native module of this machine', () => {
  const prebuilds = join(packed, 'resources/app.asar.unpacked/node_modules/better-sqlite3/prebuilds')
  expect(readdirSync(prebuilds)).toEqual(['linux-x64.node'])
})

test('the fuses of the binary are set', () => {
  expect(readFuses(readFileSync(join(packed, 'landale')))).toEqual({
    runAsNode: '0',
    cookies: '1',
    nodeOptions: '0',
    inspect: '0',
    integrity: '1',
    onlyAsar: '1',
    snapshot: '0',
    file: '0',
  })
})

function makeBinary(folder: string): string {
  const fuses = Object.values(DEFAULT_FUSES)
  const text = [FUSE_MARK, '\x01', String.fromCharCode(fuses.length), ...fuses, '\0'.repeat(16)].join('')
  mkdirSync(folder)
  writeFileSync(join(folder, 'electron'), text, 'latin1')
  chmodSync(join(folder, 'electron'), 0o755)
  return folder
}

function readFuses(binary: Buffer): Record<string, string> {
  const start = binary.indexOf(FUSE_MARK) + FUSE_MARK.length + 2
  return Object.fromEntries(
    Object.keys(DEFAULT_FUSES).map((name, index) => [name, String.fromCharCode(binary[start + index] ?? 0)]),
  )
}

interface ArchiveFolder {
  files: Record<string, ArchiveFolder | { size: number }>
}

/** An asar begins with four 32-bit numbers, the last of which is the length of the JSON tree that follows. */
function filesOfArchive(path: string): string[] {
  const archive = readFileSync(path)
  const tree: ArchiveFolder = JSON.parse(archive.toString('utf8', 16, 16 + archive.readUInt32LE(12)))
  const list = (folder: ArchiveFolder, prefix: string): string[] =>
    Object.entries(folder.files).flatMap(([name, entry]) =>
      'files' in entry ? list(entry, `${prefix}${name}/`) : [`${prefix}${name}`],
    )
  return list(tree, '')
}
