/**
 * Requests and replies over one worker thread, seen from the main thread. Requests made in one turn travel in one message.
 * Every request settles: with its reply, or with `lost` when the thread ends first. Starts the thread at the first request,
 * and again at the next one after it died.
 */
import { Worker } from 'node:worker_threads'
import type { FromWorker, Reply, ToWorker } from './protocol.ts'
import { StoreError, storeErrorCode } from './store-error.ts'

export interface WorkerLinkOptions {
  url: URL
  name: string
  workerData: unknown
  /** Caps the thread's JavaScript heap, MiB; SQLite's cache comes on top. */
  maxHeapMb: number
  /** Called with every message of the worker, before its replies are handed out. */
  onMessage?: ((message: FromWorker) => void) | undefined
  /** The thread ended without being told to. */
  onDied: (error: Error) => void
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Objects here die old or at once; a small nursery keeps an idle thread small. */
const MAX_NURSERY_MB = 4

export class WorkerLink<Request> {
  readonly #options: WorkerLinkOptions
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #outbox: ToWorker<Request>['requests'] = []
  #lastId = 0
  #isPosting = false

  constructor(options: WorkerLinkOptions) {
    this.#options = options
  }

  get isRunning(): boolean {
    return this.#worker !== undefined
  }

  get pending(): number {
    return this.#waiting.size
  }

  request(request: Request): Promise<unknown> {
    if (!this.#isPosting) {
      this.#isPosting = true
      queueMicrotask(() => this.#post())
    }
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      this.#waiting.set(id, { resolve, reject })
      this.#outbox.push({ id, request })
    })
  }

  /** Ends the thread; requests in hand reject with `error`. Resolves when the thread is gone. */
  async end(error: StoreError): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    this.#rejectAll(error)
    await worker?.terminate()
  }

  /** Rejects what waits; the thread goes on, and late replies are dropped. */
  giveUp(error: StoreError): void {
    this.#rejectAll(error)
  }

  #post(): void {
    this.#isPosting = false
    const requests = this.#outbox
    if (requests.length === 0) return
    this.#outbox = []
    const message: ToWorker<Request> = { requests }
    try {
      this.#worker ??= this.#start()
      this.#worker.postMessage(message)
    } catch (error) {
      // A value that can't be copied to another thread.
      const refused = new StoreError('invalid', `the store can't take this request: ${String(error)}`, { cause: error })
      for (const { id } of requests) this.#settle(id, (waiting) => waiting.reject(refused))
    }
  }

  #start(): Worker {
    const { url, name, workerData, maxHeapMb } = this.#options
    const worker = new Worker(url, {
      name,
      workerData,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb, maxYoungGenerationSizeMb: MAX_NURSERY_MB },
    })
    let cause: Error | undefined
    worker.on('message', (message: FromWorker) => this.#receive(message))
    worker.on('error', (error) => {
      cause = error instanceof Error ? error : new Error(String(error))
    })
    worker.on('exit', (code) => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      const reason = cause?.message ?? `exit code ${code}`
      const error = new StoreError('lost', `the store's ${name} thread ended: ${reason}`, { cause })
      this.#rejectAll(error)
      this.#options.onDied(error)
    })
    return worker
  }

  #receive(message: FromWorker): void {
    this.#options.onMessage?.(message)
    for (const reply of message.replies) this.#settle(reply.id, (waiting) => settle(waiting, reply))
  }

  #settle(id: number, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id)
    if (!waiting) return
    this.#waiting.delete(id)
    how(waiting)
  }

  #rejectAll(error: StoreError): void {
    this.#outbox = []
    const all = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of all) reject(error)
  }
}

function settle(waiting: Waiting, reply: Reply): void {
  if ('error' in reply) waiting.reject(new StoreError(storeErrorCode(reply.error.code), reply.error.message))
  else waiting.resolve(reply.value)
}
