/**
 * The omnibar and the takeovers in a browser, over the hub's own servers, with the producer's state in the hand of the
 * test: every content in its box, whatever viewers are called; what interrupts what; what is dropped.
 */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, type TestInfo, test } from '@playwright/test'
import type { Content, ContentLayer, LayerItem } from '../../contracts/content.ts'
import type { ShowTheme } from '../../contracts/show.ts'
import type { ProducerState, Takeover } from '../../contracts/state/producer.ts'
import { sampleContents, sampleItem, sampleProducer, sampleTakeover } from '../../overlays/omnibar/sample-content.ts'
import { drawGameScene } from './game-scene.ts'
import { layerOf, StageHub } from './stage-hub.ts'

test.use({ viewport: { width: 1920, height: 1080 } })

const IMAGES = join(import.meta.dirname, '../../docs/images')

let hub: StageHub
const warnings: string[] = []
const complaints: string[] = []

test.beforeEach(async ({ page }) => {
  warnings.length = 0
  complaints.length = 0
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'warning') warnings.push(message.text())
    if (message.type() === 'error' && !/ERR_CONNECTION|WebSocket connection/.test(message.text())) {
      complaints.push(message.text())
    }
  })
  hub = await new StageHub().start()
})

test.afterEach(async () => {
  await hub.stop()
  expect(complaints).toEqual([])
})

function say(items: Partial<Record<ContentLayer, LayerItem>>, more: { theme?: ShowTheme; takeover?: Takeover } = {}) {
  hub.producer.update((draft: ProducerState) => {
    Object.assign(draft, sampleProducer(items, more))
  })
}

const bar = (page: Page, layer: ContentLayer) => page.locator(`.bar[data-layer="${layer}"]`)
const state = (page: Page, layer: ContentLayer) => bar(page, layer).getAttribute('data-state')

async function openOmnibar(page: Page): Promise<void> {
  await page.goto(hub.layerUrl('omnibar'))
  await page.evaluate(drawGameScene)
}

/** Everything that moves has come to rest. */
async function rest(page: Page, layer: ContentLayer): Promise<void> {
  await expect.poll(() => state(page, layer)).toBe('active')
  await expect(bar(page, layer).locator('.content')).toHaveCount(1)
}

/** Only the strip where the bar is, in a picture for the documentation. */
async function take(page: Page, info: TestInfo, name: string, strip = false): Promise<void> {
  const path = info.outputPath(`${name}.png`)
  await page.screenshot({ path })
  if (process.env.LANDALE_UPDATE_PICTURES !== '1') return
  await page.setViewportSize({ width: 1280, height: 720 })
  const clip = strip ? { x: 0, y: 600, width: 1280, height: 120 } : { x: 0, y: 0, width: 1280, height: 720 }
  await page.screenshot({ path, clip })
  mkdirSync(IMAGES, { recursive: true })
  copyFileSync(path, join(IMAGES, `${name}.png`))
  await page.setViewportSize({ width: 1920, height: 1080 })
}

/** Every box with words in it, as it is seen. */
async function boxesOf(page: Page, layer: ContentLayer) {
  return bar(page, layer).evaluate((element) => {
    const cut = element.querySelector('.cells')?.getBoundingClientRect() ?? new DOMRect()
    const boxes = [...element.querySelectorAll('.tab, .cell, .fitted-text, .message-text')].map((part) => {
      const { left, right, top, bottom } = part.getBoundingClientRect()
      return { part: part.className, left, right, top, bottom }
    })
    // What found no room is below the cut, all of it.
    return boxes.filter(({ part, top }) => part === 'tab' || top < cut.bottom - 1)
  })
}

async function staysInItsBox(page: Page, layer: ContentLayer): Promise<void> {
  const boxes = await boxesOf(page, layer)
  expect(boxes.length).toBeGreaterThan(1)
  for (const { part, left, right, top, bottom } of boxes) {
    expect(left, part).toBeGreaterThanOrEqual(-1)
    expect(right, part).toBeLessThanOrEqual(1861)
    expect(top, part).toBeGreaterThanOrEqual(983)
    expect(bottom, part).toBeLessThanOrEqual(1081)
  }
  const spilt = await bar(page, layer).evaluate((element) =>
    [...element.querySelectorAll('.tab, .cell, .goal-line')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
      .map(({ className, textContent }) => `${className}: ${textContent}`),
  )
  expect(spilt).toEqual([])
  expect(await page.locator('.omnibar').textContent()).not.toMatch(/undefined|null|NaN|\[object/)
}

const THEMES: Partial<Record<Content['type'], ShowTheme>> = {
  'run-statistics': 'ironmon',
  'run-progression': 'ironmon',
  'emote-stats': 'coding',
}

for (const content of Object.values(sampleContents)) {
  test(`${content.type} in the bar`, async ({ page }, info) => {
    await openOmnibar(page)
    const layer = content.type === 'sub-train' ? 'midground' : content.type === 'message' ? 'foreground' : 'background'
    const endsAt = layer === 'background' ? null : Date.now() + 271_000
    const startedAt = Date.now() - 29_000
    say({ [layer]: sampleItem(content, { layer, startedAt, endsAt }) }, { theme: THEMES[content.type] ?? 'variety' })
    await rest(page, layer)
    await staysInItsBox(page, layer)
    await take(page, info, `omnibar-${content.type}`, true)
  })
}

for (const level of ['warning', 'critical'] as const) {
  test(`a message that is ${level}`, async ({ page }, info) => {
    await openOmnibar(page)
    const message =
      'The stream moves to the other computer in two minutes. Do not go away, this page comes back by itself.'
    const content: Content = { type: 'message', title: 'Moving', message: message.repeat(2), level }
    say({ foreground: sampleItem(content, { layer: 'foreground' }) })
    await rest(page, 'foreground')
    await staysInItsBox(page, 'foreground')
    await take(page, info, `omnibar-message-${level}`, true)
  })
}

const NAMES = {
  'ten thousand letters': 'W'.repeat(10_000),
  'one letter': 'x',
  'right to left': 'ليلى_الرياض_'.repeat(12),
  'families and flags': '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(20),
  'towers of marks': `Z${'\u0301\u0321\u035a'.repeat(20)}algo`.repeat(6),
  'wide letters of Japan': '配信者の名前'.repeat(20),
  nothing: '',
}

for (const [kind, name] of Object.entries(NAMES)) {
  test(`names of ${kind} stay in their boxes`, async ({ page }, info) => {
    await openOmnibar(page)
    const long = { current_amount: 999_999_999, target_amount: 1_000_000_000, description: name, type: 'x' }
    const contents: Content[] = [
      { ...sampleContents['recent-follows'], follows: Array(5).fill({ user_name: name, followed_at: 1 }) },
      {
        ...sampleContents['emote-stats'],
        today: Array(10).fill({ name, emote_provider: 'twitch', emote_id: null, is_native: true, count: 1e9 }),
      },
      { ...sampleContents['stream-goals'], goals: Array(6).fill(long) },
      { type: 'latest-event', latest: { event: 'twitch.channel.cheer', user_name: name, bits: 1e9 }, at: 1 },
      {
        type: 'recent-events',
        events: Array(6).fill({ did: { event: 'twitch.channel.cheer', user_name: name, bits: 1e9 }, at: 1 }),
      },
      { ...sampleContents['sub-train'], user_name: name, latest_user_name: name, count: 99_999, total_months: 1e6 },
      { type: 'message', title: name, message: name, level: 'info' },
      { ...sampleContents['run-statistics'], current_checkpoint: name, trainer: `${name}!`, run_number: 1e9 },
      {
        ...sampleContents['run-progression'],
        current_checkpoint: name,
        checkpoints: Array(100).fill({ name, status: 'cleared' }),
      },
    ]
    for (const [index, content] of contents.entries()) {
      say({ background: sampleItem(content, { id: `ticker:${index}` }) })
      await expect(bar(page, 'background')).toHaveAttribute('data-content', content.type)
      await rest(page, 'background')
      await staysInItsBox(page, 'background')
      await page.screenshot({
        path: info.outputPath(`${content.type}.png`),
        clip: { x: 0, y: 900, width: 1920, height: 180 },
      })
    }
  })
}

test('a higher layer interrupts, and what it interrupted comes back', async ({ page }) => {
  await openOmnibar(page)
  const background = sampleItem(sampleContents['daily-stats'], { id: 'ticker:1' })
  const midground = sampleItem(sampleContents['sub-train'], { id: 't', layer: 'midground' })
  const foreground = sampleItem(sampleContents.message, { id: 'm', layer: 'foreground' })
  const all = async () => Promise.all((['foreground', 'midground', 'background'] as const).map((at) => state(page, at)))
  say({ background })
  await expect.poll(all).toEqual(['hidden', 'hidden', 'active'])
  say({ background, midground, foreground })
  await expect.poll(all).toEqual(['active', 'hidden', 'interrupted'])
  say({ background, midground })
  await expect.poll(all).toEqual(['hidden', 'active', 'interrupted'])
  say({ background })
  await expect.poll(all).toEqual(['hidden', 'hidden', 'active'])
  const place = () =>
    bar(page, 'background').evaluate((element) => {
      const { a, d, f } = new DOMMatrix(getComputedStyle(element).transform)
      return [a, d, f]
    })
  await expect.poll(place).toEqual([1, 1, 0])
})

test('only fades where motion is not wanted', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await openOmnibar(page)
  await page.evaluate(() => {
    const seen: string[] = []
    Object.assign(globalThis, { seen })
    const look = () => {
      for (const part of document.querySelectorAll<HTMLElement>('.bar, .tab, .cell')) seen.push(part.style.transform)
      requestAnimationFrame(look)
    }
    look()
  })
  const background = sampleItem(sampleContents['daily-stats'], { id: 'ticker:1' })
  say({ background })
  await rest(page, 'background')
  say({ background: sampleItem(sampleContents['recent-follows'], { id: 'ticker:2' }) })
  await expect(bar(page, 'background')).toContainText('New followers')
  await rest(page, 'background')
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
  expect(seen.length).toBeGreaterThan(10)
  expect(
    [...new Set(seen)].filter((transform) => !/^$|^none$|translate(3d)?\((0(px|%)?(, )?)+\)/.test(transform)),
  ).toEqual([])
})

test('what it does not know is dropped with a reason, never shown', async ({ page }) => {
  await openOmnibar(page)
  const odd = { type: 'weather', forecast: 'rain' } as unknown as Content
  const background = sampleItem(sampleContents['daily-stats'], { id: 'ticker:1' })
  say({ background, foreground: sampleItem(odd, { id: 'odd', layer: 'foreground' }) })
  await rest(page, 'background')
  expect(await state(page, 'foreground')).toBe('hidden')
  expect(warnings.join()).toContain('content "odd" on the foreground is not drawn: its type "weather" is not known')
  expect(await page.locator('.omnibar').textContent()).not.toMatch(/weather|rain|[{}]/)
})

test('while the hub is away it keeps what it has, and nothing is behind the bar', async ({ page }) => {
  await openOmnibar(page)
  say({ background: sampleItem(sampleContents['daily-stats'], { id: 'ticker:1' }) })
  await rest(page, 'background')
  const { port } = hub
  await hub.stop()
  await page.waitForTimeout(1500)
  expect(await state(page, 'background')).toBe('active')
  hub = await new StageHub(port).start()
  await expect.poll(() => state(page, 'background')).toBe('hidden')
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgba(0, 0, 0, 0)')
})

test('as layers of an output, over each other', async ({ page }, info) => {
  hub.set([layerOf('bar', { kind: 'page', page: 'omnibar' }), layerOf('cover', { kind: 'page', page: 'takeover' })])
  await page.goto(hub.stageUrl())
  await page.evaluate(drawGameScene)
  say({ background: sampleItem(sampleContents['daily-stats'], { id: 'ticker:1' }) })
  const omnibar = page.frameLocator('iframe[src*="/layer/omnibar"]')
  const takeover = page.frameLocator('iframe[src*="/layer/takeover"]')
  await expect(omnibar.locator('.omnibar')).toContainText('4,217')
  say({}, { takeover: sampleTakeover({ startedAt: Date.now() }) })
  await expect(takeover.locator('.screen-headline')).toHaveText('Technical difficulties')
  await expect(takeover.locator('.takeover')).toHaveAttribute('data-state', 'active')
  await page.screenshot({ path: info.outputPath('covered.png') })
  say({})
  await expect(takeover.locator('.screen')).toHaveCount(0)
})

const TAKEOVERS: readonly (Partial<Takeover> & { name: string; theme: ShowTheme })[] = [
  { name: 'technical-difficulties', type: 'technical-difficulties', theme: 'ironmon' },
  { name: 'please-stand-by', type: 'please-stand-by', message: 'The next game is being set up.', theme: 'variety' },
  { name: 'screen-cover', type: 'screen-cover', message: null, theme: 'coding' },
  { name: 'custom', type: 'custom', message: 'Fetching snacks', theme: 'variety' },
  {
    name: 'custom-long',
    type: 'custom',
    message: 'The doorbell rang in the middle of the final fight, so the final fight has to wait for a parcel. '.repeat(
      3,
    ),
    theme: 'ironmon',
  },
]

for (const { name, theme, ...takeover } of TAKEOVERS) {
  test(`the takeover ${name}`, async ({ page }, info) => {
    await page.goto(hub.layerUrl('takeover'))
    await page.evaluate(drawGameScene)
    const now = Date.now()
    const endsAt = name === 'custom-long' || name === 'screen-cover' ? null : now + 271_000
    say({}, { theme, takeover: sampleTakeover({ ...takeover, startedAt: now - 180_000, endsAt }) })
    await expect(page.locator('.takeover')).toHaveAttribute('data-state', 'active')
    const words = await page.locator('.screen-words').boundingBox()
    expect(words?.y ?? 0).toBeGreaterThanOrEqual(60)
    expect((words?.y ?? 0) + (words?.height ?? 0)).toBeLessThanOrEqual(1020)
    expect((words?.x ?? 0) + (words?.width ?? 0)).toBeLessThanOrEqual(1860)
    if (name === 'custom-long') await page.screenshot({ path: info.outputPath(`${name}.png`) })
    else await take(page, info, `takeover-${name}`)
  })
}
