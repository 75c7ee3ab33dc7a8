/**
 * Takes the pictures of the README from the real thing: a hub with a broadcast going on. They are always taken; with
 * LANDALE_UPDATE_PICTURES=1 they replace those in docs/images.
 */
import { copyFileSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, type TestInfo, test } from '@playwright/test'
import { FakeObs } from '../../electron/connections/obs/fake.ts'
import { type FakeTwitch, startFakeTwitch } from '../../electron/connections/twitch/fake.ts'
import { twitchSamples } from '../../electron/connections/twitch/samples.ts'
import { twitchTopics } from '../../electron/connections/twitch/topics.ts'
import { readEvents, twitchEnvironment } from '../integration/main-job-rig.ts'
import { drawBattleScene } from './battle-scene.ts'
import { type RunningHub, startHub } from './hub.ts'
import { alertLayer, alertOf } from './overlay-page.ts'

const IMAGES = join(import.meta.dirname, '../../docs/images')
/** A README that takes long to load is not read. */
const MAX_BYTES = 400_000
const MINUTE_MS = 60_000
/** How long ago the broadcast began. */
const ON_AIR_MS = 102 * MINUTE_MS + 14_000

let twitch: FakeTwitch
let obs: FakeObs
let hub: RunningHub

test.beforeAll(async () => {
  test.setTimeout(90_000)
  twitch = await startFakeTwitch({ user: { id: '38921745', login: 'landale_live', name: 'Landale_Live' } })
  obs = await startObs()
  hub = await startHub({ env: twitchEnvironment(twitch), config: { obs: { url: obs.url } } })
  await expect.poll(() => twitch.subscribedTypes.length).toBe(twitchTopics.length)
  await expect.poll(() => obs.clientCount).toBe(1)
  await playAnEvening()
})

test.afterAll(async () => {
  await hub?.stop()
  await twitch?.dispose()
  await obs?.stop()
})

async function startObs(): Promise<FakeObs> {
  const fake = new FakeObs({ obsVersion: '30.2.3', websocketVersion: '5.5.2' })
  fake.scenes = ['Starting soon', 'Game', 'Game and chat', 'Just chatting', 'Be right back', 'Ending']
  fake.programScene = 'Game'
  fake.streaming = true
  fake.recording = true
  const volumes: Record<string, number> = { Microphone: -3.5, Game: -14, Music: -26, Alerts: -18 }
  const inputs = Object.keys(volumes).map((inputName) => ({
    inputName,
    inputKind: 'pulse_input_capture',
    unversionedInputKind: 'pulse_input_capture',
  }))
  fake.answer('GetInputList', () => ({ inputs }))
  fake.answer('GetInputMute', ({ inputName }) => ({ inputMuted: inputName === 'Music' }))
  fake.answer('GetInputVolume', ({ inputName }) => {
    const inputVolumeDb = volumes[String(inputName)] ?? 0
    return { inputVolumeDb, inputVolumeMul: 10 ** (inputVolumeDb / 20) }
  })
  fake.answer('GetStreamStatus', () => ({
    outputActive: true,
    outputReconnecting: false,
    outputDuration: ON_AIR_MS,
    outputCongestion: 0.02,
    outputBytes: 4_600_000_000,
    outputSkippedFrames: 12,
    outputTotalFrames: 368_040,
  }))
  fake.answer('GetRecordStatus', () => ({ outputActive: true, outputPaused: false, outputDuration: ON_AIR_MS - 9000 }))
  fake.answer('GetStats', () => ({
    cpuUsage: 7.4,
    memoryUsage: 612,
    availableDiskSpace: 184_320,
    activeFps: 60,
    averageFrameRenderTime: 2.3,
    renderSkippedFrames: 0,
    renderTotalFrames: 368_100,
    outputSkippedFrames: 12,
    outputTotalFrames: 368_040,
  }))
  await fake.start()
  return fake
}

let people = 0
let sent = 0

/** A viewer's fields. */
function viewer(name: string, login = name.toLowerCase()) {
  people += 1
  return { user_id: String(71_000_000 + people), user_login: login, user_name: name }
}

/** Sends it as if it had happened so many minutes ago. */
function happened(minutesAgo: number, type: string, fields: object): void {
  sent += 1
  const timestamp = new Date(Date.now() - minutesAgo * MINUTE_MS).toISOString()
  twitch.notify(type, { ...twitchSamples[type], ...fields }, { timestamp })
}

function said(minutesAgo: number, name: string, color: string, text: string): void {
  const { user_id, user_login, user_name } = viewer(name)
  const chatter = { chatter_user_id: user_id, chatter_user_login: user_login, chatter_user_name: user_name }
  const fragments = [{ type: 'text', text, cheermote: null, emote: null, mention: null }]
  const message = { text, fragments }
  happened(minutesAgo, 'channel.chat.message', { ...chatter, color, message, cheer: null, reply: null })
}

/** How many of the evening's events make an alert. */
const ALERTS_SHOWN = 7
/** Long enough to take all the pictures. */
const ON_SCREEN_MS = 25_000
const SLOW = { timeout: 30_000 }

/** Makes the alerts so far as short as they may be, so that they are over when the pictures are taken. */
async function hurry(): Promise<void> {
  const rules = { follow: 'followed', cheer: 'cheered', redemption: 'redeemed {reward.title}', sub: 'subscribed' }
  const more = { gift: 'gifted to the community', raid: 'is raiding' }
  const rule = { enabled: true, priority: 'normal', durationMs: 1000, sound: null, volume: 1, minimum: 0 }
  for (const [type, template] of Object.entries({ ...rules, ...more })) {
    await hub.command('alert.rule.set', { type, rule: { ...rule, template } })
  }
}

/** What was going on in the last minutes, up to an alert on screen and two that wait. */
async function playAnEvening(): Promise<void> {
  const words = (text: string) => ({ message: { text, emotes: [] } })
  await hurry()
  said(9.7, 'mapmaker_lu', '#B8860B', 'the shop music is stuck in my head again')
  said(9.6, 'Mira_Plays', '#FF7F50', 'it never leaves')
  said(9.5, 'teal_fox', '#00CED1', 'so you kept the odd starter?')
  said(9.3, 'BigSpoon', '#BA55D3', 'the odd starter kept us')
  said(9.2, 'Juniper42', '#FF69B4', 'hello hello, snacks are ready')
  said(9, 'NightOwl_77', '#DAA520', 'what did I miss?')
  said(8.9, 'BigSpoon', '#BA55D3', 'two badges and one heart attack')
  said(8.6, 'QuietRain', '#9ACD32', 'good evening everyone')
  said(8.2, 'Otto_Pixel', '#1E90FF', 'which attempt is this?')
  happened(7.8, 'channel.follow', viewer('NightOwl_77'))
  said(7.1, 'teal_fox', '#00CED1', 'attempt 1204, and it is a good one')
  happened(6.5, 'channel.cheer', { ...viewer('Mira_Plays'), bits: 300, message: 'for the potion fund' })
  said(6.1, 'Juniper42', '#FF69B4', 'that dodge was so clean')
  happened(5.4, 'channel.channel_points_custom_reward_redemption.add', {
    ...viewer('Haru_Ch'),
    // Which fonts a machine has for other scripts is its own affair, and other tests'.
    reward: { id: 'hydrate', title: 'Hydrate', cost: 500, prompt: '' },
    user_input: 'a big glass, please',
  })
  said(4.9, 'Otto_Pixel', '#1E90FF', 'CINDRIL has carried this whole run')
  happened(4.2, 'channel.subscribe', viewer('QuietRain'))
  said(3.8, 'NightOwl_77', '#DAA520', 'first time here, love the overlay')
  happened(3.1, 'channel.subscription.gift', { ...viewer('BigSpoon'), total: 5, cumulative_total: 32 })
  said(2.4, 'teal_fox', '#00CED1', 'BigSpoon is unstoppable today')
  happened(1.9, 'channel.follow', viewer('mapmaker_lu'))
  said(1.2, 'Mira_Plays', '#FF7F50', 'one more gym and I go to bed. promise.')
  happened(0.7, 'channel.raid', {
    from_broadcaster_user_name: 'CaptainHaddock7',
    from_broadcaster_user_login: 'captainhaddock7',
    viewers: 143,
  })
  await expect.poll(() => obs.requestsOf('GetStats').length).toBeGreaterThan(0)
  await settle()
  await expect.poll(() => readEvents(hub, 'alert.finished').then(({ length }) => length), SLOW).toBe(ALERTS_SHOWN)
  const resub = { enabled: true, priority: 'normal', sound: null, volume: 1, minimum: 0, template: 'subscribed again' }
  await hub.command('alert.rule.set', { type: 'resub', rule: { ...resub, durationMs: ON_SCREEN_MS } })
  said(0.3, 'Juniper42', '#FF69B4', 'welcome raiders!')
  happened(0.1, 'channel.subscription.message', {
    ...viewer('Juniper42'),
    ...words('fourteen months! thank you for keeping me company on the night shifts'),
    cumulative_months: 14,
  })
  await settle()
  happened(0.1, 'channel.cheer', { ...viewer('Otto_Pixel'), bits: 1500, message: 'GO CINDRIL' })
  happened(0, 'channel.follow', viewer('second_breakfast'))
  await settle()
}

/** Everything sent is stored. */
async function settle(): Promise<void> {
  const stored = async () => {
    const events = await readEvents(hub)
    return events.filter(({ source, type }) => source === 'twitch' && type.startsWith('twitch.channel.')).length
  }
  await expect.poll(stored).toBe(sent)
}

async function openDashboard(page: Page): Promise<void> {
  await page.addInitScript(() => {
    localStorage.setItem('landale.guide-seen', 'yes')
    localStorage.setItem('landale.theme', 'dark')
  })
  await page.goto(hub.dashboard)
  await expect(page.getByRole('region', { name: 'Timeline' })).toContainText('night shifts')
  await expect(page.getByLabel('What is live')).toContainText('On air')
}

/** Sound as a voice over a game makes it, in decibels as multipliers. */
function emitMeters(): void {
  const levels: Record<string, number> = { Microphone: 0.34, Game: 0.16, Music: 0, Alerts: 0.05 }
  const inputs = Object.entries(levels).map(([inputName, peak]) => {
    const channel = [peak * 0.7, peak, peak]
    return { inputName, inputLevelsMul: [channel, channel] }
  })
  obs.emit('InputVolumeMeters', { inputs })
}

async function take(page: Page, info: TestInfo, name: string): Promise<void> {
  const path = info.outputPath(`${name}.png`)
  await page.screenshot({ path })
  expect(statSync(path).size).toBeLessThan(MAX_BYTES)
  if (process.env.LANDALE_UPDATE_PICTURES !== '1') return
  mkdirSync(IMAGES, { recursive: true })
  copyFileSync(path, join(IMAGES, `${name}.png`))
}

test('an alert over a game', async ({ page }, info) => {
  await page.setViewportSize({ width: 1280, height: 720 })
  await page.goto(hub.overlay)
  await page.evaluate(drawBattleScene)
  await expect(alertOf(page, 'Juniper42')).toBeVisible()
  await expect(alertLayer(page).locator('.alert-message')).toHaveCSS('opacity', '1')
  const bar = page.frameLocator('iframe[src*="/layer/omnibar"]').locator('.bar[data-layer="midground"]')
  await expect(bar).toHaveAttribute('data-state', 'active')
  await take(page, info, 'alert')
})

for (const [name, width, height] of [
  ['dashboard', 1440, 900],
  ['strip', 1920, 400],
] as const) {
  test(`the dashboard as ${name}`, async ({ page }, info) => {
    await page.setViewportSize({ width, height })
    await openDashboard(page)
    const meters = setInterval(emitMeters, 50)
    await page.waitForTimeout(700)
    await take(page, info, name)
    clearInterval(meters)
  })
}
