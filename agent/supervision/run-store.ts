/**
 * What must outlive the agent: which instance belongs to which definition, what was wanted of it, and which commands
 * were taken on. One small file, replaced as a whole. A damaged one is set aside: the markers in the processes'
 * environments say the rest.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import {
  boolean,
  INVALID,
  integer,
  list,
  object,
  oneOf,
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

const saved = object({
  /** False while an agent works: it did not end properly if the next one finds it so. */
  ended: boolean,
  runs: record(run, 1_000),
  commands: list(object({ id: text({ max: 128 }), outcome: withDefault(anything, null) }), 64),
})
export type Saved = Parsed<typeof saved>

const NOTHING: Saved = { ended: true, runs: {}, commands: [] }

export class RunStore {
  #value: Saved
  #later: NodeJS.Immediate | undefined
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
  update(change: Partial<Saved>): void {
    clearImmediate(this.#later)
    this.#later = undefined
    this.#value = { ...this.#value, ...change }
    try {
      writeFileSync(`${this.#path}.new`, JSON.stringify(this.#value), { mode: 0o600 })
      renameSync(`${this.#path}.new`, this.#path)
    } catch (error) {
      this.#onTrouble(error)
    }
  }

  setRun(id: string, next: SavedRun | undefined): void {
    this.update({ runs: this.#with(id, next) })
  }

  /**
   * Written with the next change, or once this turn is over: a disk may take its time, and what is to be started next
   * need not wait for it. An agent killed in between tells of the same end twice, and loses nothing.
   */
  setRunSoon(id: string, next: SavedRun | undefined): void {
    this.#value = { ...this.#value, runs: this.#with(id, next) }
    this.#later ??= setImmediate(() => this.update({}))
  }

  #with(id: string, next: SavedRun | undefined): Saved['runs'] {
    const { [id]: _, ...others } = this.#value.runs
    return next ? { ...others, [id]: next } : others
  }
}

function load(path: string): Saved {
  let source: string
  try {
    source = readFileSync(path, 'utf8')
  } catch {
    return NOTHING
  }
  const parsed = parseJson(saved, source)
  if (parsed.ok) return parsed.value
  try {
    renameSync(path, `${path}.damaged`)
  } catch {
    // Then it is overwritten.
  }
  return { ...NOTHING, ended: false }
}
