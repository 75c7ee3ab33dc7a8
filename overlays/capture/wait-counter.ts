/**
 * For how long something has been awaited, in ticks of this thread's own: where it was held up itself, because the machine
 * is too busy or was asleep, fewer ticks have passed, and nobody else is blamed for that.
 */

const TICK_MS = 100

export class WaitCounter {
  #timer: ReturnType<typeof setInterval> | undefined
  #ms = 0

  /** 0 while nothing is awaited. */
  get ms(): number {
    return this.#ms
  }

  get isWaiting(): boolean {
    return this.#timer !== undefined
  }

  /** Waiting already, it goes on. */
  begin(): void {
    this.#timer ??= setInterval(() => {
      this.#ms += TICK_MS
    }, TICK_MS)
  }

  end(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#ms = 0
  }
}
