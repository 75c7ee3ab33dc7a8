/** macOS by `ps` and its neighbours. Its parsers are tested on samples; it was never run on a real Mac. */
import { statfsSync } from 'node:fs'
import { cpus, uptime } from 'node:os'
import { errorCode } from '../base/errors.ts'
import type { MachineSample } from '../link/frames.ts'
import { CpuShare } from './cpu-share.ts'
import { MARKER, type Platform, type ProcessRow } from './platform.ts'
import { findVariable, PS_COLUMNS, parseCommandLine, parseNetstat, parsePs, parseVmStat } from './ps.ts'
import { type RunTool, runTool } from './run-tool.ts'

export function createDarwinPlatform(run: RunTool = runTool): Platform {
  const bootedAt = Math.round((Date.now() - uptime() * 1_000) / 1_000) * 1_000
  const bootId = String(Math.round(bootedAt / 60_000))
  const cpu = new CpuShare(cpus)
  let net: { at: number; bytes: [number, number] } | undefined

  const list = async (args: readonly string[]) => parsePs(await run('/bin/ps', args), bootId)
  const one = async (pid: number) => (await list(['-o', PS_COLUMNS, '-p', String(pid)]).catch(() => []))[0]

  return {
    table: async () => (await list(['-axo', PS_COLUMNS])).map(({ row }) => row),
    row: async (pid) => (await one(pid))?.row,
    async rows(pids) {
      if (pids.length === 0) return []
      // It ends with a code when one of them is gone, and tells of the others all the same.
      return (await list(['-o', PS_COLUMNS, '-p', pids.join(',')]).catch(() => [])).map(({ row }) => row)
    },
    async command({ pid }) {
      const found = await one(pid)
      return found && parseCommandLine(await run('/bin/ps', ['-ww', '-o', 'args=', '-p', String(pid)]), found.name)
    },
    marker: async ({ pid }) => findVariable(await run('/bin/ps', ['eww', '-o', 'command=', '-p', String(pid)]), MARKER),
    signal: async ({ pid, group }, signal) => send(group === pid ? -pid : pid, signal),
    async kill(rows) {
      for (const { pid } of rows) send(pid, 'SIGKILL')
    },
    machine: async (): Promise<MachineSample> => {
      const now = parseNetstat(await run('/usr/sbin/netstat', ['-ibn']).catch(() => ''))
      const before = net
      net = now && { at: performance.now(), bytes: now }
      return {
        cpu: cpu.next(),
        memory: parseVmStat(await run('/usr/bin/vm_stat', []).catch(() => '')) ?? null,
        disks: disks('/'),
        net: before && net ? rates(before, net) : null,
        temperature: null,
      }
    },
    bootedAt: async () => bootedAt,
    notes: async () => [],
    close() {},
  }
}

function rates(
  before: { at: number; bytes: [number, number] },
  now: { at: number; bytes: [number, number] },
): [number, number] {
  const seconds = Math.max(0.001, (now.at - before.at) / 1_000)
  const rate = (index: 0 | 1) => Math.max(0, Math.round((now.bytes[index] - before.bytes[index]) / seconds))
  return [rate(0), rate(1)]
}

function disks(path: string): [string, number, number][] {
  try {
    const { blocks, bfree, bsize } = statfsSync(path)
    return [[path, (blocks - bfree) * bsize, blocks * bsize]]
  } catch {
    return []
  }
}

function send(pid: ProcessRow['pid'], signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}
