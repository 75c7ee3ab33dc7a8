/** A promise that settles in time, whatever the one behind it does. */
import type { Clock } from './clock.ts'

export interface DeadlineOptions {
  clock: Clock
  /** How long to wait, ms. */
  ms: number
  /** Rejects early with the signal's reason. */
  signal?: AbortSignal | undefined
  /** The error of a missed deadline. Made at the call, so that its stack shows who asked. */
  error: Error
}

/** Settles as `promise` does, or rejects at the deadline or on abort. A later outcome of `promise` is ignored. */
export function withDeadline<T>(promise: Promise<T>, { clock, ms, signal, error }: DeadlineOptions): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => finish(() => reject(signal?.reason))
    const timer = clock.setTimeout(() => finish(() => reject(error)), ms)
    const finish = (settle: () => void) => {
      timer.dispose()
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
    promise.then(
      (value) => finish(() => resolve(value)),
      (reason) => finish(() => reject(reason)),
    )
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort)
  })
}
