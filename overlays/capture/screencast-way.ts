/**
 * Takes the pictures of another page by Chromium's screencast: every page can be painted like this, at the price of a PNG
 * a frame. Chromium leaves frames out while earlier ones are not acknowledged, so the last one of an animation may never
 * come: a screenshot is taken whenever it seems to have ended.
 */
import type { CaptureSetup, CaptureSurvey } from '../../contracts/picture/capture-page.ts'
import { BrowserLink, type Cast } from './browser-link.ts'
import { WaitCounter } from './wait-counter.ts'
import { NOTHING_TO_TELL, type Way } from './way.ts'
import { WorkerLink } from './worker-link.ts'

/** Without a new frame for so long, the page stands still. */
const SETTLED_MS = 150

interface Shot {
  /** In base64. */
  png: string
  /** How many changes there had been when it was asked for: with another one since, it may be older than what is shown. */
  changes: number
}

type Setup = Extract<CaptureSetup, { way: 'screencast' }>

export class ScreencastWay implements Way {
  readonly #setup: Setup
  readonly #browser: BrowserLink
  readonly #worker: WorkerLink
  #waitingCast: Cast | undefined
  #castInWork: Cast | undefined
  #lastAck = Number.NEGATIVE_INFINITY
  #settled: ReturnType<typeof setTimeout> | undefined
  /** Casts that had anything new, ever. */
  #changes = 0
  readonly #shot = new WaitCounter()
  #waitingShot: Shot | undefined
  #fault: string | null = null

  constructor(setup: Setup) {
    this.#setup = setup
    this.#browser = new BrowserLink(setup.binding, (method, params) => {
      if (method === 'Page.screencastFrame') this.#onCast(params as Cast)
      if (method === 'Target.detachedFromTarget') this.#fault = 'the page that is painted is gone'
    })
    this.#worker = new WorkerLink({ setup, canvas: null, onFree: (changed) => this.#onFree(changed) })
  }

  async start(): Promise<void> {
    const { target, width, height } = this.#setup
    await this.#browser.attach(target)
    await this.#browser.send('Page.startScreencast', { format: 'png', maxWidth: width, maxHeight: height })
  }

  async survey(): Promise<CaptureSurvey> {
    const { painting, fault, waitingMs, lastSequence } = await this.#worker.survey()
    return {
      ...NOTHING_TO_TELL,
      painting,
      fault: this.#fault ?? fault,
      stuckMs: Math.max(waitingMs, this.#shot.ms),
      lastSequence,
    }
  }

  reloadLayer(): void {}

  #onCast(cast: Cast): void {
    this.#acknowledge(this.#waitingCast)
    this.#waitingCast = cast
    this.#work()
  }

  #onFree(changed: boolean): void {
    if (this.#castInWork) {
      this.#acknowledge(this.#castInWork)
      this.#castInWork = undefined
      if (changed) {
        this.#changes += 1
        clearTimeout(this.#settled)
        this.#settled = setTimeout(() => this.#takeShot(), SETTLED_MS)
      }
    }
    this.#work()
  }

  #work(): void {
    if (this.#worker.isBusy) return
    const capturedAt = performance.timeOrigin + performance.now()
    if (this.#waitingCast) {
      this.#castInWork = this.#waitingCast
      this.#waitingCast = undefined
      this.#worker.give({ type: 'cast', png: this.#castInWork.data, capturedAt })
    } else if (this.#waitingShot) {
      const { png, changes } = this.#waitingShot
      this.#waitingShot = undefined
      if (changes === this.#changes) this.#worker.give({ type: 'shot', png, capturedAt })
    }
  }

  /** Only then Chromium sends further ones: not before the frame rate allows it. */
  #acknowledge(cast: Cast | undefined): void {
    if (!cast) return
    const now = performance.now()
    const due = Math.max(now, this.#lastAck + 1000 / this.#setup.frameRate)
    this.#lastAck = due
    const send = () => {
      const fail = (error: Error) => {
        this.#fault ??= `the screencast broke off: ${error.message}`
      }
      this.#browser.send('Page.screencastFrameAck', { sessionId: cast.sessionId }).catch(fail)
    }
    if (due - now < 1) send()
    else setTimeout(send, due - now)
  }

  #takeShot(): void {
    if (this.#shot.isWaiting) return
    const changes = this.#changes
    this.#shot.begin()
    this.#browser.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true }).then(
      (answer) => {
        this.#shot.end()
        this.#waitingShot = { png: (answer as { data: string }).data, changes }
        this.#work()
      },
      (error: Error) => {
        this.#fault ??= `a screenshot of the page failed: ${error.message}`
      },
    )
  }
}
