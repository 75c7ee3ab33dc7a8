/** The picture server's thread as the main thread holds it: starts it, hands messages over, notices its end. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Clock } from '../../../../base/clock.ts'
import type { FromPictureWorker, PictureWorkerData, ToPictureWorker } from './protocol.ts'

/** Pixels lie outside of the JavaScript heap. */
const MAX_HEAP_MB = 128
/** Messages and headers die young. */
const MAX_NURSERY_MB = 4
/** How long viewers have to hear the goodbye, ms. */
const CLOSING_MS = 3000

export interface PictureLinkOptions {
  data: PictureWorkerData
  clock: Clock
  onMessage(message: FromPictureWorker): void
  /** It ended without being told to. */
  onDied(reason: string): void
}

export class PictureLink {
  readonly #options: PictureLinkOptions
  readonly #worker: Worker
  #isEnding = false
  #closed: (() => void) | undefined

  constructor(options: PictureLinkOptions) {
    this.#options = options
    this.#worker = new Worker(locateWorker(), {
      name: 'picture',
      workerData: options.data,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: MAX_NURSERY_MB },
    })
    let reason: string | undefined
    this.#worker.on('message', (message: FromPictureWorker) => {
      if (message.kind === 'closed') this.#closed?.()
      else if (!this.#isEnding) options.onMessage(message)
    })
    this.#worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error)
    })
    this.#worker.on('exit', (code) => {
      this.#closed?.()
      if (!this.#isEnding) options.onDied(reason ?? `exit code ${code}`)
    })
  }

  tell(message: ToPictureWorker, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  /** Lets it say goodbye, then ends it. */
  async close(): Promise<void> {
    this.#isEnding = true
    await new Promise<void>((resolve) => {
      const deadline = this.#options.clock.setTimeout(resolve, CLOSING_MS)
      this.#closed = () => {
        deadline.dispose()
        resolve()
      }
      this.tell({ kind: 'close' })
    })
    await this.#worker.terminate()
  }

  /** Ends it without a word. */
  async terminate(): Promise<void> {
    this.#isEnding = true
    await this.#worker.terminate()
  }
}

/** Sources run as they are; in the build this code may have been moved into a chunk one folder below the worker. */
function locateWorker(): URL {
  if (import.meta.url.endsWith('.ts')) return new URL('./picture-worker.ts', import.meta.url)
  const beside = new URL('./picture-worker.js', import.meta.url)
  return existsSync(fileURLToPath(beside)) ? beside : new URL('../picture-worker.js', import.meta.url)
}
