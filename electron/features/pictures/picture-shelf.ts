/**
 * Pictures by their name: from disk, or fetched once however many ask. What is not there, or can't be had now, is
 * remembered for a while, so that nobody is asked again and again. Few are fetched at a time and few may wait; one more is
 * refused, and its page draws the words. Knows no route and no provider.
 */
import type { Clock } from '../../../base/clock.ts'
import type { Disposable } from '../../../base/lifecycle.ts'
import { errorMessage } from '../../../base/result.ts'
import type { Logger } from '../../kernel/log.ts'
import type { PictureDisk } from './picture-disk.ts'
import { type PictureType, pictureTypeOf } from './picture-type.ts'

/** Fetched at the same time. */
export const FETCH_CONCURRENCY = 6
/** Waiting to be fetched. */
export const FETCH_QUEUE_MAX = 200
/** A picture that is not there may be drawn one day. */
export const ABSENT_MS = 3_600_000
/** After a fault, doubled by each one more up to `FAULT_MAX_MS`. */
export const FAULT_MS = 15_000
const FAULT_MAX_MS = 600_000
/** Names remembered as missing. */
const MISSING_MAX = 2000

export interface Picture {
  type: PictureType
  bytes: Buffer
}

/** Brings the bytes, or null where there is no such picture. */
export type FetchPicture = (signal: AbortSignal) => Promise<Buffer | null>

export interface PictureShelfOptions {
  disk: Pick<PictureDisk, 'read' | 'write'>
  clock: Clock
  log: Pick<Logger, 'debug' | 'warn'>
}

interface Missing {
  /** Monotonic, ms. */
  until: number
  faults: number
}

export class PictureShelf implements Disposable {
  readonly #options: PictureShelfOptions
  readonly #stop = new AbortController()
  readonly #flights = new Map<string, Promise<Picture | null>>()
  /** In order of the last fault. */
  readonly #missing = new Map<string, Missing>()
  readonly #waiting: (() => void)[] = []
  #running = 0
  #isDiskFaulty = false

  constructor(options: PictureShelfOptions) {
    this.#options = options
  }

  /** Null when there is none to be had now. Never rejects. */
  get(key: string, fetchPicture: FetchPicture): Promise<Picture | null> {
    const flight = this.#flights.get(key)
    if (flight) return flight
    if (this.#isMissing(key) || this.#stop.signal.aborted) return Promise.resolve(null)
    const mine = this.#find(key, fetchPicture).finally(() => this.#flights.delete(key))
    this.#flights.set(key, mine)
    return mine
  }

  /** Forgets what was missing: the next who ask get another try. */
  forgetMissing(): void {
    this.#missing.clear()
  }

  dispose(): void {
    // Each that ends lets the next one go, which then does nothing.
    this.#stop.abort(new Error('the hub stops'))
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#flights.values())
  }

  async #find(key: string, fetchPicture: FetchPicture): Promise<Picture | null> {
    const kept = await this.#fromDisk(key)
    if (kept) return kept
    if (this.#running < FETCH_CONCURRENCY) this.#running += 1
    else if (this.#waiting.length >= FETCH_QUEUE_MAX) return null
    // Whoever is done hands its place on.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return this.#stop.signal.aborted ? null : await this.#fetch(key, fetchPicture)
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running -= 1
    }
  }

  async #fetch(key: string, fetchPicture: FetchPicture): Promise<Picture | null> {
    let bytes: Buffer | null
    try {
      bytes = await fetchPicture(this.#stop.signal)
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#didFault(key, errorMessage(error))
      return null
    }
    if (!bytes) {
      this.#remember(key, { until: this.#options.clock.monotonic() + ABSENT_MS, faults: 0 })
      return null
    }
    const type = pictureTypeOf(bytes)
    if (!type) {
      this.#didFault(key, 'it is neither a PNG, nor a GIF, nor a WebP of a size that emotes have')
      return null
    }
    this.#missing.delete(key)
    await this.#toDisk(key, bytes)
    return { type, bytes }
  }

  async #fromDisk(key: string): Promise<Picture | null> {
    try {
      const bytes = await this.#options.disk.read(key)
      const type = bytes && pictureTypeOf(bytes)
      return bytes && type ? { type, bytes } : null
    } catch (error) {
      this.#sayDiskFault(error)
      return null
    }
  }

  /** A picture that can't be kept can still be shown. */
  async #toDisk(key: string, bytes: Buffer): Promise<void> {
    try {
      await this.#options.disk.write(key, bytes)
      this.#isDiskFaulty = false
    } catch (error) {
      this.#sayDiskFault(error)
    }
  }

  #sayDiskFault(error: unknown): void {
    if (this.#isDiskFaulty) return
    this.#isDiskFaulty = true
    this.#options.log.warn({ err: error }, 'pictures can not be kept on disk; they are fetched anew each time')
  }

  #didFault(key: string, reason: string): void {
    const faults = (this.#missing.get(key)?.faults ?? 0) + 1
    const waitMs = Math.min(FAULT_MAX_MS, FAULT_MS * 2 ** (faults - 1))
    this.#remember(key, { until: this.#options.clock.monotonic() + waitMs, faults })
    this.#options.log.debug({ picture: key, reason }, 'a picture could not be had')
  }

  #remember(key: string, missing: Missing): void {
    this.#missing.delete(key)
    this.#missing.set(key, missing)
    if (this.#missing.size <= MISSING_MAX) return
    const [oldest] = this.#missing.keys()
    if (oldest !== undefined) this.#missing.delete(oldest)
  }

  #isMissing(key: string): boolean {
    const missing = this.#missing.get(key)
    return missing !== undefined && missing.until > this.#options.clock.monotonic()
  }
}
