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
/**
 * What has not been lent for so long goes back to the system: a screen that filled the picture for a moment needs large
 * ones, and what moves behind it, small ones, must not keep those.
 */
const IDLE_MS = 5000

interface Free {
  buffer: Buffer
  since: number
}

export class BufferPool implements Disposable {
  readonly #clock: Clock
  readonly #sweep = new MutableDisposable()
  /** In the order in which they came back. */
  #free: Free[] = []
  #freeBytes = 0
  #isWaiting = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get freeBytes(): number {
    return this.#freeBytes
  }

  /** A buffer of at least `bytes`, with whatever was in it before. */
  lend(bytes: number): Buffer {
    let best = -1
    for (const [index, { buffer }] of this.#free.entries()) {
      const fits = buffer.length >= bytes && buffer.length <= Math.max(SMALLEST_BYTES, bytes * MAX_SLACK)
      // Of those as large the newest, so that what is too many grows old.
      if (fits && (best === -1 || buffer.length <= (this.#free[best]?.buffer.length ?? 0))) best = index
    }
    const [found] = best === -1 ? [] : this.#free.splice(best, 1)
    if (!found) return Buffer.allocUnsafeSlow(roundUp(bytes))
    this.#freeBytes -= found.buffer.length
    return found.buffer
  }

  /** To be called once for each buffer lent, when nobody reads or writes it any more. */
  giveBack(buffer: Buffer): void {
    if (this.#freeBytes + buffer.length > MAX_FREE_BYTES) {
      release(buffer)
      return
    }
    this.#free.push({ buffer, since: this.#clock.monotonic() })
    this.#freeBytes += buffer.length
    if (!this.#isWaiting) this.#sweepIn(IDLE_MS)
  }

  dispose(): void {
    this.#sweep.dispose()
    this.#dropOlderThan(Number.POSITIVE_INFINITY)
  }

  /** One timer for the oldest, not one for each buffer. */
  #sweepIn(ms: number): void {
    this.#isWaiting = true
    this.#sweep.set(
      this.#clock.setTimeout(() => {
        this.#isWaiting = false
        const now = this.#clock.monotonic()
        this.#dropOlderThan(now - IDLE_MS)
        const [oldest] = this.#free
        if (oldest) this.#sweepIn(oldest.since + IDLE_MS - now)
      }, ms),
    )
  }

  #dropOlderThan(moment: number): void {
    const kept = this.#free.findIndex(({ since }) => since > moment)
    for (const { buffer } of this.#free.splice(0, kept === -1 ? this.#free.length : kept)) {
      this.#freeBytes -= buffer.length
      release(buffer)
    }
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
