import { EventEmitter } from 'node:events'
import type { App, HandlerDetails, Session } from 'electron'
import { describe, expect, test } from 'vitest'
import { ensureNoLeaks } from '../../base/testing/no-leaks.ts'
import { createFakeLog } from './fake-window.ts'
import { harden } from './hardening.ts'

const HUB = 'http://127.0.0.1:7175'

class FakeApp extends EventEmitter {
  sandboxed = false

  enableSandbox(): void {
    this.sandboxed = true
  }
}

class FakePage extends EventEmitter {
  open: (details: HandlerDetails) => { action: string } = () => ({ action: 'allow' })
  offscreen = false

  isOffscreen(): boolean {
    return this.offscreen
  }

  setWindowOpenHandler(handler: typeof this.open): void {
    this.open = handler
  }

  /** Answers whether the page got where it wanted. */
  goes(event: string, url: string, isMainFrame = true): boolean {
    let prevented = false
    this.emit(event, { url, isMainFrame, preventDefault: () => (prevented = true) })
    return !prevented
  }

  opens(url: string): string {
    return this.open({
      url,
      frameName: '',
      features: '',
      disposition: 'new-window',
      referrer: { url: '', policy: 'default' },
    }).action
  }
}

function setUp(origin: string | undefined = HUB) {
  const app = new FakeApp()
  const opened: string[] = []
  const log = createFakeLog()
  const hardening = harden({
    app: app as unknown as App,
    ownOrigin: () => origin,
    openExternal: async (url) => void opened.push(url),
    log,
  })
  const page = new FakePage()
  app.emit('web-contents-created', {}, page)
  return { app, opened, log, hardening, page }
}

describe('hardening', () => {
  ensureNoLeaks()

  test('the whole app is sandboxed', () => {
    const { app, hardening } = setUp()
    expect(app.sandboxed).toBe(true)
    hardening.dispose()
  })

  test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('%s is kept inside the hub', (event) => {
    const { page, log, hardening } = setUp()
    expect(page.goes(event, `${HUB}/overlay/main`)).toBe(true)
    expect(page.goes(event, 'http://127.0.0.1:8080/')).toBe(false)
    expect(page.goes(event, 'file:///etc/passwd')).toBe(false)
    expect(log.messages).toHaveLength(2)
    hardening.dispose()
  })

  test("only a picture's frames may show the web, and not even they this machine", () => {
    const { page, hardening } = setUp()
    expect(page.goes('will-frame-navigate', 'https://widget.example/', false)).toBe(false)
    page.offscreen = true
    for (const event of ['will-frame-navigate', 'will-redirect']) {
      expect(page.goes(event, 'https://widget.example/', false)).toBe(true)
      expect(page.goes(event, 'https://widget.example/', true)).toBe(false)
      expect(page.goes(event, 'file:///etc/passwd', false)).toBe(false)
      expect(page.goes(event, 'steam://run/1', false)).toBe(false)
    }
    hardening.dispose()
  })

  test('before the hub runs no page may go anywhere', () => {
    const { app, hardening } = setUp()
    hardening.dispose()
    const early = harden({
      app: app as unknown as App,
      ownOrigin: () => undefined,
      openExternal: async () => {},
      log: createFakeLog(),
    })
    const page = new FakePage()
    app.emit('web-contents-created', {}, page)
    expect(page.goes('will-navigate', `${HUB}/`)).toBe(false)
    early.dispose()
  })

  test('a window is never opened: https goes to the browser, all else nowhere', () => {
    const { page, opened, hardening } = setUp()
    const actions = ['https://dev.twitch.tv/', 'http://example.com/', 'file:///etc/passwd', `${HUB}/`].map((url) =>
      page.opens(url),
    )
    expect(new Set(actions)).toEqual(new Set(['deny']))
    expect(opened).toEqual(['https://dev.twitch.tv/'])
    hardening.dispose()
  })

  test('a webview is never attached', () => {
    const { page, hardening } = setUp()
    expect(page.goes('will-attach-webview', '')).toBe(false)
    hardening.dispose()
  })

  test('every session denies every permission and every device', () => {
    const { app, hardening } = setUp()
    const answers: unknown[] = []
    const session: Partial<Record<keyof Session, unknown>> = {
      setPermissionRequestHandler: (handle: (...args: unknown[]) => void) =>
        handle({}, 'media', (granted: boolean) => answers.push(granted), {}),
      setPermissionCheckHandler: (handle: () => boolean) => answers.push(handle()),
      setDevicePermissionHandler: (handle: () => boolean) => answers.push(handle()),
      setDisplayMediaRequestHandler: (handle: (...args: unknown[]) => void) =>
        handle({}, (streams: object) => answers.push(Object.keys(streams).length)),
    }
    app.emit('session-created', session)
    expect(answers).toEqual([false, false, false, 0])
    hardening.dispose()
  })
})
