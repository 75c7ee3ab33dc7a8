/**
 * Linux by `/proc`, read synchronously: these files are memory, and an answer takes microseconds. Owns the sums that
 * rates are made of; knows nothing of definitions.
 */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, statfsSync } from 'node:fs'
import { basename } from 'node:path'
import { errorCode } from '../base/errors.ts'
import type { MachineSample } from '../link/frames.ts'
import { type Command, MARKER, type Platform, type ProcessRow } from './platform.ts'
import { parseBootTime, parseCpu, parseMemory, parseNetwork, parseNulList, parseStat } from './proc.ts'

/** What the kernel reports ticks in, on every architecture Node runs on. */
const TICKS_PER_SECOND = 100
const MS_PER_TICK = 1_000 / TICKS_PER_SECOND
/** Resident memory is counted in pages; taken from this process's own, for arm64 may have larger ones. */
const PAGE_BYTES = pageBytes()
/** More than any line of `stat` takes. */
const buffer = Buffer.alloc(4_096)

export function createLinuxPlatform(): Platform {
  const bootId = readText('/proc/sys/kernel/random/boot_id').trim().slice(0, 8)
  const bootedAt = parseBootTime(readText('/proc/stat')) * 1_000
  const rates = new Rates()

  const row = (pid: number): ProcessRow | undefined => {
    const stat = parseStat(readSmall(`/proc/${pid}/stat`))
    if (!stat || stat.state === 'Z' || stat.state === 'X') return undefined
    return {
      pid,
      ppid: stat.ppid,
      group: stat.group,
      session: stat.session,
      token: `${bootId}-${stat.startTicks}`,
      startedAt: bootedAt + stat.startTicks * MS_PER_TICK,
      cpuMs: stat.ticks * MS_PER_TICK,
      memory: stat.residentPages * PAGE_BYTES,
    }
  }

  return {
    table: async () =>
      readdirSync('/proc')
        .filter((entry) => entry.charCodeAt(0) <= 57 && entry.charCodeAt(0) >= 48)
        .map((entry) => row(Number(entry)))
        .filter((found) => found !== undefined),
    row: async (pid) => row(pid),
    async orphans() {
      const pids = inherited()
      return pids?.map(row).filter((found) => found !== undefined)
    },
    rows: async (pids) => pids.map(row).filter((found) => found !== undefined),
    command: async ({ pid }) => commandOf(pid),
    marker: async ({ pid }) => markerOf(pid),
    async signal({ pid, group }, signal) {
      send(group === pid ? -pid : pid, signal)
    },
    async kill(rows) {
      for (const { pid } of rows) send(pid, 'SIGKILL')
    },
    machine: async () => rates.sample(),
    bootedAt: async () => bootedAt,
    notes: async () => [],
    close() {},
  }
}

/**
 * An orphan goes to the nearest ancestor that takes them in, pid 1 at the latest: to one of this agent's own. A list may
 * miss one while another in it ends, so two readings must agree. (proc(5), `children`)
 */
function inherited(): number[] | undefined {
  // It is the heir itself, and all of its children are its own.
  if (process.pid === 1) return undefined
  const [first, second] = [childrenOfAncestors(), childrenOfAncestors()]
  return first !== undefined && first === second ? first.split(' ').filter(Boolean).map(Number) : undefined
}

function childrenOfAncestors(): string | undefined {
  let all = ''
  try {
    for (let pid = process.ppid; pid > 0; pid = parseStat(readSmall(`/proc/${pid}/stat`))?.ppid ?? 0) {
      for (const thread of readdirSync(`/proc/${pid}/task`)) {
        all += ` ${readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').trim()}`
      }
      if (pid === 1) return all
    }
  } catch {
    // Hidden from this account, or a kernel that does not have them.
  }
  return undefined
}

function commandOf(pid: number): Command | undefined {
  const [first, ...args] = parseNulList(readText(`/proc/${pid}/cmdline`))
  if (first === undefined) return undefined
  let executable = first
  try {
    // A program replaced by an update while it runs.
    executable = readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '')
  } catch {
    // Another user's: the command line says as much.
  }
  return { name: basename(executable), args }
}

/** Called for every process younger than one that ended: the list is not taken apart for it. */
function markerOf(pid: number): string | undefined {
  const environment = `\0${readText(`/proc/${pid}/environ`)}`
  const prefix = `\0${MARKER}=`
  const at = environment.indexOf(prefix)
  if (at < 0) return undefined
  const end = environment.indexOf('\0', at + prefix.length)
  return environment.slice(at + prefix.length, end < 0 ? undefined : end)
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}

/** Empty when the process is gone or not ours to read. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Like `readText` for one short file, at a third of the cost: it is called for every process. */
function readSmall(path: string): string {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch {
    return ''
  }
  try {
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, 0))
  } catch {
    return ''
  } finally {
    closeSync(descriptor)
  }
}

function pageBytes(): number {
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(readText('/proc/self/status'))?.[1])
  const pages = Number(readText('/proc/self/statm').split(' ')[1])
  const exact = (kilobytes * 1_024) / pages
  // The two were not read in the same moment: the nearest that exists.
  return [4_096, 16_384, 65_536].find((size) => exact < size * 1.5) ?? 4_096
}

/** The machine's own numbers; those that are rates count from the sample before. */
class Rates {
  #cpu: { total: number; idle: number } | undefined
  #net: { at: number; bytes: [number, number] } | undefined

  sample(): MachineSample {
    return {
      cpu: this.#cpuShare(),
      memory: parseMemory(readText('/proc/meminfo')) ?? null,
      disks: disk('/'),
      net: this.#network(),
      temperature: temperature(),
    }
  }

  #cpuShare(): number | null {
    const before = this.#cpu
    const now = parseCpu(readSmall('/proc/stat'))
    this.#cpu = now
    if (!before || !now || now.total <= before.total) return null
    const idle = (now.idle - before.idle) / (now.total - before.total)
    return Math.round(Math.min(1, Math.max(0, 1 - idle)) * 1_000) / 10
  }

  #network(): [number, number] | null {
    const before = this.#net
    const now = { at: performance.now(), bytes: parseNetwork(readText('/proc/net/dev')) }
    this.#net = now
    if (!before || now.at <= before.at) return null
    const seconds = (now.at - before.at) / 1_000
    const rate = (index: 0 | 1) => Math.max(0, Math.round((now.bytes[index] - before.bytes[index]) / seconds))
    return [rate(0), rate(1)]
  }
}

function disk(path: string): [string, number, number][] {
  try {
    const { blocks, bfree, bsize } = statfsSync(path)
    return [[path, (blocks - bfree) * bsize, blocks * bsize]]
  } catch {
    return []
  }
}

/** The hottest zone, °C; null on a machine that tells none. */
function temperature(): number | null {
  let zones: string[]
  try {
    zones = readdirSync('/sys/class/thermal').filter((name) => name.startsWith('thermal_zone'))
  } catch {
    return null
  }
  const degrees = zones
    .map((zone) => Number(readSmall(`/sys/class/thermal/${zone}/temp`).trim() || Number.NaN) / 1_000)
    .filter((value) => value > -50 && value < 200)
  return degrees.length > 0 ? Math.max(...degrees) : null
}
