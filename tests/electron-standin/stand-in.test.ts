/** The stand-in as Playwright drives it: the small app of `fixtures/plain`, started by the launcher script. */
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { StandIn } from './electron.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const LAUNCHER = join(import.meta.dirname, 'electron')
/** For what takes milliseconds on a quiet machine. */
const PATIENCE_MS = 8000
const MAIN = join(import.meta.dirname, 'fixtures/plain/main.ts')

/** What the fixture's main module leaves for a test to read. */
declare const seen: unknown[]

/** What the fixture's preload exposes to its page. */
interface Bridge {
  nodeIsHere: boolean
  argv: string[]
  ask(channel: string, ...args: unknown[]): Promise<unknown>
  tell(channel: string, ...args: unknown[]): void
  onNews(listener: (...args: unknown[]) => void): void
  twice(value: number, times: (a: number, b: number) => number): number
  fail(): void
}
declare const bridge: Bridge
/** Names that must not be there. */
declare const leakedByPreload: unknown
declare const __electronStandinSend: unknown

describe.skipIf(!existsSync(CHROMIUM))('electron stand-in (needs Chromium)', () => {
  let temp: string
  let app: ElectronApplication
  let page: Page

  beforeAll(() => {
    temp = mkdtempSync(join(tmpdir(), 'standin-test-'))
  })

  afterAll(() => rmSync(temp, { recursive: true, force: true }))

  beforeEach(async () => {
    app = await _electron.launch({ executablePath: LAUNCHER, args: [MAIN], env: environment(temp) })
    page = await app.firstWindow()
    await page.waitForURL('**/first')
  })

  afterEach(() => app.close())

  const seenByMain = () => app.evaluate(() => seen)
  const poll = <T>(read: () => Promise<T> | T) => expect.poll(read, { timeout: PATIENCE_MS })

  test('a page asks the main process and gets values as structured clone gives them', async () => {
    const answer = await page.evaluate(async () => {
      const map = new Map([['k', new Set([1])]])
      const sent = [undefined, -0, 10n, map, new Date(5), { a: [null, 'é'] }] as const
      const [nothing, zero, big, back, ...plain] = (await bridge.ask('echo', ...sent)) as unknown as typeof sent
      return [nothing === undefined, Object.is(zero, -0), big === 10n, back.get('k')?.has(1), ...plain]
    })
    expect(answer).toEqual([true, true, true, true, new Date(5), { a: [null, 'é'] }])
  })

  test('a handler that throws, and a channel without one, reject in the page', async () => {
    const messages = await page.evaluate(() =>
      Promise.all(['refuse', 'nobody'].map((channel) => bridge.ask(channel).catch((error: Error) => error.message))),
    )
    expect(messages).toEqual([
      "Error invoking remote method 'refuse': RangeError: not today",
      "Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
    ])
  })

  test('the preload lives in a world of its own, without Node', async () => {
    const found = await page.evaluate(() => ({
      leaked: typeof leakedByPreload,
      binding: typeof __electronStandinSend,
      node: bridge.nodeIsHere,
      frozen: Object.isFrozen(bridge),
      argv: bridge.argv.at(-1),
    }))
    expect(found).toEqual({
      leaked: 'undefined',
      binding: 'undefined',
      node: false,
      frozen: true,
      argv: '--landale-test=1',
    })
  })

  test('functions cross the bridge both ways, and so do errors', async () => {
    const [product, error] = await page.evaluate(() => {
      try {
        bridge.fail()
      } catch (thrown) {
        return [bridge.twice(21, (a, b) => a * b), (thrown as Error).message]
      }
      return ['did not throw']
    })
    expect([product, error]).toEqual([42, 'no such luck'])
  })

  test('the main process sends news to a page, and knows who asks it', async () => {
    const news = page.evaluate(() => new Promise((resolve) => bridge.onNews((...args) => resolve(args))))
    await page.evaluate(() => bridge.tell('tell', 'listening'))
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.send('news', 'a', { b: 1 }))
    expect(await news).toEqual(['a', { b: 1 }])
    expect(await page.evaluate(() => bridge.ask('who'))).toEqual({ url: page.url(), top: true })
    expect(await seenByMain()).toContainEqual(['listening'])
  })

  test('a navigation by the page, and a redirect, can be vetoed', async () => {
    const first = page.url()
    await page.evaluate(() => location.assign('/forbidden'))
    await poll(seenByMain).toContainEqual(['will-navigate', expect.stringMatching(/forbidden$/)])
    await page.evaluate(() => location.assign('/leave'))
    await poll(seenByMain).toContainEqual(['will-redirect', expect.stringMatching(/left$/)])
    expect(page.url()).toBe(first)
    await page.evaluate(() => location.assign('/allowed'))
    await page.waitForURL('**/allowed')
  })

  test('a window that the page opens is put to the handler and never stays', async () => {
    await page.evaluate(() => window.open('/popup'))
    await page.evaluate(() => document.querySelector<HTMLElement>('#blank')?.click())
    await poll(seenByMain).toContainEqual(['window.open', 'https://example.com/'])
    expect(await seenByMain()).toContainEqual(['window.open', expect.stringMatching(/popup$/)])
    await poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
    await poll(() => app.windows().length).toBe(1)
  })

  test('a renderer really crashes, says so, and comes back by reload', async () => {
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer())
    await poll(seenByMain).toContainEqual(['gone', 'crashed'])
    const title = await app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      const crashed = contents?.isCrashed()
      contents?.reload()
      await new Promise<void>((resolve) => contents?.once('did-finish-load', () => resolve()))
      return [crashed, contents?.isCrashed(), await contents?.executeJavaScript("bridge.ask('echo', document.title)")]
    })
    expect(title).toEqual([true, false, ['page /first']])
  })

  test('a pressed shortcut runs its callback, however it is spelt', async () => {
    const press = (key: string) =>
      app.evaluate((electron, key) => (electron as unknown as { standIn: StandIn }).standIn.press(key), key)
    expect([await press('shift+ctrl+1'), await press('F7')]).toEqual([true, false])
    expect(await seenByMain()).toContain('pressed')
  })

  test('a session without handlers grants what a page asks, one that denies is obeyed', async () => {
    const state = () => page.evaluate(async () => (await navigator.permissions.query({ name: 'geolocation' })).state)
    expect(await state()).toBe('granted')
    // Playwright hears of the navigation after the main process does; until then the page's old world is there, or none.
    const reloaded = page.waitForEvent('load')
    await app.evaluate(async ({ BrowserWindow, session }) => {
      session.defaultSession.setPermissionRequestHandler((_contents, _permission, callback) => callback(false))
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      await contents?.loadURL(contents.getURL())
    })
    await reloaded
    expect(await state()).toBe('denied')
  })

  test('a page that nobody serves is a failed load with a name', async () => {
    const outcome = await app.evaluate(async ({ BrowserWindow }) => {
      const window = BrowserWindow.getAllWindows()[0]
      return window?.loadURL('http://127.0.0.1:9/').catch((error: Error) => error.message)
    })
    expect(outcome).toContain("loading 'http://127.0.0.1:9/'")
  })

  test('a second instance is turned away, and the first one hears of it', async () => {
    const locked = await app.evaluate(({ app }) => {
      app.on('second-instance', (_event, _argv, _cwd, data) => seen.push(['second', data]))
      return app.requestSingleInstanceLock()
    })
    const second = await _electron.launch({ executablePath: LAUNCHER, args: [MAIN], env: environment(temp) })
    const lockedToo = await second.evaluate(({ app }) => app.requestSingleInstanceLock({ from: 'second' }))
    await second.close()
    expect([locked, lockedToo]).toEqual([true, false])
    await poll(seenByMain).toContainEqual(['second', { from: 'second' }])
  })

  test('SIGTERM quits the app and leaves neither a process nor a profile behind', async () => {
    const chromiumPid = await app.evaluate((electron) =>
      (electron as unknown as { standIn: StandIn }).standIn.chromiumPid(),
    )
    expect(profiles(temp)).toHaveLength(1)
    // Not Playwright's `close`: it comes when the debugging socket goes, and Chromium's process may still be on its way out.
    const left = once(app.process(), 'exit')
    app.process().kill('SIGTERM')
    await left
    expect(profiles(temp)).toEqual([])
    // The machine buries it, once its parent has gone.
    await expect.poll(() => isThere(chromiumPid)).toBe(false)
  })
})

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A machine of its own for the app: settings and temporary files under `folder`. */
function environment(folder: string): Record<string, string> {
  return { ...(process.env as Record<string, string>), XDG_CONFIG_HOME: join(folder, 'config'), TMPDIR: folder }
}

function profiles(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('electron-standin-'))
}
