/**
 * The store's main-thread side: hands writing to one thread, heavy reading to another, and the file's upkeep (checkpoints,
 * backups) to a third; the last two exist only while they have something to do. All that touches the disk here is one small
 * write to the journal for each event, which lets it be announced without waiting for a thread.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../../../base/clock.ts'
import { Emitter } from '../../../base/emitter.ts'
import { DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import { errorMessage } from '../../../base/result.ts'
import type { AnyEnvelope, StoredEnvelope } from '../../../contracts/envelope.ts'
import type { Logger } from '../log.ts'
import { newestBackupAt } from './backup.ts'
import { toRow } from './event-row.ts'
import { packRowsByTurns } from './event-rows.ts'
import { InOrder } from './in-order.ts'
import { isJournalable, Journal } from './journal.ts'
import type { FromWorker, OpenAnswer, ReaderData, ReaderRequest, WriterRequest } from './protocol.ts'
import { SPAN_BITS, STORE_MIGRATIONS } from './schema.ts'
import { SideThread } from './side-thread.ts'
import type { BackupResult, EventPage, Migration, Statement, Store } from './store.ts'
import { StoreError } from './store-error.ts'
import { WorkerLink } from './worker-link.ts'

export interface OpenStoreOptions {
  dataDir: string
  /** Of the features, in the order they are to run in; the event log's own come first by themselves. */
  migrations: readonly Migration[]
  clock: Clock
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** Where the workers' code is; found by itself where the app is laid out as it is built. */
  workers?: { writer: URL; reader: URL } | undefined
}

/** More than a burst ever is. What comes on top is refused: a disk that slow can't be helped by memory. */
const MAX_WAITING_WRITES = 20_000
const MAX_WAITING_CHARS = 64 * 2 ** 20
/** A writer that has not answered for so long never will; its requests are given up. */
const WRITE_DEADLINE_MS = 30_000
/** Events of one replay step: what the main loop can parse without a stall. */
const MAX_REPLAYED = 1000
/** Events of waiting appends that are still to be made into rows. */
const MAX_UNMADE_ROWS = 100_000
/** Larger appends, and those that find this many before them, wait for the writer: that is what slows a flood down. */
const MAX_JOURNALED_ROWS = 100
const MAX_JOURNALED_WAITING = 256
/** Of so few rows the writer may find the text to search itself. */
const MAX_ROWS_TO_FINISH = 10
/** Of payloads: a larger write would be felt on the main thread. */
const MAX_JOURNALED_CHARS = 256 * 1024
/** How soon an accepted event is tried again that a full disk kept out of the file. */
const APPLY_RETRY_MS = 1000
const READ_DEADLINE_MS = 10_000
const MAX_WAITING_READS = 100
const READER_IDLE_MS = 15_000
/** A backup of some 30 GB. */
const KEEP_DEADLINE_MS = 600_000
const KEEPER_IDLE_MS = 10_000
/** The write-ahead log is emptied when it has grown to this. Bigger: longer starts after a crash. Smaller: more writing. */
const LOG_TARGET_BYTES = 16 * 2 ** 20
/** A reader may be in the way of emptying the log; it is gone by then or the next time. */
const LOG_RETRY_MS = 1000
/**
 * How long what was accepted may stay out of the tables, ms: it is safe in the journal. Waking the writer is the dearest
 * part of a write, and nobody waits for it: it must not stand between an event and its announcement.
 */
const APPLY_AFTER_MS = 10
/** How often it is asked whether a day has passed since the last backup; the first time after things have settled. */
const BACKUP_CHECK_MS = 3_600_000
const FIRST_BACKUP_CHECK_MS = 120_000
const BACKUP_EVERY_MS = 86_400_000
/** The heap of a thread. A read that would not fit ends its thread, not the hub. */
const WRITER_HEAP_MB = 128
const SIDE_HEAP_MB = 96

/**
 * Opens the store of a data directory, making it if it is not there. Runs migrations after a backup, and replaces a damaged
 * file by its newest good backup (then `recovery` is set).
 * @throws StoreError `locked` when another hub has it, `migration` when the file is not for this version, `disk`.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const store = new WorkerStore(options)
  await store.open()
  return store
}

type AppendRequest = Extract<WriterRequest, { kind: 'append' }>

class WorkerStore implements Store {
  recovery: Store['recovery'] = null
  readonly #options: OpenStoreOptions
  readonly #owned = new DisposableStore()
  readonly #failed: Emitter<Error>
  readonly #writer: WorkerLink<WriterRequest>
  readonly #reader: SideThread
  readonly #keeper: SideThread
  readonly #silence = this.#owned.add(new MutableDisposable())
  readonly #logRetry = this.#owned.add(new MutableDisposable())
  readonly #applySoon = this.#owned.add(new MutableDisposable())
  readonly #applyRetry = this.#owned.add(new MutableDisposable())
  #journal: Journal | undefined
  #nextSeq = 1
  #nextEntry = 1
  /** Writes, some of which wait for a large append that is still being made into rows. */
  readonly #order = new InOrder()
  #unmadeRows = 0
  /** Appends whose caller waits for the tables: what comes after them must not be answered before them. */
  #unconfirmed = 0
  /** Settles when the last of them has. */
  #lastConfirmed: Promise<unknown> = Promise.resolve()
  /** Journal entries that are not known to be in the file. */
  #unapplied = 0
  /** Those of them that the writer has not been given yet. */
  #accepted: AppendRequest[] = []
  /** Settles when every entry given to the writer so far has been tried. Never rejects. */
  #lastApply: Promise<void> = Promise.resolve()
  #toApplyAgain: AppendRequest[] = []
  #waitingChars = 0
  #emptyingLog = false
  /** How large the write-ahead log was after the last answer of the writer. */
  #walBytes = 0
  #backingUp: Promise<BackupResult> | undefined
  #failing = false
  /** Unlike a full disk, this does not pass by itself. */
  #damaged = false
  /** The writer's thread died: the next write starts one, which has to open the file first. */
  #mustReopen = false
  #reopening: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(options: OpenStoreOptions) {
    this.#options = options
    const { dataDir, clock, log } = options
    const workers = options.workers ?? locateWorkers()
    this.#failed = this.#owned.add(new Emitter((error) => log.error({ err: error }, 'a listener of the store failed')))
    this.#writer = new WorkerLink({
      url: workers.writer,
      name: 'store-writer',
      workerData: null,
      maxHeapMb: WRITER_HEAP_MB,
      onMessage: (message) => this.#heard(message),
      onDied: (error) => {
        this.#mustReopen = true
        // Whoever opens the file next takes them over from the journal.
        this.#accepted = []
        this.#fail(error)
      },
    })
    const side = (role: ReaderData['role'], deadlineMs: number, idleMs: number) =>
      new SideThread({
        url: workers.reader,
        name: role === 'read' ? 'store-reader' : 'store-keeper',
        workerData: { dataDir, role } satisfies ReaderData,
        maxHeapMb: SIDE_HEAP_MB,
        clock,
        deadlineMs,
        idleMs,
        maxWaiting: MAX_WAITING_READS,
        onDied: (error) => log.warn({ err: error }, 'a thread of the store ended; it is started anew when needed'),
      })
    this.#reader = side('read', READ_DEADLINE_MS, READER_IDLE_MS)
    this.#keeper = side('keep', KEEP_DEADLINE_MS, KEEPER_IDLE_MS)
  }

  readonly onDidFail: Store['onDidFail'] = (listener) => this.#failed.event(listener)

  async open(): Promise<void> {
    try {
      await this.#openFile()
    } catch (error) {
      await this.#closeAside()
      this.#owned.dispose()
      await this.#writer.end(closedError())
      throw error
    }
    this.#scheduleBackups()
  }

  async #openFile(): Promise<void> {
    const { dataDir, migrations, clock } = this.#options
    const all = [...STORE_MIGRATIONS, ...migrations]
    const answer = await this.#writer.request({ kind: 'open', options: { dataDir, migrations: all, now: clock.now() } })
    const { recovery, lastSeq, lastEntry } = answer as OpenAnswer
    if (recovery) this.recovery = recovery
    this.#nextSeq = Math.max(this.#nextSeq, lastSeq + 1)
    this.#nextEntry = Math.max(this.#nextEntry, lastEntry + 1)
    // The writer has taken over what was left in it.
    this.#journal?.close()
    this.#journal = new Journal(dataDir)
    this.#unapplied = 0
  }

  async append(...[events, alongside = [], options]: Parameters<Store['append']>): Promise<number[]> {
    this.#refuseWhenClosed()
    const first = this.#nextSeq
    this.#nextSeq += events.length
    if (events.length > MAX_JOURNALED_ROWS) await this.#confirm(this.#load(events, first, alongside))
    else {
      const findText = events.length > MAX_ROWS_TO_FINISH ? 'now' : 'later'
      const rows = events.map((event) => toRow(event, findText))
      const request: AppendRequest = { kind: 'append', first, entry: null, rows, alongside }
      if (options?.mayBeRefused !== true && this.#canJournal(request)) this.#accept(request)
      else await this.#confirm(this.#write(request, charsOf(request)))
    }
    return events.map((_, index) => first + index)
  }

  /** What is asked for meanwhile waits behind it. */
  async #load(events: readonly AnyEnvelope[], first: number, alongside: readonly Statement[]): Promise<unknown> {
    if (this.#unmadeRows + events.length > MAX_UNMADE_ROWS) {
      throw new StoreError('busy', `${this.#unmadeRows} events wait to be stored already; these were refused`)
    }
    this.#applyAccepted()
    this.#unmadeRows += events.length
    const make = () =>
      packRowsByTurns(events).finally(() => {
        this.#unmadeRows -= events.length
      })
    return this.#order.prepare(make, (lists) => {
      const chars = lists.reduce((sum, list) => sum + list.length, 0)
      return this.#bounded(chars, () => this.#send({ kind: 'load', first, lists, alongside }))
    })
  }

  #canJournal(request: AppendRequest): boolean {
    if (this.#unconfirmed > 0 || this.#mustReopen || this.#failing || this.#damaged) return false
    if (this.#writer.pending + this.#accepted.length >= MAX_JOURNALED_WAITING) return false
    return charsOf(request) <= MAX_JOURNALED_CHARS && isJournalable(request.alongside)
  }

  /** Into the journal now, into the file behind it. @throws StoreError `disk` */
  #accept(request: AppendRequest): void {
    const entry = this.#nextEntry
    this.#nextEntry += 1
    try {
      this.#journal?.write({ ...request, entry })
    } catch (error) {
      this.#noteFailure(error)
      throw error
    }
    this.#unapplied += 1
    if (this.#accepted.push({ ...request, entry }) > 1) return
    this.#applySoon.set(this.#options.clock.setTimeout(() => this.#applyAccepted(), APPLY_AFTER_MS))
  }

  /** To be called before anything else is asked of the writer: it works in the order of asking. */
  #applyAccepted(): void {
    if (this.#accepted.length === 0) return
    this.#applySoon.set(undefined)
    const accepted = this.#accepted
    this.#accepted = []
    for (const request of accepted) this.#apply(request)
  }

  /** Resolves when every event accepted so far has reached the tables, or can't for now. */
  async #journalApplied(): Promise<void> {
    if (this.#unapplied === 0) return
    this.#applyAccepted()
    await this.#lastApply
  }

  #apply(request: AppendRequest): void {
    const journal = this.#journal
    const applying = this.#give(request, charsOf(request)).then(
      () => {
        // A journal opened anew since then counts from nothing.
        if (journal !== this.#journal) return
        this.#unapplied -= 1
        if (this.#unapplied === 0) journal?.settled()
      },
      (error) => this.#applyLater(request, error),
    )
    this.#lastApply = Promise.all([this.#lastApply, applying]).then(() => {})
  }

  /** It stands in the journal, so it is not lost; a thread that died takes it over when it opens the file again. */
  #applyLater(request: AppendRequest, error: unknown): void {
    const code = error instanceof StoreError ? error.code : undefined
    if (code === 'lost' || code === 'closed') return
    if (code !== 'disk' && code !== 'busy') {
      this.#options.log.error({ err: error, seq: request.first }, 'what came with an event could not be stored')
      return
    }
    this.#toApplyAgain.push(request)
    const again = () => {
      for (const each of this.#toApplyAgain.splice(0)) this.#apply(each)
    }
    this.#applyRetry.set(this.#options.clock.setTimeout(again, APPLY_RETRY_MS))
  }

  /** Those that settle together are answered in the order of asking, whatever way each of them took. */
  async #confirm(writing: Promise<unknown>): Promise<void> {
    this.#unconfirmed += 1
    const settled = inTurn(writing, this.#lastConfirmed)
    this.#lastConfirmed = settled
    try {
      await settled
    } finally {
      // Its caller hears of it some promise turns from here; until then nothing later may be answered.
      setImmediate(() => {
        this.#unconfirmed -= 1
      })
    }
  }

  async run(statements: readonly Statement[]): Promise<void> {
    await this.#write({ kind: 'run', statements }, 0)
  }

  async all<Row>(...[sql, params = []]: Parameters<Store['all']>): Promise<Row[]> {
    return (await this.#write({ kind: 'all', sql, params }, 0)) as Row[]
  }

  async read<Row>(...[sql, params = []]: Parameters<Store['read']>): Promise<Row[]> {
    return (await this.#readAside({ kind: 'read', sql, params })) as Row[]
  }

  async events(query: Parameters<Store['events']>[0]): Promise<EventPage> {
    return JSON.parse(String(await this.#readAside({ kind: 'events', query }))) as EventPage
  }

  async eventsAfter(seq: number, limit: number): Promise<StoredEnvelope[]> {
    const count = Math.max(0, Math.min(MAX_REPLAYED, Math.floor(limit)))
    return JSON.parse(String(await this.#write({ kind: 'after', seq, limit: count }, 0))) as StoredEnvelope[]
  }

  async seqFrom(at: number): Promise<number | null> {
    // Blocks that end before are passed over as wholes: a log of years is as quick as one of a day.
    const sql = `SELECT min(seq) AS seq FROM event_log WHERE at >= ? AND seq BETWEEN ? AND ?`
    const spans = 'SELECT span FROM event_spans WHERE max_at >= ? ORDER BY span LIMIT 1'
    const [first] = await this.read<{ span: number }>(spans, [at])
    if (!first) return null
    const low = first.span * 2 ** SPAN_BITS
    const [found] = await this.read<{ seq: number | null }>(sql, [at, low, low + 2 ** SPAN_BITS - 1])
    return found?.seq ?? null
  }

  backup(): Promise<BackupResult> {
    if (this.#closing) return Promise.reject(closedError())
    this.#backingUp ??= this.#makeBackup().finally(() => {
      this.#backingUp = undefined
    })
    return this.#backingUp
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#applyAccepted()
    await this.#closeAside()
    try {
      // Behind everything asked for before it.
      await this.#order.pass(() => this.#writer.request({ kind: 'close' }))
      await this.#lastApply
      if (this.#unapplied === 0) this.#journal?.empty()
    } finally {
      this.#journal?.close()
      await this.#writer.end(closedError())
      this.#owned.dispose()
    }
  }

  async #closeAside(): Promise<void> {
    await Promise.all([this.#reader.close(), this.#keeper.close()])
  }

  /** For the first write after the thread died; those that come meanwhile wait with it, in order. */
  #reopen(): Promise<void> {
    this.#reopening ??= this.#openFile()
      .then(() => {
        this.#mustReopen = false
      })
      .finally(() => {
        this.#reopening = undefined
      })
    return this.#reopening
  }

  async #write(request: WriterRequest, chars: number): Promise<unknown> {
    this.#applyAccepted()
    return this.#give(request, chars)
  }

  async #give(request: WriterRequest, chars: number): Promise<unknown> {
    this.#refuseWhenClosed()
    return this.#bounded(chars, () => this.#order.pass(() => this.#send(request)))
  }

  async #bounded<T>(chars: number, write: () => Promise<T>): Promise<T> {
    const waiting = this.#writer.pending + this.#order.waiting
    if (waiting >= MAX_WAITING_WRITES || this.#waitingChars + chars > MAX_WAITING_CHARS) {
      throw new StoreError('busy', `${waiting} writes wait for the disk already; this one was refused`)
    }
    this.#waitingChars += chars
    try {
      return await write()
    } finally {
      this.#waitingChars -= chars
    }
  }

  async #send(request: WriterRequest): Promise<unknown> {
    if (this.#mustReopen) await this.#reopen()
    if (this.#writer.pending === 0) this.#watchSilence()
    try {
      const value = await this.#writer.request(request)
      this.#failing = false
      return value
    } catch (error) {
      this.#noteFailure(error)
      throw error
    }
  }

  async #readAside(request: ReaderRequest): Promise<unknown> {
    this.#refuseWhenClosed()
    await this.#journalApplied()
    this.#refuseWhenClosed()
    try {
      return await this.#reader.request(request)
    } catch (error) {
      this.#noteFailure(error)
      throw error
    }
  }

  /** A faulty request is its caller's concern; a disk or file at fault is everyone's. */
  #noteFailure(error: unknown): void {
    if (error instanceof StoreError && (error.code === 'disk' || error.code === 'damaged')) this.#fail(error)
  }

  #refuseWhenClosed(): void {
    if (this.#closing) throw closedError()
  }

  #heard({ walBytes = 0 }: FromWorker): void {
    // More to come: the wait begins anew. The link has not counted these replies off yet.
    queueMicrotask(() => {
      if (this.#writer.pending > 0) this.#watchSilence()
      else this.#silence.set(undefined)
    })
    this.#walBytes = walBytes
    this.#emptyLogWhenLarge()
  }

  #emptyLogWhenLarge(): void {
    if (this.#walBytes > LOG_TARGET_BYTES && !this.#emptyingLog && !this.#closing) void this.#emptyLog()
  }

  #watchSilence(): void {
    const giveUp = () => {
      const error = new StoreError(
        'lost',
        `the store's disk has not answered for ${WRITE_DEADLINE_MS / 1000} s; whether the waiting writes were done is unknown`,
      )
      this.#writer.giveUp(error)
      this.#fail(error)
    }
    this.#silence.set(this.#options.clock.setTimeout(giveUp, WRITE_DEADLINE_MS))
  }

  /** The keeper moves the bulk while writing goes on; what was written meanwhile is little, and the writer moves that. */
  async #emptyLog(): Promise<void> {
    this.#emptyingLog = true
    try {
      await this.#keeper.request({ kind: 'checkpoint' })
      const emptied = await this.#writer.request({ kind: 'truncate' })
      if (emptied === true) this.#emptyingLog = false
      else this.#emptyLogLater()
    } catch (error) {
      if (this.#closing) return
      this.#options.log.warn({ err: error }, 'the write-ahead log could not be emptied; trying again')
      this.#emptyLogLater()
    }
  }

  /** By itself: when writing has stopped, no answer of the writer comes any more that would tell of the log's size. */
  #emptyLogLater(): void {
    const retry = () => {
      this.#emptyingLog = false
      this.#emptyLogWhenLarge()
    }
    this.#logRetry.set(this.#options.clock.setTimeout(retry, LOG_RETRY_MS))
  }

  #scheduleBackups(): void {
    const { clock } = this.#options
    const check = () => void this.#backUpIfDue()
    this.#owned.add(clock.setTimeout(check, FIRST_BACKUP_CHECK_MS))
    this.#owned.add(clock.setInterval(check, BACKUP_CHECK_MS))
  }

  async #backUpIfDue(): Promise<void> {
    const { dataDir, clock, log } = this.#options
    const last = newestBackupAt(dataDir)
    if (last !== null && clock.now() - last < BACKUP_EVERY_MS) return
    try {
      const { file, bytes, durationMs } = await this.backup()
      log.info({ file, bytes, durationMs }, 'the store was backed up')
    } catch (error) {
      if (!this.#closing) log.error({ err: error }, 'the daily backup failed')
    }
  }

  async #makeBackup(): Promise<BackupResult> {
    await this.#journalApplied()
    try {
      return (await this.#keeper.request({ kind: 'backup', now: this.#options.clock.now() })) as BackupResult
    } catch (error) {
      if (error instanceof StoreError && error.code !== 'closed') this.#fail(error)
      throw error
    }
  }

  /** Tells once per spell of failing, not once per write. */
  #fail(error: Error): void {
    if (this.#failing || this.#damaged || this.#closing) return
    this.#failing = true
    this.#damaged = error instanceof StoreError && error.code === 'damaged'
    this.#options.log.error({ err: error }, `the store failed: ${errorMessage(error)}`)
    this.#failed.fire(error)
  }
}

/** Settles like `promise`, but not before `earlier` has settled, however that did. */
async function inTurn(promise: Promise<unknown>, earlier: Promise<unknown>): Promise<unknown> {
  try {
    return await promise
  } finally {
    await earlier.catch(() => {})
  }
}

function charsOf({ rows }: AppendRequest): number {
  return rows.reduce((sum, [, , , , , , , , payload]) => sum + payload.length, 0)
}

function closedError(): StoreError {
  return new StoreError('closed', 'the store is closed')
}

/** Sources run as they are; in the build this code may have been moved into a chunk one folder below the workers. */
function locateWorkers(): { writer: URL; reader: URL } {
  if (import.meta.url.endsWith('.ts')) {
    return {
      writer: new URL('./writer-worker.ts', import.meta.url),
      reader: new URL('./reader-worker.ts', import.meta.url),
    }
  }
  const base = existsSync(fileURLToPath(new URL('./store-writer.js', import.meta.url))) ? './' : '../'
  return {
    writer: new URL(`${base}store-writer.js`, import.meta.url),
    reader: new URL(`${base}store-reader.js`, import.meta.url),
  }
}
