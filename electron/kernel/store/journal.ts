/**
 * What was accepted but may not be in the data file yet: one line of JSON for each append. Written by the main thread in
 * one small write, so that an event can be announced at once; a process that is killed leaves it behind, and the next
 * opening takes over what is missing. Knows the shape of its lines, not what they mean.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { errorMessage } from '../../../base/result.ts'
import type { EventRow } from './event-row.ts'
import type { Statement } from './store.ts'
import { StoreError } from './store-error.ts'

const JOURNAL_FILE = 'landale.journal'
/** Emptied when it has grown to this and nothing in it is still needed. */
const TARGET_BYTES = 4 * 2 ** 20

export interface JournalEntry {
  /** Rises by one with each entry, over restarts; the data file notes the last one it holds. */
  entry: number
  /** The `seq` of the first row. */
  first: number
  rows: readonly EventRow[]
  alongside: readonly Statement[]
}

const statementSchema = z.object({
  sql: z.string(),
  params: z.array(z.union([z.string(), z.number(), z.null()])).optional(),
})
const text = z.string()
const payloadSchema = z.record(text, z.unknown()).transform((payload) => JSON.stringify(payload))
const searchSchema = z.union([text.nullable(), z.literal(false)])
const rowSchema = z.tuple([
  text,
  text,
  text,
  z.number(),
  text,
  text.nullable(),
  text,
  text,
  payloadSchema,
  searchSchema,
])
const lineSchema = z.tuple([z.number().int(), z.number().int(), z.array(rowSchema), z.array(statementSchema)])

export class Journal {
  readonly #file: number
  #bytes = 0

  /** Empties it: to be opened after the data file has taken over what was left. */
  constructor(dataDir: string) {
    this.#file = openSync(join(dataDir, JOURNAL_FILE), 'a', 0o600)
    ftruncateSync(this.#file, 0)
  }

  /** In the hands of the operating system when it returns. @throws StoreError `disk`; then nothing was written. */
  write({ entry, first, rows, alongside }: JournalEntry): void {
    const line = Buffer.from(`[${entry},${first},[${rows.map(rowJson)}],${JSON.stringify(alongside)}]\n`)
    try {
      const written = writeSync(this.#file, line)
      if (written < line.length) throw new Error(`only ${written} of ${line.length} bytes fitted`)
      this.#bytes += line.length
    } catch (error) {
      ftruncateSync(this.#file, this.#bytes)
      throw new StoreError('disk', `the store can't be written (${errorMessage(error)}); free some space on its disk`)
    }
  }

  /** To be called when every entry is in the data file; empties the journal if it has grown. */
  settled(): void {
    if (this.#bytes > TARGET_BYTES) this.empty()
  }

  empty(): void {
    ftruncateSync(this.#file, 0)
    this.#bytes = 0
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** The payload is JSON already: it stands in the line as it is. */
function rowJson([
  id,
  source,
  type,
  at,
  correlationId,
  causationId,
  userId,
  userLogin,
  payload,
  search,
]: EventRow): string {
  const head = JSON.stringify([id, source, type, at, correlationId, causationId, userId, userLogin])
  return `${head.slice(0, -1)},${payload},${JSON.stringify(search)}]`
}

/** Whether these statements survive the way through JSON; others are committed before they are answered. */
export function isJournalable(statements: readonly Statement[]): boolean {
  return statements.every(({ params = [] }) => params.every((param) => param === null || typeof param !== 'object'))
}

/** The entries left behind, oldest first. A line that was cut off by a crash was never answered: it ends the reading. */
export function readJournal(dataDir: string): JournalEntry[] {
  const entries: JournalEntry[] = []
  for (const line of readLines(dataDir)) {
    const parsed = lineSchema.safeParse(parseOrNull(line))
    if (!parsed.success) break
    const [entry, first, rows, alongside] = parsed.data
    entries.push({ entry, first, rows, alongside: alongside.map(({ sql, params = [] }) => ({ sql, params })) })
  }
  return entries
}

function readLines(dataDir: string): string[] {
  try {
    return readFileSync(join(dataDir, JOURNAL_FILE), 'utf8').split('\n').slice(0, -1)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function parseOrNull(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
