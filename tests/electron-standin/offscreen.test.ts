/** Offscreen windows of the stand-in: what they paint, when, and when they silently stop. */
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserWindowConstructorOptions, NativeImage, OffscreenSharedTexture, Rectangle } from 'electron'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type InProcessStandIn, startStandIn } from './in-process.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
/** For what takes milliseconds on a quiet machine. */
const PATIENCE_MS = 20_000
const SIZE = { width: 200, height: 120 }
const WHOLE = { x: 0, y: 0, ...SIZE }

/** Half transparent at 20,10 and 40 by 30 large; on a click of `move` elsewhere. */
const PAGE = `<!doctype html><style>body{margin:0}#a{position:absolute;left:20px;top:10px;width:40px;height:30px;background:rgba(255,100,0,.5)}</style>
<div id="a"></div><script>
const run = (times) => requestAnimationFrame(() => { a.style.left = 20 + times % 2 + 'px'; if (times > 0) run(times - 1) })
</script>`
const BOX = { x: 20, y: 10, width: 40, height: 30 }

interface Paint {
  dirty: Rectangle
  image: NativeImage
  texture: OffscreenSharedTexture | undefined
}

describe.skipIf(!existsSync(CHROMIUM))('offscreen windows of the electron stand-in (need Chromium)', () => {
  let electron: InProcessStandIn
  let server: Server
  let base: string

  beforeAll(async () => {
    electron = await startStandIn()
    server = createServer((request, response) => {
      response.setHeader('content-type', 'text/html')
      const layer = `http://localhost:${(server.address() as AddressInfo).port}/`
      response.end(request.url === '/framed' ? `${PAGE}<iframe name="layer" src="${layer}"></iframe>` : PAGE)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }, 60_000)

  afterEach(() => {
    for (const window of electron.BrowserWindow.getAllWindows()) window.destroy()
  })

  afterAll(async () => {
    await electron.stop()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  async function open(
    path = '/',
    offscreen: boolean | { useSharedTexture: boolean } = true,
    keep = Number.POSITIVE_INFINITY,
  ) {
    const options: BrowserWindowConstructorOptions = { ...SIZE, show: false, webPreferences: { offscreen } }
    const { webContents: contents } = new electron.BrowserWindow(options)
    const paints: Paint[] = []
    contents.on('paint', (event: { texture?: OffscreenSharedTexture }, dirty: Rectangle, image: NativeImage) => {
      paints.push({ dirty, image, texture: event.texture })
      if (paints.length > keep) paints.shift()
    })
    await contents.loadURL(base + path)
    return { contents, paints }
  }

  const poll = <T>(read: () => T) => expect.poll(read, { timeout: PATIENCE_MS })
  const pixel = (image: NativeImage, x: number, y: number) => {
    const start = (y * image.getSize().width + x) * 4
    return [...image.toBitmap().subarray(start, start + 4)]
  }
  const boxIsPainted = ({ image }: Paint) => pixel(image, 30, 20).join() === '0,50,128,128'

  test('it paints real pixels with alpha, premultiplied B G R A, whole at first', async () => {
    const { contents, paints } = await open()
    await poll(() => paints.some(boxIsPainted)).toBe(true)
    expect(paints[0]?.dirty).toEqual(WHOLE)
    const image = paints.findLast(boxIsPainted)?.image as NativeImage
    expect([image.getSize(), image.isEmpty(), pixel(image, 5, 5)]).toEqual([SIZE, false, [0, 0, 0, 0]])
    const part = image.crop({ x: 18, y: 10, width: 4, height: 2 })
    expect([part.getSize(), part.toBitmap().length, pixel(part, 1, 0), pixel(part, 2, 0)]).toEqual([
      { width: 4, height: 2 },
      32,
      [0, 0, 0, 0],
      [0, 50, 128, 128],
    ])
    expect([contents.isOffscreen(), contents.isPainting(), contents.getFrameRate()]).toEqual([true, true, 60])
  })

  test('it paints what changed, and nothing when nothing changes', async () => {
    const { contents, paints } = await open()
    await poll(() => paints.some(boxIsPainted)).toBe(true)
    await contents.executeJavaScript("a.style.background = 'black'")
    await poll(() => pixel((paints.at(-1) as Paint).image, 30, 20)).toEqual([0, 0, 0, 255])
    expect(paints.at(-1)?.dirty).toEqual(BOX)
    const before = paints.length
    await contents.executeJavaScript('new Promise((done) => setTimeout(done, 1500))')
    expect(paints.length).toBe(before)
    contents.invalidate()
    await poll(() => paints.length).toBe(before + 1)
    expect(paints.at(-1)?.dirty).toEqual(WHOLE)
  })

  test('painting can be stopped and started', async () => {
    const { contents, paints } = await open()
    await poll(() => paints.some(boxIsPainted)).toBe(true)
    contents.stopPainting()
    const before = paints.length
    await contents.executeJavaScript('a.remove(), new Promise((done) => setTimeout(done, 500))')
    expect([contents.isPainting(), paints.length]).toEqual([false, before])
    contents.startPainting()
    await poll(() => paints.length > before && !boxIsPainted(paints.at(-1) as Paint)).toBe(true)
  })

  test('the frame rate is a limit', async () => {
    const { contents, paints } = await open()
    await poll(() => paints.some(boxIsPainted)).toBe(true)
    contents.setFrameRate(5)
    const before = paints.length
    const started = performance.now()
    await contents.executeJavaScript('run(60), new Promise((done) => setTimeout(done, 1000))')
    const seconds = (performance.now() - started) / 1000
    expect(paints.length - before).toBeLessThanOrEqual(Math.ceil(seconds * 5) + 1)
    expect(contents.getFrameRate()).toBe(5)
  })

  test('images that are kept stall it after ten, silently, until they are let go', async () => {
    const { contents, paints } = await open()
    await contents.executeJavaScript('setInterval(() => run(3), 50), undefined')
    await poll(() => paints.length).toBe(10)
    await contents.executeJavaScript('new Promise((done) => setTimeout(done, 1000))')
    expect(paints.length).toBe(10)
    paints.splice(0)
    await poll(() => paints.length).toBeGreaterThan(0)
  })

  test('images that are not kept never stall it', async () => {
    const { contents, paints } = await open('/', true, 1)
    let count = 0
    contents.on('paint', () => count++)
    await contents.executeJavaScript('setInterval(() => run(3), 50), undefined')
    await poll(() => count).toBeGreaterThan(25)
    expect(paints.length).toBe(1)
  })

  test('without a driver that gives them there are no textures; with one they are to be released', async () => {
    const without = await open('/', { useSharedTexture: true })
    await poll(() => without.paints.some(boxIsPainted)).toBe(true)
    expect(without.paints[0]?.texture).toBeUndefined()
    process.env.STANDIN_TEXTURES = 'given'
    try {
      const { contents, paints } = await open('/', { useSharedTexture: true })
      await contents.executeJavaScript('setInterval(() => run(3), 50), undefined')
      await poll(() => paints.length).toBe(10)
      expect([paints[0]?.image.isEmpty(), paints[0]?.texture?.textureInfo.codedSize]).toEqual([true, SIZE])
      for (const { texture } of paints) texture?.release()
      await poll(() => paints.length).toBeGreaterThan(10)
    } finally {
      delete process.env.STANDIN_TEXTURES
    }
  })

  test('it paints again after a crash', async () => {
    const { contents, paints } = await open()
    await poll(() => paints.some(boxIsPainted)).toBe(true)
    const gone = new Promise((resolve) => contents.once('render-process-gone', resolve))
    contents.forcefullyCrashRenderer()
    await gone
    paints.splice(0)
    await contents.loadURL(base)
    await contents.executeJavaScript("a.style.left = '100px'")
    await poll(() => paints.some(({ image }) => pixel(image, 120, 20).join() === '0,50,128,128')).toBe(true)
  })

  test('a frame of another site is painted, answers, and can die alone', async () => {
    const { contents, paints } = await open('/framed')
    await poll(() => contents.mainFrame.frames.map(({ name }) => name)).toEqual(['layer'])
    const layer = () => contents.mainFrame.frames[0]
    expect(await layer()?.executeJavaScript('location.hostname')).toBe('localhost')
    await poll(() => paints.length).toBeGreaterThan(0)
    process.kill(layer()?.osProcessId ?? 0)
    const answer = Promise.race([
      layer()?.executeJavaScript('1'),
      new Promise((resolve) => setTimeout(resolve, 1000, 'silent')),
    ])
    expect(await answer.catch(() => 'silent')).toBe('silent')
    expect(await contents.mainFrame.executeJavaScript('1 + 1')).toBe(2)
  })
})
