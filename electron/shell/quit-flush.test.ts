import { EventEmitter } from 'node:events'
import type { App } from 'electron'
import { describe, expect, test } from 'vitest'
import { FakeClock } from '../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../base/testing/no-leaks.ts'
import { createFakeLog } from './fake-window.ts'
import { flushBeforeQuit } from './quit-flush.ts'

/** Quits as Electron does: asks first, and is gone when nobody objects. */
class FakeApp extends EventEmitter {
  gone = false

  quit(): void {
    let prevented = false
    this.emit('before-quit', { preventDefault: () => (prevented = true) })
    this.gone ||= !prevented
  }
}

function setUp(flush: () => Promise<void>) {
  const app = new FakeApp()
  const clock = new FakeClock()
  const log = createFakeLog()
  const quitting = flushBeforeQuit({ app: app as unknown as App, flush, clock, log })
  return { app, clock, log, quitting }
}

describe('quit flush', () => {
  ensureNoLeaks()

  test('the app is gone only after the hub has flushed, and flushes once', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    let flushes = 0
    const { app, clock, quitting } = setUp(() => {
      flushes += 1
      return promise
    })
    expect(quitting.isQuitting).toBe(false)
    app.quit()
    app.quit()
    await clock.advance(1000)
    expect([app.gone, quitting.isQuitting, flushes]).toEqual([false, true, 1])
    resolve()
    await clock.advance(0)
    expect([app.gone, clock.pendingTimers]).toEqual([true, 0])
    quitting.dispose()
  })

  test('a hub that does not stop is left behind after 5 s', async () => {
    const { app, clock, log, quitting } = setUp(() => new Promise(() => {}))
    app.quit()
    await clock.advance(4999)
    expect(app.gone).toBe(false)
    await clock.advance(1)
    expect([app.gone, log.messages.length]).toEqual([true, 1])
    quitting.dispose()
  })

  test('a hub that fails to stop does not keep the app alive', async () => {
    const { app, clock, log, quitting } = setUp(() => Promise.reject(new Error('disk full')))
    app.quit()
    await clock.advance(0)
    expect([app.gone, log.messages.length]).toEqual([true, 1])
    quitting.dispose()
  })
})
