/**
 * What Windows prints, to numbers. Processes come from CIM as JSON (`Win32_Process`; `wmic` is gone from new Windows); where
 * PowerShell is not allowed, `tasklist` in CSV says at least who is alive. Pure.
 */
import { isObject } from '../base/parse.ts'
import type { Command, ProcessRow } from './platform.ts'

/** One line of JSON a process. Dates as UTC file times, so that no locale touches them. */
const CIM_SCRIPT = `
[Console]::OutputEncoding = [Text.UTF8Encoding]::new($false)
Get-CimInstance Win32_Process WHERE_CLAUSE | ForEach-Object {
  $started = if ($_.CreationDate) { $_.CreationDate.ToFileTimeUtc() } else { 0 }
  @{ p = $_.ProcessId; q = $_.ParentProcessId; n = $_.Name; e = $_.ExecutablePath; c = $_.CommandLine; s = "$started";
     u = "$([uint64]$_.UserModeTime + [uint64]$_.KernelModeTime)"; w = "$($_.WorkingSetSize)" } | ConvertTo-Json -Compress
}`

/** For all, or for one. Only digits are ever put in. */
export function cimScript(pid?: number): string {
  const where = pid === undefined ? '' : `-Filter "ProcessId=${Math.trunc(pid)}"`
  return CIM_SCRIPT.replace('WHERE_CLAUSE', where)
}

/** 100 ns steps between 1601 and 1970. */
const EPOCH_STEPS = 116_444_736_000_000_000n
const STEPS_PER_MS = 10_000n

export interface CimProcess {
  readonly row: ProcessRow
  readonly command: Command
}

export function parseCim(text: string): CimProcess[] {
  const processes = text.split('\n').flatMap((line): CimProcess[] => {
    let value: unknown
    try {
      value = JSON.parse(line.replace(/^\uFEFF/, ''))
    } catch {
      // A warning, or a blank line.
      return []
    }
    if (!isObject(value) || typeof value.p !== 'number' || typeof value.q !== 'number') return []
    const started = steps(value.s)
    return [
      {
        row: {
          pid: value.p,
          ppid: value.q,
          group: 0,
          session: 0,
          token: String(started),
          startedAt: started > 0n ? Number((started - EPOCH_STEPS) / STEPS_PER_MS) : 0,
          cpuMs: Number(steps(value.u) / STEPS_PER_MS),
          memory: Number(steps(value.w)),
        },
        command: {
          name: typeof value.n === 'string' ? value.n : '',
          args: typeof value.c === 'string' ? splitCommandLine(value.c).slice(1) : [],
        },
      },
    ]
  })
  return withoutFalseParents(processes)
}

/** Windows keeps a parent's number after its end, and gives it to somebody else: no parent is younger than its child. */
function withoutFalseParents(processes: readonly CimProcess[]): CimProcess[] {
  const started = new Map(processes.map(({ row }) => [row.pid, row.startedAt]))
  return processes.map((process) => {
    const { row } = process
    const parent = started.get(row.ppid)
    return parent !== undefined && parent > row.startedAt ? { ...process, row: { ...row, ppid: 0 } } : process
  })
}

function steps(value: unknown): bigint {
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : 0n
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
      let count = 0
      while (line[at + count] === '\\') count += 1
      at += count
      const beforeQuote = line[at] === '"'
      current += '\\'.repeat(beforeQuote ? Math.floor(count / 2) : count)
      begun = true
      if (beforeQuote && count % 2 === 1) {
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
export function parseTasklist(text: string): { pid: number; name: string; memory: number }[] {
  return text.split('\n').flatMap((line) => {
    const fields = [...line.matchAll(/"((?:[^"]|"")*)"/g)].map((match) => (match[1] ?? '').replaceAll('""', '"'))
    const [name = '', pid = '', , , memory = ''] = fields
    if (fields.length < 5 || !/^\d+$/.test(pid)) return []
    return [{ pid: Number(pid), name, memory: Number(memory.replaceAll(/\D/g, '')) * 1_024 }]
  })
}

/** The machine's own numbers, from one script of `Win32_OperatingSystem`, disks and network counters. */
export const MACHINE_SCRIPT = `
[Console]::OutputEncoding = [Text.UTF8Encoding]::new($false)
$os = Get-CimInstance Win32_OperatingSystem
$disks = @(Get-CimInstance Win32_LogicalDisk -Filter "DriveType=3" | ForEach-Object { ,@($_.DeviceID, "$($_.FreeSpace)", "$($_.Size)") })
$net = Get-CimInstance Win32_PerfRawData_Tcpip_NetworkInterface
@{ t = "$($os.TotalVisibleMemorySize)"; f = "$($os.FreePhysicalMemory)"; d = $disks;
   r = "$(($net | Measure-Object BytesReceivedPerSec -Sum).Sum)"; x = "$(($net | Measure-Object BytesSentPerSec -Sum).Sum)"
 } | ConvertTo-Json -Compress -Depth 4`

export interface MachineNumbers {
  readonly memory: number | null
  readonly disks: readonly [string, number, number][]
  readonly bytes: [number, number]
}

export function parseMachine(text: string): MachineNumbers | undefined {
  let value: unknown
  try {
    value = JSON.parse(text.trim().replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
  if (!isObject(value)) return undefined
  const total = steps(value.t)
  const disks = Array.isArray(value.d) ? value.d : []
  return {
    memory: total > 0n ? Number(total - steps(value.f)) * 1_024 : null,
    disks: disks.flatMap((disk): [string, number, number][] => {
      if (!Array.isArray(disk) || typeof disk[0] !== 'string') return []
      const size = Number(steps(disk[2]))
      return size > 0 ? [[`${disk[0]}\\`, size - Number(steps(disk[1])), size]] : []
    }),
    bytes: [Number(steps(value.r)), Number(steps(value.x))],
  }
}
