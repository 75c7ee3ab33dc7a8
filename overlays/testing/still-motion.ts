/** The browser's time in the hand of a test: timers and GSAP go on only when it says so. */
import gsap from 'gsap'
import { vi } from 'vitest'

export interface StillMotion {
  /** Hub time, ms epoch. */
  now: () => number
  pass(ms: number): void
  /** Tweens and timelines that are still known to GSAP. */
  motions(): number
  release(): void
}

const STEP_MS = 50

/** `startAt`: hub time, ms epoch. `reducedMotion`: as the system asks for. */
export function holdMotion(startAt: number, reducedMotion = false): StillMotion {
  let now = startAt
  vi.useFakeTimers()
  gsap.ticker.remove(gsap.updateRoot)
  let frame = gsap.globalTimeline.time()
  vi.stubGlobal('matchMedia', () => ({ matches: reducedMotion }))
  // There is no canvas here: names are not measured, so they are not shrunk.
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null)
  return {
    now: () => now,
    pass(ms) {
      for (let rest = ms; rest > 0; rest -= STEP_MS) {
        const step = Math.min(STEP_MS, rest)
        now += step
        vi.advanceTimersByTime(step)
        frame += step / 1000
        gsap.updateRoot(frame)
      }
    },
    motions: () => gsap.globalTimeline.getChildren(true, true, true).length,
    release() {
      gsap.ticker.add(gsap.updateRoot)
      vi.restoreAllMocks()
      vi.unstubAllGlobals()
      vi.useRealTimers()
    },
  }
}
