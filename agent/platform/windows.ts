/**
 * Windows by CIM, `tasklist` and `taskkill`. Its parsers are tested on samples; it was never run on a real
 * Windows.
 */
import { cpus, uptime } from 'node:os'
import { errorCode } from '../base/errors.ts'
import type { MachineSample } from '../link/frames.ts'
import { type CimProcess, cimScript, MACHINE_SCRIPT, parseCim, parseMachine, parseTasklist } from './cim.ts'
import { CpuShare } from './cpu-share.ts'
import type { Platform } from './platform.ts'
import { type RunTool, runTool } from './run-tool.ts'

/** Starting PowerShell costs half a second of a core: within this, one answer serves all who ask. */
const FRESH_MS = 900
/** So long a known process counts as itself while its number is alive; the regular look is more often than this. */
const KNOWN_MS = 15_000
const POWERSHELL = ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command'] as const

export interface WindowsTools {
  readonly run: RunTool
  /** Monotonic ms. */
  readonly now: () => number
  /** Whether a process has this number. */
  readonly exists: (pid: number) => boolean
}

const REAL: WindowsTools = { run: runTool, now: () => performance.now(), exists: isAlive }

export function createWindowsPlatform({ run, now, exists }: WindowsTools = REAL): Platform {
  const cpu = new CpuShare(cpus)
  const bootedAt = Math.round(Date.now() - uptime() * 1_000)
  let known: { at: number; processes: Promise<CimProcess[]> } | undefined
  let net: { at: number; bytes: [number, number] } | undefined

  const list = (maxAgeMs = FRESH_MS): Promise<CimProcess[]> => {
    if (known && now() - known.at < maxAgeMs) return known.processes
    const processes = run('powershell.exe', [...POWERSHELL, cimScript()]).then(parseCim)
    known = { at: now(), processes }
    // A failure is not remembered.
    processes.catch(() => {
      known = undefined
    })
    return processes
  }

  return {
    async table() {
      try {
        return (await list()).map(({ row }) => row)
      } catch {
        // Where PowerShell is not allowed: who is alive, and nothing of their beginnings.
        const tasks = parseTasklist(await run('tasklist.exe', ['/FO', 'CSV', '/NH']))
        return tasks.map(({ pid, memory }) => ({ ...NOTHING_KNOWN, pid, memory }))
      }
    },
    async row(pid) {
      if (!exists(pid)) return undefined
      const cached = (await list(KNOWN_MS)).find(({ row }) => row.pid === pid)
      if (cached) return cached.row
      return parseCim(await run('powershell.exe', [...POWERSHELL, cimScript(pid)]))[0]?.row
    },
    async rows(pids) {
      return pids.length === 0 ? [] : (await list()).map(({ row }) => row).filter(({ pid }) => pids.includes(pid))
    },
    command: async ({ pid, token }) =>
      (await list()).find(({ row }) => row.pid === pid && row.token === token)?.command,
    // An environment cannot be read from outside on Windows; the parent's number and the saved start must do.
    marker: async () => undefined,
    async signal({ pid }, signal) {
      const force = signal === 'SIGKILL' ? ['/F'] : []
      await run('taskkill.exe', ['/PID', String(pid), '/T', ...force]).catch(() => {})
      known = undefined
    },
    async kill(rows) {
      for (const { pid } of rows) await run('taskkill.exe', ['/PID', String(pid), '/T', '/F']).catch(() => {})
      known = undefined
    },
    async machine(): Promise<MachineSample> {
      const numbers = parseMachine(await run('powershell.exe', [...POWERSHELL, MACHINE_SCRIPT]).catch(() => ''))
      const before = net
      net = numbers && { at: now(), bytes: numbers.bytes }
      return {
        cpu: cpu.next(),
        memory: numbers?.memory ?? null,
        disks: numbers?.disks ?? [],
        net: before && net ? rates(before, net) : null,
        temperature: null,
      }
    },
    bootedAt: async () => bootedAt,
  }
}

const NOTHING_KNOWN = { ppid: 0, group: 0, session: 0, token: 'unknown', startedAt: 0, cpuMs: 0 }

/** A number that may not be asked about is alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

function rates(
  before: { at: number; bytes: [number, number] },
  after: { at: number; bytes: [number, number] },
): [number, number] {
  const seconds = Math.max(0.001, (after.at - before.at) / 1_000)
  const rate = (index: 0 | 1) => Math.max(0, Math.round((after.bytes[index] - before.bytes[index]) / seconds))
  return [rate(0), rate(1)]
}
