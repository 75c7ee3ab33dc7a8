/**
 * Reads again what an event has made stale. Many such events come at once (a scene with twenty items is duplicated), so
 * it waits a moment, reads each stale part once, and never twice at the same time.
 */
import type { Clock } from '../../../base/clock.ts'
import { type Disposable, MutableDisposable } from '../../../base/lifecycle.ts'
import { type Reading, readEverything, readInputs, readItems, readPreview, readTransitions } from './reading.ts'
import type { ObsNews } from './wire.ts'

/** Long enough to gather one user action's events, too short to be seen, ms. */
const GATHER_MS = 50
/** With more stale scenes than this, everything is read: it is cheaper, and the list can't grow. */
const MAX_STALE_SCENES = 100

export interface Refresher extends Disposable {
  note(news: ObsNews): void
}

export function createRefresher(clock: Clock, reading: Reading): Refresher {
  const timer = new MutableDisposable()
  const scenes = new Set<string>()
  let everything = false
  let inputs = false
  let preview = false
  let transition = false
  let busy = false
  let waiting = false

  function note(news: ObsNews): void {
    if (!mark(news) || waiting || busy) return
    waiting = true
    timer.set(clock.setTimeout(() => void refresh(), GATHER_MS))
  }

  /** Answers whether the news has made anything stale. */
  function mark(news: ObsNews): boolean {
    if (news.kind === 'studio-mode' && news.enabled) {
      preview = true
      return true
    }
    // Each has a duration or none, and OBS says nothing of that by itself.
    if (news.kind === 'transition') {
      transition = true
      return true
    }
    const means = news.kind === 'other' ? news.means : null
    if (means?.kind === 'stale-items') {
      if (scenes.add(means.scene).size > MAX_STALE_SCENES) everything = true
    } else if (means?.kind === 'stale') {
      if (means.part === 'everything') everything = true
      else inputs = true
    } else return false
    return true
  }

  async function refresh(): Promise<void> {
    waiting = false
    busy = true
    while (
      (everything || inputs || preview || transition || scenes.size > 0) &&
      reading.session.isOpen &&
      !reading.session.isExiting
    ) {
      await Promise.all(takeWork())
    }
    busy = false
  }

  function takeWork(): Promise<unknown>[] {
    const work: [string, () => Promise<unknown>][] = []
    const staleScenes = [...scenes]
    if (everything) work.push(['everything', () => readEverything(reading)])
    else {
      if (inputs) work.push(['inputs', () => readInputs(reading)])
      if (preview) work.push(['preview', () => readPreview(reading)])
      if (transition) work.push(['transition', () => readTransitions(reading)])
      if (staleScenes.length > 0) work.push(['scene items', () => readItems(reading, staleScenes)])
    }
    everything = inputs = preview = transition = false
    scenes.clear()
    return work.map(([part, read]) => read().catch((error: unknown) => reading.onFault(part, error)))
  }

  return { note, dispose: () => timer.dispose() }
}
