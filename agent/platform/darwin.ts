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
  const cpu = new CpuShare(cpus)
  let net: { at: number; bytes: [number, number] } | undefined

  // `-ww`, or what is printed into no window is cut off as if it were one of 80 columns.
  const list = async (args: readonly string[]) => parsePs(await run('/bin/ps', [...args, '-ww', '-o', PS_COLUMNS]))
  const one = async (pid: number) => (await list(['-p', String(pid)]).catch(() => []))[0]
  const markers = new Markers(run)

  return {
    async table() {
      markers.stale()
      return (await list(['-ax'])).map(({ row }) => row)
    },
    row: async (pid) => (await one(pid))?.row,
    async rows(pids) {
      if (pids.length === 0) return []
      // It ends with a code when one of them is gone, and tells of the others all the same.
      return (await list(['-p', pids.join(',')]).catch(() => [])).map(({ row }) => row)
    },
    async command({ pid }) {
      const found = await one(pid)
      // It may end between the two questions.
      const line = found && (await run('/bin/ps', ['-p', String(pid), '-ww', '-o', 'args=']).catch(() => undefined))
      return line === undefined ? undefined : parseCommandLine(line, found?.name ?? '')
    },
    marker: async ({ pid }) => (await markers.all()).get(pid),
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
    async notes() {
      await markers.all()
      if (markers.isTold) return []
      return ['environments are not shown here: what a process leaves behind is found by its parent alone']
    },
    close() {},
  }
}

/** The ways to ask for environments: the documented one, and the one that older systems knew. */
const WAYS: readonly (readonly string[])[] = [
  ['-axwwE', '-o', 'pid=,command='],
  ['axeww', '-o', 'pid=,command='],
]

/**
 * The agents' marks in the environments, all in one go for each list of processes. macOS shows the environment of one's
 * own processes, and not of those that it protects.
 */
class Markers {
  #all: Promise<ReadonlyMap<number, string>> | undefined
  #way = 0
  /** Whether this program's own environment is shown. */
  isTold = true
  readonly #run: RunTool

  constructor(run: RunTool) {
    this.#run = run
  }

  stale(): void {
    this.#all = undefined
  }

  all(): Promise<ReadonlyMap<number, string>> {
    this.#all ??= this.#ask()
    return this.#all
  }

  async #ask(): Promise<ReadonlyMap<number, string>> {
    for (let turn = 0; turn < WAYS.length; turn++) {
      const text = await this.#run('/bin/ps', WAYS[this.#way] ?? []).catch(() => '')
      this.isTold = findVariable(text, 'PATH').has(process.pid)
      if (this.isTold) return findVariable(text, MARKER)
      this.#way = (this.#way + 1) % WAYS.length
    }
    return new Map()
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
