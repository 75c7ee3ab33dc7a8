/**
 * Electron's capturer has ten frames. Whoever holds all of them, textures without `release()` or images somewhere in a
 * list, is told nothing: painting just stops until one comes back.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const POOL_FRAMES = 10

/** A frame that was handed out. */
export interface HandedOut {
  isHeld(): boolean
}

export class CapturerPool {
  #frames: HandedOut[] = []

  /** Whether a frame is free; forgets those that came back. */
  hasRoom(): boolean {
    if (this.#frames.length < POOL_FRAMES) return true
    // Before anybody asks a weak reference: one that was asked holds its object until the end of the task.
    collectGarbage()
    this.#frames = this.#frames.filter((frame) => frame.isHeld())
    return this.#frames.length < POOL_FRAMES
  }

  take(frame: HandedOut): void {
    this.#frames.push(frame)
  }
}

/** An image counts as held for as long as somebody could still reach it. */
export function heldWhileReachable(image: object): HandedOut {
  const reference = new WeakRef(image)
  return { isHeld: () => reference.deref() !== undefined }
}

let collect: (() => void) | undefined

function collectGarbage(): void {
  if (!collect) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
}
