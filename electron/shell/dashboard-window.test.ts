import { describe, expect, test } from 'vitest'
import { FakeClock } from '../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../base/testing/no-leaks.ts'
import { openDashboardWindow } from './dashboard-window.ts'
import { createFakeLog, FakeWindow } from './fake-window.ts'

function setUp({ hidesOnClose = true, kiosk = false } = {}) {
  const made: FakeWindow[] = []
  const closed: string[] = []
  const dashboard = openDashboardWindow({
    createWindow(options) {
      const window = new FakeWindow(options)
      made.push(window)
      return window.asWindow
    },
    url: 'http://127.0.0.1:7175/',
    preloadPath: '/app/preload.cjs',
    version: '1.2.3',
    placement: { bounds: { x: 0, y: 1080, width: 1920, height: 400 }, kiosk },
    isDark: true,
    hidesOnClose: () => hidesOnClose,
    onClosed: () => closed.push('closed'),
    clock: new FakeClock(),
    random: () => 0,
    log: createFakeLog(),
  })
  const window = made[0]
  if (!window) throw new Error('no window was made')
  return { window, dashboard, closed }
}

describe('dashboard window', () => {
  ensureNoLeaks()

  test('is shown once it has something to show, filling a strip display as a kiosk', () => {
    const { window, dashboard } = setUp({ kiosk: true })
    expect([window.options.show, window.visible]).toEqual([false, false])
    window.getsReady()
    expect([window.visible, window.kiosk, window.options.height]).toEqual([true, true, 400])
    dashboard.dispose()
  })

  test('closing hides it, and it comes back from the tray, restored and in front', () => {
    const { window, dashboard } = setUp()
    window.getsReady()
    expect([window.userCloses(), window.visible]).toEqual([false, false])
    window.minimized = true
    dashboard.show()
    expect([window.visible, window.focused, window.minimized]).toEqual([true, true, false])
    dashboard.dispose()
  })

  test('closes for good where there is nothing to come back from, and lets go of everything', () => {
    const { window, closed } = setUp({ hidesOnClose: false })
    expect([window.userCloses(), closed]).toEqual([true, ['closed']])
  })

  test('kiosk on and off', () => {
    const { dashboard } = setUp()
    expect([dashboard.toggleKiosk(), dashboard.toggleKiosk()]).toEqual([true, false])
    dashboard.dispose()
  })
})
