/** How many of something there were in the last second, from its running total. */
import type { Clock } from '../../../../base/clock.ts'

const WINDOW_MS = 1000
/** Totals that come closer together are taken as one. */
const STEP_MS = 50

export class RateMeter {
  readonly #clock: Clock
  #samples: { at: number; total: number }[] = []
  #total = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  note(total: number): void {
    const at = this.#clock.monotonic()
    const last = this.#samples.at(-1)
    // What is kept of a step is its beginning.
    if (!last || at - last.at >= STEP_MS) this.#samples.push({ at, total: this.#total })
    this.#total = total
    this.#forget(at)
  }

  lastSecond(): number {
    this.#forget(this.#clock.monotonic())
    const oldest = this.#samples[0]
    return oldest ? this.#total - oldest.total : 0
  }

  #forget(now: number): void {
    while (this.#samples[0] && now - this.#samples[0].at > WINDOW_MS) this.#samples.shift()
  }
}
