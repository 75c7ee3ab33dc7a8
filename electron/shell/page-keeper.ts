/**
 * Keeps one page on screen: loads it, loads it again when the hub was not there, when its renderer died and when it hangs.
 * Retries with backoff, which is reset only when a page has lived for a while. Knows nothing of windows.
 */
import type { WebContents } from 'electron'
import { Backoff } from '../../base/backoff.ts'
import type { Clock } from '../../base/clock.ts'
import { type Disposable, DisposableStore, MutableDisposable } from '../../base/lifecycle.ts'
import type { ShellLog } from './shell-log.ts'

export type KeptContents = Pick<WebContents, 'on' | 'off' | 'loadURL' | 'forcefullyCrashRenderer'>

export interface PageKeeperOptions {
  contents: KeptContents
  url: string
  clock: Clock
  /** A number in [0, 1), for the jitter. */
  random: () => number
  log: ShellLog
}

/** The first crash is repaired before the streamer notices; a page that keeps dying must not keep a core busy. */
const RETRY_INITIAL_MS = 250
const RETRY_MAX_MS = 10_000
/** A page that lived this long has proven that it can. */
const HEALTHY_AFTER_MS = 10_000
/** Longer than any work the dashboard does in one go; shorter than the patience of somebody live on air. */
const HANG_PATIENCE_MS = 8000
/** Chromium's code for a load that was given up in favour of another one. */
const ERR_ABORTED = -3

/** Loads the page now and keeps it until disposed. */
export function keepPage({ contents, url, clock, random, log }: PageKeeperOptions): Disposable {
  const owned = new DisposableStore()
  const retry = owned.add(new MutableDisposable())
  const health = owned.add(new MutableDisposable())
  const hang = owned.add(new MutableDisposable())
  const backoff = new Backoff({ initialMs: RETRY_INITIAL_MS, maxMs: RETRY_MAX_MS, factor: 2, jitter: 0.2, random })

  /** A load that fails says so by `did-fail-load`, a renderer that dies meanwhile by `render-process-gone`. */
  const load = () => void contents.loadURL(url).catch(() => {})

  const loadLater = () => {
    health.set(undefined)
    hang.set(undefined)
    retry.set(clock.setTimeout(load, backoff.next()))
  }

  const onFailed = (_event: unknown, code: number, reason: string, _url: string, isMainFrame: boolean) => {
    if (!isMainFrame || code === ERR_ABORTED) return
    log.warn({ url, code, reason }, 'the page did not load; it is tried again')
    loadLater()
  }

  const onGone = (_event: unknown, { reason, exitCode }: { reason: string; exitCode: number }) => {
    if (reason === 'clean-exit') return
    log.error({ url, reason, exitCode }, 'the renderer of the page is gone; it is loaded again')
    loadLater()
  }

  const onLoaded = () => health.set(clock.setTimeout(() => backoff.reset(), HEALTHY_AFTER_MS))

  const onHang = () => {
    log.warn({ url, patienceMs: HANG_PATIENCE_MS }, 'the page does not answer')
    hang.set(clock.setTimeout(() => contents.forcefullyCrashRenderer(), HANG_PATIENCE_MS))
  }

  const onAnswer = () => hang.set(undefined)

  contents.on('did-fail-load', onFailed)
  contents.on('render-process-gone', onGone)
  contents.on('did-finish-load', onLoaded)
  contents.on('unresponsive', onHang)
  contents.on('responsive', onAnswer)
  owned.defer(() => {
    contents.off('did-fail-load', onFailed)
    contents.off('render-process-gone', onGone)
    contents.off('did-finish-load', onLoaded)
    contents.off('unresponsive', onHang)
    contents.off('responsive', onAnswer)
  })
  load()
  return owned
}
