/** The code by which one machine gets in, once. Knows no wire and no machine. */
import { randomInt, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../../base/clock.ts'
import { type Disposable, MutableDisposable } from '../../../base/lifecycle.ts'
import { CODE_LENGTH, CODE_LETTERS } from './frames.ts'

export const CODE_LIFE_MS = 10 * 60_000
/** Wrong tries until there is no code any more. */
export const MAX_WRONG = 5

export interface OpenPairing {
  readonly code: string
  /** ms epoch */
  readonly expiresAt: number
}

export class Pairing implements Disposable {
  readonly #clock: Clock
  readonly #onChange: () => void
  readonly #timer = new MutableDisposable()
  #open: OpenPairing | null = null
  #wrong = 0

  /** `onChange`: a code was opened, or there is none any more. */
  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock
    this.#onChange = onChange
  }

  get current(): OpenPairing | null {
    return this.#open
  }

  /** A new code; the one before is worth nothing. */
  open(): OpenPairing {
    const code = Array.from({ length: CODE_LENGTH }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join('')
    const opened = { code, expiresAt: this.#clock.now() + CODE_LIFE_MS }
    this.#open = opened
    this.#wrong = 0
    this.#timer.set(this.#clock.setTimeout(() => this.close(), CODE_LIFE_MS))
    this.#onChange()
    return opened
  }

  close(): void {
    if (!this.#open) return
    this.#open = null
    this.#timer.set(undefined)
    this.#onChange()
  }

  /** Whether this is the code. It is worth nothing from then on. */
  take(code: string): boolean {
    const right = this.#open?.code
    if (right === undefined) return false
    if (timingSafeEqual(Buffer.from(right), Buffer.from(code))) {
      this.close()
      return true
    }
    this.#wrong += 1
    if (this.#wrong >= MAX_WRONG) this.close()
    return false
  }

  dispose(): void {
    this.#timer.dispose()
  }
}
