/**
 * `npm test`: unit and integration tests, then the tests in a browser. Says by name which programs are missing; in CI a
 * missing one is a failure, for a skipped test there proves nothing.
 *
 * What fails is named again at the end, with its reason: whoever reads a log often has only its last page. In CI a few
 * failures are tried once more, one file after the other: who waits for the result must know whether the change broke them
 * or they are flaky. A flaky one is named as such, to be mended next.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { ensureBuilt, requireNode, root } from './stale.mjs'

const PROGRAMS = [
  { name: 'chromium', needed: 'the tests of pages and overlays' },
  { name: 'Xvfb', needed: 'the tests against a real OBS Studio' },
  { name: 'obs', needed: 'the tests against a real OBS Studio' },
  { name: 'makensis', needed: 'the tests of the agent’s Windows installer' },
  // Debian keeps it off the path.
  { name: 'wine64', needed: 'the tests of the agent for Windows', at: '/usr/lib/wine/wine64' },
]
/** More than this at once is no accident. */
const MAX_SECOND_TRIES = 8
/** Of each failure's reason. */
const MAX_REASON_LINES = 12
/** What failed when no test did: a process that ended early, an error outside any test. */
const THE_RUN = 'the run itself'

requireNode()
ensureBuilt()

const missing = PROGRAMS.filter(({ name, at }) => !isOnPath(name) && !(at && existsSync(at)))
for (const { name, needed } of missing) console.log(`skipped: ${needed} (no ${name} on this machine)`)
if (missing.length > 0 && process.env.CI) {
  console.error('in CI no test may be skipped for want of a program')
  process.exit(1)
}

const scratch = mkdtempSync(join(tmpdir(), 'landale-test-'))
const unit = withSecondTry(runUnit)
const browser = missing.some(({ name }) => name === 'chromium') ? none() : withSecondTry(runBrowser)
rmSync(scratch, { recursive: true })

for (const failure of [...unit.flaky, ...browser.flaky]) console.log(inWords('flaky', failure))
for (const failure of [...unit.failed, ...browser.failed]) console.log(inWords('failed', failure))
const passed = unit.passed + browser.passed
const failed = unit.failed.length + browser.failed.length
const skipped = unit.skipped + browser.skipped
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exit(unit.status === 0 && browser.status === 0 ? 0 : 1)

/** `run` takes files to run, or none for all, and answers what failed. */
function withSecondTry(run) {
  const first = run([])
  const mayTryAgain = process.env.CI && first.failed.length > 0 && first.failed.length <= MAX_SECOND_TRIES
  if (!mayTryAgain) return { ...first, flaky: [] }
  const isWhole = first.failed.some(({ file }) => file === THE_RUN)
  const files = isWhole ? [] : [...new Set(first.failed.map(({ file }) => file))]
  console.log(`\n${first.failed.length} failed; a second try of ${isWhole ? 'all' : files.join(', ')}\n`)
  const second = run(files)
  if (second.status !== 0) {
    const failedAgain = new Set(second.failed.map(nameOf))
    return {
      ...first,
      failed: second.failed,
      flaky: first.failed.filter((failure) => !failedAgain.has(nameOf(failure))),
    }
  }
  return {
    ...first,
    status: 0,
    passed: isWhole ? second.passed : first.passed + first.failed.length,
    failed: [],
    flaky: first.failed,
  }
}

function runUnit(files) {
  const report = join(scratch, 'unit.json')
  const status = run('vitest', 'vitest.mjs', [
    'run',
    ...files,
    ...(files.length > 0 ? ['--no-file-parallelism'] : []),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
  const counts = read(report)
  const failed = (counts?.testResults ?? [])
    .filter((file) => file.status === 'failed')
    .flatMap(({ name, message, assertionResults }) => {
      const file = relative(root, name)
      const tests = assertionResults.filter((test) => test.status === 'failed')
      if (tests.length === 0) return [{ file, test: 'the file itself', reason: message }]
      return tests.map(({ fullName, failureMessages }) => ({
        file,
        test: fullName,
        reason: failureMessages.join('\n'),
      }))
    })
  return {
    status,
    passed: counts?.numPassedTests ?? 0,
    failed: status === 0 || failed.length > 0 ? failed : [wholeRun(status)],
    skipped: counts?.numPendingTests ?? 0,
  }
}

function runBrowser(files) {
  const report = join(scratch, 'browser.json')
  const status = run('@playwright/test', 'cli.js', ['test', ...files, '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  })
  const counts = read(report)
  const failed = specsOf(counts?.suites ?? [])
    .filter(({ ok }) => !ok)
    .map(({ file, title, tests }) => ({
      file: relative(root, join(counts.config.rootDir, file)),
      test: title,
      reason: tests
        .flatMap(({ results }) => results.map(({ error }) => error?.stack ?? error?.message ?? ''))
        .join('\n'),
    }))
  return {
    status,
    passed: counts?.stats.expected ?? 0,
    failed: status === 0 || failed.length > 0 ? failed : [wholeRun(status)],
    skipped: counts?.stats.skipped ?? 0,
  }
}

function specsOf(suites) {
  return suites.flatMap(({ specs = [], suites: inner = [] }) => [...specs, ...specsOf(inner)])
}

function wholeRun(status) {
  return { file: THE_RUN, test: `ended with ${status}`, reason: '' }
}

function nameOf({ file, test }) {
  return `${file} › ${test}`
}

function inWords(outcome, failure) {
  const lines = stripVTControlCharacters(failure.reason).split('\n').slice(0, MAX_REASON_LINES)
  return [`${outcome}: ${nameOf(failure)}`, ...lines.filter(Boolean).map((line) => `    ${line}`)].join('\n')
}

function none() {
  return { status: 0, passed: 0, failed: [], skipped: 0, flaky: [] }
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
  if (!existsSync(file)) return undefined
  const report = JSON.parse(readFileSync(file, 'utf8'))
  // The next run must not be judged by this one's.
  rmSync(file)
  return report
}

function isOnPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))
}
