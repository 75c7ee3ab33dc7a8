/** What macOS's `ps`, `sysctl`, `vm_stat` and `netstat` print, to numbers. Pure. */
import type { Command, ProcessRow } from './platform.ts'

/** The columns that are asked for; the last may hold blanks. */
export const PS_COLUMNS = 'pid=,ppid=,pgid=,sess=,state=,lstart=,time=,rss=,comm='

/**
 * `ps -axww -o <columns>`: `  501   1 501 0 Ss Sat Nov 21 21:26:37 2026  1:02.34  12345 /path/with blanks`. The session is
 * an address on macOS, and of no use. The name is what the process was called by, and may be empty.
 */
export function parsePs(text: string): { row: ProcessRow; name: string }[] {
  const line =
    /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\S+\s+(?:\S+\s+\d+|\d+\s+\S+)\s+\d+:\d+:\d+\s+\d{4})\s+(\S+)\s+(\d+)(?:\s+(.*?))?\s*$/
  return text.split('\n').flatMap((one) => {
    const match = line.exec(one)
    if (!match) return []
    const [, pid = '', ppid = '', group = '', , state = '', start = '', used = '', kilobytes = '', name = ''] = match
    if (state.startsWith('Z')) return []
    const startedAt = parseStart(start)
    const row: ProcessRow = {
      pid: Number(pid),
      ppid: Number(ppid),
      group: Number(group),
      session: 0,
      // To the second; the same number is not given twice within one, and never again at the same time.
      token: `since ${startedAt / 1_000}`,
      startedAt,
      cpuMs: parseCpuTime(used),
      memory: Number(kilobytes) * 1_024,
    }
    // In brackets where its command line is not told.
    return [{ row, name: name.replace(/^\((.*)\)$/, '$1') }]
  })
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** `Sat Nov 21 21:26:37 2026`, or with the day first as some locales have it; UTC, as `ps` is told. */
function parseStart(text: string): number {
  const match = /^\S+\s+(?:(\S+)\s+(\d+)|(\d+)\s+(\S+))\s+(\d+):(\d+):(\d+)\s+(\d{4})$/.exec(text)
  if (!match) return 0
  const month = MONTHS.indexOf((match[1] ?? match[4] ?? '').slice(0, 3).toLowerCase())
  const day = Number(match[2] ?? match[3])
  if (month < 0) return 0
  return Date.UTC(Number(match[8]), month, day, Number(match[5]), Number(match[6]), Number(match[7]))
}

/** `1:02.34`, `12:01:02`, `3-12:01:02`; a locale may write `1:02,34`. Answers ms. */
export function parseCpuTime(text: string): number {
  const [days, clock] = text.includes('-') ? text.split('-') : ['0', text]
  const parts = (clock ?? '').replace(',', '.').split(':').map(Number)
  const seconds = parts.reduce((sum, part) => sum * 60 + part, 0)
  const total = (Number(days) * 86_400 + seconds) * 1_000
  return Number.isFinite(total) ? Math.round(total) : 0
}

/** `ps -ww -o args= -p <pid>`: the command line as one text. Arguments with blanks fall apart; there is no better. */
export function parseCommandLine(text: string, path: string): Command {
  const line = text.trim()
  const rest = line.startsWith(path) ? line.slice(path.length) : line.replace(/^\S+/, '')
  return { name: path.split('/').at(-1) ?? path, args: rest.split(/\s+/).filter((part) => part !== '') }
}

/**
 * `ps -axwwE -o pid=,command=`: a number, arguments and then the environment, without a border between them. The value of a
 * variable for each process that has it.
 */
export function findVariable(text: string, name: string): Map<number, string> {
  const found = new Map<number, string>()
  for (const line of text.split('\n')) {
    const at = line.indexOf(` ${name}=`)
    const pid = Number.parseInt(line, 10)
    const value = at < 0 ? undefined : /^\S+/.exec(line.slice(at + name.length + 2))?.[0]
    if (value !== undefined && pid > 0) found.set(pid, value)
  }
  return found
}

/** `vm_stat`: used bytes, as the Activity Monitor counts them: active, wired and compressed. */
export function parseVmStat(text: string): number | undefined {
  const page = Number(/page size of (\d+) bytes/.exec(text)?.[1])
  const pages = (label: string) => Number(new RegExp(`^${label}:\\s+(\\d+)\\.?$`, 'm').exec(text)?.[1])
  const used = pages('Pages active') + pages('Pages wired down') + (pages('Pages occupied by compressor') || 0)
  return Number.isFinite(used * page) ? used * page : undefined
}

/** `netstat -ibn`: bytes in and out, each interface once (its link line), the loopback left out. */
export function parseNetstat(text: string): [received: number, sent: number] | undefined {
  const [head = '', ...lines] = text.split('\n')
  const columns = head.trim().split(/\s+/)
  const fromEnd = (name: string) => columns.length - columns.indexOf(name)
  if (!columns.includes('Ibytes') || !columns.includes('Obytes')) return undefined
  let received = 0
  let sent = 0
  for (const line of lines) {
    const fields = line.trim().split(/\s+/)
    if (!fields[2]?.startsWith('<Link#') || fields[0]?.startsWith('lo')) continue
    // The address column is empty for some: counted from the end.
    received += Number(fields[fields.length - fromEnd('Ibytes')]) || 0
    sent += Number(fields[fields.length - fromEnd('Obytes')]) || 0
  }
  return [received, sent]
}
