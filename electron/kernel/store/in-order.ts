/**
 * Keeps requests in the order of asking where some of them take several turns of the loop to get ready: what is asked
 * for meanwhile waits behind them. Knows neither what is sent nor where to; bounding what waits is its owner's concern.
 */
export class InOrder {
  readonly #waiting: (() => void)[] = []
  #isPreparing = false

  /** Requests behind one that is not ready. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Calls `send` in its turn: within this call when nothing is ahead. */
  pass<T>(send: () => Promise<T>): Promise<T> {
    if (!this.#isPreparing) return send()
    return new Promise((resolve) => this.#waiting.push(() => resolve(send())))
  }

  /** Calls `prepare` in its turn, and `send` with what came of it before anything asked for later. */
  prepare<Ready, T>(prepare: () => Promise<Ready>, send: (ready: Ready) => Promise<T>): Promise<T> {
    return this.pass(async () => {
      this.#isPreparing = true
      let sent: Promise<T>
      try {
        sent = send(await prepare())
      } finally {
        this.#isPreparing = false
        this.#letThrough()
      }
      return sent
    })
  }

  #letThrough(): void {
    while (!this.#isPreparing) {
      const next = this.#waiting.shift()
      if (!next) return
      next()
    }
  }
}
