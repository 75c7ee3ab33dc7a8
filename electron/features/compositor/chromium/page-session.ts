/**
 * One page of Chromium that nobody looks at: opened with nothing allowed, spoken to with a deadline, and its death noticed.
 * Knows nothing of what it shows.
 */
import type { z } from 'zod'
import type { Clock } from '../../../../base/clock.ts'
import { withDeadline } from '../../../../base/deadline.ts'
import type { CdpSession } from './cdp.ts'
import type { ChromiumLease } from './shared-chromium.ts'

export interface PageOptions {
  lease: ChromiumLease
  browserContextId: string
  /** px */
  width: number
  /** px */
  height: number
  clock: Clock
  /** Aborts with the reason when the painting is over, whatever the cause. */
  signal: AbortSignal
  /** The page is gone and will not come back. May be called more than once. */
  onDead: (reason: string) => void
}

/** For anything that takes milliseconds on a quiet machine. */
const PATIENCE_MS = 10_000
const DEADLINE_ROUNDS = 5

export class PageSession {
  readonly targetId: string
  readonly sessionId: string
  readonly cdp: CdpSession
  readonly #options: PageOptions

  static async open(options: PageOptions): Promise<PageSession> {
    const { lease, browserContextId, width, height, clock, signal } = options
    const { chromium } = lease
    const opening = lease.pages.open({ browserContextId, width, height }).then(async (targetId) => {
      const { sessionId } = await chromium.browser.send('Target.attachToTarget', { targetId, flatten: true })
      return new PageSession(options, targetId, sessionId)
    })
    const error = new Error('Chromium opened no page in time')
    const page = await withDeadline(opening, { clock, ms: PATIENCE_MS, signal, error })
    await page.#prepare()
    return page
  }

  private constructor(options: PageOptions, targetId: string, sessionId: string) {
    this.#options = options
    this.targetId = targetId
    this.sessionId = sessionId
    this.cdp = options.lease.chromium.session(sessionId)
    const { cdp } = this
    cdp.on('Inspector.targetCrashed', () => options.onDead('its page crashed; it may have run out of memory'))
    cdp.on('Inspector.detached', ({ reason }) => options.onDead(`its page is gone (${reason})`))
    // Whoever leaves the page is let go; whoever asks is told no.
    cdp.on('Page.javascriptDialogOpening', ({ type }) => {
      cdp.send('Page.handleJavaScriptDialog', { accept: type === 'beforeunload' }).catch(() => {})
    })
  }

  async #prepare(): Promise<void> {
    const { width, height } = this.#options
    const { cdp } = this
    const clear = { color: { r: 0, g: 0, b: 0, a: 0 } }
    await this.within(
      'was not ready',
      Promise.all([
        cdp.send('Page.enable'),
        cdp.send('Inspector.enable'),
        cdp.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false }),
        cdp.send('Emulation.setFocusEmulationEnabled', { enabled: true }),
        cdp.send('Emulation.setDefaultBackgroundColorOverride', clear),
      ]),
    )
  }

  /**
   * Loads a page of ours. The hub's policy for pages would forbid it to send pixels to another port, so it is lifted for
   * this document alone: what is framed in it later has its own.
   */
  async load(url: string): Promise<void> {
    const { cdp } = this
    const loaded = new Promise<void>((resolve) => cdp.on('Page.domContentEventFired', () => resolve()))
    const work = async () => {
      await cdp.send('Page.setBypassCSP', { enabled: true })
      const { errorText } = await cdp.send('Page.navigate', { url })
      if (errorText !== undefined) throw new Error(`the page ${new URL(url).pathname} did not load: ${errorText}`)
      await loaded
      await cdp.send('Page.setBypassCSP', { enabled: false })
    }
    await this.within(`${new URL(url).pathname} did not load`, work())
  }

  /** The value of an expression. Rejects when it throws, when there is no answer in time, and when the painting is over. */
  async evaluate<T>(expression: string, schema: z.ZodType<T>, deadlineMs = PATIENCE_MS): Promise<T> {
    const asked = this.cdp.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true })
    const error = new Error(`its page hangs: it has not answered for ${(deadlineMs / 1000).toFixed(1)} s`)
    const { result, exceptionDetails } = await this.#inRounds(asked, deadlineMs, error)
    if (exceptionDetails) {
      const said = exceptionDetails.exception?.description ?? exceptionDetails.text
      throw new Error(`its page failed: ${said.split('\n', 1)[0]}`)
    }
    return schema.parse(result.value)
  }

  /** Settles in time; `what` says what has not happened when it does not. */
  within<T>(what: string, promise: Promise<T>): Promise<T> {
    const { clock, signal } = this.#options
    const error = new Error(`its page ${what} in ${PATIENCE_MS / 1000} s`)
    return withDeadline(promise, { clock, ms: PATIENCE_MS, signal, error })
  }

  /**
   * A deadline in several short waits: where this process was held up itself, only one of them is over when it comes back,
   * and an answer that has long arrived is read before the next.
   */
  async #inRounds<T>(promise: Promise<T>, ms: number, error: Error): Promise<T> {
    const { clock, signal } = this.#options
    for (let round = 0; round < DEADLINE_ROUNDS; round++) {
      const roundOver = new Error()
      try {
        return await withDeadline(promise, { clock, ms: ms / DEADLINE_ROUNDS, signal, error: roundOver })
      } catch (fault) {
        if (fault !== roundOver) throw fault
      }
    }
    throw error
  }

  /** Listens no more. The page itself goes with its context. */
  dispose(): void {
    this.#options.lease.chromium.forget(this.sessionId)
  }
}
