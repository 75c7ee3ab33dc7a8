/**
 * The stage in a real browser: that it draws its layers as it was told, that changing one never loads another anew, and
 * that whatever a layer does, the others go on and viewers see nothing of it. The servers are the hub's own; the outputs
 * are the test's.
 */
import { expect, type Page, type TestInfo, test } from '@playwright/test'
import type { Layer } from '../../contracts/output.ts'
import type { PlayingAlert } from '../../contracts/state/alerts.ts'
import { readStrip, STRIP_MODULUS } from '../../overlays/test-card/frame-strip.ts'
import { drawBattleScene } from './battle-scene.ts'
import { ElseWhere, layerOf, StageHub, urlLayer } from './stage-hub.ts'

test.use({ viewport: { width: 1920, height: 1080 } })

let hub: StageHub
let elsewhere: ElseWhere

test.beforeEach(async () => {
  hub = await new StageHub().start()
  elsewhere = await new ElseWhere().listen()
})

test.afterEach(async () => {
  await hub.stop()
  await elsewhere.close()
})

async function open(page: Page, layers: Layer[], more = ''): Promise<void> {
  hub.set(layers)
  await page.goto(hub.stageUrl('main', more))
  await expect.poll(() => statesOf(page).then((states) => states.length)).toBe(layers.length)
}

const statesOf = (page: Page) =>
  page.evaluate(() => (globalThis.landaleStage?.layers() ?? []).map(({ id, state }) => `${id} ${state}`))

const isReady = (page: Page, ...ids: string[]) =>
  expect.poll(() => statesOf(page)).toEqual(expect.arrayContaining(ids.map((id) => `${id} ready`)))

/** A picture as straight RGBA, decoded by the browser. */
async function pixelsOf(page: Page, png: Buffer): Promise<Buffer> {
  const text = await page.evaluate(async (data) => {
    const image = new Image()
    image.src = `data:image/png;base64,${data}`
    await image.decode()
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')
    context?.drawImage(image, 0, 0)
    const bytes = context?.getImageData(0, 0, image.width, image.height).data ?? new Uint8ClampedArray()
    const parts: string[] = []
    for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)))
    return btoa(parts.join(''))
  }, png.toString('base64'))
  return Buffer.from(text, 'base64')
}

/** The colour of one pixel of the whole page, as `r g b a` with straight alpha; nothing behind the page. */
async function pixelAt(page: Page, x: number, y: number): Promise<string> {
  const png = await page.screenshot({ omitBackground: true, clip: { x, y, width: 1, height: 1 } })
  return [...(await pixelsOf(page, png))].join(' ')
}

const plain = (color: string) => `<style>html{background:${color}}</style>`
const RED = '255 0 0 255'
const NOTHING = '0 0 0 0'

/** Counts its own animation frames in its title, which the page around it can't read but the test can. */
const MOVING = '<script>let n=0;const f=()=>{document.title=String(++n);requestAnimationFrame(f)};f()</script>'

async function expectMoving(page: Page, id: string): Promise<void> {
  const frames = async () => Number((await page.frame({ name: id })?.title()) ?? 0)
  const before = await frames()
  await expect.poll(frames, { timeout: 10_000 }).toBeGreaterThan(before + 5)
}

test.describe('drawing', () => {
  test('places, crops, blends and covers as it was told, over nothing', async ({ page }) => {
    const red = elsewhere.page('/red', plain('#f00'))
    const green = elsewhere.page('/green', plain('#0f0'))
    const rect = { x: 100, y: 100, width: 400, height: 400 }
    await open(page, [
      urlLayer('under', red, { rect }),
      urlLayer('over', green, {
        rect: { ...rect, x: 300 },
        opacity: 0.6,
        crop: { top: 100, right: 0, bottom: 0, left: 50 },
      }),
      urlLayer('mixed', green, { rect: { x: 120, y: 120, width: 40, height: 40 }, blend: 'multiply' }),
      urlLayer('hidden', green, { visible: false }),
    ])
    await isReady(page, 'under', 'over', 'mixed')
    await expect.poll(() => pixelAt(page, 200, 200)).toBe(RED)
    expect(await pixelAt(page, 50, 50)).toBe(NOTHING)
    expect(await pixelAt(page, 310, 300), 'cropped at the left').toBe(RED)
    expect(await pixelAt(page, 400, 150), 'cropped at the top').toBe(RED)
    await expect.poll(() => pixelAt(page, 400, 300), 'green over red').toBe('102 153 0 255')
    expect(await pixelAt(page, 600, 300), 'green over nothing').toBe('0 255 0 153')
    await expect.poll(() => pixelAt(page, 140, 140), 'red times green').toBe('0 0 0 255')
    expect(await statesOf(page)).toContain('hidden off')
    expect(elsewhere.loads('/green')).toBe(2)
  })

  test('a plate is black, and CSS of the streamer dresses the frame and loads nothing', async ({ page }) => {
    const empty = elsewhere.page('/empty', '<p>')
    const trap = elsewhere.page('/trap', 'never')
    const rect = { x: 0, y: 0, width: 400, height: 400 }
    const css = [
      `border-radius: 100px; background-image: url(${trap}); border-image: url(${trap}) 1; cursor: url(${trap}), auto`,
      `mask-image: url(${trap}); filter: url(${trap}#x); list-style: url(${trap}); } body { display: none } @import "${trap}"`,
    ].join('; ')
    await open(page, [
      urlLayer('plate', empty, { rect, transparent: false, css: 'border-radius: 100px' }),
      urlLayer('trap', empty, { rect: { ...rect, x: 500 }, css }),
    ])
    await isReady(page, 'plate', 'trap')
    await expect.poll(() => pixelAt(page, 200, 200)).toBe('0 0 0 255')
    expect(await pixelAt(page, 2, 2), 'the corner is round').toBe(NOTHING)
    expect(elsewhere.asked.filter((line) => line.endsWith('/trap'))).toEqual([])
    await expect(page.locator('#stage')).toBeVisible()
  })

  test('rules of the streamer dress a page of ours from within, also when it loads anew, and load nothing', async ({
    page,
  }) => {
    const trap = elsewhere.page('/page-trap', 'never')
    const card = layerOf('card', { kind: 'page', page: 'test-card' })
    const other = urlLayer('other', elsewhere.page('/plain', plain('#f00')), {
      rect: { x: 0, y: 0, width: 9, height: 9 },
    })
    const rules = (colour: string) => ({
      pageCss: `@import "${trap}"; body { outline: 3px solid ${colour}; background-image: url(${trap}) }`,
    })
    await open(page, [
      { ...card, ...rules('rgb(1, 2, 3)') },
      { ...other, ...rules('rgb(1, 2, 3)') },
    ])
    await isReady(page, 'card', 'other')
    const outline = () =>
      page
        .frame({ name: 'card' })
        ?.evaluate(() => getComputedStyle(document.body).outlineColor)
        .catch(() => 'loading')
    await expect.poll(outline).toBe('rgb(1, 2, 3)')
    hub.set([{ ...card, ...rules('rgb(4, 5, 6)') }, other])
    await expect.poll(outline).toBe('rgb(4, 5, 6)')
    await page.frame({ name: 'card' })?.evaluate(() => location.reload())
    await expect.poll(outline).toBe('rgb(4, 5, 6)')
    const sheets = () => page.frame({ name: 'card' })?.evaluate(() => document.adoptedStyleSheets.length)
    expect(await sheets()).toBe(1)
    hub.set([card, other])
    await expect.poll(outline).not.toBe('rgb(4, 5, 6)')
    const elsewhereOutline = await page
      .frame({ name: 'other' })
      ?.evaluate(() => getComputedStyle(document.body).outlineStyle)
    expect(elsewhereOutline, 'nobody gets into somebody else’s page').toBe('none')
    expect(elsewhere.asked.filter((line) => line.endsWith('/page-trap'))).toEqual([])
  })

  test('has the size of its output, and the whole of it fits any other window', async ({ page }) => {
    const red = elsewhere.page('/red', plain('#f00'))
    hub.set([urlLayer('red', red, { rect: { x: 0, y: 0, width: 1280, height: 720 } })], { width: 1280, height: 720 })
    await page.setViewportSize({ width: 640, height: 360 })
    await page.goto(hub.stageUrl())
    await isReady(page, 'red')
    await expect.poll(() => pixelAt(page, 639, 359)).toBe(RED)
    await page.setViewportSize({ width: 1280, height: 720 })
    await expect.poll(() => pixelAt(page, 1279, 719)).toBe(RED)
    expect(await page.locator('#stage').evaluate((stage) => stage.style.transform)).toBe('')
  })

  test('never loads a page anew because it moved, faded, was covered or hidden, or another one came or went', async ({
    page,
  }) => {
    const [a, b] = [elsewhere.page('/a', plain('#f00')), elsewhere.page('/b', plain('#0f0'))]
    const first = urlLayer('a', a)
    const second = urlLayer('b', b, { rect: { x: 0, y: 0, width: 200, height: 200 } })
    const card = layerOf('card', { kind: 'page', page: 'test-card' })
    await open(page, [first, second, card])
    await isReady(page, 'a', 'b', 'card')
    const frameOf = (id: string) => page.frame({ name: id })
    await frameOf('card')?.evaluate(() => Object.assign(globalThis, { mark: true }))
    hub.set([second, { ...first, opacity: 0.5, rect: { x: 40, y: 40, width: 300, height: 300 } }, card])
    await expect.poll(() => pixelAt(page, 100, 100)).not.toBe('0 255 0 255')
    hub.set([
      { ...first, css: 'filter: blur(2px)' },
      { ...second, visible: false },
      { ...card, name: 'renamed' },
    ])
    await expect.poll(() => pixelAt(page, 100, 100)).not.toContain('0 255 0')
    hub.set([card, first, second])
    await expect.poll(() => pixelAt(page, 100, 100)).toBe('0 255 0 255')
    expect(await frameOf('card')?.evaluate(() => 'mark' in globalThis)).toBe(true)
    expect(elsewhere.loads('/a')).toBe(1)
    expect(elsewhere.loads('/b')).toBe(1)
    hub.set([first])
    await expect(page.locator('iframe')).toHaveCount(1)
    hub.set([{ ...first, source: { kind: 'url', url: b } }])
    await expect.poll(() => elsewhere.loads('/b')).toBe(2)
  })

  test('draws nothing of the hub itself, by whatever name', async ({ page }) => {
    await open(page, [
      urlLayer('itself', hub.stageUrl()),
      urlLayer('by-name', hub.stageUrl().replace('127.0.0.1', 'localhost')),
      urlLayer('dashboard', `${hub.url}/dashboard`),
    ])
    expect(await statesOf(page)).toEqual(['itself refused', 'by-name refused', 'dashboard refused'])
    await expect(page.locator('iframe')).toHaveCount(0)
  })

  test('an output that is not there shows nothing, and is drawn as soon as it is', async ({ page }) => {
    await page.goto(hub.stageUrl('second'))
    await expect.poll(() => hub.guests.length).toBe(1)
    await expect(page.locator('iframe')).toHaveCount(0)
    hub.set([layerOf('card', { kind: 'page', page: 'test-card' })], { id: 'second' })
    await isReady(page, 'card')
  })
})

test.describe('containment', () => {
  test('a page that tries everything gets nothing, and the stage stays where it is', async ({ page, context }) => {
    const seen: string[] = []
    page.on('dialog', (dialog) => {
      seen.push(`dialog ${dialog.type()}`)
      void dialog.dismiss()
    })
    page.on('popup', () => seen.push('popup'))
    page.on('download', () => seen.push('download'))
    elsewhere.page('/file', 'a file')
    const hostile = elsewhere.page(
      '/hostile',
      `<a id=d href="/file" download>d</a><form id=f action="/form-was-sent" target=_top><input name=x></form><script>
      const tries = {
        alert: () => alert(1), confirm: () => confirm(1), prompt: () => prompt(1), print: () => print(),
        open: () => { if (!open('/popup')) throw 1 }, top: () => { top.location = 'http://127.0.0.1:9/' },
        parent: () => parent.document.body.remove(), form: () => f.submit(), download: () => d.click(),
        handle: () => parent.landaleStage.reloadLayer('good'), storage: () => localStorage.setItem('a', '1'),
      }
      const asks = [
        navigator.mediaDevices?.getUserMedia({ audio: true }), Notification.requestPermission(),
        new Promise((ok, no) => navigator.geolocation.getCurrentPosition(ok, no)),
        document.documentElement.requestFullscreen(), navigator.clipboard?.readText(),
      ].map((ask) => Promise.resolve(ask).then((answer) => answer ?? 'given', () => 'denied'))
      for (const attempt of Object.values(tries)) try { attempt() } catch {}
      parent.postMessage({ landale: 'beat', animating: true }, '*')
      Promise.all(asks).then((answers) => { document.title = answers.join(' ') })
      throw new Error('and then it dies')</script>`,
    )
    const good = elsewhere.page('/good', MOVING, '127.0.0.1')
    await open(page, [urlLayer('hostile', hostile), urlLayer('good', good)])
    const frame = () => page.frame({ name: 'hostile' })
    await expect.poll(() => frame()?.title()).toMatch(/denied/)
    expect(await frame()?.title()).not.toContain('given')
    await expectMoving(page, 'good')
    expect(seen).toEqual([])
    expect(context.pages()).toHaveLength(1)
    expect(page.url()).toBe(hub.stageUrl())
    expect(elsewhere.asked.filter((line) => /form|popup|file/.test(line))).toEqual([])
    expect(elsewhere.loads('/good')).toBe(1)
    expect(await page.evaluate(() => globalThis.landaleStage?.animating())).toBe(false)
  })

  for (const host of ['localhost', '127.0.0.1'] as const) {
    test(`a page on ${host} that hangs holds up nobody else`, async ({ page }) => {
      const hanging = elsewhere.page('/hang', '<script>setTimeout(() => { for (;;); }, 300)</script>', host)
      const good = elsewhere.page('/good', MOVING, host === 'localhost' ? '127.0.0.1' : 'localhost')
      await open(page, [urlLayer('hanging', hanging), urlLayer('good', good)])
      await isReady(page, 'hanging', 'good')
      await page.waitForTimeout(600)
      await expectMoving(page, 'good')
      expect(await page.evaluate(() => 'the stage answers')).toBe('the stage answers')
      await page.evaluate(() => globalThis.landaleStage?.reloadLayer('hanging'))
      await expect.poll(() => elsewhere.loads('/hang')).toBe(2)
      hub.set([])
      await expect(page.locator('iframe')).toHaveCount(0)
    })
  }

  test('a page that goes elsewhere by itself is put back', async ({ page }) => {
    const other = elsewhere.page('/other', plain('#00f'))
    const leaving = elsewhere.page(
      '/leaving',
      `${plain('#f00')}<script>onclick = () => { location = '${other}' }</script>`,
    )
    await open(page, [urlLayer('leaving', leaving)])
    await isReady(page, 'leaving')
    await expect.poll(() => page.frame({ name: 'leaving' })?.evaluate(() => document.readyState)).toBe('complete')
    // Pages that forward their visitor at once are let.
    await page.waitForTimeout(4000)
    await page.mouse.click(500, 500)
    await expect.poll(() => elsewhere.loads('/leaving')).toBe(2)
    await isReady(page, 'leaving')
    await expect.poll(() => pixelAt(page, 500, 500)).toBe(RED)
  })

  test('shows nothing of a server that is not there, and the page as soon as it is', async ({ page }) => {
    const closed = await new ElseWhere().listen()
    const { port } = closed
    const url = closed.page('/late', plain('#f00'))
    await closed.close()
    await open(page, [urlLayer('late', url)])
    await expect.poll(() => statesOf(page)).toEqual(['late waiting'])
    expect(await pixelAt(page, 500, 500)).toBe(NOTHING)
    const late = await new ElseWhere().listen(port)
    late.page('/late', plain('#f00'))
    await isReady(page, 'late')
    await expect.poll(() => pixelAt(page, 500, 500)).toBe(RED)
    await late.close()
  })

  test('a layer of ours that falls silent is loaded anew while the others stay', async ({ page }) => {
    const card = (id: string) => layerOf(id, { kind: 'page', page: 'test-card' })
    await open(page, [card('silent'), card('good')])
    await isReady(page, 'silent', 'good')
    const mark = (id: string) => page.frame({ name: id })?.evaluate(() => Object.assign(globalThis, { mark: true }))
    // Between two pages there is none to ask.
    const isMarked = async (id: string) =>
      page
        .frame({ name: id })
        ?.evaluate(() => 'mark' in globalThis)
        .catch(() => null)
    await mark('good')
    await mark('silent')
    await page.frame({ name: 'silent' })?.evaluate(() => {
      Object.defineProperty(globalThis, 'parent', { value: { postMessage: () => {} } })
    })
    await expect.poll(() => isMarked('silent'), { timeout: 15_000 }).toBe(false)
    await isReady(page, 'silent', 'good')
    expect(await isMarked('good')).toBe(true)
  })

  test('shows nothing of a page of ours that can not be loaded, and the layer once it can', async ({ page }) => {
    await page.route('**/layer/test-card*', (route) => route.fulfill({ status: 503, body: '{"error":"not built"}' }))
    await open(page, [layerOf('card', { kind: 'page', page: 'test-card' }, { css: 'background: #f00' })])
    await expect.poll(() => page.frame({ name: 'card' })?.url()).toContain('/layer/test-card')
    await page.waitForTimeout(300)
    expect(await pixelAt(page, 500, 500)).toBe(NOTHING)
    await page.unroute('**/layer/test-card*')
    await page.evaluate(() => globalThis.landaleStage?.reloadLayer('card'))
    await isReady(page, 'card')
  })
})

test.describe('with the hub', () => {
  test('says that it is there, and whether it can be heard', async ({ page, context }) => {
    await open(page, [])
    const painted = await context.newPage()
    await painted.goto(hub.stageUrl('main', '&picture=1'))
    await expect
      .poll(() => hub.guests.map(({ topic, params }) => [topic, params]))
      .toEqual([
        ['overlay:main', { canPlay: true }],
        ['overlay:main', { canPlay: false }],
      ])
    await painted.close()
    await expect.poll(() => hub.guests.length).toBe(1)
  })

  test('keeps what is there while the hub is away, and is told again when it is back', async ({ page }) => {
    const red = elsewhere.page('/red', plain('#f00'))
    const layers = [urlLayer('red', red), layerOf('alerts', { kind: 'page', page: 'alerts' })]
    await open(page, layers)
    await isReady(page, 'red', 'alerts')
    const { port } = hub
    await hub.stop()
    await page.waitForTimeout(1500)
    expect(await pixelAt(page, 500, 500)).toBe(RED)
    expect(await statesOf(page)).toEqual(['red ready', 'alerts ready'])
    hub = new StageHub(port)
    hub.set([urlLayer('red', red, { opacity: 0.6 }), ...layers.slice(1)])
    await hub.start()
    await expect.poll(() => pixelAt(page, 500, 500), { intervals: [20] }).toBe('255 0 0 153')
    expect(elsewhere.loads('/red')).toBe(1)
  })

  test('loads itself anew when told; when dropped it shows nothing and stays away', async ({ page }) => {
    await open(page, [layerOf('card', { kind: 'page', page: 'test-card' })])
    await isReady(page, 'card')
    await page.evaluate(() => Object.assign(globalThis, { mark: true }))
    hub.tell('refresh')
    await expect.poll(() => page.evaluate(() => 'mark' in globalThis).catch(() => true)).toBe(false)
    await isReady(page, 'card')
    await expect.poll(() => hub.guests.length).toBe(1)
    hub.tell('drop')
    await expect(page.locator('iframe')).toHaveCount(0)
    await expect.poll(() => hub.guests.length).toBe(0)
    hub.set([layerOf('other', { kind: 'page', page: 'test-card' })])
    await page.waitForTimeout(500)
    expect(hub.guests).toEqual([])
    expect(await pixelAt(page, 500, 500)).toBe(NOTHING)
  })

  test('tells when it shows what it should, whatever does not come', async ({ page }) => {
    const ready = () => page.evaluate(() => globalThis.landaleStage?.ready())
    await page.route('**/layer/test-card*', () => {})
    hub.set([layerOf('never', { kind: 'page', page: 'test-card' })])
    await page.goto(hub.stageUrl())
    await expect.poll(() => statesOf(page)).toEqual(['never loading'])
    await expect.poll(ready).toBe(true)
    expect(await statesOf(page)).toEqual(['never loading'])
  })

  test('tells when something on it moves', async ({ page }) => {
    const card = layerOf('card', { kind: 'page', page: 'test-card' })
    const animating = () => page.evaluate(() => globalThis.landaleStage?.animating())
    await open(page, [card])
    await expect.poll(animating).toBe(true)
    hub.set([{ ...card, visible: false }])
    await expect.poll(animating).toBe(false)
    hub.set([layerOf('alerts', { kind: 'page', page: 'alerts' })])
    await isReady(page, 'alerts')
    expect(await animating()).toBe(false)
    hub.alerts.update((draft) => {
      draft.current = playing('Mira')
    })
    await expect.poll(animating).toBe(true)
    await expect.poll(animating).toBe(false)
    await expect(page.frameLocator('iframe').locator('.alert')).toBeVisible()
  })
})

test.describe('sound', () => {
  const cue = { id: 'c1', sound: 'chime', volume: 0.5 }

  test('an ordinary tab that nobody clicked refuses in silence; clicked, it plays', async ({ page }) => {
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    // Not `page.evaluate`: that counts as a click.
    hub.set([])
    await page.goto(hub.stageUrl())
    await expect.poll(() => hub.guests.length).toBe(1)
    hub.tell('cue', cue)
    await page.waitForTimeout(600)
    expect(hub.said).toEqual([])
    expect(complaints).toEqual([])
    await page.mouse.click(500, 500)
    hub.tell('cue', { ...cue, id: 'c2' })
    await expect.poll(() => hub.said).toEqual(['cue-started c2'])
    // What can't be fetched is left to others.
    hub.tell('cue', { ...cue, id: 'c3', sound: 'unheard-of' })
    hub.tell('cue', { ...cue, id: 'c4' })
    await expect.poll(() => hub.said).toEqual(['cue-started c2', 'cue-started c4'])
  })

  test('the stage that is painted never plays', async ({ page }) => {
    await page.goto(hub.stageUrl('main', '&picture=1'))
    await expect.poll(() => hub.guests.length).toBe(1)
    await page.mouse.click(500, 500)
    hub.tell('cue', cue)
    await page.waitForTimeout(500)
    expect(hub.said).toEqual([])
  })

  test('pages of others may play where the stage is elected, and nowhere else', async ({ page }) => {
    await page.setContent('')
    hub.set([urlLayer('loud', elsewhere.page('/loud', '<p>la'))])
    await page.goto(hub.stageUrl())
    const frame = page.locator('iframe')
    await expect(frame).toHaveAttribute('allow', /autoplay 'none'/)
    hub.tell('elected', { elected: true })
    await expect(frame).toHaveAttribute('allow', /autoplay 'src'/)
    await expect.poll(() => elsewhere.loads('/loud')).toBe(2)
    hub.tell('elected', { elected: true })
    hub.tell('elected', { elected: false })
    await expect(frame).toHaveAttribute('allow', /autoplay 'none'/)
    await expect.poll(() => elsewhere.loads('/loud')).toBe(3)
  })
})

test.describe('the test card', () => {
  /** What machines read on it. */
  async function read(page: Page) {
    const pixels = await pixelsOf(page, await page.screenshot({ omitBackground: true }))
    const luma = (x: number, y: number) => pixels[(Math.floor(y) * 1920 + Math.floor(x)) * 4] ?? 0
    return { frame: readStrip('frame', luma), time: readStrip('time', luma), pixels }
  }

  test('stands still at any frame, and is the same picture each time', async ({ page, context }) => {
    const again = await context.newPage()
    await page.goto(`${hub.url}/layer/test-card?still=123456`)
    await again.goto(`${hub.url}/layer/test-card?still=123456`)
    for (const shown of [page, again]) await shown.evaluate(() => document.fonts.ready)
    const [first, second] = [await read(page), await read(again)]
    expect(first.frame).toBe(123_456)
    expect(first.time).toBe(Math.round((123_456 * 1000) / 60) % STRIP_MODULUS)
    expect(first.pixels.equals(second.pixels)).toBe(true)
    await expect(page.locator('#clock')).toHaveText('00:34:17.600')
  })

  test('counts its frames and tells the time, to people and machines, also through the stage', async ({ page }) => {
    await open(page, [layerOf('card', { kind: 'page', page: 'test-card' })])
    await isReady(page, 'card')
    const age = (time: number | null) => (Date.now() - (time ?? 0) + STRIP_MODULUS) % STRIP_MODULUS
    const first = await read(page)
    expect(first.frame).not.toBeNull()
    expect(age(first.time)).toBeLessThan(10_000)
    const second = await read(page)
    expect(second.frame).toBeGreaterThan(first.frame ?? 0)
    await expect.poll(() => page.frameLocator('iframe').locator('#frame').textContent()).toMatch(/^\d+$/)
  })
})

test('pictures of three layers over a game', async ({ page }, info: TestInfo) => {
  const widget = elsewhere.page(
    '/widget',
    `<style>body{margin:0;font:600 28px sans-serif;color:#fff;background:linear-gradient(#1d2b53,#7e2553);height:100vh;
    display:grid;place-content:center}</style>Someone’s widget`,
  )
  const layers = [
    layerOf('card', { kind: 'page', page: 'test-card' }, { opacity: 0.9 }),
    urlLayer('widget', widget, {
      rect: { x: 96, y: 588, width: 480, height: 180 },
      css: 'border-radius: 24px',
    }),
    layerOf('alerts', { kind: 'page', page: 'alerts' }),
  ]
  await open(page, layers)
  await isReady(page, 'card', 'widget', 'alerts')
  hub.alerts.update((draft) => {
    draft.current = playing('CaptainHaddock7')
  })
  await page.evaluate(drawBattleScene)
  await expect(page.frameLocator('iframe[name=alerts]').locator('.alert-who')).toBeVisible()
  await page.waitForTimeout(1500)
  await page.screenshot({ path: info.outputPath('three-layers.png') })
})

function playing(who: string): PlayingAlert {
  const now = Date.now()
  return {
    id: `alert-${who}`,
    type: 'raid',
    priority: 'high',
    who,
    what: 'is raiding',
    amount: '143 viewers',
    message: null,
    fragments: [],
    durationMs: 6000,
    sound: 'rise',
    volume: 1,
    enqueuedAt: now,
    simulated: false,
    startedAt: now,
    elapsedMs: 0,
    run: 1,
  }
}
