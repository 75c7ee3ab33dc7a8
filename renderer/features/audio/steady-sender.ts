/** Sends the newest of many values, one at a time: a dragged slider never queues up commands behind it. */
import type { Disposable } from '../../../base/lifecycle.ts'

export interface SteadySender<T> extends Disposable {
  send(value: T): void
}

export function createSteadySender<T>(deliver: (value: T) => Promise<unknown>): SteadySender<T> {
  let waiting: { value: T } | null = null
  let busy = false
  let disposed = false

  async function drain(): Promise<void> {
    busy = true
    while (waiting && !disposed) {
      const { value } = waiting
      waiting = null
      await deliver(value)
    }
    busy = false
  }

  return {
    send(value) {
      waiting = { value }
      if (!busy) void drain()
    },
    dispose() {
      disposed = true
      waiting = null
    },
  }
}
