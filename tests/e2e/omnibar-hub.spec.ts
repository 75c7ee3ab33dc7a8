/** Our pages as layers of an output of the real hub: from a command, an event or the game to the picture. */
import { expect, type Page, test } from '@playwright/test'
import { FakeGame } from '../../electron/connections/ironmon/fake.ts'
import { ironmonFrames } from '../../electron/connections/ironmon/samples.ts'
import { connectPage, follow, until } from '../integration/main-job-rig.ts'
import { createDataDir, type RunningHub, startHub } from './hub.ts'
import { keepMoments } from './long-moments.ts'

test.use({ viewport: { width: 1920, height: 1080 } })

let hub: RunningHub
let data: ReturnType<typeof createDataDir>
const complaints: string[] = []

test.beforeEach(async ({ page }) => {
  complaints.length = 0
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    const isError = message.type() === 'error' && !/ERR_CONNECTION|WebSocket connection/.test(message.text())
    if (isError || message.text().includes('is not drawn')) complaints.push(message.text())
  })
  data = createDataDir()
  hub = await startHub({ data: data.path })
  await page.goto(hub.overlay)
})

test.afterEach(async () => {
  await hub.stop()
  data.remove()
  expect(complaints).toEqual([])
})

const omnibar = (page: Page) => page.frameLocator('iframe[src*="/layer/omnibar"]')
const bar = (page: Page, layer: string) => omnibar(page).locator(`.bar[data-layer="${layer}"]`)
const takeover = (page: Page) => page.frameLocator('iframe[src*="/layer/takeover"]').locator('.takeover')
const simulate = (type: string, payload: object) =>
  hub.command('simulator.event', { type: `twitch.channel.${type}`, payload, seed: 1 })

test('the ticker stands; a message interrupts it and goes when its time is over', async ({ page }) => {
  await expect(bar(page, 'background')).toHaveAttribute('data-state', 'active')
  await hub.command('content.override', { title: 'Hello', message: 'back in five', durationMs: 2000 })
  await expect(bar(page, 'foreground')).toContainText('back in five')
  await expect(bar(page, 'background')).toHaveAttribute('data-state', 'interrupted')
  await expect(bar(page, 'foreground')).toHaveAttribute('data-state', 'hidden')
  await expect(bar(page, 'background')).toHaveAttribute('data-state', 'active')
})

test('subs make a train that counts on where it stands', async ({ page }) => {
  await expect(bar(page, 'background')).toHaveAttribute('data-state', 'active')
  await simulate('subscribe', { user_name: 'Mira_Plays', tier: '1000' })
  await expect(bar(page, 'midground')).toContainText('×1')
  await simulate('subscribe', { user_name: 'Otto_Pixel', tier: '2000' })
  await expect(bar(page, 'midground')).toContainText('×2')
  await expect(bar(page, 'midground')).toContainText('Otto_Pixel')
  await expect(bar(page, 'midground')).toContainText(/ends in\s*[45]:\d\d/)
})

test('what viewers do can be put there, and the accent is of the show', async ({ page }) => {
  const emote = { type: 'emote', text: 'Kappa', cheermote: null, mention: null }
  const fragments = [{ ...emote, emote: { id: '25', emote_set_id: '0', owner_id: '0', format: ['static'] } }]
  await simulate('chat.message', { message: 'Kappa', fragments, emotes: ['Kappa'], native_emotes: [] })
  await simulate('follow', { user_name: 'NightOwl_77' })
  const goals = [{ type: 'bits', description: 'New microphone', current_amount: 40, target_amount: 100 }]
  await hub.command('goals.set', { goals })
  await hub.command('show.set', { show: 'ironmon' })
  await expect(omnibar(page).locator('.omnibar')).toHaveAttribute('data-show', 'ironmon')
  const words = {
    'emote-stats': 'Kappa',
    'recent-follows': 'NightOwl_77',
    'daily-stats': 'new follower',
    'stream-goals': 'New microphone',
    'latest-event': 'NightOwl_77',
  }
  for (const [type, seen] of Object.entries(words)) {
    // Counts are taken in a moment after the event is announced.
    await expect.poll(() => hub.command('content.force', { type }).catch(() => null)).not.toBeNull()
    await expect(bar(page, 'foreground')).toHaveAttribute('data-content', type)
    await expect(bar(page, 'foreground')).toContainText(seen)
    const id = (await bar(page, 'foreground').getAttribute('data-item')) ?? ''
    await hub.command('content.remove', { id })
    await expect(bar(page, 'foreground')).toHaveAttribute('data-state', 'hidden')
  }
})

test('a show of the streamer’s own has its colour on every page at once', async ({ page }) => {
  const show = { id: 'retro', name: 'Retro', theme: 'coding', accent: '#ffcc00', categoryIds: [], categoryNames: [] }
  await hub.command('show.save', { show: { ...show, ticker: [], tickerMs: 15_000, rules: [] } })
  await hub.command('show.set', { show: 'retro' })
  const layers = {
    omnibar: '.omnibar',
    takeover: '.takeover-layer',
    alerts: '.alert-layer',
    coding: '[data-show=coding]',
  }
  for (const [layer, wearer] of Object.entries(layers)) {
    const element = page.frameLocator(`iframe[src*="/layer/${layer}"]`).locator(wearer)
    await expect(element).toHaveCSS('--accent', '#ffcc00')
  }
  await hub.command('coding.set', { task: 'Make the queue survive a crash' })
  const task = page.frameLocator('iframe[src*="/layer/coding"]').locator('.coding-task')
  await expect(task).toHaveCSS('background-color', 'rgb(255, 204, 0)')
  await expect(task).toHaveCSS('color', 'rgb(11, 12, 15)')
})

test('what the game tells reaches the IronMON page, to the end of the run and the next one', async ({ page }) => {
  await keepMoments(page, 9000)
  await page.reload()
  await hub.command('show.set', { show: 'ironmon' })
  const client = connectPage(hub)
  const ironmon = follow(client, 'state:ironmon')
  const game = await FakeGame.connect(await until('an open port for the game', () => ironmon().link.address?.port))
  const frame = page.frameLocator('iframe[src*="/layer/ironmon"]')
  await expect(frame.locator('section')).toHaveCount(0)
  game.raw(ironmonFrames.slice(0, 8).join(''))
  await expect(frame.locator('.seed-number')).toHaveText('812')
  await expect(frame.locator('.lead')).toContainText('Treecko')
  await expect(frame.locator('.way-step[data-status="cleared"]')).toHaveCount(2)
  await expect(frame.locator('.way-row[data-status="current"]')).toContainText('Rival 3')
  game.meetTrainer(415, 'MISTY')
  await expect(frame.locator('section.battle')).toContainText('Misty')
  game.lose()
  await expect(frame.locator('section.moment')).toContainText('lost')
  await expect(frame.locator('section.moment')).toContainText('at Rival 3')
  game.start(813)
  await expect(frame.locator('section.moment')).toHaveCount(0)
  await expect(frame.locator('.seed-number')).toHaveText('813')
  await expect(frame.locator('.lead')).toHaveCount(0)
  await game.leave()
  client.dispose()
})

test('a takeover covers until it is cleared, and survives the hub', async ({ page }) => {
  await hub.command('takeover.show', { type: 'please-stand-by', message: 'new game' })
  await expect(takeover(page)).toHaveAttribute('data-state', 'active')
  const port = Number(new URL(hub.http).port)
  await hub.kill()
  await page.waitForTimeout(1000)
  await expect(takeover(page)).toContainText('new game')
  hub = await startHub({ data: data.path, port })
  await page.reload()
  await expect(takeover(page)).toContainText('new game')
  await hub.command('takeover.clear')
  await expect(takeover(page)).toHaveText('')
  await hub.command('takeover.show', { type: 'screen-cover', durationMs: 2000 })
  await expect(takeover(page)).toContainText('Back in 0:0')
  await expect(takeover(page)).toHaveText('')
})
