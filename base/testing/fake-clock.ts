/** A clock that moves only when told to. Timers fire in order of their due time, then of their making. */
import type { Clock } from '../clock.ts'
import { type Disposable, toDisposable } from '../lifecycle.ts'

interface Timer {
  due: number
  order: number
  period: number | undefined
  callback: () => void
}

export class FakeClock implements Clock {
  #now: number
  #order = 0
  readonly #start: number
  readonly #timers = new Map<Disposable, Timer>()

  /** `start` is the wall clock at the beginning, ms epoch. */
  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#start = start
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now - this.#start
  }

  get pendingTimers(): number {
    return this.#timers.size
  }

  setTimeout(callback: () => void, delayMs: number): Disposable {
    return this.#schedule(callback, delayMs, undefined)
  }

  setInterval(callback: () => void, periodMs: number): Disposable {
    return this.#schedule(callback, periodMs, periodMs)
  }

  #schedule(callback: () => void, delayMs: number, period: number | undefined): Disposable {
    const handle = toDisposable(() => this.#timers.delete(handle))
    this.#timers.set(handle, { due: this.#now + Math.max(0, delayMs), order: this.#order++, period, callback })
    return handle
  }

  /** Moves time on, firing what falls due on the way; promises settle between two timers. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms
    await settle()
    for (;;) {
      const next = [...this.#timers].filter(([, t]) => t.due <= target).sort(byDue)[0]
      if (!next) break
      const [handle, timer] = next
      this.#now = Math.max(this.#now, timer.due)
      if (timer.period === undefined) handle.dispose()
      else timer.due += Math.max(1, timer.period)
      timer.callback()
      await settle()
    }
    this.#now = target
    await settle()
  }
}

function byDue([, a]: [Disposable, Timer], [, b]: [Disposable, Timer]): number {
  return a.due - b.due || a.order - b.order
}

/** Lets pending promise reactions and immediates run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}
