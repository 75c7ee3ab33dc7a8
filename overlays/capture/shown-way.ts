/** Only shows the stage, for a page that takes its pictures by screencast. Tells how the stage is. */
import type { CaptureSetup, CaptureSurvey } from '../../contracts/picture/capture-page.ts'
import { StageFrame } from './stage-frame.ts'
import { WaitCounter } from './wait-counter.ts'
import { NOTHING_TO_TELL, type Way } from './way.ts'

export class ShownWay implements Way {
  readonly #stage: StageFrame
  /** For a frame of the page's own. */
  readonly #frame = new WaitCounter()

  constructor({ stageUrl, width, height }: Extract<CaptureSetup, { way: 'shown' }>) {
    this.#stage = new StageFrame(stageUrl, width, height)
    document.body.append(this.#stage.element)
  }

  async survey(): Promise<CaptureSurvey> {
    const animating = this.#stage.isAnimating
    if (animating) this.#askForFrame()
    return {
      ...NOTHING_TO_TELL,
      animating,
      painting: this.#stage.isReady,
      unpaintable: this.#stage.unpaintable,
      fault: this.#stage.fault,
      stuckMs: this.#frame.ms,
    }
  }

  reloadLayer(layerId: string): void {
    this.#stage.reloadLayer(layerId)
  }

  #askForFrame(): void {
    if (this.#frame.isWaiting) return
    this.#frame.begin()
    requestAnimationFrame(() => this.#frame.end())
  }
}
