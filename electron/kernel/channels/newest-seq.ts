/** The `seq` of the newest event: searched for once in the log as it was found at the start, then followed by ear. */
import type { Store } from '../store/store.ts'

export class NewestSeq {
  readonly #store: Pick<Store, 'eventsAfter'>
  #heard = 0
  #found: Promise<number> | undefined

  constructor(store: Pick<Store, 'eventsAfter'>) {
    this.#store = store
  }

  /** To be told of every announced event. */
  hear(seq: number): void {
    this.#heard = Math.max(this.#heard, seq)
  }

  async read(): Promise<number> {
    if (this.#heard > 0) return this.#heard
    this.#found ??= search(this.#store)
    try {
      return Math.max(this.#heard, await this.#found)
    } catch (error) {
      this.#found = undefined
      throw error
    }
  }
}

/** Gallops: the port can only ask "what comes after?", and that some forty times finds the end of any log. */
async function search(store: Pick<Store, 'eventsAfter'>): Promise<number> {
  let newest = 0
  let step = 1
  let growing = true
  while (step >= 1) {
    const [event] = await store.eventsAfter(newest + step - 1, 1)
    if (event) newest = event.seq
    else growing = false
    step = growing ? step * 2 : Math.floor(step / 2)
  }
  return newest
}
