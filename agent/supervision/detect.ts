/** Finds a process that runs without the agent's doing, by what its definition says of it. Starts nothing. */
import { readFileSync, statSync } from 'node:fs'
import { assertNever } from '../base/errors.ts'
import type { Definition } from '../definitions/definition.ts'
import { argsContain, type Command, type Platform, type ProcessRow, plainName } from '../platform/platform.ts'
import type { DockerQuestions } from './docker.ts'
import type { Handle } from './machine.ts'

/** A pid file may be written a moment before or after the system's own note of the start. */
const PID_FILE_SLACK_MS = 2_000

/** Command lines by pid and token: they are read once in a process's life. */
export class CommandCache {
  #known = new Map<string, Command | undefined>()
  readonly #platform: Platform

  constructor(platform: Platform) {
    this.#platform = platform
  }

  /** The rows whose executable has this name, and whose arguments contain these in order. */
  async find(table: readonly ProcessRow[], name: string, args: readonly string[]): Promise<ProcessRow[]> {
    const next = new Map<string, Command | undefined>()
    const wanted = plainName(name)
    const found: ProcessRow[] = []
    for (const row of table) {
      const key = `${row.pid} ${row.token}`
      if (this.#known.has(key)) next.set(key, this.#known.get(key))
      // A command line is not asked for where the name says enough.
      else if (row.name === undefined || (plainName(row.name) === wanted && args.length > 0)) {
        try {
          next.set(key, await this.#platform.command(row))
        } catch {
          // Nobody could be asked just now; the next look asks again.
          continue
        }
      }
      const command = next.get(key) ?? (row.name === undefined ? undefined : { name: row.name, args: [] })
      if (command && plainName(command.name) === wanted && argsContain(command.args, args)) found.push(row)
    }
    this.#known = next
    return found
  }
}

/** `table` is a fresh one; `taken` are pids that belong to other definitions. */
export async function detect(
  definition: Definition,
  table: readonly ProcessRow[],
  taken: ReadonlySet<number>,
  tools: { platform: Platform; commands: CommandCache; docker: DockerQuestions },
): Promise<Handle | undefined> {
  const { detect: by } = definition
  if (!by) return undefined
  switch (by.by) {
    case 'executable': {
      const rows = await tools.commands.find(table, by.name, by.args)
      const pids = new Set(rows.map(({ pid }) => pid))
      // The one that started the others.
      return toHandle(rows.find(({ pid, ppid }) => !pids.has(ppid) && !taken.has(pid) && pid !== process.pid))
    }
    case 'pidFile':
      return toHandle(byPidFile(by.path, table))
    case 'docker':
      return tools.docker.running(definition, by.containers)
    default:
      return assertNever(by)
  }
}

function byPidFile(path: string, table: readonly ProcessRow[]): ProcessRow | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8').trim())
    const writtenAt = statSync(path).mtimeMs
    // A younger process got the number of one that is gone.
    return table.find((row) => row.pid === pid && row.startedAt <= writtenAt + PID_FILE_SLACK_MS)
  } catch {
    return undefined
  }
}

export function toHandle(row: ProcessRow | undefined): Handle | undefined {
  return row && { pid: row.pid, token: row.token, startedAt: row.startedAt, adopted: true }
}
