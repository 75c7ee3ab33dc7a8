/**
 * `npm test`: unit and integration tests, then the tests in a browser. Says by name which programs are missing; in CI a
 * missing one is a failure, for a skipped test there proves nothing.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { ensureBuilt, requireNode, root } from './stale.mjs'

const PROGRAMS = [
  { name: 'chromium', needed: 'the tests of pages and overlays' },
  { name: 'Xvfb', needed: 'the tests against a real OBS Studio' },
  { name: 'obs', needed: 'the tests against a real OBS Studio' },
]

requireNode()
ensureBuilt()

const missing = PROGRAMS.filter(({ name }) => !isOnPath(name))
for (const { name, needed } of missing) console.log(`skipped: ${needed} (no ${name} on this machine)`)
if (missing.length > 0 && process.env.CI) {
  console.error('in CI no test may be skipped for want of a program')
  process.exit(1)
}

const scratch = mkdtempSync(join(tmpdir(), 'landale-test-'))
const unit = runUnit()
const browser = missing.some(({ name }) => name === 'chromium') ? none() : runBrowser()
rmSync(scratch, { recursive: true })

const passed = unit.passed + browser.passed
const failed = unit.failed + browser.failed
const skipped = unit.skipped + browser.skipped
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exit(unit.status === 0 && browser.status === 0 ? 0 : 1)

function runUnit() {
  const report = join(scratch, 'unit.json')
  const status = run('vitest', 'vitest.mjs', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
  const counts = read(report)
  return {
    status,
    passed: counts?.numPassedTests ?? 0,
    failed: counts?.numFailedTests ?? 1,
    skipped: counts?.numPendingTests ?? 0,
  }
}

function runBrowser() {
  const report = join(scratch, 'browser.json')
  const status = run('@playwright/test', 'cli.js', ['test', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  })
  const counts = read(report)?.stats
  return {
    status,
    passed: (counts?.expected ?? 0) + (counts?.flaky ?? 0),
    failed: counts?.unexpected ?? 1,
    skipped: counts?.skipped ?? 0,
  }
}

function none() {
  return { status: 0, passed: 0, failed: 0, skipped: 0 }
}

function run(name, bin, args, env = {}) {
  const script = join(root, 'node_modules', name, bin)
  return spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  }).status
}

function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

function isOnPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))
}
