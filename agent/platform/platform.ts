/**
 * What the agent needs of an operating system, in the same words for all of them. Knows nothing of definitions. Every
 * process is named by pid and token together: a pid alone is used again.
 */
import type { MachineSample } from '../link/frames.ts'

export interface ProcessRow {
  readonly pid: number
  readonly ppid: number
  /** 0 where the system has none. */
  readonly group: number
  readonly session: number
  /** Tells this process from a later one with the same pid, also after a reboot. */
  readonly token: string
  /** Wall clock, ms epoch. */
  readonly startedAt: number
  /** Processor time so far, ms. */
  readonly cpuMs: number
  /** Resident, bytes. */
  readonly memory: number
  /** The executable's file name, where the system tells it with the row; else it is asked for with `command`. */
  readonly name?: string
}

export interface Command {
  /** The executable's file name, without folders. */
  readonly name: string
  /** Without the command itself. */
  readonly args: readonly string[]
}

export interface Platform {
  /** Every process that is alive; a zombie is not. */
  table(): Promise<readonly ProcessRow[]>
  /** One process, or undefined when it is gone. Cheap: it is asked every second; what it uses may be a few seconds old. */
  row(pid: number): Promise<ProcessRow | undefined>
  /** Those of these that are alive, with what they use now. */
  rows(pids: readonly number[]): Promise<readonly ProcessRow[]>
  /**
   * Those that lost their parent and could be what a child of this agent left: what inherits its orphans is asked for its
   * children, which is a fraction of the table. Undefined where that can't be told; then the table has to be looked through.
   */
  orphans?(): Promise<readonly ProcessRow[] | undefined>
  /** What a process runs, or undefined when it may not be known. */
  command(row: ProcessRow): Promise<Command | undefined>
  /** The environment's `MARKER` of a process, where the system tells. */
  marker(row: ProcessRow): Promise<string | undefined>
  /** Sends a signal; to the whole group where the process leads one. A process that is gone is no error. */
  signal(row: ProcessRow, signal: NodeJS.Signals): Promise<void>
  /** Kills all these at once. */
  kill(rows: readonly ProcessRow[]): Promise<void>
  machine(): Promise<MachineSample>
  bootedAt(): Promise<number>
  /** What this machine does not let the agent see, a sentence each, for a person. */
  notes(): Promise<readonly string[]>
  /** Ends what it keeps running for its own use. */
  close(): void
}

/** An environment variable that every process started by an agent carries, and its children inherit. */
export const MARKER = 'LANDALE_AGENT_RUN'

/** The process and all below it, parents before children. */
export function treeOf(table: readonly ProcessRow[], root: number): ProcessRow[] {
  return createTrees(table)(root)
}

/** The same for many roots of one table. */
export function createTrees(table: readonly ProcessRow[]): (root: number) => ProcessRow[] {
  const children = new Map<number, ProcessRow[]>()
  const rows = new Map<number, ProcessRow>()
  for (const row of table) {
    rows.set(row.pid, row)
    const siblings = children.get(row.ppid)
    if (siblings) siblings.push(row)
    else children.set(row.ppid, [row])
  }
  return (root) => below(rows.get(root), children)
}

function below(root: ProcessRow | undefined, children: ReadonlyMap<number, readonly ProcessRow[]>): ProcessRow[] {
  const tree = root ? [root] : []
  const seen = new Set(tree.map(({ pid }) => pid))
  for (let index = 0; index < tree.length; index++) {
    for (const child of children.get(tree[index]?.pid ?? -1) ?? []) {
      // A damaged table could go in a circle.
      if (seen.has(child.pid)) continue
      seen.add(child.pid)
      tree.push(child)
    }
  }
  return tree
}

/** Whether `wanted` occur in `args`, in this order, others between them. */
export function argsContain(args: readonly string[], wanted: readonly string[]): boolean {
  let from = 0
  return wanted.every((one) => {
    const at = args.indexOf(one, from)
    from = at + 1
    return at >= 0
  })
}

/** `C:\x\OBS64.EXE`, `/usr/bin/obs64.exe` and `obs64` are one name. */
export function plainName(path: string): string {
  const file = path.split(/[\\/]/).at(-1) ?? path
  return file.toLowerCase().replace(/\.exe$/, '')
}
