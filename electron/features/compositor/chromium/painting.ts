/**
 * One painting of one output in one way: its pages, their watch, and their end. The caller decides what follows. Knows
 * which pages a way needs; pixels go from them straight to where the job says.
 */
import { z } from 'zod'
import { type Clock, sleep } from '../../../../base/clock.ts'
import { DisposableStore } from '../../../../base/lifecycle.ts'
import {
  type CaptureSetup,
  type CaptureSurvey,
  captureSurveySchema,
} from '../../../../contracts/picture/capture-page.ts'
import type { PaintJob } from '../../../kernel/ports/frame-source.ts'
import { LayerKeeper } from './layer-keeper.ts'
import { PageSession } from './page-session.ts'
import type { ChromiumLease } from './shared-chromium.ts'
import { AnswerPatience, FIRST_PICTURE_MS, faultOf, nextSurveyMs, together } from './watch.ts'

export type PaintingWay = 'canvas' | 'screencast'

export interface PaintingOptions {
  way: PaintingWay
  job: PaintJob
  lease: ChromiumLease
  firstSequence: number
  /** False where a screencast is the only way. */
  canUseCanvas: boolean
  clock: Clock
  /** In [0, 1). */
  random: () => number
  /** The first picture has arrived. */
  onPainting: () => void
  onTrouble: (layerId: string, what: string) => void
}

/** Why it ended without a fault. */
export interface PaintingEnd {
  /** What a canvas can't paint, in words; null when it could paint all of it. */
  unpaintable: string | null
  lastSequence: number
}

/** This Chromium is too old for the way. */
export class UnsupportedError extends Error {}

/** The name of the debugging protocol inside the page that takes a screencast. */
const BINDING = 'landaleBrowser'
/** Before the first picture. */
const STARTING_SURVEY_MS = 100
/** Surveys in a row that must say that a canvas can paint it all before the canvas gets it back. */
const PAINTABLE_SURVEYS = 4
/** Nobody looks at the page that takes the pictures. */
const SMALL_PX = 64
const CLOSE_DEADLINE_MS = 3000

export class Painting {
  readonly #options: PaintingOptions
  readonly #owned = new DisposableStore()
  readonly #closing = new AbortController()
  #closed: Promise<void> | undefined
  #context: Promise<{ browserContextId: string }> | undefined

  constructor(options: PaintingOptions) {
    this.#options = options
  }

  /**
   * Paints until another way is called for, and goes on painting until it is closed; rejects with a fault in words, or
   * with the signal's reason on abort.
   */
  async run(signal: AbortSignal): Promise<PaintingEnd> {
    const { lease } = this.#options
    const { browser, ended } = lease.chromium
    const failure = new AbortController()
    const fail = (reason: string) => failure.abort(new Error(reason))
    const end = AbortSignal.any([signal, ended, failure.signal, this.#closing.signal])
    end.throwIfAborted()
    this.#context = browser.send('Target.createBrowserContext', { disposeOnDetach: true })
    const { browserContextId } = await this.#context
    await browser.send('Browser.setDownloadBehavior', { behavior: 'deny', browserContextId })
    const pages = new PaintingPages({ ...this.#options, browserContextId, signal: end, owned: this.#owned, fail })
    return watch(await pages.open(), this.#options, end)
  }

  /** Closes everything that it opened. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#closing.abort(new Error('the painting was closed'))
    const { lease, clock } = this.#options
    const late = new AbortController()
    const closed = this.#context
      ?.then(({ browserContextId }) =>
        lease.chromium.browser.send('Target.disposeBrowserContext', { browserContextId }),
      )
      .catch(() => {})
    await Promise.race([closed, sleep(clock, CLOSE_DEADLINE_MS, late.signal)])
    late.abort()
    this.#owned.dispose()
  }
}

async function watch(survey: Survey, options: PaintingOptions, signal: AbortSignal): Promise<PaintingEnd> {
  const { way, canUseCanvas, clock, onPainting } = options
  const startedAt = clock.monotonic()
  const patience = new AnswerPatience()
  let painting = false
  let paintable = 0
  for (;;) {
    const askedAt = clock.monotonic()
    const found = await survey(painting ? patience.deadlineMs : FIRST_PICTURE_MS)
    patience.answered(clock.monotonic() - askedAt)
    const fault = faultOf(found)
    if (fault !== null) throw new Error(fault)
    if (found.painting && !painting) {
      painting = true
      onPainting()
    }
    if (!painting && clock.monotonic() - startedAt > FIRST_PICTURE_MS) {
      throw new Error(`it painted nothing in the first ${FIRST_PICTURE_MS / 1000} s`)
    }
    paintable = found.unpaintable === null ? paintable + 1 : 0
    const { unpaintable, lastSequence } = found
    const isWrongWay = way === 'canvas' ? paintable === 0 : canUseCanvas && paintable >= PAINTABLE_SURVEYS
    if (isWrongWay) return { unpaintable, lastSequence }
    await sleep(clock, painting ? nextSurveyMs(found) : STARTING_SURVEY_MS, signal)
    signal.throwIfAborted()
  }
}

/** Asks all pages how they are; rejects when one does not answer in time. */
type Survey = (deadlineMs: number) => Promise<CaptureSurvey>

interface PagesOptions extends PaintingOptions {
  browserContextId: string
  signal: AbortSignal
  owned: DisposableStore
  fail: (reason: string) => void
}

class PaintingPages {
  readonly #options: PagesOptions

  constructor(options: PagesOptions) {
    this.#options = options
  }

  async open(): Promise<Survey> {
    const { way, job, firstSequence } = this.#options
    const { output, width, height, frameRate, stageUrl, sink } = job
    const common = { output, width, height, frameRate, uploadUrl: sink.uploadUrl, firstSequence }
    if (way === 'canvas') {
      const page = await this.#openPage(width, height)
      await this.#keepLayers(page)
      await this.#start(page, { way: 'canvas', stageUrl, ...common })
      return (deadlineMs) => ask(page, deadlineMs)
    }
    const shown = await this.#openPage(width, height)
    await this.#keepLayers(shown)
    await this.#start(shown, { way: 'shown', stageUrl, width, height })
    const taking = await this.#openPage(SMALL_PX, SMALL_PX)
    await this.#expose(taking)
    await this.#looksRight(shown)
    await this.#start(taking, { way: 'screencast', target: shown.targetId, binding: BINDING, ...common })
    return async (deadlineMs) => {
      const [first, second] = await Promise.all([ask(shown, deadlineMs), ask(taking, deadlineMs)])
      return together(first, second)
    }
  }

  async #openPage(width: number, height: number): Promise<PageSession> {
    const { lease, browserContextId, clock, signal, owned, fail, job } = this.#options
    const page = await PageSession.open({
      lease,
      browserContextId,
      width,
      height,
      clock,
      signal,
      onDead: fail,
    })
    owned.add(page)
    await page.load(`${job.hubUrl}/capture/${job.output}`)
    return page
  }

  async #start(page: PageSession, setup: CaptureSetup): Promise<void> {
    const missing = z.literal(true, 'the hub has no capture page; run "npm run build" in the project folder')
    await page.evaluate(`typeof landaleCapture === 'object'`, missing)
    const refusal = await page.evaluate(
      `landaleCapture.start(${JSON.stringify(setup)}).then(() => null, (error) => error.message)`,
      z.string().nullable(),
    )
    if (refusal === 'unsupported') throw new UnsupportedError(`${this.#options.lease.chromium.version} is too old`)
    if (refusal !== null) throw new Error(refusal)
  }

  /** Before its picture is taken: until then viewers keep the one they have. */
  async #looksRight(page: PageSession): Promise<void> {
    const { clock, signal } = this.#options
    const until = clock.monotonic() + FIRST_PICTURE_MS
    while (clock.monotonic() < until) {
      const { painting, fault } = await ask(page, FIRST_PICTURE_MS)
      if (fault !== null) throw new Error(fault)
      if (painting) return
      await sleep(clock, STARTING_SURVEY_MS, signal)
      signal.throwIfAborted()
    }
  }

  /** So that the frames of the screencast go from Chromium to Chromium. The page is ours, and frames nothing. */
  async #expose({ targetId }: PageSession): Promise<void> {
    const { browser } = this.#options.lease.chromium
    await browser.send('Target.exposeDevToolsProtocol', { targetId, bindingName: BINDING })
  }

  async #keepLayers(page: PageSession): Promise<void> {
    const { lease, clock, random, owned, onTrouble } = this.#options
    const reload = (layerId: string) => {
      const expression = `landaleCapture.reloadLayer(${JSON.stringify(layerId)})`
      page.evaluate(expression, z.undefined()).catch(() => {})
    }
    const { chromium } = lease
    const keeper = new LayerKeeper({
      cdp: page.cdp,
      session: (sessionId) => chromium.session(sessionId),
      forget: (sessionId) => chromium.forget(sessionId),
      clock,
      random,
      reload,
      onTrouble,
    })
    owned.add(keeper)
    await keeper.start()
  }
}

function ask(page: PageSession, deadlineMs: number): Promise<CaptureSurvey> {
  return page.evaluate('landaleCapture.survey()', captureSurveySchema, deadlineMs)
}
