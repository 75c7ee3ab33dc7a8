/**
 * Tells a stage that lives from one that is frozen: asks it, four times a second, whether it is animating, and compares
 * with the frames that came. Knows nothing of windows and nothing of pixels. Counts its own rounds and not the time, so
 * that a hub that was held up itself, or a machine that slept, blames nobody else.
 */
import type { Clock } from '../../base/clock.ts'
import { type Disposable, toDisposable } from '../../base/lifecycle.ts'

export interface LivenessOptions {
  /** Asks the page whether it is animating. Rejects or stays unanswered when the page is not there. */
  isAnimating: () => Promise<boolean>
  /** Frames painted so far. */
  painted: () => number
  clock: Clock
  /** Called once, in words; the watching has then ended. */
  onDead: (reason: string) => void
}

const ROUND_MS = 250
/** 1.5 s, so that with the round in which it stopped a frozen source is found within 2 s. */
const FROZEN_ROUNDS = 6
/** 2 s. */
const SILENT_ROUNDS = 8

export function watchLiveness({ isAnimating, painted, clock, onDead }: LivenessOptions): Disposable {
  let frozenRounds = 0
  let silentRounds = 0
  let waiting = false
  let stopped = false
  let paintedBefore = painted()

  const die = (reason: string) => {
    watching.dispose()
    onDead(reason)
  }

  const onAnswer = (animating: boolean) => {
    if (stopped) return
    silentRounds = 0
    const paintedNow = painted()
    const isFrozen = animating && paintedNow === paintedBefore
    paintedBefore = paintedNow
    frozenRounds = isFrozen ? frozenRounds + 1 : 0
    if (frozenRounds >= FROZEN_ROUNDS) die('its page is animating, but no frame came for 1.5 s')
  }

  const round = () => {
    if (silentRounds >= SILENT_ROUNDS) {
      die('its page does not answer')
      return
    }
    silentRounds += 1
    if (waiting) return
    waiting = true
    // A page that rejects is between two documents: no answer, and too long without one is too long.
    isAnimating()
      .then(onAnswer, () => {})
      .finally(() => {
        waiting = false
      })
  }

  const timer = clock.setInterval(round, ROUND_MS)
  const watching = toDisposable(() => {
    stopped = true
    timer.dispose()
  })
  return watching
}
