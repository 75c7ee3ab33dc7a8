/** Samples of what Windows answers, in other languages too. */
import { describe, expect, it } from 'vitest'
import {
  parseCim,
  parseDrives,
  parseHeat,
  parseLook,
  parseNet,
  parseSelf,
  parseTasklist,
  parseWmic,
  splitCommandLine,
  toCommand,
} from './cim.ts'

/** 2026-11-21T21:26:37Z as a file time. */
const STARTED = '134397699970000000'

describe('CIM', () => {
  it('reads processes, some of which tell little', () => {
    const found = parseCim([
      [0, 0, '0', 9_000_000_000_000, 8_192, 'System Idle Process'],
      [4, 0, '0', 99_000_000, 1, 'System'],
      [4_242, 100, STARTED, 12_500_000, 409_600_000, 'obs64.exe'],
      [7, 4, STARTED, 0, 0, 'Größe Übung.exe'],
      ['8', 4, STARTED, 0, 0, 'number as text'],
      [9, 4],
      null,
    ])
    expect(found.map(({ pid, name }) => [pid, name])).toEqual([
      [4, 'System'],
      [4_242, 'obs64.exe'],
      [7, 'Größe Übung.exe'],
    ])
    expect(found[0]).toMatchObject({ started: '0', startedAt: 0, cpuMs: 9_900 })
    expect(found[1]).toEqual({
      pid: 4_242,
      ppid: 100,
      started: STARTED,
      startedAt: Date.UTC(2026, 10, 21, 21, 26, 37),
      cpuMs: 1_250,
      memory: 409_600_000,
      name: 'obs64.exe',
    })
  })

  it('reads the system’s own list, which knows no parents', () => {
    expect(
      parseLook([
        [4_242, STARTED, 12_500_000, 1, 'obs64'],
        [4, '0', 0, 1, 'System', 'more'],
      ]),
    ).toEqual([expect.objectContaining({ pid: 4_242, ppid: undefined, started: STARTED, name: 'obs64' })])
  })

  it.each([null, {}, 'x', 7])('%o is no list', (answer) => {
    expect(() => parseCim(answer)).toThrow('something else')
    expect(() => parseLook(answer)).toThrow('something else')
  })

  it('a command line that is not told has no arguments', () => {
    expect(toCommand('obs64.exe', null)).toEqual({ name: 'obs64.exe', args: [] })
    expect(toCommand('obs64.exe', '"C:\\x y\\obs64.exe" --minimize-to-tray')).toEqual({
      name: 'obs64.exe',
      args: ['--minimize-to-tray'],
    })
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
    expect(parseTasklist(`${line}\r\n`)).toMatchObject([{ pid: 4242, name: 'obs64.exe', memory: kilobytes * 1_024 }])
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

describe('wmic', () => {
  it('an old one, with dates in local time', () => {
    const text = `CreationDate               Name                 ParentProcessId  ProcessId  WorkingSetSize  \r\r
                           System Idle Process  0                0          8192            \r\r
20261121222637.000001+060  obs64.exe            100              4242       409600000       \r\r
20261121152637.000000-360  My (odd) name 7.exe  4242             4300       4096            \r\r\n`
    expect(parseWmic(text)).toEqual([
      expect.objectContaining({
        pid: 4_242,
        ppid: 100,
        started: '134397699970000010',
        startedAt: Date.UTC(2026, 10, 21, 21, 26, 37),
        memory: 409_600_000,
        name: 'obs64.exe',
      }),
      expect.objectContaining({ pid: 4_300, ppid: 4_242, started: STARTED, name: 'My (odd) name 7.exe' }),
    ])
  })

  it('one that prints in UTF-16 and knows no dates', () => {
    const text = `Name            ParentProcessID ProcessID       WorkingSetSize  \r\nexplorer.exe    48              64              0               \r\n`
    const printed = Buffer.from(`\uFEFF${text}`, 'utf16le').toString('utf8')
    expect(parseWmic(printed)).toMatchObject([{ pid: 64, ppid: 48, name: 'explorer.exe', startedAt: 0, started: '0' }])
  })

  it.each(['Node - PC\r\nERROR:\r\nDescription = Invalid query', ''])('%o', (text) => {
    expect(parseWmic(text)).toEqual([])
  })
})

it('the machine’s figures', () => {
  expect(parseNet([5, 7])).toEqual([5, 7])
  for (const odd of [[5], ['5', '7'], null, { r: 1 }]) expect(parseNet(odd)).toBeUndefined()
  // 45 °C and 51.9 °C; a zone that measures nothing; nonsense.
  expect(parseHeat([3_181, 3_250, 0, 99_999, 'x'])).toBe(51.9)
  expect(parseHeat([])).toBeNull()
  expect(parseHeat(undefined)).toBeNull()
  expect(parseDrives(['C:', 'D:', '\\\\?\\', 7])).toEqual(['C:', 'D:'])
  expect(parseDrives(undefined)).toEqual([])
  expect(parseSelf({ version: '5.1.22621.1', mode: 'ConstrainedLanguage' })).toEqual({
    version: '5.1.22621.1',
    mode: 'ConstrainedLanguage',
  })
  expect(parseSelf(null)).toEqual({ version: '?', mode: '?' })
})
