/**
 * The viewer in a real browser, against a picture server of the test's own: that it shows exactly what it was sent, alpha
 * included, and nothing that is not true any more.
 */
import { randomBytes } from 'node:crypto'
import { expect, type Page, test } from '@playwright/test'
import fc from 'fast-check'
import type { Rect } from '../../base/pixels/rect.ts'
import { FakePicture, type FakeViewer } from './fake-picture.ts'
import { StageHub } from './stage-hub.ts'

test.use({ viewport: { width: 320, height: 240 } })

let hub: StageHub
let picture: FakePicture

test.beforeEach(async () => {
  picture = new FakePicture()
  hub = new StageHub()
  picture.serveOn(hub)
  await hub.start()
})

test.afterEach(async () => {
  await picture.close()
  await hub.stop()
})

const url = () => `${hub.url}/live/main?token=overlay-secret`

async function open(page: Page): Promise<FakeViewer> {
  const before = picture.viewers.length
  await page.goto(url())
  await expect.poll(() => picture.viewers.length).toBe(before + 1)
  return picture.viewers[before] as FakeViewer
}

/** The canvas's pixels, straight RGBA. */
async function pixelsOf(page: Page): Promise<{ width: number; height: number; pixels: Buffer }> {
  const { width, height, text } = await page.evaluate(() => {
    const canvas = document.querySelector('canvas')
    const { width = 0, height = 0 } = canvas ?? {}
    const { data } = canvas?.getContext('2d')?.getImageData(0, 0, width, height) ?? { data: [] }
    let text = ''
    for (const byte of data) text += String.fromCharCode(byte)
    return { width, height, text: btoa(text) }
  })
  return { width, height, pixels: Buffer.from(text, 'base64') }
}

const firstPixel = async (page: Page) => [...(await pixelsOf(page)).pixels.subarray(0, 4)].join(' ')

/** What is on the screen at the upper left corner, with nothing behind the page. */
async function shown(page: Page): Promise<string> {
  const png = await page.screenshot({ omitBackground: true, clip: { x: 0, y: 0, width: 1, height: 1 } })
  return page.evaluate(async (data) => {
    const image = new Image()
    image.src = `data:image/png;base64,${data}`
    await image.decode()
    const context = new OffscreenCanvas(1, 1).getContext('2d')
    context?.drawImage(image, 0, 0)
    return [...(context?.getImageData(0, 0, 1, 1).data ?? [])].join(' ')
  }, png.toString('base64'))
}

/** The largest difference of any channel, as OBS blends it: multiplied with its alpha. Of 255. */
function difference(a: Buffer, b: Buffer): number {
  if (a.length !== b.length) return 255
  let most = 0
  for (let at = 0; at < a.length; at += 4) {
    const [alphaA, alphaB] = [a[at + 3] ?? 0, b[at + 3] ?? 0]
    most = Math.max(most, Math.abs(alphaA - alphaB))
    for (let channel = 0; channel < 3; channel++) {
      const left = ((a[at + channel] ?? 0) * alphaA) / 255
      const right = ((b[at + channel] ?? 0) * alphaB) / 255
      most = Math.max(most, Math.abs(left - right))
    }
  }
  return most
}

const noise = () => {
  const bytes = randomBytes(4096)
  let at = 0
  return () => {
    at = (at + 4) % bytes.length
    return [bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0] as const
  }
}

const NOTHING = '0 0 0 0'
const GREEN = '0 255 0 255'

test('is less than 30 kB in all', async ({ page }) => {
  const loaded: Promise<number>[] = []
  page.on('response', (response) => {
    if (/\/(live\/main|assets\/)/.test(response.url()) && !response.url().includes('.json')) {
      loaded.push(response.body().then((body) => body.length))
    }
  })
  await open(page)
  const bytes = (await Promise.all(loaded)).reduce((sum, size) => sum + size, 0)
  console.log(`the viewer's page: ${bytes} bytes in ${loaded.length} files`)
  expect(loaded.length).toBeGreaterThan(2)
  expect(bytes).toBeLessThan(30_000)
})

test('whatever is sent, in whatever parts, it shows exactly that', async ({ page }) => {
  const viewer = await open(page)
  const side = fc.integer({ min: 1, max: 90 })
  /** Three columns that can't overlap. */
  const rects = fc
    .array(fc.record({ column: fc.integer({ min: 0, max: 2 }), y: fc.nat(140), width: side, height: side }), {
      minLength: 1,
      maxLength: 3,
    })
    .map((parts): Rect[] => {
      const unique = new Map(parts.map((part) => [part.column, part]))
      return [...unique.values()].map(({ column, y, width, height }) => ({ x: column * 100, y, width, height }))
    })
  const packet = fc.record({ rects, isKey: fc.boolean(), isLz4: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(packet, { minLength: 1, maxLength: 8 }), fc.boolean(), async (packets, isOtherSize) => {
      picture.resize(isOtherSize ? 301 : 320, isOtherSize ? 233 : 240)
      picture.paint([picture.whole], noise())
      viewer.sendKey()
      for (const { rects: parts, isKey, isLz4 } of packets) {
        picture.paint(parts, noise())
        if (isKey) viewer.sendKey(isLz4 ? 'lz4' : 'raw')
        else viewer.send(parts, { format: isLz4 ? 'lz4' : 'raw' })
      }
      await expect.poll(() => viewer.lastAck, { intervals: [5] }).toBe(picture.sequence)
      const { width, height, pixels } = await pixelsOf(page)
      expect([width, height]).toEqual([picture.width, picture.height])
      expect(difference(pixels, picture.pixels)).toBeLessThanOrEqual(1)
    }),
    { numRuns: 25 },
  )
  expect(viewer.words).toEqual([])
})

test('the screen has the alpha it was sent', async ({ page }) => {
  const viewer = await open(page)
  for (const color of [
    [255, 0, 0, 255],
    [255, 255, 255, 51],
    [0, 0, 0, 128],
    [0, 255, 0, 0],
  ] as const) {
    picture.show(color)
    const [r, g, b, a] = color
    await expect.poll(() => viewer.lastAck).toBe(picture.sequence)
    await expect.poll(() => shown(page)).toBe(a === 0 ? NOTHING : `${r} ${g} ${b} ${a}`)
  }
})

test('says of each packet that it is drawn, how long that took, and when the one before it was shown', async ({
  page,
}) => {
  const viewer = await open(page)
  const acks = () => viewer.heard.filter((message) => message.type === 'ack')
  picture.show([9, 9, 9, 255])
  await expect.poll(() => acks().length).toBe(1)
  const sentAt = Date.now()
  await page.waitForTimeout(200)
  picture.paint([picture.whole], () => [8, 8, 8, 255])
  viewer.send([picture.whole])
  await expect.poll(() => acks().length).toBe(2)
  const [first, second] = acks()
  expect(first).toMatchObject({ sequence: 1, shownAt: null })
  expect(first?.drawMs).toBeGreaterThanOrEqual(0)
  expect(second?.sequence).toBe(2)
  expect(Math.abs((second?.shownAt ?? 0) - sentAt)).toBeLessThan(5000)
})

test('what does not follow is not drawn; it asks for the whole and is right again', async ({ page }) => {
  const viewer = await open(page)
  picture.show([255, 0, 0, 255])
  await expect.poll(() => firstPixel(page)).toBe('255 0 0 255')
  picture.paint([picture.whole], () => [0, 255, 0, 255])
  viewer.send([picture.whole], { previous: 40 })
  viewer.send([picture.whole], { previous: 41 })
  await expect.poll(() => viewer.words).toEqual(['{"type":"key"}'])
  expect(await firstPixel(page)).toBe('255 0 0 255')
  viewer.sendKey()
  await expect.poll(() => firstPixel(page)).toBe(GREEN)
  expect(viewer.lastAck).toBe(picture.sequence)
})

test('bytes that are no packet harm nothing', async ({ page }) => {
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => {
    // Of our own looking at the canvas.
    if (!message.text().includes('willReadFrequently')) complaints.push(message.text())
  })
  const viewer = await open(page)
  picture.show([0, 255, 0, 255])
  await expect.poll(() => firstPixel(page)).toBe(GREEN)
  viewer.socket.send(Buffer.from('nonsense'))
  await expect.poll(() => viewer.words).toEqual(['{"type":"key"}'])
  viewer.sendKey()
  await expect.poll(() => viewer.heard.at(-1)?.type).toBe('ack')
  // Four bytes that claim to be forty: a damaged block.
  viewer.socket.send(damagedLz4())
  await expect.poll(() => viewer.words.length).toBe(2)
  expect(await firstPixel(page)).toBe(GREEN)
  expect(complaints).toEqual([])
})

function damagedLz4(): Buffer {
  const packet = Buffer.alloc(40 + 4 + 8 + 3)
  packet.set([1, 1, 2, 4])
  packet.writeUInt16LE(1, 4)
  packet.writeUInt16LE(1, 6)
  packet.writeUInt32LE(1, 32)
  packet.writeUInt32LE(4, 36)
  packet.write('main', 40)
  packet.writeUInt16LE(1, 48)
  packet.writeUInt16LE(1, 50)
  return packet
}

test('shows nothing when there is no picture, and only a whole one after that', async ({ page }) => {
  const viewer = await open(page)
  picture.show([0, 255, 0, 255])
  await expect.poll(() => firstPixel(page)).toBe(GREEN)
  viewer.say({ type: 'blank' })
  await expect.poll(() => firstPixel(page)).toBe(NOTHING)
  viewer.send([picture.whole])
  await expect.poll(() => viewer.words).toEqual(['{"type":"key"}'])
  expect(await firstPixel(page)).toBe(NOTHING)
})

/** Waits until the canvas shows something. */
const somethingIsShown = (page: Page) =>
  page.waitForFunction(
    () => document.querySelector('canvas')?.getContext('2d')?.getImageData(0, 0, 1, 1).data[3] === 255,
    undefined,
    { polling: 5 },
  )

async function hubGoesAway(): Promise<number> {
  const { port } = hub
  await hub.stop()
  for (const { socket } of picture.viewers) socket.terminate()
  return port
}

async function hubReturns(port: number): Promise<void> {
  hub = new StageHub(port)
  picture.serveOn(hub)
  await hub.start()
}

test('while the hub is away it keeps the picture for a moment only', async ({ page }) => {
  await open(page)
  picture.show([0, 255, 0, 255])
  await expect.poll(() => firstPixel(page)).toBe(GREEN)
  const port = await hubGoesAway()
  await page.waitForTimeout(500)
  expect(await firstPixel(page)).toBe(GREEN)
  await expect.poll(() => firstPixel(page)).toBe(NOTHING)
  await hubReturns(port)
  await expect.poll(() => firstPixel(page)).toBe(GREEN)
})

test('is right soon after the return of a hub that was away for long', async ({ page }) => {
  await open(page)
  picture.show([0, 255, 0, 255])
  await expect.poll(() => firstPixel(page)).toBe(GREEN)
  const times: number[] = []
  // The first is long enough for Chromium to slow WebSockets down, were they what is tried.
  for (const awayMs of [5000, 2000, 2000]) {
    const port = await hubGoesAway()
    await page.waitForTimeout(awayMs)
    const began = Date.now()
    await hubReturns(port)
    await somethingIsShown(page)
    times.push(Date.now() - began)
  }
  console.log(`right again ${times.join(', ')} ms after the hub's return`)
  // The aim is 500; the rest is for a machine that does much else.
  expect(Math.min(...times)).toBeLessThan(2000)
})

test('a line that is cut is mended without anything to be seen', async ({ page }) => {
  const viewer = await open(page)
  picture.show([0, 255, 0, 255])
  await expect.poll(() => firstPixel(page)).toBe(GREEN)
  await page.evaluate(() => {
    const canvas = document.querySelector('canvas')
    const look = () => {
      const alpha = canvas?.getContext('2d')?.getImageData(0, 0, 1, 1).data[3] ?? 0
      if (alpha !== 255) document.title = 'blinked'
      requestAnimationFrame(look)
    }
    look()
  })
  viewer.socket.terminate()
  await expect.poll(() => picture.viewers.filter((other) => other !== viewer).length).toBe(1)
  await page.waitForTimeout(2000)
  expect(await page.title()).not.toBe('blinked')
  expect(await firstPixel(page)).toBe(GREEN)
})

test('one whose token is revoked shows nothing, and asks seldom', async ({ page }) => {
  await open(page)
  picture.show([0, 255, 0, 255])
  await expect.poll(() => firstPixel(page)).toBe(GREEN)
  let asked = 0
  page.on('request', (request) => {
    if (request.url().includes('.json')) asked += 1
  })
  picture.admits = false
  picture.viewers[0]?.socket.close(4401, 'revoked')
  await expect.poll(() => firstPixel(page), { timeout: 1000 }).toBe(NOTHING)
  await page.waitForTimeout(1500)
  expect(asked).toBeLessThanOrEqual(2)
  picture.admits = true
  await expect.poll(() => firstPixel(page)).toBe(GREEN)
})

test('hidden in OBS it says so and forgets its picture; seen again it gets a new one', async ({ page }) => {
  const viewer = await open(page)
  picture.show([255, 0, 0, 255])
  await expect.poll(() => firstPixel(page)).toBe('255 0 0 255')
  const tell = (name: string, detail: object) =>
    page.evaluate((event) => dispatchEvent(new CustomEvent(event.name, { detail: event.detail })), { name, detail })
  await tell('obsSourceVisibleChanged', { visible: false })
  await expect.poll(() => viewer.words).toEqual(['{"type":"visible","visible":false}'])
  expect(await firstPixel(page)).toBe(NOTHING)
  // One that was on its way.
  viewer.sendKey()
  await expect.poll(() => viewer.lastAck).toBe(picture.sequence)
  expect(await firstPixel(page)).toBe(NOTHING)
  await tell('obsSourceActiveChanged', { active: false })
  await tell('obsSourceVisibleChanged', { visible: true })
  await expect.poll(() => viewer.words.at(-1)).toBe('{"type":"visible","visible":true}')
  picture.show([0, 255, 0, 255])
  await expect.poll(() => firstPixel(page)).toBe(GREEN)
  await tell('obsSourceActiveChanged', { active: false })
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await expect.poll(() => viewer.words.length).toBe(3)
  // A page that is hidden when it comes says so at once.
  viewer.socket.terminate()
  await expect.poll(() => picture.viewers.at(-1)?.words).toEqual(['{"type":"visible","visible":false}'])
})

test('two viewers show the same, each by itself', async ({ page, context }) => {
  const first = await open(page)
  const other = await context.newPage()
  await other.setViewportSize({ width: 640, height: 480 })
  const second = await open(other)
  expect(first.url).toBe('/picture/main?token=overlay-secret')
  picture.paint([picture.whole], noise())
  first.sendKey()
  second.sendKey('lz4')
  picture.paint([{ x: 5, y: 7, width: 11, height: 13 }], noise())
  first.send([{ x: 5, y: 7, width: 11, height: 13 }])
  second.sendKey()
  for (const [viewer, shownBy] of [
    [first, page],
    [second, other],
  ] as const) {
    await expect.poll(() => viewer.lastAck).toBe(picture.sequence)
    expect(difference((await pixelsOf(shownBy)).pixels, picture.pixels)).toBeLessThanOrEqual(1)
  }
  // In a larger window the whole picture is scaled.
  expect(await other.locator('canvas').evaluate((canvas) => canvas.getBoundingClientRect().width)).toBe(640)
})

test('loads itself anew when told; when dropped it shows nothing and stays away', async ({ page }) => {
  const viewer = await open(page)
  picture.show([0, 255, 0, 255])
  viewer.say({ type: 'refresh' })
  await expect.poll(() => picture.viewers.some((other) => other !== viewer)).toBe(true)
  await expect.poll(() => firstPixel(page).catch(() => '')).toBe(GREEN)
  await expect.poll(() => picture.viewers.length).toBe(1)
  picture.viewers[0]?.say({ type: 'drop' })
  await expect.poll(() => picture.viewers.length).toBe(0)
  expect(await firstPixel(page)).toBe(NOTHING)
  await page.waitForTimeout(1000)
  expect(picture.viewers).toEqual([])
})

test('plays its cues once somebody clicked, and says so; before that it leaves them to others', async ({ page }) => {
  await page.goto(url())
  await expect.poll(() => picture.viewers.length).toBe(1)
  const [viewer] = picture.viewers
  const cue = { type: 'cue', sound: 'chime', volume: 1 } as const
  viewer?.say({ ...cue, id: 'c1' })
  await page.waitForTimeout(500)
  expect(viewer?.words).toEqual([])
  await page.mouse.click(10, 10)
  viewer?.say({ ...cue, id: 'c2' })
  await expect.poll(() => viewer?.words).toEqual(['{"type":"cue-started","id":"c2"}'])
})

test('the first picture is there at once', async ({ page }) => {
  picture.show([0, 255, 0, 255])
  await page.goto('about:blank')
  const times: number[] = []
  for (let n = 0; n < 5; n++) {
    const began = Date.now()
    await page.goto(url(), { waitUntil: 'commit' })
    await somethingIsShown(page)
    times.push(Date.now() - began)
  }
  console.log(`first picture after ${times.join(', ')} ms`)
  // The aim is 250, on a machine that does nothing else; the bench judges that.
  expect(Math.min(...times)).toBeLessThan(2000)
})
