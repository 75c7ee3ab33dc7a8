/** What the main thread and the store's workers say to each other. */
import type { EventRow } from './event-row.ts'
import type { EventQuery, Migration, Recovery, SqlValue, Statement } from './store.ts'

/** The data file's name in the data directory. */
export const DATA_FILE = 'landale.db'

export interface OpenOptions {
  dataDir: string
  migrations: readonly Migration[]
  /** ms epoch. */
  now: number
}

export type WriterRequest =
  | { kind: 'open'; options: OpenOptions }
  /** `first` is the `seq` of the first row. With an `entry` it was answered already and stands in the journal. */
  | {
      kind: 'append'
      first: number
      entry: number | null
      rows: readonly EventRow[]
      alongside: readonly Statement[]
    }
  /** Many at once: lists of rows as JSON. Text is handed over in a fraction of the time that rows take. */
  | { kind: 'load'; first: number; lists: readonly string[]; alongside: readonly Statement[] }
  | { kind: 'run'; statements: readonly Statement[] }
  | { kind: 'all'; sql: string; params: readonly SqlValue[] }
  | { kind: 'after'; seq: number; limit: number }
  /** Empties the write-ahead log, after the keeper has moved all but its tail into the file. */
  | { kind: 'truncate' }
  | { kind: 'close' }

export interface OpenAnswer {
  recovery: Recovery | null
  /** A backup was made before migrating. */
  backedUp: boolean
  /** Of the newest event that was ever stored; 0 where there was none. */
  lastSeq: number
  /** The newest entry of the journal that the file holds. */
  lastEntry: number
}

/** `events` and `after` answer with JSON text, which the main thread parses in one go. */
export type ReaderRequest =
  | { kind: 'read'; sql: string; params: readonly SqlValue[] }
  | { kind: 'events'; query: EventQuery }
  /** Moves what it can of the write-ahead log into the file, in nobody's way. */
  | { kind: 'checkpoint' }
  | { kind: 'backup'; now: number }

export interface ReaderData {
  dataDir: string
  /** `read` opens the file read-only; `keep` (checkpoints, backups) may write to it. */
  role: 'read' | 'keep'
}

export interface PlainError {
  message: string
  /** SQLite's code, e.g. `SQLITE_FULL`. */
  code: string | undefined
}

export type Reply = { id: number; value: unknown } | { id: number; error: PlainError }

export interface ToWorker<Request> {
  requests: { id: number; request: Request }[]
}

export interface FromWorker {
  replies: Reply[]
  /** Size of the write-ahead log, bytes; only the writer tells. */
  walBytes?: number | undefined
}

export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { message: String(error), code: undefined }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return { message: error.message, code }
}
