/** A clock that moves only when told to. Timers fire in order of their due time, then of their making. */
import type { Clock, Disposable } from '../clock.ts'

interface Timer {
  due: number
  readonly order: number
  readonly period: number | undefined
  readonly callback: () => void
}

export class FakeClock implements Clock {
  #elapsed = 0
  #order = 0
  #wall: number
  readonly #timers = new Set<Timer>()

  /** `start` is the wall clock at the beginning, ms epoch. */
  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#wall = start
  }

  now(): number {
    return this.#wall + this.#elapsed
  }

  monotonic(): number {
    return this.#elapsed
  }

  get pendingTimers(): number {
    return this.#timers.size
  }

  /** The wall clock is set by somebody; monotonic time and timers do not notice. */
  jump(ms: number): void {
    this.#wall += ms
  }

  setTimeout(callback: () => void, delayMs: number): Disposable {
    return this.#schedule(callback, delayMs, undefined)
  }

  setInterval(callback: () => void, periodMs: number): Disposable {
    return this.#schedule(callback, periodMs, periodMs)
  }

  #schedule(callback: () => void, delayMs: number, period: number | undefined): Disposable {
    const timer = { due: this.#elapsed + Math.max(0, delayMs), order: this.#order++, period, callback }
    this.#timers.add(timer)
    return { dispose: () => this.#timers.delete(timer) }
  }

  /** Moves time on, firing what falls due on the way; promises settle between two timers. */
  async advance(ms: number): Promise<void> {
    const target = this.#elapsed + ms
    await settle()
    for (let timer = this.#next(target); timer; timer = this.#next(target)) {
      this.#elapsed = Math.max(this.#elapsed, timer.due)
      if (timer.period === undefined) this.#timers.delete(timer)
      else timer.due += Math.max(1, timer.period)
      timer.callback()
      await settle()
    }
    this.#elapsed = target
    await settle()
  }

  /** The same without letting promises settle: for code that has none. */
  advanceSync(ms: number): void {
    const target = this.#elapsed + ms
    for (let timer = this.#next(target); timer; timer = this.#next(target)) {
      this.#elapsed = Math.max(this.#elapsed, timer.due)
      if (timer.period === undefined) this.#timers.delete(timer)
      else timer.due += Math.max(1, timer.period)
      timer.callback()
    }
    this.#elapsed = target
  }

  #next(target: number): Timer | undefined {
    return [...this.#timers].filter(({ due }) => due <= target).sort((a, b) => a.due - b.due || a.order - b.order)[0]
  }
}

/** Lets pending promise reactions and immediates run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}
