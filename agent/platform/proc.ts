/** Text of Linux's `/proc` to numbers. Pure; knows no files. */

export interface ProcStat {
  readonly pid: number
  readonly name: string
  readonly state: string
  readonly ppid: number
  readonly group: number
  readonly session: number
  /** Processor time, clock ticks. */
  readonly ticks: number
  /** Since boot, clock ticks. */
  readonly startTicks: number
  readonly residentPages: number
}

/** Those after the name that are looked at; there are thirty more. */
const STAT_FIELDS = 22

/** `/proc/<pid>/stat`. A name may hold blanks, parentheses and line breaks: only the last parenthesis ends it. */
export function parseStat(text: string): ProcStat | undefined {
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  if (open < 1 || close < open) return undefined
  const fields = text.slice(close + 2).split(' ', STAT_FIELDS)
  const at = (index: number) => Number(fields[index])
  const stat = {
    pid: Number(text.slice(0, open)),
    name: text.slice(open + 1, close),
    state: fields[0] ?? '',
    ppid: at(1),
    group: at(2),
    session: at(3),
    ticks: at(11) + at(12),
    startTicks: at(19),
    residentPages: at(21),
  }
  return Number.isFinite(stat.pid + stat.ppid + stat.ticks + stat.startTicks + stat.residentPages) ? stat : undefined
}

/** The first line of `/proc/stat`: ticks of all processors together, idle ones apart. */
export function parseCpu(text: string): { total: number; idle: number } | undefined {
  const line = /^cpu +(.*)$/m.exec(text)?.[1]
  if (line === undefined) return undefined
  // user nice system idle iowait irq softirq steal; guest time is in user already.
  const fields = line.split(' ').slice(0, 8).map(Number)
  const idle = (fields[3] ?? 0) + (fields[4] ?? 0)
  const total = fields.reduce((sum, field) => sum + field, 0)
  return Number.isFinite(total) ? { total, idle } : undefined
}

/** Seconds since the epoch at which the machine started. */
export function parseBootTime(text: string): number {
  return Number(/^btime (\d+)$/m.exec(text)?.[1] ?? 0)
}

/** `/proc/meminfo`: used bytes. Without `MemAvailable` (before 3.14) free and cached memory counts as available. */
export function parseMemory(text: string): number | undefined {
  const lines = `\n${text}`
  const kilobytes = (name: string) => {
    const at = lines.indexOf(`\n${name}:`)
    const found = at < 0 ? undefined : / (\d+) kB$/m.exec(lines.slice(at + 1, at + 80))?.[1]
    return found === undefined ? undefined : Number(found)
  }
  const total = kilobytes('MemTotal')
  if (total === undefined) return undefined
  const available =
    kilobytes('MemAvailable') ?? (kilobytes('MemFree') ?? 0) + (kilobytes('Buffers') ?? 0) + (kilobytes('Cached') ?? 0)
  return Math.max(0, total - available) * 1_024
}

/** `/proc/net/dev`: bytes in and out, the loopback left out. Names may touch the first number. */
export function parseNetwork(text: string): [received: number, sent: number] {
  let received = 0
  let sent = 0
  for (const line of text.split('\n')) {
    const match = /^ *([^:\s]+): *(.*)$/.exec(line)
    if (!match || match[1] === 'lo') continue
    const fields = (match[2] ?? '').split(/ +/).map(Number)
    received += fields[0] ?? 0
    sent += fields[8] ?? 0
  }
  return [received, sent]
}

/** NUL-separated, as `cmdline` and `environ` are. */
export function parseNulList(text: string): string[] {
  const parts = text.split('\0')
  if (parts.at(-1) === '') parts.pop()
  return parts
}
