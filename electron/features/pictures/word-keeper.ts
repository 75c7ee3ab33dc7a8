/**
 * Keeps one service's words fresh: for every channel and for the streamer's. Seldom when it answers, after a growing wait
 * when it does not; what was known stays meanwhile. Knows no other service, so that none holds another up.
 */
import { Backoff } from '../../../base/backoff.ts'
import { type Clock, sleep } from '../../../base/clock.ts'
import { errorMessage } from '../../../base/result.ts'
import type { EmoteProvider } from '../../kernel/ports/emote-provider.ts'
import type { KeptWords } from './word-store.ts'

/** Between two readings of what has changed little. */
export const REFRESH_MS = 6 * 3_600_000
const RETRY_FIRST_MS = 60_000
const RETRY_MAX_MS = 3_600_000

export interface WordKeeperOptions {
  provider: EmoteProvider
  /** Words known from before. */
  kept: readonly KeptWords[]
  clock: Clock
  random: () => number
  /** Resolves when they are kept. */
  onWords(words: KeptWords): Promise<void>
  /** Null when it answers again. */
  onFault(reason: string | null): void
}

export class WordKeeper {
  readonly #options: WordKeeperOptions
  readonly #backoff: Backoff
  /** By channel; null is every channel. ms epoch. */
  readonly #fetchedAt = new Map<string | null, number>()
  #channelId: string | null = null
  #wake = new AbortController()
  #reading: Promise<void> | undefined
  #signal: AbortSignal | undefined

  constructor(options: WordKeeperOptions) {
    this.#options = options
    const { random, kept } = options
    this.#backoff = new Backoff({ initialMs: RETRY_FIRST_MS, maxMs: RETRY_MAX_MS, factor: 2, jitter: 0.25, random })
    for (const { channelId, fetchedAt } of kept) this.#fetchedAt.set(channelId, fetchedAt)
  }

  /** Whose words to read; null: nobody's are needed now. */
  setChannel(channelId: string | null): void {
    if (channelId === this.#channelId) return
    this.#channelId = channelId
    this.#backoff.reset()
    this.#wake.abort()
  }

  /** Works until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal
    while (!signal.aborted) {
      this.#wake = new AbortController()
      const waitMs = this.#channelId === null ? Number.POSITIVE_INFINITY : await this.#readDue()
      await this.#wait(waitMs, AbortSignal.any([signal, this.#wake.signal]))
    }
  }

  /** Reads everything now. Rejects with the reason when it can't be had. */
  async readNow(): Promise<void> {
    this.#fetchedAt.clear()
    try {
      await this.#read()
    } finally {
      this.#wake.abort()
    }
  }

  /** How long to wait until the next reading, ms. */
  async #readDue(): Promise<number> {
    const dueMs = this.#dueMs()
    if (dueMs > 0) return dueMs
    try {
      await this.#read()
      return this.#dueMs()
    } catch {
      return this.#backoff.next()
    }
  }

  #dueMs(): number {
    const now = this.#options.clock.now()
    const due = [null, this.#channelId].map((channelId) => (this.#fetchedAt.get(channelId) ?? -REFRESH_MS) + REFRESH_MS)
    // A clock that was set back does not put it off for ever.
    return Math.min(REFRESH_MS, ...due.map((at) => at - now))
  }

  /** Once, however many ask. */
  #read(): Promise<void> {
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #readAll(): Promise<void> {
    const { provider, clock, onWords, onFault } = this.#options
    const signal = this.#signal
    const channelId = this.#channelId
    if (!provider.words || !signal || channelId === null) return
    try {
      for (const channel of [null, channelId]) {
        const words = await provider.words(channel, signal)
        const fetchedAt = clock.now()
        await onWords({ provider: provider.name, channelId: channel, fetchedAt, words })
        this.#fetchedAt.set(channel, fetchedAt)
      }
      this.#backoff.reset()
      onFault(null)
    } catch (error) {
      if (!signal.aborted) onFault(errorMessage(error))
      throw error
    }
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    if (Number.isFinite(ms)) return sleep(this.#options.clock, ms, signal)
    return new Promise((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }
}
