/** The page's end of its worker: one piece of work at a time, the newest when there is a choice. */
import CaptureWorker from './capture-worker.ts?worker&inline'
import type { UploadState } from './picture-upload.ts'
import { WaitCounter } from './wait-counter.ts'
import type { FromWorker, ToWorker, WorkerSetup } from './worker-messages.ts'

export interface WorkerLinkOptions {
  setup: WorkerSetup
  canvas: OffscreenCanvas | null
  /** Called whenever it is free again. `changed`: what it was given had any pixel different. */
  onFree: (changed: boolean) => void
}

export class WorkerLink {
  /**
   * Inline, because a worker with an address of its own has the policy of its file's answer, which forbids every
   * connection; this one has the page's.
   */
  readonly #worker = new CaptureWorker()
  readonly #surveys: ((state: UploadState) => void)[] = []
  readonly #work = new WaitCounter()
  #fault: string | null = null

  constructor({ setup, canvas, onFree }: WorkerLinkOptions) {
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      switch (data.type) {
        case 'done':
          this.#work.end()
          onFree(data.changed)
          break
        case 'survey':
          this.#surveys.shift()?.(data.state)
          break
        case 'fault':
          this.#fault ??= data.reason
          break
      }
    }
    this.#worker.onerror = ({ message }) => {
      this.#fault ??= `its worker failed: ${message}`
    }
    this.#worker.postMessage({ type: 'setup', setup, canvas } satisfies ToWorker, canvas ? [canvas] : [])
  }

  get isBusy(): boolean {
    return this.#work.isWaiting
  }

  /** Only while it is not busy. */
  give(message: Extract<ToWorker, { type: 'image' | 'cast' | 'shot' }>): void {
    this.#work.begin()
    const transfer = message.type === 'image' ? [message.image as unknown as Transferable] : []
    this.#worker.postMessage(message, transfer)
  }

  /** Does not answer while the worker is stuck: whoever asks has a deadline. */
  survey(): Promise<UploadState> {
    return new Promise((resolve) => {
      this.#surveys.push((state) => {
        const waitingMs = Math.max(state.waitingMs, this.#work.ms)
        resolve({ ...state, waitingMs, fault: this.#fault ?? state.fault })
      })
      this.#worker.postMessage({ type: 'survey' } satisfies ToWorker)
    })
  }
}
