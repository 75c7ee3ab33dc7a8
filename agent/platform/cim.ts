/**
 * What Windows answers, to numbers: the answers of the agent's PowerShell (already JSON), command lines, and what `wmic`
 * and `tasklist` print, which stand in for it where it is not allowed. Pure.
 */
import { isObject } from '../base/parse.ts'
import type { Command } from './platform.ts'

/** 100 ns steps between 1601 and 1970. */
const EPOCH_STEPS = 116_444_736_000_000_000n
const STEPS_PER_MS = 10_000

/** A process as CIM or the system's own list tells it. */
export interface SeenProcess {
  readonly pid: number
  /** Undefined from the system's own list. */
  readonly ppid: number | undefined
  /** The start as Windows counts it; `0` where it is not told. */
  readonly started: string
  /** ms epoch; 0 where it is not told. */
  readonly startedAt: number
  readonly cpuMs: number
  readonly memory: number
  readonly name: string
}

/** `[[number, parent, start, used, resident, name], ...]` */
export function parseCim(answer: unknown): SeenProcess[] {
  return rowsOf(answer, 6).flatMap(([pid, ppid, ...rest]) => {
    const seen = toProcess(pid, rest)
    return seen ? [{ ...seen, ppid: Number(ppid) || 0 }] : []
  })
}

/** `[[number, start, used, resident, name], ...]` */
export function parseLook(answer: unknown): SeenProcess[] {
  return rowsOf(answer, 5).flatMap(([pid, ...rest]) => toProcess(pid, rest) ?? [])
}

function rowsOf(answer: unknown, fields: number): unknown[][] {
  if (!Array.isArray(answer)) throw new Error('PowerShell answered something else than a list')
  return answer.filter((row) => Array.isArray(row) && row.length === fields)
}

function toProcess(pid: unknown, [started, used, resident, name]: readonly unknown[]): SeenProcess | undefined {
  // Number 0 is what idles, and no process.
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined
  // CIM counts in microseconds, the system in tenths of them.
  const steps = (fileTime(started) / 10n) * 10n
  return {
    pid,
    ppid: undefined,
    started: String(steps),
    startedAt: steps > EPOCH_STEPS ? Number((steps - EPOCH_STEPS) / BigInt(STEPS_PER_MS)) : 0,
    cpuMs: Math.floor(count(used) / STEPS_PER_MS),
    memory: count(resident),
    name: typeof name === 'string' ? name : '',
  }
}

function fileTime(value: unknown): bigint {
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : 0n
}

function count(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0
}

/** By a command line, as a process got it. */
export function toCommand(name: string, line: unknown): Command {
  return { name, args: typeof line === 'string' ? splitCommandLine(line).slice(1) : [] }
}

/** As Windows' own C runtime does: quotes group, and backslashes count only before a quote. */
export function splitCommandLine(line: string): string[] {
  const args: string[] = []
  let current = ''
  let quoted = false
  let begun = false
  for (let at = 0; at < line.length; ) {
    const char = line[at] ?? ''
    if (char === '\\') {
      let slashes = 0
      while (line[at + slashes] === '\\') slashes += 1
      at += slashes
      const beforeQuote = line[at] === '"'
      current += '\\'.repeat(beforeQuote ? Math.floor(slashes / 2) : slashes)
      begun = true
      if (beforeQuote && slashes % 2 === 1) {
        current += '"'
        at += 1
      }
      continue
    }
    at += 1
    if (char === '"') {
      quoted = !quoted
      begun = true
    } else if (!quoted && (char === ' ' || char === '\t')) {
      if (begun) args.push(current)
      current = ''
      begun = false
    } else {
      current += char
      begun = true
    }
  }
  if (begun) args.push(current)
  return args
}

/**
 * `tasklist /FO CSV /NH`: `"obs64.exe","4242","Console","1","412.345 K"`. The message that there is none is in the system's
 * language and has no quotes; digits are grouped as the locale does: `1,234 K`, `1.234 K`, `1 234 Ko`.
 */
export function parseTasklist(text: string): SeenProcess[] {
  return text.split('\n').flatMap((line) => {
    const fields = [...line.matchAll(/"((?:[^"]|"")*)"/g)].map((match) => (match[1] ?? '').replaceAll('""', '"'))
    const [name = '', pid = '', , , memory = ''] = fields
    if (fields.length < 5 || !/^\d+$/.test(pid) || pid === '0') return []
    return [{ ...UNSEEN, pid: Number(pid), name, memory: Number(memory.replaceAll(/\D/g, '')) * 1_024 }]
  })
}

/** Of which nothing is told but that it is there. */
export const UNSEEN: Omit<SeenProcess, 'pid'> = { ppid: 0, started: '0', startedAt: 0, cpuMs: 0, memory: 0, name: '' }

/**
 * `wmic process get CreationDate,Name,ParentProcessId,ProcessId,WorkingSetSize`: columns in this order, filled up with blanks,
 * `20261121222637.123456+060  obs64.exe  100  4242  409600000`. A newer one prints in UTF-16, an older one has no dates.
 */
export function parseWmic(text: string): SeenProcess[] {
  const lines = text.replaceAll(/[\0\uFFFD\uFEFF]/g, '').split('\n')
  return lines.flatMap((line) => {
    const match = /^(\d{14}\.\d{6}[+-]\d{3})?\s*(\S.*?)\s+(\d+)\s+(\d+)\s+(\d+)\s*$/.exec(line)
    if (!match) return []
    const [, date = '', name = '', ppid = '', pid = '', memory = ''] = match
    const started = parseDmtf(date)
    const seen = toProcess(Number(pid), [String(started), 0, Number(memory), name])
    return seen ? [{ ...seen, ppid: Number(ppid) }] : []
  })
}

/** `yyyymmddHHMMSS.mmmmmm+UUU`, local time and its distance from UTC in minutes, as a file time. */
function parseDmtf(text: string): bigint {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d{6})([+-]\d{3})$/.exec(text)
  if (!match) return 0n
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0, offset = 0] = match
    .slice(1)
    .map(Number)
  const ms = Date.UTC(year, month - 1, day, hour, minute - offset, second)
  return EPOCH_STEPS + BigInt(ms) * BigInt(STEPS_PER_MS) + BigInt(micros) * 10n
}

/** `[received, sent]`, bytes. */
export function parseNet(answer: unknown): [number, number] | undefined {
  if (!Array.isArray(answer) || answer.length !== 2) return undefined
  const [received, sent] = answer
  return typeof received === 'number' && typeof sent === 'number' ? [received, sent] : undefined
}

/** Tenths of a kelvin, a zone each, to the hottest one's °C. Boards that measure nothing tell absolute zero or a constant. */
export function parseHeat(answer: unknown): number | null {
  if (!Array.isArray(answer)) return null
  const degrees = answer
    .map((tenths) => Math.round(Number(tenths) - 2_731.5) / 10)
    .filter((value) => value > 0 && value < 130)
  return degrees.length > 0 ? Math.max(...degrees) : null
}

/** `["C:", "D:"]` */
export function parseDrives(answer: unknown): string[] {
  if (!Array.isArray(answer)) return []
  return answer.filter((letter): letter is string => typeof letter === 'string' && /^[A-Z]:$/i.test(letter))
}

/** The version of PowerShell, and what it may do. */
export function parseSelf(answer: unknown): { version: string; mode: string } {
  const { version, mode } = isObject(answer) ? answer : {}
  return { version: String(version ?? '?'), mode: String(mode ?? '?') }
}
