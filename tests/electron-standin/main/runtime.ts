/** What the parts of the main process share: the one Chromium and the windows that live. */
import type { Chromium } from '../browser/chromium.ts'
import type { StandInBrowserWindow } from './browser-window.ts'

interface Runtime {
  /** Undefined until the app is ready. */
  chromium: Chromium | undefined
  lastWindowId: number
  readonly windows: Map<number, StandInBrowserWindow>
}

export const runtime: Runtime = { chromium: undefined, lastWindowId: 0, windows: new Map() }

/** Chromium, for those who can only exist once the app is ready. */
export function chromium(): Chromium {
  if (!runtime.chromium) throw new Error('Chromium is not running: the app is not ready yet, or is already gone')
  return runtime.chromium
}
