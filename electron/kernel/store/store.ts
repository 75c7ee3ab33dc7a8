/**
 * The store as the rest of the hub sees it: an ordered event log, and tables that features own. One writer in a worker
 * thread, so that no disk ever stalls the main loop; heavy reads in another.
 */
import type { Event } from '../../../base/emitter.ts'
import type { AnyEnvelope, StoredEnvelope } from '../../../contracts/envelope.ts'

export type SqlValue = string | number | bigint | null | Uint8Array

export interface Statement {
  sql: string
  params?: readonly SqlValue[]
}

/** One forward step of the schema. `id` is `<owner>/<number>`, e.g. `alerts/1`; steps run in the order they are handed in. */
export interface Migration {
  id: string
  sql: string
}

export interface EventQuery {
  types?: readonly string[] | undefined
  source?: string | undefined
  /** `user_id` or `user_login` of the payload. */
  user?: string | undefined
  /** ms epoch, inclusive. */
  from?: number | undefined
  /** ms epoch, exclusive. */
  to?: number | undefined
  /** Full-text search in what people wrote and in names. */
  q?: string | undefined
  /** From an earlier answer's `next`. */
  cursor?: string | undefined
  /** 1 to 1000. */
  limit: number
}

export interface EventPage {
  /** Newest first. */
  events: StoredEnvelope[]
  next: string | null
}

export interface BackupResult {
  file: string
  bytes: number
  durationMs: number
}

export interface Recovery {
  setAside: string
  restoredFrom: string | null
  reason: string
}

interface AppendOptions {
  mayBeRefused: boolean
}

export interface Store {
  /** Set when the file was found damaged at opening. */
  readonly recovery: Recovery | null
  /** Hears of writes that fail for good (disk full, file gone). The hub raises an alarm; it does not die. */
  readonly onDidFail: Event<Error>
  /**
   * Appends events in order, and `alongside` with them, all or none. Resolves with their `seq` as soon as they can't be lost
   * any more by the end of the process: they stand in a journal, and are in the tables a moment later, before any read asked
   * for after it. With `mayBeRefused` (a rule of the tables may object) it waits for the tables; a refusal rejects then, and
   * nothing of this call is written. Events are answered in the order of their `seq`.
   */
  append(events: readonly AnyEnvelope[], alongside?: readonly Statement[], options?: AppendOptions): Promise<number[]>
  /** Runs the statements in order, all or none. */
  run(statements: readonly Statement[]): Promise<void>
  /** A small read that sees every write asked for before it. */
  all<Row>(sql: string, params?: readonly SqlValue[]): Promise<Row[]>
  /** A read that may be heavy: runs in the reading worker, on committed data. */
  read<Row>(sql: string, params?: readonly SqlValue[]): Promise<Row[]>
  /** A page of the event log. */
  events(query: EventQuery): Promise<EventPage>
  /** Events after `seq`, oldest first, at most `limit` and never more than 1000 (ask again from the last); for replay and for catching up after a restart. */
  eventsAfter(seq: number, limit: number): Promise<StoredEnvelope[]>
  /** The lowest `seq` of all events that happened at or after `at`, ms epoch; null when there is none. */
  seqFrom(at: number): Promise<number | null>
  backup(): Promise<BackupResult>
  /** Commits what waits, checkpoints and closes. */
  close(): Promise<void>
}
