/**
 * A thread for work beside writing, seen from the main thread: it does one request at a time, each has a deadline that
 * counts from the asking, and it is ended when nothing has been asked of it for a while.
 */
import type { Clock } from '../../../base/clock.ts'
import { type Disposable, MutableDisposable } from '../../../base/lifecycle.ts'
import type { ReaderRequest } from './protocol.ts'
import { StoreError } from './store-error.ts'
import { WorkerLink, type WorkerLinkOptions } from './worker-link.ts'

export interface SideThreadOptions extends Omit<WorkerLinkOptions, 'onMessage'> {
  clock: Clock
  deadlineMs: number
  /** Further requests are refused while this many wait. */
  maxWaiting: number
  idleMs: number
}

interface Job {
  request: ReaderRequest
  deadline: Disposable
  /** Monotonic ms. */
  due: number
  resolve(value: unknown): void
  reject(error: Error): void
}

/**
 * Threads that were given up but still sit in SQLite (a call into it can't be interrupted). More would eat the machine.
 */
const MAX_STUCK = 2

export class SideThread {
  readonly #options: SideThreadOptions
  readonly #link: WorkerLink<ReaderRequest>
  readonly #idle = new MutableDisposable()
  readonly #queue: Job[] = []
  #running: Job | undefined
  #stuck = 0
  #closed = false

  constructor(options: SideThreadOptions) {
    this.#options = options
    this.#link = new WorkerLink(options)
  }

  get isRunning(): boolean {
    return this.#link.isRunning
  }

  request(request: ReaderRequest): Promise<unknown> {
    const refusal = this.#refusal()
    if (refusal) return Promise.reject(refusal)
    return new Promise((resolve, reject) => {
      const { clock, deadlineMs } = this.#options
      const deadline = clock.setTimeout(() => this.#expire(job), deadlineMs)
      const job: Job = { request, deadline, due: clock.monotonic() + deadlineMs, resolve, reject }
      this.#queue.push(job)
      this.#next()
    })
  }

  /**
   * Rejects what waits and ends the thread. Resolves when it is gone; at once if it was at work, since a call into SQLite
   * takes as long as it takes.
   */
  async close(): Promise<void> {
    this.#closed = true
    this.#idle.dispose()
    const error = closedError()
    for (const job of this.#queue.splice(0)) fail(job, error)
    const working = this.#running
    if (working) fail(working, error)
    const ended = this.#abandon(error)
    if (!working) await ended
  }

  #refusal(): StoreError | undefined {
    const { maxWaiting, name } = this.#options
    if (this.#closed) return closedError()
    if (this.#queue.length >= maxWaiting) {
      return new StoreError(
        'busy',
        `${maxWaiting} requests wait for the store's ${name} thread already; ask again later`,
      )
    }
    if (this.#stuck >= MAX_STUCK) {
      return new StoreError(
        'busy',
        `the store's ${name} thread is still busy with reads that took too long; ask again later`,
      )
    }
    return undefined
  }

  #next(): void {
    if (this.#running || this.#closed) return
    const job = this.#queue.shift()
    if (!job) {
      this.#idle.set(this.#options.clock.setTimeout(() => void this.#abandon(closedError()), this.#options.idleMs))
      return
    }
    this.#idle.set(undefined)
    this.#running = job
    const done = (settle: () => void) => {
      if (this.#running !== job) return
      this.#running = undefined
      job.deadline.dispose()
      settle()
      this.#next()
    }
    this.#link.request(job.request).then(
      (value) => done(() => job.resolve(value)),
      (error) => done(() => job.reject(error)),
    )
  }

  #expire(job: Job): void {
    if (this.#running !== job) return
    const error = this.#deadlineError()
    this.#running = undefined
    void this.#abandon(error)
    fail(job, error)
    this.#dropDue()
    this.#next()
  }

  /** Those asked in the same moment as one that ran out of time have no time left either. */
  #dropDue(): void {
    const now = this.#options.clock.monotonic()
    const due = this.#queue.filter((job) => job.due <= now)
    this.#queue.splice(0, due.length)
    for (const job of due) fail(job, this.#deadlineError())
  }

  #deadlineError(): StoreError {
    const { deadlineMs, name } = this.#options
    return new StoreError('deadline', `a request to the store's ${name} thread was ended after ${deadlineMs} ms`)
  }

  async #abandon(error: StoreError): Promise<void> {
    if (!this.#link.isRunning) return
    this.#stuck++
    await this.#link.end(error).finally(() => this.#stuck--)
  }
}

function fail(job: Job, error: Error): void {
  job.deadline.dispose()
  job.reject(error)
}

function closedError(): StoreError {
  return new StoreError('closed', 'the store is closed')
}
