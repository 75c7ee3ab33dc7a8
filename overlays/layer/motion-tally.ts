/** Whether anything on a page moves, from the parts that say so of themselves. */

export interface MotionTally {
  /** What a part called `what` calls when it begins or ends to move. */
  of(what: unknown): (moving: boolean) => void
}

/** `onAnimating` hears when the first begins and when the last has ended. */
export function createMotionTally(onAnimating: (animating: boolean) => void): MotionTally {
  const moving = new Set<unknown>()
  return {
    of: (what) => (isMoving) => {
      const before = moving.size > 0
      if (isMoving) moving.add(what)
      else moving.delete(what)
      if (moving.size > 0 !== before) onAnimating(!before)
    },
  }
}
