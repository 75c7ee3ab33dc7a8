/**
 * Keeps one output painted while somebody watches it: starts the frame source when the first viewer comes, stops it some
 * time after the last one has gone, starts it anew when it dies. Owns the decision and its wording; knows neither how
 * frames are made nor where they go.
 */
import { Backoff } from '../../../base/backoff.ts'
import { type Clock, sleep } from '../../../base/clock.ts'
import { DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import { errorMessage } from '../../../base/result.ts'
import type { FrameSourceKind, PictureSource } from '../../../contracts/state/picture.ts'
import type { FrameSources, PaintJob } from '../../kernel/ports/frame-source.ts'

export type PaintState = Pick<PictureSource, 'state' | 'kind' | 'reason'>

export interface PainterOptions {
  sources: Pick<FrameSources, 'unavailable' | 'paint'>
  /** What to paint now; asked anew at every start. Rejects when it can't be said; that counts as a failed start. */
  job(): Promise<Omit<PaintJob, 'onPainting'>>
  /** The picture has not been painted for too long: whoever still shows it must show nothing. */
  onStale(): void
  onError(error: unknown): void
  /** `state` has changed. */
  onChange(): void
  clock: Clock
  /** In [0, 1). */
  random: () => number
}

/** A source that is refreshed or an OBS that restarts is back by then and finds the painting under way. */
export const LINGER_MS = 30_000
/** For so long the last picture may stand still while the source is started anew. */
export const STALE_MS = 3000
/** A source that has painted for so long has proven its health. */
export const PROVEN_MS = 10_000

const OFF: PaintState = { state: 'off', kind: null, reason: null }

export class Painter {
  readonly #options: PainterOptions
  readonly #owned = new DisposableStore()
  readonly #linger = this.#owned.add(new MutableDisposable())
  readonly #stale = this.#owned.add(new MutableDisposable())
  /** Set while the picture stands still; a further failure does not prolong that. */
  #isStalling = false
  readonly #proven = this.#owned.add(new MutableDisposable())
  #state: PaintState = OFF
  #work: { controller: AbortController; done: Promise<void> } | undefined
  /** Ends the present source, not the painting. */
  #attempt: AbortController | undefined
  #wanted = false

  constructor(options: PainterOptions) {
    this.#options = options
  }

  get state(): PaintState {
    return this.#state
  }

  /** Whether anybody watches. May be called at any time, and again with the same. */
  want(wanted: boolean): void {
    if (wanted === this.#wanted) return
    this.#wanted = wanted
    if (!wanted) {
      this.#linger.set(this.#options.clock.setTimeout(() => this.#stop(), LINGER_MS))
      return
    }
    this.#linger.set(undefined)
    this.#start()
  }

  /** Starts the source anew, at once: its job has changed, or somebody asked. */
  restart(): void {
    this.#attempt?.abort()
    if (this.#wanted && !this.#work) this.#start()
  }

  /** Resolves when the source has released everything. */
  async dispose(): Promise<void> {
    this.#wanted = false
    const done = this.#work?.done
    this.#stop()
    this.#owned.dispose()
    await done
  }

  #start(): void {
    if (this.#work) return
    const { unavailable } = this.#options.sources
    if (unavailable !== null) {
      this.#set({ state: 'unavailable', kind: null, reason: unavailable })
      return
    }
    const controller = new AbortController()
    const done = this.#run(controller.signal)
      .catch((error: unknown) => this.#options.onError(error))
      .finally(() => {
        if (this.#work?.controller === controller) this.#work = undefined
        // It was asked to stop and wanted again before it had.
        if (controller.signal.aborted && this.#wanted) this.#start()
      })
    this.#work = { controller, done }
  }

  #stop(): void {
    this.#work?.controller.abort()
    this.#set(OFF)
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options
    const backoff = new Backoff({ initialMs: 250, maxMs: 10_000, factor: 2, jitter: 0.2, random })
    this.#set({ state: 'starting', kind: null, reason: null })
    while (!signal.aborted) {
      const fault = await this.#paintOnce(signal, backoff)
      this.#proven.set(undefined)
      if (signal.aborted) break
      this.#beginStall()
      this.#set({ state: 'restarting', kind: null, reason: fault })
      if (fault !== null) await sleep(clock, backoff.next(), signal)
    }
    this.#endStall()
  }

  /** Answers why it ended, or null when it was ended on purpose. */
  async #paintOnce(signal: AbortSignal, backoff: Backoff): Promise<string | null> {
    const { sources, job, clock } = this.#options
    const attempt = new AbortController()
    this.#attempt = attempt
    const either = AbortSignal.any([signal, attempt.signal])
    const onPainting = (kind: FrameSourceKind, reason: string | null) => {
      if (either.aborted) return
      this.#endStall()
      this.#proven.set(clock.setTimeout(() => backoff.reset(), PROVEN_MS))
      this.#set({ state: 'painting', kind, reason })
    }
    try {
      const wanted = await job()
      if (either.aborted) return null
      await sources.paint({ ...wanted, onPainting }, either)
      return either.aborted ? null : 'the source of frames ended by itself'
    } catch (error) {
      if (either.aborted) return null
      this.#options.onError(error)
      return errorMessage(error)
    } finally {
      this.#attempt = undefined
    }
  }

  #beginStall(): void {
    if (this.#isStalling) return
    this.#isStalling = true
    this.#stale.set(this.#options.clock.setTimeout(() => this.#options.onStale(), STALE_MS))
  }

  #endStall(): void {
    this.#isStalling = false
    this.#stale.set(undefined)
  }

  #set(state: PaintState): void {
    const { state: word, kind, reason } = this.#state
    if (word === state.state && kind === state.kind && reason === state.reason) return
    this.#state = state
    this.#options.onChange()
  }
}
