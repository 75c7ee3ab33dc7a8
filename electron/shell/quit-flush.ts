/**
 * Holds a quit back until the hub has flushed, or until it has had time enough. Knows nothing of the hub but the promise.
 */
import type { App } from 'electron'
import type { Clock } from '../../base/clock.ts'
import { type Disposable, toDisposable } from '../../base/lifecycle.ts'
import type { ShellLog } from './shell-log.ts'

export interface QuitFlushOptions {
  app: Pick<App, 'on' | 'off' | 'quit'>
  /** Called once, at the first request to quit. */
  flush: () => Promise<void>
  clock: Clock
  log: ShellLog
}

export interface QuitFlush extends Disposable {
  /** True from the first request to quit on. */
  readonly isQuitting: boolean
}

/** Windows ends a program that has not gone 5 s after it was asked to at shutdown. */
const FLUSH_DEADLINE_MS = 5000

export function flushBeforeQuit({ app, flush, clock, log }: QuitFlushOptions): QuitFlush {
  let state: 'running' | 'flushing' | 'flushed' = 'running'

  const finish = () => {
    if (state === 'flushed') return
    state = 'flushed'
    deadline?.dispose()
    app.quit()
  }

  let deadline: Disposable | undefined
  const begin = async () => {
    deadline = clock.setTimeout(() => {
      log.error({ deadlineMs: FLUSH_DEADLINE_MS }, 'the hub did not stop in time; the app quits without it')
      finish()
    }, FLUSH_DEADLINE_MS)
    try {
      await flush()
    } catch (error) {
      log.error({ err: error }, 'the hub failed to stop; the app quits all the same')
    }
    finish()
  }

  const onBeforeQuit = (event: { preventDefault(): void }) => {
    if (state === 'flushed') return
    event.preventDefault()
    if (state === 'flushing') return
    state = 'flushing'
    void begin()
  }

  app.on('before-quit', onBeforeQuit)
  const listening = toDisposable(() => app.off('before-quit', onBeforeQuit))
  return {
    get isQuitting() {
      return state !== 'running'
    },
    dispose() {
      deadline?.dispose()
      listening.dispose()
    },
  }
}
