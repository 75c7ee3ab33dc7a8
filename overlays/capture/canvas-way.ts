/**
 * Draws the stage in a canvas. Chromium says when the stage has been painted differently, so nothing is done while nothing
 * changes; drawing, reading and comparing happen in the worker.
 */
import type { CaptureSetup, CaptureSurvey } from '../../contracts/picture/capture-page.ts'
import { createPaintableCanvas, type PaintableCanvas } from './html-in-canvas.ts'
import { StageFrame } from './stage-frame.ts'
import { WaitCounter } from './wait-counter.ts'
import type { Way } from './way.ts'
import { WorkerLink } from './worker-link.ts'

/** After the last painting one more is forced: Chromium may have announced the last one before it was done. */
const AFTERMATH_MS = 120
/** An animation that has painted nothing for so long is asked for a frame, to see whether it still can. */
const SILENCE_MS = 100
/** A timer is that late at most; the frame rate is meant as an average. */
const TIMER_SLACK_MS = 2
const NOT_READY_POLL_MS = 30

export class CanvasWay implements Way {
  readonly #canvas: PaintableCanvas
  readonly #stage: StageFrame
  readonly #worker: WorkerLink
  readonly #intervalMs: number
  #lastCapture = Number.NEGATIVE_INFINITY
  #lastPaint = Number.NEGATIVE_INFINITY
  /** For a painting that was forced. */
  readonly #forced = new WaitCounter()
  /** Something was painted while the worker was busy. */
  #isStale = false
  #postponed: ReturnType<typeof setTimeout> | undefined
  #aftermath: ReturnType<typeof setTimeout> | undefined

  constructor(setup: Extract<CaptureSetup, { way: 'canvas' }>) {
    const { width, height, frameRate, stageUrl } = setup
    const canvas = createPaintableCanvas(width, height)
    if (!canvas) throw new Error('unsupported')
    this.#canvas = canvas
    this.#stage = new StageFrame(stageUrl, width, height)
    this.#intervalMs = 1000 / frameRate
    this.#worker = new WorkerLink({
      setup,
      canvas: canvas.transferControlToOffscreen(),
      onFree: () => {
        if (!this.#isStale) return
        this.#isStale = false
        this.#canvas.requestPaint()
      },
    })
    canvas.onpaint = () => this.#onPaint()
    canvas.append(this.#stage.element)
    document.body.append(canvas)
  }

  async survey(): Promise<CaptureSurvey> {
    const animating = this.#stage.isAnimating
    if (animating && performance.now() - this.#lastPaint > SILENCE_MS) this.#force()
    const { painting, fault, waitingMs, lastSequence } = await this.#worker.survey()
    return {
      animating,
      painting,
      unpaintable: this.#stage.unpaintable,
      fault: this.#stage.fault ?? fault,
      stuckMs: Math.max(waitingMs, this.#forced.ms),
      lastSequence,
    }
  }

  reloadLayer(layerId: string): void {
    this.#stage.reloadLayer(layerId)
  }

  #onPaint(): void {
    const now = performance.now()
    const wasForced = this.#forced.isWaiting
    this.#forced.end()
    this.#lastPaint = now
    const early = this.#intervalMs - TIMER_SLACK_MS - (now - this.#lastCapture)
    if (!this.#stage.isReady) this.#postpone(NOT_READY_POLL_MS)
    else if (early > 0) this.#postpone(early)
    else if (this.#worker.isBusy) this.#isStale = true
    else this.#capture(now, wasForced)
  }

  #capture(now: number, wasForced: boolean): void {
    this.#lastCapture = now
    const image = this.#canvas.captureElementImage(this.#stage.element)
    this.#worker.give({ type: 'image', image, capturedAt: performance.timeOrigin + now })
    clearTimeout(this.#aftermath)
    if (!wasForced) this.#aftermath = setTimeout(() => this.#force(), AFTERMATH_MS)
  }

  #postpone(ms: number): void {
    if (this.#postponed !== undefined) return
    this.#postponed = setTimeout(() => {
      this.#postponed = undefined
      this.#canvas.requestPaint()
    }, ms)
  }

  #force(): void {
    this.#forced.begin()
    this.#canvas.requestPaint()
  }
}
