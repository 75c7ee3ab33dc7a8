/**
 * Buffers for packets, used again and again: a fresh one for every frame costs more than filling it, and memory that is
 * given back late. Owns what is free; what is lent belongs to its borrower until it is given back.
 */
import type { Clock } from '../../../../base/clock.ts'
import { type Disposable, MutableDisposable } from '../../../../base/lifecycle.ts'

/** Smaller buffers are not worth telling apart. */
const SMALLEST_BYTES = 64 * 1024
/** A buffer may be so many times as large as what it is lent for. */
const MAX_SLACK = 4
/** More than this lies free at no time. */
const MAX_FREE_BYTES = 32 * 2 ** 20
/** When nothing has been lent for so long, what is free goes back to the system. */
const IDLE_MS = 5000

export class BufferPool implements Disposable {
  readonly #clock: Clock
  readonly #idle = new MutableDisposable()
  #free: Buffer[] = []
  #freeBytes = 0
  #lastUse = 0
  #isWaiting = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get freeBytes(): number {
    return this.#freeBytes
  }

  /** A buffer of at least `bytes`, with whatever was in it before. */
  lend(bytes: number): Buffer {
    this.#lastUse = this.#clock.monotonic()
    let best = -1
    for (const [index, { length }] of this.#free.entries()) {
      const fits = length >= bytes && length <= Math.max(SMALLEST_BYTES, bytes * MAX_SLACK)
      if (fits && (best === -1 || length < (this.#free[best]?.length ?? 0))) best = index
    }
    const [found] = best === -1 ? [] : this.#free.splice(best, 1)
    if (!found) return Buffer.allocUnsafeSlow(roundUp(bytes))
    this.#freeBytes -= found.length
    return found
  }

  /** To be called once for each buffer lent, when nobody reads or writes it any more. */
  giveBack(buffer: Buffer): void {
    if (this.#freeBytes + buffer.length > MAX_FREE_BYTES) {
      release(buffer)
      return
    }
    this.#free.push(buffer)
    this.#freeBytes += buffer.length
    if (!this.#isWaiting) this.#waitForIdle(IDLE_MS)
  }

  dispose(): void {
    this.#idle.dispose()
    this.#drop()
  }

  /** One timer for a busy time, not one for each buffer. */
  #waitForIdle(ms: number): void {
    this.#isWaiting = true
    this.#idle.set(
      this.#clock.setTimeout(() => {
        this.#isWaiting = false
        const left = IDLE_MS - (this.#clock.monotonic() - this.#lastUse)
        if (left > 0) this.#waitForIdle(left)
        else this.#drop()
      }, ms),
    )
  }

  #drop(): void {
    for (const buffer of this.#free) release(buffer)
    this.#free = []
    this.#freeBytes = 0
  }
}

/** At once: to the collector 8 MB are one small object, and nothing that hurries. */
function release({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}

/** To powers of two and the halves between, so that sizes that are nearly the same share their buffers. */
function roundUp(bytes: number): number {
  let size = SMALLEST_BYTES
  while (size < bytes) size *= 2
  const half = (size / 4) * 3
  return half >= bytes && half > SMALLEST_BYTES ? half : size
}
