/** Waits for a condition and not for a time: what takes 5 ms here takes a second on a busy machine. */
import { setTimeout as pause } from 'node:timers/promises'

const PATIENCE_MS = 20_000

/** Resolves when `isTrue` is; rejects with `what` in the message when it never gets so. */
export async function until(isTrue: () => boolean, what: string): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(`waited ${PATIENCE_MS} ms in vain for: ${what}`)
    await pause(2)
  }
}
