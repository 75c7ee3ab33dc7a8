/** The agent by itself, as on a machine that has only its folder: with its own two files for npm, and nothing of the hub. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { AGENT_VERSION } from '../../agent/version.ts'

const ROOT = join(import.meta.dirname, '../..')

let copy: string
beforeEach(() => {
  copy = mkdtempSync(join(realpathSync(tmpdir()), 'landale-agent-alone-'))
})
afterEach(() => rmSync(copy, { recursive: true, force: true }))

it('runs with what its own lock file names', () => {
  cpSync(join(ROOT, 'agent'), copy, { recursive: true, filter: (source) => !source.endsWith('node_modules') })
  const lock = JSON.parse(readFileSync(join(copy, 'package-lock.json'), 'utf8'))
  const { dependencies, version } = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8'))
  expect(lock.packages[''].dependencies).toEqual(dependencies)
  expect([version, lock.packages[''].version]).toEqual([AGENT_VERSION, AGENT_VERSION])
  const packages = Object.keys(lock.packages).filter((path) => path !== '')
  expect(packages).toEqual(Object.keys(dependencies).map((name) => `node_modules/${name}`))
  expect(packages.length).toBeLessThanOrEqual(2)
  mkdirSync(join(copy, 'node_modules'))
  for (const path of packages) symlinkSync(realpathSync(join(ROOT, path)), join(copy, path), 'junction')
  const said = execFileSync(process.execPath, ['main.ts', '--version'], { cwd: copy, encoding: 'utf8' })
  expect(said).toBe(`${AGENT_VERSION}\n`)
})
