/**
 * Windows by CIM, `tasklist` and `taskkill`. Its parsers are tested on captured output; it was never run on a real
 * Windows.
 */
import { cpus, uptime } from 'node:os'
import type { MachineSample } from '../link/frames.ts'
import { type CimProcess, cimScript, MACHINE_SCRIPT, parseCim, parseMachine, parseTasklist } from './cim.ts'
import { CpuShare } from './cpu-share.ts'
import type { Platform } from './platform.ts'
import { type RunTool, runTool } from './run-tool.ts'

/** Starting PowerShell costs half a second: within this, one answer serves all who ask. */
const FRESH_MS = 900
const POWERSHELL = ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command'] as const

export function createWindowsPlatform(run: RunTool = runTool, now: () => number = () => performance.now()): Platform {
  const cpu = new CpuShare(cpus)
  const bootedAt = Math.round(Date.now() - uptime() * 1_000)
  let known: { at: number; processes: Promise<CimProcess[]> } | undefined
  let net: { at: number; bytes: [number, number] } | undefined

  const list = (): Promise<CimProcess[]> => {
    if (known && now() - known.at < FRESH_MS) return known.processes
    const processes = run('powershell.exe', [...POWERSHELL, cimScript()]).then(parseCim)
    known = { at: now(), processes }
    // A failure is not remembered.
    processes.catch(() => {
      known = undefined
    })
    return processes
  }

  return {
    table: async () => (await list()).map(({ row }) => row),
    async row(pid) {
      const tasks = parseTasklist(await run('tasklist.exe', ['/FO', 'CSV', '/NH', '/FI', `PID eq ${Math.trunc(pid)}`]))
      // Cheap, and the answer most of the time; the start is asked for only once it is known to be there.
      if (!tasks.some((task) => task.pid === pid)) return undefined
      const cached = (await list()).find(({ row }) => row.pid === pid)
      if (cached) return cached.row
      return parseCim(await run('powershell.exe', [...POWERSHELL, cimScript(pid)]))[0]?.row
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

function rates(
  before: { at: number; bytes: [number, number] },
  after: { at: number; bytes: [number, number] },
): [number, number] {
  const seconds = Math.max(0.001, (after.at - before.at) / 1_000)
  const rate = (index: 0 | 1) => Math.max(0, Math.round((after.bytes[index] - before.bytes[index]) / seconds))
  return [rate(0), rate(1)]
}
