/**
 * What must outlive the agent: which instance belongs to which definition, what was wanted of it, and which commands
 * were taken on. A small file: all of it in the first line, and what has changed since in those below. Only a line is
 * written for a change: to replace a file can take a busy disk a tenth of a second, and all processes wait for it. A
 * damaged one is set aside: the markers in the processes' environments say the rest.
 */
import { closeSync, constants, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { errorCode } from '../base/errors.ts'
import {
  boolean,
  INVALID,
  integer,
  list,
  object,
  oneOf,
  optional,
  type Parsed,
  type Parser,
  parseJson,
  record,
  text,
  withDefault,
} from '../base/parse.ts'

const anything: Parser<unknown> = (value) => (value === undefined ? INVALID : value)
const short = text({ max: 200 })

const run = object({
  pid: withDefault(
    (value, path, faults) => (value === null ? null : integer(1)(value, path, faults)),
    null as number | null,
  ),
  token: short,
  startedAt: integer(0),
  adopted: boolean,
  /** Part of the marker; empty for one that was not started here. */
  run: short,
  wanted: oneOf('up', 'down'),
  restarts: integer(0),
})
export type SavedRun = Parsed<typeof run>

const commands = list(object({ id: text({ max: 128 }), outcome: withDefault(anything, null) }), 64)
const saved = object({
  /** False while an agent works: it did not end properly if the next one finds it so. */
  ended: boolean,
  runs: record(run, 1_000),
  commands,
})
export type Saved = Parsed<typeof saved>

/** One line below the first. `run` is undefined for one that is over. */
const change = object({
  ended: optional(boolean),
  commands: optional(commands),
  id: optional(short),
  run: optional(run),
})

const NOTHING: Saved = { ended: true, runs: {}, commands: [] }
/** Changes in the file, before it is written anew. */
const MAX_CHANGES_BYTES = 256 * 1_024

export class RunStore {
  #value: Saved
  /** Infinite until this agent has written the file itself. */
  #changesBytes = Number.POSITIVE_INFINITY
  readonly #path: string
  readonly #onTrouble: (error: unknown) => void

  constructor(path: string, onTrouble: (error: unknown) => void) {
    this.#path = path
    this.#onTrouble = onTrouble
    this.#value = load(path)
  }

  get value(): Saved {
    return this.#value
  }

  /** Written before it answers: what follows may be a kill. */
  update(made: Partial<Pick<Saved, 'ended' | 'commands'>>): void {
    this.#value = { ...this.#value, ...made }
    this.#note(made)
  }

  /** Written before it answers, too. */
  setRun(id: string, next: SavedRun | undefined): void {
    this.#value = { ...this.#value, runs: withRun(this.#value.runs, id, next) }
    this.#note({ id, run: next })
  }

  #note(made: object): void {
    try {
      const line = `${JSON.stringify(made)}\n`
      if (this.#changesBytes + line.length > MAX_CHANGES_BYTES || !this.#append(line)) this.#rewrite()
    } catch (error) {
      // Half a line may be there now.
      this.#changesBytes = Number.POSITIVE_INFINITY
      this.#onTrouble(error)
    }
  }

  /** False when the file is gone. */
  #append(line: string): boolean {
    let descriptor: number
    try {
      descriptor = openSync(this.#path, constants.O_APPEND | constants.O_WRONLY)
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false
      throw error
    }
    try {
      writeSync(descriptor, line)
      this.#changesBytes += line.length
    } finally {
      closeSync(descriptor)
    }
    return true
  }

  #rewrite(): void {
    writeFileSync(`${this.#path}.new`, `${JSON.stringify(this.#value)}\n`, { mode: 0o600 })
    renameSync(`${this.#path}.new`, this.#path)
    this.#changesBytes = 0
  }
}

function withRun(runs: Saved['runs'], id: string, next: SavedRun | undefined): Saved['runs'] {
  const { [id]: _, ...others } = runs
  return next ? { ...others, [id]: next } : others
}

function load(path: string): Saved {
  let source: string
  try {
    source = readFileSync(path, 'utf8')
  } catch {
    return NOTHING
  }
  const [first = '', ...lines] = source.split('\n')
  const parsed = parseJson(saved, first)
  if (parsed.ok) return lines.reduce(applied, parsed.value)
  try {
    renameSync(path, `${path}.damaged`)
  } catch {
    // Then it is overwritten.
  }
  return { ...NOTHING, ended: false }
}

/** The last line may be half: the agent was killed while it wrote. */
function applied(value: Saved, line: string): Saved {
  const parsed = parseJson(change, line)
  if (!parsed.ok) return value
  const { id, run: next, ended = value.ended, commands: known = value.commands } = parsed.value
  return { ended, commands: known, runs: id === undefined ? value.runs : withRun(value.runs, id, next) }
}
