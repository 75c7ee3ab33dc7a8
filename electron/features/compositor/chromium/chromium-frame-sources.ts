/**
 * Paints outputs in headless Chromium. A canvas is the fast way; what it can't paint, the pages of other addresses above
 * all, goes by screencast. Which of the two is decided by what the stage shows, again and again.
 */
import { tmpdir } from 'node:os'
import type { Clock } from '../../../../base/clock.ts'
import type { Logger } from '../../../kernel/log.ts'
import type { FrameSources, PaintJob } from '../../../kernel/ports/frame-source.ts'
import { type Found, findChromium } from './find-chromium.ts'
import { Painting, type PaintingWay, UnsupportedError } from './painting.ts'
import { type ChromiumLease, SharedChromium } from './shared-chromium.ts'

export interface ChromiumFrameSourcesOptions {
  clock: Clock
  /** In [0, 1). */
  random: () => number
  log: Logger
  /** Tests bring their own. */
  find?: () => Found
  /** Where Chromium's files are kept while it runs; without it the system's temp folder. */
  tempRoot?: string
  extraSwitches?: readonly string[]
}

/** Higher than what a page can have sent since it was last asked. */
const SEQUENCE_GAP = 10_000

export function createChromiumFrameSources(options: ChromiumFrameSourcesOptions): FrameSources {
  const { clock, random, log, find = findChromium, tempRoot = tmpdir(), extraSwitches = [] } = options
  /** Why the outputs that need it are painted by screencast. Kept, so that a restart begins the right way at once. */
  const reasons = new Map<string, string>()
  /** Why all are, where Chromium is too old for a canvas. */
  let tooOld: string | null = null
  const shared = new SharedChromium(() => {
    const { executable, missing } = find()
    if (executable === null) throw new Error(missing)
    return { executable, tempRoot, clock, extraSwitches }
  })

  async function paintWith(lease: ChromiumLease, job: PaintJob, signal: AbortSignal): Promise<void> {
    /** The newest is the one that counts; the one before paints on until it does. */
    const open: Painting[] = []
    try {
      await paintInTurns(lease, job, signal, open)
    } finally {
      await Promise.all(open.map((painting) => painting.close()))
    }
  }

  async function paintInTurns(
    lease: ChromiumLease,
    job: PaintJob,
    signal: AbortSignal,
    open: Painting[],
  ): Promise<never> {
    const { output } = job
    let firstSequence = 1
    for (;;) {
      const reason = tooOld ?? reasons.get(output) ?? null
      const way: PaintingWay = reason === null ? 'canvas' : 'screencast'
      const onPainting = () => {
        for (const before of open.slice(0, -1)) void before.close().then(() => open.splice(open.indexOf(before), 1))
        job.onPainting(`chromium-${way}`, reason)
      }
      const onTrouble = (layer: string, what: string) =>
        log.warn({ output, layer }, `a layer ${what} and is loaded anew; the others go on`)
      const canUseCanvas = tooOld === null
      const painting = new Painting({
        ...{ way, canUseCanvas, job, lease, firstSequence, clock, random },
        onPainting,
        onTrouble,
      })
      open.push(painting)
      try {
        const { unpaintable, lastSequence } = await painting.run(signal)
        firstSequence = Math.max(firstSequence, lastSequence) + SEQUENCE_GAP
        if (unpaintable === null) reasons.delete(output)
        else reasons.set(output, worded(unpaintable))
        log.info({ output, unpaintable }, 'the picture is painted another way from now on')
      } catch (error) {
        if (!(error instanceof UnsupportedError)) throw error
        tooOld = `${error.message} to paint in a canvas, which is faster; a newer Chromium can`
      }
    }
  }

  return {
    get unavailable() {
      return find().missing
    },
    async paint(job, signal) {
      try {
        signal.throwIfAborted()
        const lease = await shared.lease(signal)
        try {
          await paintWith(lease, job, signal)
        } finally {
          await lease.release()
        }
      } catch (error) {
        if (!signal.aborted) throw error
      }
    },
  }
}

function worded(unpaintable: string): string {
  return `it shows ${unpaintable}: a canvas can't paint that, so it goes by screencast, which is slower`
}
