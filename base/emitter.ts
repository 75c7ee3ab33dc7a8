/** A private emitter with a public `event`: who holds the emitter may fire, everyone else may only listen. */
import { type Disposable, toDisposable } from './lifecycle.ts'

/** Subscribe by calling it; dispose the answer to unsubscribe. */
export type Event<T> = (listener: (value: T) => void) => Disposable

export class Emitter<T> implements Disposable {
  #listeners = new Set<(value: T) => void>()
  readonly #onError: (error: unknown) => void

  /** `onError` hears of a listener that throws; the other listeners are called all the same. */
  constructor(onError: (error: unknown) => void = reportLater) {
    this.#onError = onError
  }

  readonly event: Event<T> = (listener) => {
    // Wrapped, so that the same function registered twice is two registrations.
    const entry = (value: T) => listener(value)
    this.#listeners.add(entry)
    return toDisposable(() => this.#listeners.delete(entry))
  }

  get hasListeners(): boolean {
    return this.#listeners.size > 0
  }

  /** Calls every listener in the order of registration. Listeners added meanwhile hear the next value. */
  fire(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value)
      } catch (error) {
        this.#onError(error)
      }
    }
  }

  dispose(): void {
    this.#listeners.clear()
  }
}

/** A listener's fault is a bug: it surfaces as an uncaught error, but not inside `fire`. */
function reportLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
