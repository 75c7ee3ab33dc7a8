/**
 * The worker of the capture page: finds what changed and sends it, so that neither the stage's animations nor the hub wait
 * for that. Owns the connection for the pixels.
 */
import { type Change, ElementPixels } from './element-pixels.ts'
import { PictureUpload, type UploadState } from './picture-upload.ts'
import { ScreencastPixels } from './screencast-pixels.ts'
import type { FromWorker, ToWorker, WorkerSetup } from './worker-messages.ts'

const NOT_BEGUN: UploadState = { painting: false, fault: null, waitingMs: 0, lastSequence: 0 }

class CaptureWorker {
  readonly #setup: WorkerSetup
  /** Made for the first picture: until then another page may go on sending. */
  #upload: PictureUpload | undefined
  /** What the page is told once the upload is relieved. */
  #owed: FromWorker | undefined
  readonly #elements: ElementPixels | undefined
  readonly #screencast: ScreencastPixels | undefined

  constructor(setup: WorkerSetup, canvas: OffscreenCanvas | null) {
    const { width, height } = setup
    this.#setup = setup
    if (canvas) this.#elements = new ElementPixels(canvas)
    else this.#screencast = new ScreencastPixels(width, height)
  }

  handle(message: Exclude<ToWorker, { type: 'setup' }>): void {
    switch (message.type) {
      case 'survey':
        post({ type: 'survey', state: this.#upload?.state ?? NOT_BEGUN })
        break
      case 'image':
        this.#show(this.#elements?.next(message.image), message.capturedAt)
        break
      case 'cast':
        this.#showLater(this.#screencast?.cast(message.png), message.capturedAt)
        break
      case 'shot':
        this.#showLater(this.#screencast?.shot(message.png), message.capturedAt)
        break
    }
  }

  #showLater(change: Promise<Change | null> | undefined, capturedAt: number): void {
    change?.then((change) => this.#show(change, capturedAt)).catch(fail)
  }

  #show(change: Change | null | undefined, capturedAt: number): void {
    if (change) {
      this.#upload ??= this.#connect()
      this.#upload.show(change.pixels, change.damage, capturedAt)
    }
    const done = { type: 'done', changed: change !== null && change !== undefined && change.damage.length > 0 } as const
    if (this.#upload?.isCongested) this.#owed = done
    else post(done)
  }

  #connect(): PictureUpload {
    const onRelieved = () => {
      if (this.#owed) post(this.#owed)
      this.#owed = undefined
    }
    const socket = new WebSocket(this.#setup.uploadUrl)
    return new PictureUpload({ ...this.#setup, socket, now: epochMs, onRelieved })
  }
}

let worker: CaptureWorker | undefined

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  try {
    if (data.type === 'setup') worker = new CaptureWorker(data.setup, data.canvas)
    else worker?.handle(data)
  } catch (error) {
    fail(error)
  }
})

function fail(error: unknown): void {
  post({ type: 'fault', reason: `its worker failed: ${error instanceof Error ? error.message : String(error)}` })
}

function post(message: FromWorker): void {
  globalThis.postMessage(message)
}

/** Finer than Date.now(), which would hide what is faster than a millisecond. */
function epochMs(): number {
  return performance.timeOrigin + performance.now()
}
