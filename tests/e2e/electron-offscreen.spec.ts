/** The built app paints the picture in a window that nobody sees: it reaches viewers, it is kept alive, it has no rights. */
import { once } from 'node:events'
import { expect, type Page, test } from '@playwright/test'
import { WebSocket } from 'ws'
import { createHubClient } from '../../contracts/client/hub-client.ts'
import type { PictureState } from '../../contracts/state/picture.ts'
import { createDataDir, findElectron, launchApp, type RunningApp } from './electron-app.ts'

const electron = findElectron()
test.skip('reason' in electron, 'reason' in electron ? electron.reason : '')
test.setTimeout(60_000)

/** Small and slow, so that a machine without a graphics card keeps up. */
const OUTPUT = { output: 'main', width: 640, height: 360, frameRate: 20 }

let data: ReturnType<typeof createDataDir>
let running: RunningApp
let liveUrl: string
let picture: PictureState | undefined
let stopFollowing: () => void

test.beforeAll(async () => {
  data = createDataDir()
  running = await launchApp(data.path)
  await running.command('output.update', OUTPUT)
  await running.command('layer.add', { output: 'main', layer: { source: { kind: 'page', page: 'test-card' } } })
  const urls = (await running.command('overlay.url.get', { output: 'main' })) as { liveUrl: string }
  liveUrl = urls.liveUrl
  const client = createHubClient({ url: await running.hubUrl(), token: running.token(), WebSocket: WebSocket as never })
  client.state('state:picture', (state) => {
    picture = state
  })
  stopFollowing = () => client.dispose()
})

test.afterAll(async () => {
  stopFollowing?.()
  await running?.app.close()
  data?.remove()
})

test.beforeEach(async ({ page }) => {
  await page.goto(liveUrl)
  await expect.poll(() => picture?.sources[0]?.state, { timeout: 20_000 }).toBe('painting')
})

/** What the viewer's canvas shows: its size, and a number that changes with its pixels. */
const shownIn = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.querySelector('canvas')
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
    let sum = 0
    for (let at = 0; at < pixels.length; at += 1) sum = (sum * 31 + (pixels[at] ?? 0)) % 1_000_003
    return { width: canvas?.width, height: canvas?.height, sum }
  })

const keepsMoving = async (page: Page) => {
  const { sum } = await shownIn(page)
  await expect.poll(async () => (await shownIn(page)).sum, { timeout: 20_000 }).not.toBe(sum)
}

/** Ids of the windows that paint the picture. */
const painters = () =>
  running.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .filter(({ webContents }) => webContents.isOffscreen() && webContents.getURL().includes('/overlay/'))
      .map(({ id }) => id),
  )

/** Runs code in the stage. */
const inStage = async <T>(code: string): Promise<T> => {
  const [id = 0] = await painters()
  return running.app.evaluate(
    ({ BrowserWindow }, { id, code }) => BrowserWindow.fromId(id)?.webContents.executeJavaScript(code),
    { id, code },
  )
}

test('what one window paints is drawn by every viewer', async ({ page, context }) => {
  const second = await context.newPage()
  await second.goto(liveUrl)
  for (const viewer of [page, second]) {
    await viewer.bringToFront()
    await expect.poll(() => shownIn(viewer)).toMatchObject({ width: OUTPUT.width, height: OUTPUT.height })
    await keepsMoving(viewer)
  }
  expect(await painters()).toHaveLength(1)
  expect(picture?.sources[0]).toMatchObject({ output: 'main', kind: 'electron-bitmap' })
  await expect.poll(() => picture?.sources[0]?.reason).toContain('shared textures')
})

test('a renderer that dies is replaced', async ({ page }) => {
  const [id] = await painters()
  await running.app.evaluate(({ BrowserWindow }, id) => {
    BrowserWindow.fromId(id ?? 0)?.webContents.forcefullyCrashRenderer()
  }, id)
  await expect.poll(painters, { timeout: 20_000 }).not.toContain(id)
  await expect.poll(async () => (await painters()).length, { timeout: 20_000 }).toBe(1)
  await keepsMoving(page)
})

test('one that stands still while its stage moves is replaced', async ({ page }) => {
  const [id] = await painters()
  await running.app.evaluate(({ BrowserWindow }, id) => {
    BrowserWindow.fromId(id ?? 0)?.webContents.stopPainting()
  }, id)
  await expect.poll(painters, { timeout: 20_000 }).not.toContain(id)
  await keepsMoving(page)
})

test('its page has no Node, no bridge, no permission and no sound', async () => {
  const [id] = await painters()
  const names = ['geolocation', 'camera', 'microphone', 'notifications', 'midi']
  const found = await inStage<unknown[]>('[typeof require, typeof process, typeof module, typeof landale]')
  expect(found).toEqual(Array(4).fill('undefined'))
  const states = await inStage<string[]>(
    `Promise.all(${JSON.stringify(names)}.map((name) => navigator.permissions.query({ name }).then(({ state }) => state)))`,
  )
  expect(states).toEqual(names.map(() => 'denied'))
  const muted = await running.app.evaluate(
    ({ BrowserWindow }, id) => BrowserWindow.fromId(id ?? 0)?.webContents.isAudioMuted(),
    id,
  )
  expect(muted).toBe(true)
})

test('it is made with every right written out, and with a session of its own', async () => {
  const [id] = await painters()
  const preferences = await running.app.evaluate(({ BrowserWindow }, id) => {
    const contents = BrowserWindow.fromId(id ?? 0)?.webContents
    const told = contents as typeof contents & { getLastWebPreferences?(): Electron.WebPreferences }
    return told?.getLastWebPreferences?.() ?? null
  }, id)
  test.skip(preferences === null, 'this Electron does not tell the preferences of a window')
  expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true })
  expect(preferences?.nodeIntegration).not.toBe(true)
  expect(preferences?.nodeIntegrationInWorker).not.toBe(true)
  expect(preferences?.nodeIntegrationInSubFrames).not.toBe(true)
  expect(preferences?.webSecurity).not.toBe(false)
  expect(preferences?.allowRunningInsecureContent).not.toBe(true)
  expect(preferences?.experimentalFeatures).not.toBe(true)
  expect(preferences?.enableBlinkFeatures ?? '').toBe('')
  expect(preferences?.webviewTag).not.toBe(true)
  expect(preferences?.preload ?? '').toBe('')
  const isShared = await running.app.evaluate(
    ({ BrowserWindow, session }, id) => BrowserWindow.fromId(id ?? 0)?.webContents.session === session.defaultSession,
    id,
  )
  expect(isShared).toBe(false)
})

test('it can not leave, opens nothing here and nothing in the browser of the user', async () => {
  const windows = () => running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)
  const [before, home] = [await windows(), await inStage<string>('location.href')]
  await running.app.evaluate(({ shell }) => {
    const opened: string[] = []
    Object.assign(globalThis, { openedByPicture: opened })
    shell.openExternal = async (url) => void opened.push(url)
  })
  await inStage("void window.open('https://example.com/'), void window.open('/dashboard')")
  for (const elsewhere of ['https://example.com/', '/dashboard', 'data:text/html,x', 'file:///etc/passwd']) {
    await inStage(`void (location.href = ${JSON.stringify(elsewhere)})`)
  }
  await inStage('new Promise((resolve) => setTimeout(resolve, 500))')
  expect(await inStage('location.href')).toBe(home)
  expect(await windows()).toBe(before)
  const opened = await running.app.evaluate(
    () => (globalThis as unknown as { openedByPicture: string[] }).openedByPicture,
  )
  expect(opened).toEqual([])
})

test('the app ends while it paints', async ({ page }) => {
  await keepsMoving(page)
  stopFollowing()
  const process = running.app.process()
  const left = once(process, 'exit')
  await running.app.close()
  await left
  expect(process.exitCode).toBe(0)
})
