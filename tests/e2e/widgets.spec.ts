/**
 * Widgets over the real hub: a setting is seen on stream at once, by an address of the widget's own and as a layer; and each
 * kind in a picture, in its box, whatever viewers are called.
 */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type FrameLocator, type Page, test } from '@playwright/test'
import { type WidgetKind, widgetDefinitions, widgetKinds } from '../../contracts/widgets.ts'
import { drawGameScene } from './game-scene.ts'
import { createDataDir, type RunningHub, startHub } from './hub.ts'

const IMAGES = join(import.meta.dirname, '../../docs/images')
const NAME = 'ÄWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW'

let hub: RunningHub
let data: ReturnType<typeof createDataDir>
const complaints: string[] = []

test.beforeEach(async ({ page }) => {
  complaints.length = 0
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    const isError = message.type() === 'error' && !/ERR_CONNECTION|WebSocket connection/.test(message.text())
    if (isError || /^the widget|there is no widget/.test(message.text())) complaints.push(message.text())
  })
  data = createDataDir()
  hub = await startHub({ data: data.path })
})

test.afterEach(async () => {
  await hub.stop()
  data.remove()
  expect(complaints).toEqual([])
})

/** `emotes.spec.ts` takes their pictures, with emotes in them. */
const PICTURED_WITH_EMOTES: readonly WidgetKind[] = ['chat', 'highlight', 'emote-rain']

async function add(kind: WidgetKind): Promise<string> {
  const { widget } = (await hub.command('widget.add', { kind })) as { widget: string }
  return widget
}

async function urlOf(widget: string): Promise<string> {
  const { url } = (await hub.command('widget.url.get', { widget })) as { url: string }
  return url
}

const change = (widget: string, settings: object) => hub.command('widget.change', { widget, settings })

/** Nothing in it is wider than its place, or outside of the widget. */
async function staysInItsBox(page: Page): Promise<void> {
  const faults = await page.locator('.widget').evaluate((widget) => {
    const box = widget.getBoundingClientRect()
    // Older lines of a chat leave it upwards, out of sight.
    return [...widget.querySelectorAll('.plate, .line, .fitted-text, .plate-heading')]
      .filter((part) => part.closest('.chat') === null || part.getBoundingClientRect().bottom > box.top)
      .filter((part) => {
        const { left, right, top, bottom } = part.getBoundingClientRect()
        const isOut = left < box.left - 1 || right > box.right + 1 || top < box.top - 1 || bottom > box.bottom + 1
        return isOut || part.scrollWidth > part.clientWidth + 1
      })
      .map(({ className, textContent }) => `${className}: ${textContent?.slice(0, 40)}`)
  })
  expect(faults).toEqual([])
  expect(await page.locator('.widget').textContent()).not.toMatch(/undefined|null|NaN|\[object/)
}

test('what is changed is seen without a reload, on its own page and on an output', async ({ page, context }) => {
  const goals = [{ type: 'bits', description: 'New microphone', current_amount: 40, target_amount: 100 }]
  await hub.command('goals.set', { goals })
  const widget = await add('goals')
  await hub.command('layer.add', { output: 'main', layer: { source: { kind: 'widget', widget } } })
  await page.goto(await urlOf(widget))
  await expect(page.locator('.plate-heading')).toHaveText('Goals')
  const stage = await context.newPage()
  await stage.goto(hub.overlay)
  const layer: FrameLocator = stage.frameLocator(`iframe[src*="/widget/${widget}"]`)
  await expect(layer.locator('.plate-heading')).toHaveText('Goals')
  const loadedAt = await page.evaluate(() => performance.timeOrigin)

  await change(widget, { heading: 'Tonight', accent: '#ff0000' })
  await expect(page.locator('.plate-heading')).toHaveText('Tonight')
  await expect(layer.locator('.plate-heading')).toHaveText('Tonight')
  expect(await page.locator('.plate').evaluate((plate) => getComputedStyle(plate, '::before').backgroundColor)).toBe(
    'rgb(255, 0, 0)',
  )
  await hub.command('goals.set', { goals: [{ ...goals[0], current_amount: 100 }] })
  await expect(page.locator('.line-figure')).toHaveText('100 reached')
  expect(await page.evaluate(() => performance.timeOrigin)).toBe(loadedAt)

  await hub.command('widget.remove', { widget })
  await expect(page.locator('.plate')).toHaveCount(0)
  await expect(layer.locator('.plate')).toHaveCount(0)
  // Whoever looks for it in the console is told.
  expect(complaints.splice(0).every((complaint) => complaint.includes('there is no widget'))).toBe(true)
})

test('a timer runs on where it was after the hub is killed, and its page with it', async ({ page }) => {
  const timer = await add('timer')
  await hub.command('timer.start', { widget: timer })
  await hub.command('timer.add', { widget: timer, seconds: 36_000 })
  await page.goto(await urlOf(timer))
  const left = page.locator('.timer-left')
  await expect(left).toHaveText(/^1[01]:\d\d:\d\d$/)
  await hub.kill()
  await expect(left).toHaveText(/^1[01]:\d\d:\d\d$/)
  hub = await startHub({ data: data.path, port: Number(new URL(hub.http).port) })
  await hub.command('timer.pause', { widget: timer })
  await expect(left).toHaveText(/^1[01]:\d\d:\d\dpaused$/)
})

test('every kind stays in its box, over a game', async ({ page }, info) => {
  for (const kind of widgetKinds) {
    await page.setViewportSize(widgetDefinitions[kind].size)
    await page.goto(`${hub.http}/widget-preview/${kind}?second=12`)
    await expect(page.locator('.widget')).toHaveAttribute('data-loaded', '')
    await page.evaluate(drawGameScene)
    await staysInItsBox(page)
    const path = info.outputPath(`widget-${kind}.png`)
    await page.screenshot({ path, animations: 'disabled' })
    if (process.env.LANDALE_UPDATE_PICTURES !== '1' || PICTURED_WITH_EMOTES.includes(kind)) continue
    mkdirSync(IMAGES, { recursive: true })
    copyFileSync(path, join(IMAGES, `widget-${kind}.png`))
  }
})

test('no name leaves its box', async ({ page }) => {
  const simulate = (type: string, payload: object) =>
    hub.command('simulator.event', { type: `twitch.channel.${type}`, payload, seed: 1 })
  for (const user_name of [NAME, 'مرحبا بالعالم العربي الطويل جدا', '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(4), '<b>not bold</b>']) {
    await simulate('follow', { user_name })
    await simulate('cheer', { user_name, user_id: String(user_name.length), is_anonymous: false, bits: 500 })
  }
  const redeemed = 'channel_points_custom_reward_redemption.add'
  await simulate(redeemed, { user_name: NAME, reward: { id: 'r', title: NAME, cost: 1, prompt: '' } })
  await hub.command('giveaway.open', { title: NAME, keyword: '!win', rehearsal: true })
  const line = { user_name: NAME, message: '!win', source_broadcaster_user_id: null }
  await simulate('chat.message', line)
  await expect
    .poll(() =>
      hub.command('giveaway.draw').then(
        () => 'drawn',
        () => 'waiting',
      ),
    )
    .toBe('drawn')
  for (const kind of ['events', 'supporters', 'leaderboard', 'giveaway'] as const) {
    await page.setViewportSize(widgetDefinitions[kind].size)
    const widget = await add(kind)
    if (kind === 'events') await hub.command('widget.change', { widget, settings: { rewards: true } })
    await page.goto(await urlOf(widget))
    await expect(page.locator('.plate')).toContainText('…')
    await staysInItsBox(page)
    await expect(page.locator('.widget b')).toHaveCount(0)
  }
})

test('from the dashboard: added, set by keyboard, seen in the preview and on stream', async ({ page, context }) => {
  await page.addInitScript(() => localStorage.setItem('landale.guide-seen', 'yes'))
  await page.goto(hub.dashboard)
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Widgets' }).click()
  await page.getByRole('button', { name: 'Add Timer' }).click()
  await expect(page.getByRole('link', { name: 'Timer Timer' })).toHaveAttribute('aria-current', 'page')
  await page.getByRole('button', { name: 'Add it to Main' }).click()
  await expect(page.getByRole('link', { name: 'Place it' })).toBeVisible()
  const stage = await context.newPage()
  await stage.goto(hub.overlay)
  const onStream = stage.frameLocator('iframe[src*="/widget/"]').locator('.plate-heading')
  await expect(onStream).toHaveText('Subathon')

  await page.bringToFront()
  const heading = page.getByLabel('Heading')
  await heading.focus()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.insertText('Night run')
  const preview = page.frameLocator('iframe[title^="Preview of Timer"]').locator('.plate-heading')
  await expect(preview).toHaveText('Night run')
  await expect(onStream).toHaveText('Night run')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Tab')
  await expect(page.getByLabel('Begins with (minutes)')).toHaveValue('60')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(onStream).toHaveText('Subathon')
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Control' })).toContainText('Running')
})
