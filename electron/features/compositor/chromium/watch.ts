/** What the answers of a capture page mean. Pure. */
import type { CaptureSurvey } from '../../../../contracts/picture/capture-page.ts'

export const SURVEY_MS = 500
/** While something is awaited. */
const WATCHFUL_SURVEY_MS = 150
/**
 * An animation must be told from a frozen one within 2 s. It is asked for a frame in the first survey after its last one,
 * and has this long to paint it: a machine that is far too busy for it paints slowly, but paints.
 */
export const STUCK_MS = 1300
/** No answer for so long means that the page hangs, where answers usually take milliseconds. */
export const ANSWER_DEADLINE_MS = 1500
/** However slow they were, longer is not waited. */
const MAX_ANSWER_DEADLINE_MS = 5000
/** So many times slower than the slowest of the last answers is a hang and no longer a busy machine. */
const SLOWER_THAN_USUAL = 4
const REMEMBERED_ANSWERS = 8
/** The first picture may take longer: Chromium loads the stage, and the stage its fonts. */
export const FIRST_PICTURE_MS = 15_000

/** How long to wait for an answer, learned from the last ones: to restart what is slow makes a busy machine busier. */
export class AnswerPatience {
  #last: number[] = []

  get deadlineMs(): number {
    const usual = Math.max(0, ...this.#last)
    return Math.min(MAX_ANSWER_DEADLINE_MS, Math.max(ANSWER_DEADLINE_MS, usual * SLOWER_THAN_USUAL))
  }

  answered(afterMs: number): void {
    this.#last = [...this.#last, afterMs].slice(-REMEMBERED_ANSWERS)
  }
}

/** When to ask again, ms. */
export function nextSurveyMs({ animating, stuckMs }: CaptureSurvey): number {
  return animating && stuckMs > 0 ? WATCHFUL_SURVEY_MS : SURVEY_MS
}

/** Why the painting is over, in words; null while all is well. */
export function faultOf({ fault, painting, animating, stuckMs }: CaptureSurvey): string | null {
  if (fault !== null) return fault
  if (!painting || !animating || stuckMs < STUCK_MS) return null
  return `its page is moving, but no frame of it has arrived for ${(stuckMs / 1000).toFixed(1)} s`
}

/** The survey of two pages that paint together: one shows the stage, the other takes its pictures. */
export function together(shown: CaptureSurvey, taking: CaptureSurvey): CaptureSurvey {
  return {
    animating: shown.animating,
    painting: shown.painting && taking.painting,
    unpaintable: shown.unpaintable,
    fault: shown.fault ?? taking.fault,
    stuckMs: Math.max(shown.stuckMs, taking.stuckMs),
    lastSequence: taking.lastSequence,
  }
}
