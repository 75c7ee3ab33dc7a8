/** Tells ticks of the event loop apart, and calls back at the end of one. One hook serves all sockets. */
export class EndOfTick {
  #tick = 1
  #hooked = false
  #waiting: (() => void)[] = []
  readonly #end = (): void => {
    this.#hooked = false
    this.#tick += 1
    if (this.#waiting.length === 0) return
    const callbacks = this.#waiting
    this.#waiting = []
    for (const callback of callbacks) callback()
  }

  /** A number that all calls within one tick get, and no call after it. Never 0. */
  current(): number {
    if (!this.#hooked) {
      this.#hooked = true
      process.nextTick(this.#end)
    }
    return this.#tick
  }

  /** Runs `callback` when the present tick's work is done. */
  run(callback: () => void): void {
    this.current()
    this.#waiting.push(callback)
  }
}
