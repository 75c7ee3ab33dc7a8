/** Samples of Windows output, in other languages too, and the whole platform over it. */
import { describe, expect, it } from 'vitest'
import { cimScript, parseCim, parseMachine, parseTasklist, splitCommandLine } from './cim.ts'
import { createWindowsPlatform } from './windows.ts'

/** 2026-11-21T21:26:37Z and a second later, as file times. */
const STARTED = '134397699970000000'
const LATER = '134397699980000000'

const OBS = JSON.stringify({
  p: 4242,
  q: 100,
  n: 'obs64.exe',
  e: 'C:\\Program Files\\obs-studio\\bin\\64bit\\obs64.exe',
  c: '"C:\\Program Files\\obs-studio\\bin\\64bit\\obs64.exe" --enable-media-stream',
  s: STARTED,
  u: '12500000',
  w: '409600000',
})
const CHILD = JSON.stringify({
  p: 4300,
  q: 4242,
  n: 'obs-browser-page.exe',
  e: null,
  c: null,
  s: LATER,
  u: '0',
  w: '1000',
})
/** The number of its parent was given to somebody younger. */
const STRAY = JSON.stringify({ p: 5000, q: 4300, n: 'x.exe', e: null, c: null, s: STARTED, u: '0', w: '1' })
const SYSTEM = JSON.stringify({ p: 4, q: 0, n: 'System', e: null, c: null, s: '0', u: '99', w: '1' })

describe('CIM', () => {
  it('reads processes, some of which tell little', () => {
    const found = parseCim(`\uFEFF${SYSTEM}\r\nWARNUNG: etwas\r\n${OBS}\r\n${CHILD}\r\n${STRAY}\r\n\r\n`)
    expect(found.map(({ row }) => [row.pid, row.ppid])).toEqual([
      [4, 0],
      [4242, 100],
      [4300, 4242],
      [5000, 0],
    ])
    expect(found[1]).toEqual({
      row: {
        pid: 4242,
        ppid: 100,
        group: 0,
        session: 0,
        token: STARTED,
        startedAt: Date.UTC(2026, 10, 21, 21, 26, 37),
        cpuMs: 1_250,
        memory: 409_600_000,
      },
      command: { name: 'obs64.exe', args: ['--enable-media-stream'] },
    })
  })

  it('puts nothing but digits into a script', () => {
    expect(cimScript(4242)).toContain('-Filter "ProcessId=4242"')
    expect(cimScript()).not.toContain('-Filter')
    expect(cimScript(12.9)).toContain('ProcessId=12"')
  })

  it.each([
    ['a b  c', ['a', 'b', 'c']],
    ['"C:\\Program Files\\x.exe" "two words" plain', ['C:\\Program Files\\x.exe', 'two words', 'plain']],
    ['x "say \\"hi\\"" end\\', ['x', 'say "hi"', 'end\\']],
    ['x "trailing\\\\" y', ['x', 'trailing\\', 'y']],
    ['x "" y', ['x', '', 'y']],
    ['', []],
  ])('splits %s', (line, args) => {
    expect(splitCommandLine(line)).toEqual(args)
  })
})

describe('tasklist', () => {
  it.each([
    ['"obs64.exe","4242","Console","1","412,345 K"', 412_345],
    ['"obs64.exe","4242","Console","1","412.345 K"', 412_345],
    ['"obs64.exe","4242","Console","1","412\u00a0345 Ko"', 412_345],
    ['"obs64.exe","4242","コンソール","1","412,345 K"', 412_345],
    ['"obs64.exe","4242","Konsole","1","k. A."', 0],
  ])('%s', (line, kilobytes) => {
    expect(parseTasklist(`${line}\r\n`)).toEqual([{ pid: 4242, name: 'obs64.exe', memory: kilobytes * 1_024 }])
  })

  it.each([
    'INFO: No tasks are running which match the specified criteria.',
    'INFORMATION: Es werden keine Aufgaben mit den angegebenen Kriterien ausgeführt.',
    'INFORMATION : aucune tâche en service ne correspond aux critères spécifiés.',
    '',
  ])('none: %s', (text) => {
    expect(parseTasklist(text)).toEqual([])
  })

  it('a name with a quote and a comma', () => {
    expect(parseTasklist('"TITS, ""Launcher"".exe","7","Console","1","1 K"')[0]?.name).toBe('TITS, "Launcher".exe')
  })
})

it('the machine’s numbers', () => {
  const text = '{"t":"33554432","f":"16777216","d":[["C:","100","400"],["D:",null,null]],"r":"5","x":"7"}'
  expect(parseMachine(text)).toEqual({ memory: 16_777_216 * 1_024, disks: [['C:\\', 300, 400]], bytes: [5, 7] })
  expect(parseMachine('Access denied')).toBeUndefined()
})

it('where PowerShell is not allowed, who is alive is known all the same', async () => {
  const run = async (command: string) => {
    if (command === 'powershell.exe') throw new Error('blocked by policy')
    return '"obs64.exe","4242","Console","1","1 K"\r\n'
  }
  const platform = createWindowsPlatform({ run, now: () => 0, exists: () => true })
  expect(await platform.table()).toMatchObject([{ pid: 4242, memory: 1_024 }])
})

it('the platform over them: one PowerShell for many questions, and taskkill for the tree', async () => {
  const asked: string[] = []
  let now = 0
  const run = async (command: string, args: readonly string[]) => {
    asked.push(command === 'powershell.exe' ? command : [command, ...args].join(' '))
    if (command === 'powershell.exe') return `${OBS}\r\n${CHILD}`
    return ''
  }
  const platform = createWindowsPlatform({ run, now: () => now, exists: (pid) => pid === 4242 })
  const row = await platform.row(4242)
  expect(row && (await platform.command(row))?.name).toBe('obs64.exe')
  expect(await platform.row(9)).toBeUndefined()
  expect(asked.filter((one) => one === 'powershell.exe')).toHaveLength(1)
  now = 5_000
  await platform.table()
  expect(asked.filter((one) => one === 'powershell.exe')).toHaveLength(2)
  expect(await platform.rows([4300, 9])).toMatchObject([{ pid: 4300, memory: 1_000 }])
  expect(asked).toHaveLength(2)
  if (!row) throw new Error('it is there')
  await platform.signal(row, 'SIGTERM')
  await platform.kill([row])
  expect(asked.slice(-2)).toEqual(['taskkill.exe /PID 4242 /T', 'taskkill.exe /PID 4242 /T /F'])
})
