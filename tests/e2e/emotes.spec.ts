/**
 * Emotes from Twitch's socket to the pixel: a fake Twitch, fakes of all who draw emotes, the real hub, and the widgets in a
 * browser. Their pictures go into the documentation with LANDALE_UPDATE_PICTURES=1.
 */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, type TestInfo, test } from '@playwright/test'
import { type FakePictures, paintEmote, startFakePictures } from '../../electron/connections/pictures/fake.ts'
import { type FakeTwitch, startFakeTwitch } from '../../electron/connections/twitch/fake.ts'
import { twitchSamples } from '../../electron/connections/twitch/samples.ts'
import { twitchEnvironment } from '../integration/main-job-rig.ts'
import { drawGameScene } from './game-scene.ts'
import { type RunningHub, startHub } from './hub.ts'

const IMAGES = join(import.meta.dirname, '../../docs/images')
/** In `docs/overlays.md`. */
const DOCUMENTED = ['widget-chat', 'widget-highlight', 'widget-emote-rain']

let twitch: FakeTwitch
let pictures: FakePictures
let hub: RunningHub
const complaints: string[] = []

test.use({ viewport: { width: 1920, height: 1080 } })

test.beforeAll(async () => {
  pictures = await startFakePictures()
  for (const id of ['25', '425618']) pictures.putTwitchEmote(id)
  twitch = await startFakeTwitch()
  const { id } = twitch.user
  pictures.putWords('7tv', null, { catJAM: '7001' })
  pictures.putWords('7tv', id, { peepoHey: '7002' })
  pictures.putWords('bttv', null, { monkaS: '8001' })
  pictures.putWords('ffz', id, { LULW: '9001' })
  const badge = 'https://static-cdn.jtvnw.net/badges/v1/mod'
  pictures.put('static-cdn.jtvnw.net/badges/v1/mod/3', paintEmote('mod'))
  const version = { id: '1', image_url_1x: `${badge}/1`, image_url_2x: `${badge}/2`, image_url_4x: `${badge}/3` }
  twitch.channel.globalBadges = [{ set_id: 'moderator', versions: [version] }]
  const cheer = 'd3aqoihi2n8ty8.cloudfront.net/actions/cheer/dark'
  const images = {
    dark: { static: { 4: `https://${cheer}/static/4.png` }, animated: { 4: `https://${cheer}/animated/4.gif` } },
  }
  for (const path of ['static/4.png', 'animated/4.gif']) pictures.put(`${cheer}/${path}`, paintEmote('bits'))
  twitch.channel.cheermotes = [{ prefix: 'Cheer', tiers: [{ min_bits: 1, images }] }]
  hub = await startHub({ env: { ...twitchEnvironment(twitch), LANDALE_PICTURES_MOCK_PORT: String(pictures.port) } })
  await expect.poll(() => new Set(twitch.subscribedTypes)).toContain('channel.chat.clear')
  await expect.poll(() => hub.command('emotes.refresh').catch(() => null)).toEqual({ words: 4 })
})

test.afterAll(async () => {
  await hub?.stop()
  await twitch?.dispose()
  await pictures?.stop()
})

test.beforeEach(({ page }) => {
  complaints.length = 0
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
})
test.afterEach(() => expect(complaints).toEqual([]))

let messages = 0

/** Somebody writes; words that Twitch knows are marked as Twitch marks them. */
function say(text: string, { name = 'Mira_Plays', color = '#FF7F50', isModerator = false } = {}): string {
  const ids: Record<string, string> = { Kappa: '25', LUL: '425618', Gone: '404' }
  const fragments = text.split(/(\s+)/).map((part) => {
    const id = ids[part]
    const emote = id ? { id, emote_set_id: '0', owner_id: '0', format: ['static'] } : null
    return { type: emote ? 'emote' : 'text', text: part, cheermote: null, emote, mention: null }
  })
  const message_id = `message-${++messages}`
  twitch.notify('channel.chat.message', {
    ...twitchSamples['channel.chat.message'],
    message_id,
    chatter_user_id: String(1000 + name.length),
    chatter_user_login: `viewer${name.length}`,
    chatter_user_name: name,
    message: { text, fragments },
    color,
    badges: isModerator ? [{ set_id: 'moderator', id: '1', info: '' }] : [],
    reply: null,
    cheer: null,
    source_broadcaster_user_id: null,
  })
  return message_id
}

async function open(page: Page, kind: string, settings: object = {}): Promise<string> {
  const { widget } = (await hub.command('widget.add', { kind })) as { widget: string }
  await hub.command('widget.change', { widget, settings })
  const { url } = (await hub.command('widget.url.get', { widget })) as { url: string }
  await page.goto(url)
  await page.evaluate(drawGameScene)
  await expect(page.locator('.widget[data-loaded]')).toBeAttached()
  return widget
}

async function take(page: Page, info: TestInfo, name: string): Promise<void> {
  const path = info.outputPath(`${name}.png`)
  await page.screenshot({ path })
  if (process.env.LANDALE_UPDATE_PICTURES !== '1' || !DOCUMENTED.includes(name)) return
  const { width = 0 } = page.viewportSize() ?? {}
  if (width === 1920) await page.setViewportSize({ width: 1280, height: 720 })
  await page.screenshot({ path })
  copyFileSync(path, join(IMAGES, `${name}.png`))
}

/** Pictures that are drawn, by what they stand for. */
const drawn = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLImageElement>('.said img')]
      .filter((image) => image.complete && image.naturalWidth > 0)
      .map(({ alt }) => alt),
  )

test('chat: emotes of every service, badges, and what moderators take away', async ({ page }, info) => {
  await page.setViewportSize({ width: 600, height: 780 })
  const widget = await open(page, 'chat')
  const line = (text: string) => page.locator('.chat-line', { hasText: text })
  say('that jump was CLEAN Kappa catJAM', { isModerator: true })
  say('wait, go back, there was a chest on the left LULW', { name: 'northwind_', color: '#0000FF' })
  const deleted = say('this will be deleted', { name: 'KettleBell' })
  say('peepoHey monkaS LUL Gone', { name: '雪のしずく', color: '' })
  say('مساء الخير من الرياض', { name: 'ليلى_الرياض', color: '#DAA520' })
  say('<img src=x onerror=alert(1)> & <b>bold</b>', { name: 'WWWWWWWWWWWWWWWWWWWWWWWWW' })
  say('!uptime')
  say('a'.repeat(500), { name: 'x' })
  await expect(line('<b>bold</b>')).toBeAttached()
  await expect.poll(() => drawn(page)).toEqual(['Kappa', 'catJAM', 'LULW', 'peepoHey', 'monkaS', 'LUL'])
  await expect(page.locator('.said', { hasText: 'Gone' })).toBeVisible()
  await expect(page.locator('.badge-picture')).toHaveCount(1)
  await expect(line('!uptime')).toHaveCount(0)
  await expect(line('this will be deleted')).toHaveCount(1)
  twitch.notify('channel.chat.message_delete', {
    ...twitchSamples['channel.chat.message_delete'],
    message_id: deleted,
  })
  await expect(line('this will be deleted')).toHaveCount(0)
  await take(page, info, 'widget-chat')
  const box = await page.locator('.chat').evaluate((element) => element.scrollWidth <= element.clientWidth)
  expect(box).toBe(true)
  await hub.command('widget.change', { widget, settings: { background: 'plate', showEmotes: 'words' } })
  await expect.poll(() => drawn(page)).toEqual([])
  await take(page, info, 'widget-chat-plate')
  twitch.notify('channel.chat.clear', twitchSamples['channel.chat.clear'])
  await expect(page.locator('.chat-line')).toHaveCount(0)
})

test('a message is chosen and stands on stream until its time is over', async ({ page }, info) => {
  await page.setViewportSize({ width: 1200, height: 300 })
  await open(page, 'highlight')
  say('I have been stuck on this boss for two weeks, watching you do it first try hurts Kappa', {
    name: 'OttoVonQuack',
    isModerator: true,
  })
  await expect.poll(async () => (await newestMessage())?.text).toContain('first try hurts')
  const { seq } = (await newestMessage()) ?? { seq: -1 }
  await hub.command('chat.highlight', { seq, durationMs: 60_000 })
  await expect(page.locator('.highlight')).toContainText('first try hurts')
  await expect.poll(() => page.locator('.highlight').evaluate((card) => getComputedStyle(card).opacity)).toBe('1')
  await expect.poll(() => drawn(page)).toEqual(['Kappa'])
  await take(page, info, 'widget-highlight')
  await hub.command('chat.highlight', { seq, durationMs: 1000 })
  await expect(page.locator('.highlight')).toHaveCount(0)
})

async function newestMessage(): Promise<{ seq: number; text: string } | null> {
  const headers = { authorization: `Bearer ${hub.controlToken}` }
  const answer = await fetch(`${hub.http}/api/events?type=twitch.channel.chat.message&limit=1`, { headers })
  const { events } = (await answer.json()) as { events: { seq: number; payload: { message: string } }[] }
  const [event] = events
  return event ? { seq: event.seq, text: event.payload.message } : null
}

test('emotes rain, pile up, and when they are gone nothing is done', async ({ page }, info) => {
  // They fall by the frames that are drawn: few on a machine that is busy.
  test.setTimeout(240_000)
  const patient = { timeout: 60_000 }
  await open(page, 'emote-rain', { lifetime: 60, spawnDelay: 50 })
  const drops = page.locator('.rain-drop')
  say('Kappa catJAM LUL Gone')
  await expect(drops).toHaveCount(4, patient)
  await hub.command('emote-rain.burst', { count: 60 })
  await expect(drops).toHaveCount(64, patient)
  await expect.poll(() => page.locator('.rain-drop img').count(), patient).toBeGreaterThan(40)
  await take(page, info, 'widget-emote-rain')
  await hub.command('emote-rain.clear')
  await expect(drops).toHaveCount(0, patient)
  await expect.poll(() => page.evaluate(countFrames), patient).toBe(0)
})

/** How many frames the page asks for in half a second. Runs inside the page. */
function countFrames(): Promise<number> {
  return new Promise((resolve) => {
    const ask = globalThis.requestAnimationFrame
    let asked = 0
    globalThis.requestAnimationFrame = (callback) => {
      asked += 1
      return ask(callback)
    }
    setTimeout(() => {
      globalThis.requestAnimationFrame = ask
      resolve(asked)
    }, 500)
  })
}

test('the bar counts emotes of every service with their pictures, words where one is missing', async ({
  page,
}, info) => {
  await page.goto(hub.overlay)
  const bar = page.frameLocator('iframe[src*="/layer/omnibar"]').locator('.bar[data-layer="foreground"]')
  for (let n = 0; n < 3; n++) say('catJAM Kappa Gone')
  await expect.poll(() => hub.command('content.force', { type: 'emote-stats' }).catch(() => null)).not.toBeNull()
  await expect(bar.locator('.emote-picture[alt="catJAM"]')).toBeVisible()
  await expect(bar).toContainText('Gone')
  await expect(bar).toHaveAttribute('data-state', 'active')
  await take(page, info, 'omnibar-emotes')
})

test('alerts draw the emotes and the bits of their messages, and nobody else is asked', async ({ page }, info) => {
  const elsewhere: string[] = []
  page.on('request', (request) => {
    // A page's own blob comes from the page.
    const isOwn = [hub.http, `blob:${hub.http}`].some((own) => request.url().startsWith(`${own}/`))
    if (!isOwn) elsewhere.push(request.url())
  })
  await page.goto(hub.overlay)
  await page.evaluate(drawGameScene)
  const layer = page.frameLocator('iframe[src*="/layer/alerts"]')
  const shown = async (type: string, event: object, name: string, alts: string[]) => {
    twitch.notify(type, { ...twitchSamples[type], ...event })
    const alert = layer.locator('.alert', { hasText: name })
    await expect(alert).toBeVisible()
    await expect
      .poll(() => alert.locator('img').evaluateAll((all) => all.map((image) => (image as HTMLImageElement).alt)))
      .toEqual(alts)
    const message = alert.locator('.alert-message')
    await expect.poll(() => message.evaluate((box) => getComputedStyle(box).opacity)).toBe('1')
    await take(page, info, `alert-emotes-${type}`)
    // Two lines, whatever is in them.
    expect((await message.boundingBox())?.height).toBeLessThanOrEqual(136)
    await hub.command('alert.skip')
    await expect(alert).toHaveCount(0)
  }
  const text = 'a whole year already 🎉 Kappa catJAM Gone <img src=x onerror=alert(1)>'
  const emotes = [{ id: '25', begin: 23, end: 27 }]
  await shown('channel.subscription.message', { user_name: 'Resubber', message: { text, emotes } }, 'Resubber', [
    'Kappa',
    'catJAM',
  ])
  const message = `Cheer100 ${'LULW '.repeat(60)}HolidayCheer5`
  await shown('channel.cheer', { user_name: 'Cheerer', message, bits: 105 }, 'Cheerer', [
    'Cheer',
    ...Array<string>(60).fill('LULW'),
  ])
  const redeemed = 'channel.channel_points_custom_reward_redemption.add'
  await shown(redeemed, { id: 'r2', user_name: 'Redeemer', user_input: 'peepoHey Cheer100' }, 'Redeemer', ['peepoHey'])
  expect(elsewhere).toEqual([])
})

test('a picture is given to who holds a token, and to nobody else', async () => {
  const path = `${hub.http}/pictures/emotes/twitch/25/still`
  expect((await fetch(path)).status).toBe(401)
  expect((await fetch(`${path}?token=wrong`)).status).toBe(401)
  const token = new URL(hub.overlay).searchParams.get('token') ?? ''
  const answer = await fetch(`${path}?token=${token}`)
  expect(answer.headers.get('content-type')).toBe('image/png')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(paintEmote('25'))
})
