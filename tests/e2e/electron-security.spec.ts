/** Electron's twenty security recommendations, each asserted on the running app or on how it is packed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import packing from '../../build/electron-builder.ts'
import { createDataDir, findElectron, launchApp, type RunningApp } from './electron-app.ts'

const electron = findElectron()
test.skip('reason' in electron, 'reason' in electron ? electron.reason : '')

/** Electron supports its three newest major versions; 45 is the one we started with. */
const OLDEST_ELECTRON_MAJOR = 45

/** What the test collects inside the app. */
declare const opened: string[]

let data: ReturnType<typeof createDataDir>
let running: RunningApp
let home: string

test.beforeAll(async () => {
  data = createDataDir()
  running = await launchApp(data.path)
  await expect.poll(() => running.inPage("typeof landale === 'object' && document.readyState")).toBe('complete')
  home = await running.inPage<string>('location.href')
  await running.app.evaluate(({ shell }) => {
    const list: string[] = []
    Object.assign(globalThis, { opened: list })
    shell.openExternal = async (url) => void list.push(url)
  })
})

test.afterAll(async () => {
  await running?.app.close()
  data?.remove()
})

/** The preferences that each of the app's windows ended up with. */
async function preferences(): Promise<Electron.WebPreferences[]> {
  const all = await running.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map(({ webContents }) => {
      const contents = webContents as typeof webContents & { getLastWebPreferences?(): Electron.WebPreferences }
      return contents.getLastWebPreferences?.() ?? null
    }),
  )
  expect(all.length).toBeGreaterThan(0)
  test.skip(all.includes(null), 'this Electron does not tell the preferences of a window')
  return all.filter((preference) => preference !== null)
}

test('1: only secure content is loaded', async () => {
  expect(await running.inPage('window.isSecureContext')).toBe(true)
  const hosts = await running.inPage<string[]>(
    "performance.getEntriesByType('resource').map(({ name }) => new URL(name).hostname)",
  )
  expect(new Set([...hosts, new URL(home).hostname])).toEqual(new Set(['127.0.0.1']))
})

test('2: no Node in pages', async () => {
  const found = await running.inPage('[typeof require, typeof process, typeof module, typeof Buffer, typeof global]')
  expect(found).toEqual(Array(5).fill('undefined'))
  for (const preference of await preferences()) {
    expect(preference.nodeIntegration).not.toBe(true)
    expect(preference.nodeIntegrationInWorker).not.toBe(true)
    expect(preference.nodeIntegrationInSubFrames).not.toBe(true)
  }
})

test('3: context isolation', async () => {
  for (const { contextIsolation } of await preferences()) expect(contextIsolation).toBe(true)
})

test('4: every renderer is sandboxed', async () => {
  for (const { sandbox } of await preferences()) expect(sandbox).toBe(true)
})

test('5: every permission is denied', async () => {
  const names = ['geolocation', 'camera', 'microphone', 'notifications', 'midi']
  const states = await running.inPage(
    `Promise.all(${JSON.stringify(names)}.map((name) => navigator.permissions.query({ name }).then(({ state }) => state)))`,
  )
  expect(states).toEqual(names.map(() => 'denied'))
})

test('6: web security is on', async () => {
  for (const { webSecurity } of await preferences()) expect(webSecurity).not.toBe(false)
})

test('7: a content security policy that lets no foreign and no inline script in', async () => {
  const policy = (await fetch(home)).headers.get('content-security-policy') ?? ''
  const directives = new Map(policy.split(';').map((part) => [part.trim().split(' ')[0], part.trim()]))
  expect(directives.get('script-src') ?? directives.get('default-src')).toMatch(/^[a-z-]+-src 'self'$/)
})

test('8: no insecure content', async () => {
  for (const { allowRunningInsecureContent } of await preferences()) expect(allowRunningInsecureContent).not.toBe(true)
})

test('9: no experimental features', async () => {
  for (const { experimentalFeatures } of await preferences()) expect(experimentalFeatures).not.toBe(true)
})

test('10: no Blink features switched on', async () => {
  for (const { enableBlinkFeatures } of await preferences()) expect(enableBlinkFeatures ?? '').toBe('')
})

test('11 and 12: there is no webview to open windows or to misuse', async () => {
  for (const { webviewTag } of await preferences()) expect(webviewTag).not.toBe(true)
  expect(await running.inPage("'loadURL' in document.createElement('webview')")).toBe(false)
})

test('13: a page can not leave the hub', async () => {
  for (const elsewhere of ['http://localhost:9/', 'https://example.com/', 'data:text/html,x']) {
    await running.inPage(`void (location.href = ${JSON.stringify(elsewhere)})`)
  }
  await running.inPage('new Promise((resolve) => setTimeout(resolve, 300))')
  expect(await running.inPage('location.href')).toBe(home)
})

test('14: a page opens no window', async () => {
  await running.inPage("void window.open('/dashboard')")
  await running.inPage('new Promise((resolve) => setTimeout(resolve, 300))')
  expect(await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})

test('15: only https goes to the browser of the user', async () => {
  for (const url of [
    'http://example.com/',
    'file:///etc/passwd',
    'smb://host/share',
    'https://id.twitch.tv/activate',
  ]) {
    await running.inPage(`void window.open(${JSON.stringify(url)})`)
  }
  await expect.poll(() => running.app.evaluate(() => opened)).toEqual(['https://id.twitch.tv/activate'])
})

test('16: a current Electron, pinned', () => {
  const manifest = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')
  const version: string = JSON.parse(manifest).devDependencies.electron
  expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  expect(Number.parseInt(version, 10)).toBeGreaterThanOrEqual(OLDEST_ELECTRON_MAJOR)
})

test('17: a call from anywhere but the dashboard is rejected', async () => {
  const [preference] = await preferences()
  const answer = await running.app.evaluate(
    async ({ BrowserWindow }, { url, preload }) => {
      const other = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } })
      await other.loadURL(url)
      const code = 'landale.getControlToken().then(() => "answered", (error) => error.message)'
      const answer: unknown = await other.webContents.executeJavaScript(code)
      other.destroy()
      return answer
    },
    { url: home, preload: preference?.preload ?? '' },
  )
  expect(answer).toContain('rejected')
})

test('18: no page comes from file:', async () => {
  const urls = await running.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map(({ webContents }) => webContents.getURL()),
  )
  for (const url of urls) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/)
  expect(packing.electronFuses.grantFileProtocolExtraPrivileges).toBe(false)
})

test('19: fuses that nobody needs are off, those that protect are on', () => {
  expect(packing.electronFuses).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    enableCookieEncryption: true,
  })
  expect(packing.asar).toBe(true)
})

test('20: pages get verbs, not ipcRenderer', async () => {
  const shape = await running.inPage(
    'Object.fromEntries(Object.entries(landale).map(([key, value]) => [key, typeof value]))',
  )
  expect(shape).toEqual({ version: 'string', getControlToken: 'function', quit: 'function', toggleKiosk: 'function' })
  expect(await running.inPage('[typeof ipcRenderer, typeof electron]')).toEqual(['undefined', 'undefined'])
})
