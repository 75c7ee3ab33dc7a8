/** One Chromium for all outputs: started for the first, ended after the last. Knows nothing of what its pages do. */
import { untilAborted } from '../../../kernel/service.ts'
import { type ChromiumOptions, type ChromiumProcess, startChromium } from './chromium-process.ts'
import { OwnPages } from './own-pages.ts'
import { removeStaleProfiles } from './profile-folder.ts'

/** The right to use it, to be given back. */
export interface ChromiumLease {
  readonly chromium: ChromiumProcess
  readonly pages: OwnPages
  /** Resolves when everything is released: with the last lease the process too. */
  release(): Promise<void>
}

interface Shared {
  starting: Promise<Omit<ChromiumLease, 'release'>>
  /** Ends a start that nobody waits for any more. */
  abandon: AbortController
  leases: number
}

export class SharedChromium {
  readonly #options: () => ChromiumOptions
  #shared: Shared | undefined

  /** `options` are asked for at every start. */
  constructor(options: () => ChromiumOptions) {
    this.#options = options
  }

  /** Rejects when Chromium does not start, or with the signal's reason. */
  async lease(signal: AbortSignal): Promise<ChromiumLease> {
    const shared = this.#shared ?? this.#start()
    shared.leases += 1
    const stopWaiting = new AbortController()
    const aborted = untilAborted(AbortSignal.any([signal, stopWaiting.signal]))
    try {
      const running = await Promise.race([shared.starting, aborted])
      if (!running || signal.aborted) throw signal.reason
      return { ...running, release: () => this.#release(shared) }
    } catch (error) {
      await this.#release(shared)
      throw error
    } finally {
      stopWaiting.abort()
    }
  }

  #start(): Shared {
    const options = this.#options()
    const abandon = new AbortController()
    const starting = removeStaleProfiles(options.tempRoot)
      .then(() => startChromium(options, abandon.signal))
      .then((chromium) => {
        chromium.ended.addEventListener('abort', () => this.#forget(shared))
        return { chromium, pages: new OwnPages(chromium) }
      })
    const shared: Shared = { starting, abandon, leases: 0 }
    this.#shared = shared
    starting.catch(() => this.#forget(shared))
    return shared
  }

  /** The next one who comes starts another. */
  #forget(shared: Shared): void {
    if (this.#shared === shared) this.#shared = undefined
  }

  async #release(shared: Shared): Promise<void> {
    shared.leases -= 1
    if (shared.leases > 0) return
    this.#forget(shared)
    shared.abandon.abort(new Error('nobody waits for Chromium any more'))
    const running = await shared.starting.catch(() => undefined)
    await running?.chromium.stop()
  }
}
