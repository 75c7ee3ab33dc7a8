/**
 * Ownership of things that listen, time or hold a resource. Everything that must be released is a `Disposable`, and is
 * registered with its owner on the line that creates it. Knows nothing of what is being released.
 */

/** Something that can be released. `dispose` is idempotent. */
export interface Disposable {
  dispose(): void
}

interface Tracker {
  created(disposable: Disposable): void
  disposed(disposable: Disposable): void
}

let tracker: Tracker | undefined

/**
 * Follows every disposable made from now on, so that a test can name those never released by the stack that made them.
 * Only one follower at a time; the returned function ends it and answers the leaks.
 */
export function trackDisposables(): () => Error[] {
  if (tracker) throw new Error('trackDisposables: already tracking; end the other follower first')
  const alive = new Map<Disposable, Error>()
  tracker = {
    created: (disposable) => alive.set(disposable, new Error('disposable never released; it was made here')),
    disposed: (disposable) => alive.delete(disposable),
  }
  return () => {
    tracker = undefined
    return [...alive.values()]
  }
}

/** Wraps a clean-up function. The function runs at most once. */
export function toDisposable(release: () => void): Disposable {
  let released = false
  const disposable: Disposable = {
    dispose() {
      if (released) return
      released = true
      tracker?.disposed(disposable)
      release()
    },
  }
  tracker?.created(disposable)
  return disposable
}

/**
 * Owns a set of disposables and releases them last-in first-out. Releasing goes on past one that throws and then throws
 * a single `AggregateError`. Adding to a store that is already released releases the newcomer at once: nothing leaks
 * because of a race between stopping and starting.
 */
export class DisposableStore implements Disposable {
  #items = new Set<Disposable>()
  #disposed = false

  constructor() {
    tracker?.created(this)
  }

  get isDisposed(): boolean {
    return this.#disposed
  }

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose()
    else this.#items.add(item)
    return item
  }

  /** Registers a clean-up function. */
  defer(release: () => void): void {
    this.add(toDisposable(release))
  }

  /** Releases one item early and forgets it. */
  delete(item: Disposable): void {
    if (this.#items.delete(item)) item.dispose()
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    tracker?.disposed(this)
    const errors: unknown[] = []
    for (const item of [...this.#items].reverse()) {
      try {
        item.dispose()
      } catch (error) {
        errors.push(error)
      }
    }
    this.#items.clear()
    if (errors.length > 0) throw new AggregateError(errors, 'some disposables failed to release')
  }
}

/** Holds at most one disposable; setting a new one releases the old one. */
export class MutableDisposable implements Disposable {
  #current: Disposable | undefined
  #disposed = false

  constructor() {
    tracker?.created(this)
  }

  set(next: Disposable | undefined): void {
    if (this.#disposed) {
      next?.dispose()
      return
    }
    const previous = this.#current
    this.#current = next
    previous?.dispose()
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    tracker?.disposed(this)
    this.#current?.dispose()
    this.#current = undefined
  }
}
