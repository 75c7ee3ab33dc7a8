/**
 * What happened and the hub has not stored yet: numbered, on disk, bounded. Owns the journal file; knows no socket. A
 * kill of the agent loses nothing of it.
 */
import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import type { Clock } from '../base/clock.ts'
import {
  type Fault,
  INVALID,
  integer,
  isObject,
  object,
  optional,
  type Parsed,
  type Parser,
  parseJson,
  text,
} from '../base/parse.ts'
import type { AgentFrame, EventKind } from './frames.ts'

const MAX_KEPT = 2_000
/** Lines of the file that are of no use any more, before it is written anew. */
const MAX_DEAD_LINES = 1_000

export type EventFrame = Extract<AgentFrame, { t: 'event' }>

const dataOf: Parser<Record<string, unknown>> = (value, path, faults: Fault[]) => {
  if (isObject(value)) return value
  faults.push({ path, reason: 'must be an object' })
  return INVALID
}
const entry = object({
  seq: integer(1),
  at: integer(0),
  kind: text({ min: 1, max: 64 }) as Parser<EventKind>,
  process: optional(text({ max: 64 })),
  data: dataOf,
})
type Entry = Parsed<typeof entry> & { readonly happened?: number }

export interface OutboxOptions {
  readonly path: string
  readonly clock: Clock
  readonly onTrouble: (error: unknown) => void
  readonly maxKept?: number
}

export class Outbox {
  #epoch: string = randomUUID()
  #entries: Entry[] = []
  #next = 1
  #deadLines = 0
  #descriptor: number | undefined
  readonly #maxKept: number
  readonly #options: OutboxOptions

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#maxKept = options.maxKept ?? MAX_KEPT
    this.#load()
  }

  get epoch(): string {
    return this.#epoch
  }

  /** The number of the newest, 0 before the first. */
  get last(): number {
    return this.#next - 1
  }

  add(kind: EventKind, process: string | undefined, data: Record<string, unknown>): void {
    const { clock } = this.#options
    const made: Entry = {
      seq: this.#next++,
      at: Math.max(0, Math.round(clock.now())),
      kind,
      ...(process === undefined ? {} : { process }),
      data,
      happened: clock.monotonic(),
    }
    this.#entries.push(made)
    const { happened: _, ...kept } = made
    this.#guard(() => this.#append(`${JSON.stringify(kept)}\n`))
    if (this.#entries.length > this.#maxKept) this.#drop()
    else if (this.#deadLines > MAX_DEAD_LINES) this.#rewrite()
  }

  /** Up to `count` of those after `seq`, as they are to be sent now. */
  after(seq: number, count: number): EventFrame[] {
    const from = this.#entries.findIndex((one) => one.seq > seq)
    return from < 0 ? [] : this.#entries.slice(from, from + count).map((one) => this.#frame(one))
  }

  /** All up to `seq` are stored. */
  acknowledge(seq: number): void {
    const keep = this.#entries.filter((one) => one.seq > seq)
    this.#deadLines += this.#entries.length - keep.length
    if (keep.length === this.#entries.length) return
    this.#entries = keep
    if (this.#deadLines > MAX_DEAD_LINES) this.#rewrite()
  }

  #frame({ seq, at, kind, process, data, happened }: Entry): EventFrame {
    const { clock } = this.#options
    const age = happened === undefined ? clock.now() - at : clock.monotonic() - happened
    return {
      t: 'event',
      epoch: this.#epoch,
      seq,
      at,
      ageMs: Math.max(0, Math.round(age)),
      kind,
      ...(process === undefined ? {} : { process }),
      data,
    }
  }

  /** The oldest go, a tenth at once; one entry in their place says how many. */
  #drop(): void {
    const count = Math.max(2, Math.ceil(this.#maxKept / 10))
    const dropped = this.#entries.splice(0, count)
    const [oldest] = dropped
    const newest = dropped.at(-1)
    if (!oldest || !newest) return
    const before = dropped.filter(({ kind }) => kind === 'events.lost').map(({ data }) => data)
    const from = before.reduce(
      (least, { from: one }) => Math.min(least, typeof one === 'number' ? one : least),
      oldest.seq,
    )
    const { process: _, ...rest } = newest
    const lost = newest.seq - from + 1
    this.#entries.unshift({ ...rest, kind: 'events.lost', data: { count: lost, from, to: newest.seq } })
    this.#rewrite()
  }

  #load() {
    let source: string
    try {
      source = readFileSync(this.#options.path, 'utf8')
    } catch {
      return this.#rewrite()
    }
    const [head = '', ...lines] = source.split('\n')
    const header = parseJson(object({ epoch: text({ min: 1, max: 64 }), next: integer(1) }), head)
    if (!header.ok) {
      this.#guard(() => renameSync(this.#options.path, `${this.#options.path}.damaged`))
      return this.#rewrite()
    }
    this.#epoch = header.value.epoch
    this.#next = header.value.next
    for (const line of lines) {
      // The last one may be half: the agent was killed while it wrote.
      const parsed = parseJson(entry, line)
      if (!parsed.ok || parsed.value.seq < this.#next) continue
      this.#entries.push(parsed.value)
      this.#next = parsed.value.seq + 1
    }
    this.#rewrite()
  }

  #rewrite(): void {
    const next = this.#entries[0]?.seq ?? this.#next
    const lines = this.#entries.map(({ happened: _, ...kept }) => JSON.stringify(kept))
    const source = `${[JSON.stringify({ epoch: this.#epoch, next }), ...lines].join('\n')}\n`
    this.#deadLines = 0
    this.close()
    this.#guard(() => {
      writeFileSync(`${this.#options.path}.new`, source, { mode: 0o600 })
      renameSync(`${this.#options.path}.new`, this.#options.path)
    })
  }

  #append(line: string): void {
    this.#descriptor ??= openSync(this.#options.path, 'a', 0o600)
    writeSync(this.#descriptor, line)
  }

  /** Nothing is lost by not calling it. */
  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#options.onTrouble(error)
    }
  }
}
