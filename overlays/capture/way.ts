/** One way to paint the stage, as the capture page runs it. */
import type { CaptureSurvey } from '../../contracts/picture/capture-page.ts'

export interface Way {
  survey(): Promise<CaptureSurvey>
  reloadLayer(layerId: string): void
}

/** Of a way without anything to tell. */
export const NOTHING_TO_TELL: CaptureSurvey = {
  animating: false,
  painting: false,
  unpaintable: null,
  fault: null,
  stuckMs: 0,
  lastSequence: 0,
}
