/** The real shell and the real preload on the stand-in, around the small hub of `fixtures/shell`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication } from 'playwright'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { StandIn } from './electron.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const LAUNCHER = join(import.meta.dirname, 'electron')
const MAIN = join(import.meta.dirname, 'fixtures/shell/main.ts')
const PRELOAD = join(import.meta.dirname, '../../electron/preload/dashboard.ts')
/** For what takes milliseconds on a quiet machine. */
const PATIENCE_MS = 8000

/** What the fixture's hub has seen. */
declare const hubNotes: string[]

describe.skipIf(!existsSync(CHROMIUM))('shell on the electron stand-in (needs Chromium)', () => {
  let temp: string
  let app: ElectronApplication

  beforeAll(async () => {
    temp = mkdtempSync(join(tmpdir(), 'standin-shell-'))
    await buildPreload(temp)
  })

  afterAll(() => rmSync(temp, { recursive: true, force: true }))

  const launch = (env: Record<string, string> = {}) =>
    _electron.launch({ executablePath: LAUNCHER, args: [MAIN], env: { ...environment(temp), ...env } })
  const notes = () => app.evaluate(() => hubNotes)
  const poll = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: PATIENCE_MS })
  const windowState = () =>
    app.evaluate(({ BrowserWindow }) => {
      const window = BrowserWindow.getAllWindows()[0]
      return window && { visible: window.isVisible(), kiosk: window.isKiosk(), bounds: window.getBounds() }
    })
  const inPage = (code: string): Promise<unknown> =>
    app.evaluate(
      ({ BrowserWindow }, code) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(code),
      code,
    )
  const signIns = async () => (await notes()).filter((note) => note === 'signed in').length

  describe('while it runs', () => {
    beforeEach(async () => {
      app = await launch()
      await poll(signIns).toBe(1)
    })

    afterEach(() => app.close())

    test('the dashboard opens and signs itself in, without the token in any address', async () => {
      expect((await windowState())?.visible).toBe(true)
      expect(await inPage('location.href')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
      expect(await notes()).not.toContain('the token was in an address')
    })

    test('the hub got its ports: keys and a secret box', async () => {
      expect(await notes()).toEqual(expect.arrayContaining(['key true', 'secret kept']))
      const pressed = await app.evaluate((electron) =>
        (electron as unknown as { standIn: StandIn }).standIn.press('Ctrl+Shift+1'),
      )
      expect([pressed, (await notes()).at(-1)]).toEqual([true, 'scene 1'])
    })

    test('it survives a renderer crash and is signed in again', async () => {
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer())
      await poll(signIns).toBe(2)
      expect((await windowState())?.visible).toBe(true)
    })

    test('closing hides it; the tray brings it back', async () => {
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
      expect((await windowState())?.visible).toBe(false)
      await app.evaluate((electron) => {
        const tray = (electron as unknown as { standIn: StandIn }).standIn.trays()[0]
        tray?.menu?.getMenuItemById('show')?.click?.()
      })
      expect((await windowState())?.visible).toBe(true)
    })

    test('a second instance brings the first one to the front and is gone', async () => {
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
      expect(await runToItsEnd(environment(temp))).toMatchObject({ code: 0 })
      await poll(async () => (await windowState())?.visible).toBe(true)
      expect(await signIns()).toBe(1)
    })

    test('the page has four verbs and nothing else of the app', async () => {
      expect(await inPage('Object.keys(landale).sort()')).toEqual(['getControlToken', 'quit', 'toggleKiosk', 'version'])
      expect(await inPage('[typeof require, typeof process, typeof module, typeof ipcRenderer]')).toEqual(
        Array(4).fill('undefined'),
      )
      expect(await inPage('landale.version')).toBe(await app.evaluate(({ app }) => app.getVersion()))
      expect([await inPage('landale.toggleKiosk()'), (await windowState())?.kiosk]).toEqual([true, true])
    })

    test('the page cannot leave, open windows or get permissions; https goes to the browser', async () => {
      const home = await inPage('location.href')
      await inPage("void (location.href = 'http://localhost:9/stolen')")
      await inPage("void window.open('http://localhost:9/popup'), document.querySelector('#help').click()")
      const opened = () =>
        app.evaluate((electron) => (electron as unknown as { standIn: StandIn }).standIn.record.openedExternally)
      await poll(opened).toEqual(['https://dev.twitch.tv/docs'])
      expect(await inPage('location.href')).toBe(home)
      expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
      const states = await inPage(
        "Promise.all(['geolocation', 'camera', 'notifications'].map((name) => navigator.permissions.query({ name }).then((p) => p.state)))",
      )
      expect(states).toEqual(['denied', 'denied', 'denied'])
    })

    test('a page that is not the hub gets no token, in another window or in a frame', async () => {
      const answers = await app.evaluate(async ({ BrowserWindow }) => {
        const dashboard = BrowserWindow.getAllWindows()[0]
        const preload = process.env.SHELL_PRELOAD ?? ''
        const other = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } })
        await other.loadURL(dashboard?.webContents.getURL() ?? '')
        const ask = 'landale.getControlToken().catch((error) => error.message)'
        const answer = await other.webContents.executeJavaScript(ask)
        other.destroy()
        return answer
      })
      expect(answers).toContain('rejected: the sender is not the dashboard')
      const inFrame = await inPage(
        "new Promise((resolve) => { const frame = document.createElement('iframe'); frame.src = '/'; frame.onload = () => resolve(typeof frame.contentWindow.landale); document.body.append(frame) })",
      )
      expect(inFrame).toBe('undefined')
    })
  })

  test('a strip display is filled as a kiosk', async () => {
    app = await launch({ STANDIN_DISPLAYS: '2560x1440,1920x400' })
    await poll(windowState).toEqual({ visible: true, kiosk: true, bounds: { x: 2560, y: 0, width: 1920, height: 400 } })
    await app.close()
  })

  test.each(['quit', 'SIGTERM'])('%s waits for the hub to flush', async (how) => {
    const flushed = join(temp, `flushed-${how}`)
    app = await launch({ SHELL_FLUSHED: flushed })
    await poll(signIns).toBe(1)
    const process = app.process()
    const left = once(process, 'exit')
    if (how === 'quit') await app.close()
    else process.kill('SIGTERM')
    await left
    expect([readFileSync(flushed, 'utf8'), process.exitCode]).toEqual(['flushed\n', 0])
  })

  test('a hub that never stops holds the app back for 5 s and no longer', async () => {
    app = await launch({ SHELL_FIXTURE: 'never-stops' })
    await poll(signIns).toBe(1)
    const started = performance.now()
    await app.close()
    const took = performance.now() - started
    expect(took).toBeGreaterThan(4500)
    expect(took).toBeLessThan(12_000)
  })

  test('a hub that does not start is told to the user, and the app ends with code 1', async () => {
    const { code, said } = await runToItsEnd({ ...environment(temp), SHELL_FIXTURE: 'hub-fails' })
    expect(code).toBe(1)
    expect(said).toContain('the port is taken')
  })

  test('without a system key store the hub is told so', async () => {
    app = await launch({ STANDIN_SAFE_STORAGE: 'basic_text' })
    await poll(notes).toContain('secret no box')
    await app.close()
  })
})

/** Starts the app without Playwright, for when it ends by itself. */
function runToItsEnd(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const child = spawn(LAUNCHER, [MAIN], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += String(chunk)
  })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })))
}

/** One CommonJS file, as the build makes it. */
async function buildPreload(outDir: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: false,
      lib: { entry: PRELOAD, formats: ['cjs'], fileName: () => 'preload.cjs' },
      rolldownOptions: { external: ['electron'] },
    },
  })
}

/** A machine of its own for the app: settings and temporary files under `folder`. */
function environment(folder: string): Record<string, string> {
  return {
    ...(process.env as Record<string, string>),
    XDG_CONFIG_HOME: join(folder, 'config'),
    TMPDIR: folder,
    SHELL_PRELOAD: join(folder, 'preload.cjs'),
  }
}
