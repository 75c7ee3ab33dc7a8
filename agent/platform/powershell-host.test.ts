/** The one PowerShell's life, with a stand-in that is a real process: it hangs, dies, chatters, and outlives nobody. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../base/testing/fake-clock.ts'
import { PowerShellHost } from './powershell-host.ts'
import { marks, QUESTIONS, questionLine, SCRIPT_LINES } from './powershell-script.ts'

const FAKE = join(import.meta.dirname, 'testing', 'fake-powershell.ts')

let clock: FakeClock
let folder: string
const hosts: PowerShellHost[] = []
beforeEach(() => {
  clock = new FakeClock()
  folder = mkdtempSync(join(tmpdir(), 'landale-powershell-'))
})
afterEach(() => {
  for (const host of hosts.splice(0)) host.close()
  rmSync(folder, { recursive: true, force: true })
})

function hostThat(manner: string, command = process.execPath): PowerShellHost {
  const host = new PowerShellHost({
    command,
    args: [FAKE, manner, join(folder, 'world')],
    script: SCRIPT_LINES,
    clock,
    random: () => 0,
    startMs: 5_000,
    answerMs: 2_000,
  })
  hosts.push(host)
  return host
}

const reason = (promise: Promise<unknown>) => promise.then(String, (error: Error) => error.message)

function isThere(pid: unknown): boolean {
  try {
    return process.kill(Number(pid), 0)
  } catch {
    return false
  }
}

describe('PowerShell, kept', () => {
  it('one process answers all questions, in order, and is told its script once', async () => {
    const host = hostThat('well')
    const asked = ['Echo a', 'Echo ö', 'Pid', 'Functions', 'Pid'].map((text) => host.ask(text))
    const [a, o, first, functions, second] = await Promise.all(asked)
    expect([a, o]).toEqual(['a', 'ö'])
    expect(first).toBe(second)
    expect(functions).toBe(SCRIPT_LINES.filter((line) => line.startsWith('function ')).length)
    expect(host.trouble).toBeUndefined()
    host.close()
    await expect.poll(() => isThere(first)).toBe(false)
    expect(await reason(host.ask('Pid'))).toBe('the agent is ending')
    expect(clock.pendingTimers).toBe(0)
  })

  it('prompts, warnings, old answers and broken lines between are no matter', async () => {
    const host = hostThat('chatter')
    const long = 'Grüße von 日本, '.repeat(20)
    expect(await host.ask(`Echo ${long}`)).toBe(long)
    expect(await host.ask('Echo again')).toBe('again')
  })

  it('an answer that is a refusal is one, in whatever language, and the process lives on', async () => {
    const host = hostThat('refuse')
    expect(await reason(host.ask('Look'))).toMatch(/^Zugriff verweigert/)
    expect(host.trouble).toBeUndefined()
    expect(clock.pendingTimers).toBe(0)
  })

  it('one that hangs is ended when its time is over, and all who wait are told', async () => {
    const host = hostThat('hang-later')
    const pid = await host.ask('Pid')
    const [first, second] = [reason(host.ask('Look')), reason(host.ask('Look'))]
    await clock.advance(1_999)
    expect(isThere(pid)).toBe(true)
    await clock.advance(1)
    expect(await first).toBe('PowerShell did not answer within 2 s')
    expect(await second).toBe('PowerShell did not answer within 2 s')
    await expect.poll(() => isThere(pid)).toBe(false)
    // The next start is not yet due.
    expect(await reason(host.ask('Pid'))).toBe('PowerShell did not answer within 2 s')
    await clock.advance(2_000)
    const next = await host.ask('Pid')
    expect(next).not.toBe(pid)
    expect(host.trouble).toBeUndefined()
  })

  it('the first answer has longer', async () => {
    const host = hostThat('hang')
    const asked = reason(host.ask('Look'))
    await clock.advance(4_999)
    expect(clock.pendingTimers).toBe(1)
    await clock.advance(1)
    expect(await asked).toBe('PowerShell did not answer within 5 s')
  })

  it('one that dies is started again, later each time', async () => {
    const host = hostThat('die')
    expect(await reason(host.ask('Pid'))).toBe('PowerShell ended (code 3)')
    await clock.advance(1_999)
    expect(await reason(host.ask('Pid'))).toBe('PowerShell ended (code 3)')
    expect(clock.pendingTimers).toBe(0)
    await clock.advance(1)
    expect(await reason(host.ask('Pid'))).toBe('PowerShell ended (code 3)')
    await clock.advance(3_999)
    const soon = host.ask('Pid')
    expect(clock.pendingTimers).toBe(0)
    await reason(soon)
    await clock.advance(1)
    const due = reason(host.ask('Pid'))
    expect(clock.pendingTimers).toBe(1)
    await due
  })

  it('the second one answers where the first died', async () => {
    const host = hostThat('die-once')
    expect(await reason(host.ask('Echo a'))).toBe('PowerShell ended (code 1)')
    await clock.advance(2_000)
    expect(await host.ask('Echo a')).toBe('a')
  })

  it.each(['unreadable', 'flood'])('%s: it is given up', async (manner) => {
    const host = hostThat(manner)
    expect(await reason(host.ask('Look'))).toMatch(/^PowerShell answered (what cannot be read|more than anything)/)
    expect(host.trouble).toBeDefined()
    expect(clock.pendingTimers).toBe(0)
  })

  it('one that is not there', async () => {
    const host = hostThat('well', join(folder, 'powershell.exe'))
    expect(await reason(host.ask('Pid'))).toMatch(/^PowerShell did not start: .*ENOENT/)
    expect(host.trouble).toMatch(/ENOENT/)
  })

  it('no more than a few may wait', async () => {
    const host = hostThat('hang')
    const asked = Array.from({ length: 40 }, () => reason(host.ask('Look')))
    await clock.advance(5_000)
    const reasons = await Promise.all(asked)
    expect(reasons.filter((one) => one === 'PowerShell has too much to answer')).toHaveLength(7)
  })

  it('it goes when the agent is killed', async () => {
    const source = `
      import { PowerShellHost } from ${JSON.stringify(join(import.meta.dirname, 'powershell-host.ts'))}
      import { systemClock } from ${JSON.stringify(join(import.meta.dirname, '../base/clock.ts'))}
      const args = [${JSON.stringify(FAKE)}, 'well']
      const host = new PowerShellHost({ command: process.execPath, args, script: [], clock: systemClock, random: () => 0 })
      console.log(await host.ask('Pid'))
    `
    const agent = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [text] = await once(agent.stdout, 'data')
    const pid = Number(String(text))
    expect(isThere(pid)).toBe(true)
    agent.kill('SIGKILL')
    await expect.poll(() => isThere(pid)).toBe(false)
  })
})

describe('what it is told', () => {
  it('is one command a line, each of them whole', () => {
    expect(SCRIPT_LINES.length).toBeGreaterThan(10)
    for (const line of SCRIPT_LINES) {
      const bare = line.replaceAll(/'[^']*'/g, "''").replaceAll(/"(?:\$\([^)]*\)|[^"$]|\$\w+)*"/g, '""')
      for (const [open, close] of ['()', '{}', '[]']) {
        expect([line, bare.split(open ?? '').length]).toEqual([line, bare.split(close ?? '').length])
      }
      expect(bare).not.toMatch(/#|\}\s+[$'(]/)
    }
  })

  it('holds no mark in a question, and nothing but digits is put into one', () => {
    const [begin, end] = marks(7)
    const asked = [QUESTIONS.some([12.9, -3]), QUESTIONS.use([1, Number.NaN]), QUESTIONS.line(4)].map((text) =>
      questionLine(7, text),
    )
    expect(asked).toEqual([
      "Answer 7 { Cim ' WHERE ProcessId = 12 OR ProcessId = 0' }",
      'Answer 7 { Use 1, 0 }',
      'Answer 7 { Line 4 }',
    ])
    for (const line of [...asked, ...SCRIPT_LINES]) expect(line.includes(begin)).toBe(false)
    expect(end).not.toBe(begin)
  })
})
