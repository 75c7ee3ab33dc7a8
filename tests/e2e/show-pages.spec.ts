/**
 * The pages of the shows and the displays in a browser, over the hub's own servers, with their states in the hand of the
 * test: what they draw and where, whatever things are called; and that they draw nothing when there is nothing to say.
 */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, type TestInfo, test } from '@playwright/test'
import sharp from 'sharp'
import type { BuiltInPage } from '../../contracts/output.ts'
import type { ShowTheme } from '../../contracts/show.ts'
import type { AlertsState, FinishedAlert } from '../../contracts/state/alerts.ts'
import type { CodingState, StatusState } from '../../contracts/state/displays.ts'
import type { IronmonState } from '../../contracts/state/ironmon.ts'
import type { ProducerState } from '../../contracts/state/producer.ts'
import type { StateHandle } from '../../electron/kernel/channels/channels.ts'
import {
  SAMPLE_BATTLE,
  sampleCheckpoints,
  sampleIronmon,
  samplePokemon,
} from '../../overlays/ironmon/sample-ironmon.ts'
import { sampleCoding, sampleStatus, sampleTrack } from '../../overlays/layer/sample-displays.ts'
import { sampleProducer } from '../../overlays/omnibar/sample-content.ts'
import { pictureOfAlbum } from './album-picture.ts'
import { drawGameScene } from './game-scene.ts'
import { keepMoments } from './long-moments.ts'
import { layerOf, StageHub } from './stage-hub.ts'

test.use({ viewport: { width: 1920, height: 1080 } })

const IMAGES = join(import.meta.dirname, '../../docs/images')

let hub: StageHub
const complaints: string[] = []

test.beforeEach(async ({ page }) => {
  complaints.length = 0
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
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

function become<T extends object>(handle: StateHandle<T>, next: T): void {
  handle.update((draft) => void Object.assign(draft, next))
}

const wear = (theme: ShowTheme) => become<ProducerState>(hub.producer, sampleProducer({}, { theme }))

async function open(page: Page, layer: BuiltInPage): Promise<void> {
  await page.goto(hub.layerUrl(layer))
  await page.evaluate(drawGameScene)
}

const panel = (page: Page, name: string) => page.locator(`section.${name}`)
/** It has come to rest, and one that left before it is gone. */
async function rest(page: Page, name: string): Promise<void> {
  const states = () => panel(page, name).evaluateAll((all) => all.map((each) => each.getAttribute('data-state')))
  await expect.poll(states).toEqual(['active'])
}

async function take(page: Page, info: TestInfo, name: string, isDocumented = false): Promise<void> {
  const path = info.outputPath(`${name}.png`)
  await page.screenshot({ path })
  if (!isDocumented || process.env.LANDALE_UPDATE_PICTURES !== '1') return
  await page.setViewportSize({ width: 1280, height: 720 })
  await page.screenshot({ path })
  mkdirSync(IMAGES, { recursive: true })
  copyFileSync(path, join(IMAGES, `${name}.png`))
  await page.setViewportSize({ width: 1920, height: 1080 })
}

/** Nothing leaves the panel it is in, and nothing is seen that viewers can make no sense of. */
async function staysInItsBox(page: Page, name: string): Promise<void> {
  const faults = await panel(page, name).evaluate((element) => {
    const box = element.getBoundingClientRect()
    const parts = [...element.querySelectorAll('*')].filter((part) => part.textContent !== '')
    const spilt = parts.filter((part) => {
      const { left, right, top, bottom, width } = part.getBoundingClientRect()
      // What found no room is below the cut, all of it.
      const cut = part.closest('.coding-cells')?.getBoundingClientRect()
      if (width === 0 || (cut && top >= cut.bottom - 1)) return false
      return left < box.left - 1 || right > box.right + 1 || top < box.top - 1 || bottom > box.bottom + 1
    })
    return spilt.map((part) => `${part.className}: ${part.textContent?.slice(0, 40)}`)
  })
  expect(faults).toEqual([])
  expect(await panel(page, name).textContent()).not.toMatch(/undefined|null|NaN|\[object/)
}

const NAMES = {
  'ten thousand letters': 'W'.repeat(10_000),
  'right to left': 'ليلى_الرياض_'.repeat(12),
  'families and flags': '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(20),
  'towers of marks': `Z${'\u0301\u0321\u035a'.repeat(20)}algo`.repeat(6),
  markup: '<img src=x onerror="document.title=1"><b>bold',
}

/** A run of things with hostile names, at its widest. */
function hostileIronmon(name: string): IronmonState {
  const member = samplePokemon({
    name,
    level: 100,
    hp: { current: 714, max: 714 },
    item: 99_999,
    status: 'badly-poisoned',
  })
  return sampleIronmon(
    {
      team: Array.from({ length: 6 }, (_, index) => (index % 2 ? { ...member, status: null } : member)),
      battle: { ...SAMPLE_BATTLE, trainer: { id: 1, name, checkpoint: null }, opponent: { ...member, hp: member.hp } },
      checkpoints: sampleCheckpoints().map((each) => ({ ...each, leader: name, lastCleared: 9_999_999 })),
    },
    { attempt: 9_999_999 },
  )
}

test.describe('IronMON', () => {
  test('the run stands beside the game', async ({ page }, info) => {
    wear('ironmon')
    become(hub.ironmon, sampleIronmon())
    await open(page, 'ironmon')
    await rest(page, 'rail')
    await expect(panel(page, 'rail')).toContainText('812')
    await expect(page.locator('.way-row[data-status="current"]')).toContainText('Misty')
    await expect(page.locator('.way-step[data-status="cleared"]')).toHaveCount(6)
    await expect(page.locator('.way-step')).toHaveCount(23)
    await expect(page.locator('.lead')).toContainText('Leftovers')
    await staysInItsBox(page, 'rail')
    // A game of 3:2 as high as what is above the omnibar.
    const { x } = (await panel(page, 'rail').boundingBox()) ?? { x: 0 }
    expect(x).toBeGreaterThanOrEqual((984 * 3) / 2)
    become(hub.ironmon, sampleIronmon({ battle: SAMPLE_BATTLE }))
    await rest(page, 'battle')
    await expect(panel(page, 'battle')).toContainText('Starmie')
    await take(page, info, 'ironmon', true)
  })

  test('a run that is lost says so alone, then a new attempt begins', async ({ page }, info) => {
    await keepMoments(page, 9000)
    wear('ironmon')
    become(hub.ironmon, sampleIronmon({ battle: SAMPLE_BATTLE }))
    await open(page, 'ironmon')
    await rest(page, 'battle')
    const endedAt = sampleIronmon().run?.startedAt ?? 0
    const lost = { outcome: 'lost', endReason: 'defeat', endedAt: endedAt + 6_130_000 } as const
    become(hub.ironmon, sampleIronmon({}, lost))
    await rest(page, 'moment')
    await expect(panel(page, 'moment')).toContainText('at Misty')
    await expect(panel(page, 'moment')).toContainText('6 of 23 cleared')
    await expect(panel(page, 'battle')).toHaveCount(0)
    await staysInItsBox(page, 'moment')
    await take(page, info, 'ironmon-lost', true)
    const next = { attempt: 814, cleared: 0, current: 'RIVAL1' } as const
    become(hub.ironmon, sampleIronmon({ team: Array(6).fill(null), checkpoints: sampleCheckpoints(0) }, next))
    await expect(panel(page, 'moment')).toHaveCount(0)
    await expect(page.locator('.seed-number')).toHaveText('814')
    await expect(page.locator('.way-step[data-status="cleared"]')).toHaveCount(0)
    await take(page, info, 'ironmon-new')
    become(
      hub.ironmon,
      sampleIronmon(
        { checkpoints: sampleCheckpoints(23) },
        { ...lost, outcome: 'won', attempt: 814, cleared: 23, current: null },
      ),
    )
    await rest(page, 'moment')
    await expect(panel(page, 'moment')).toContainText('Champion beaten')
    await take(page, info, 'ironmon-won')
  })

  test('names of any kind stay in their boxes', async ({ page }, info) => {
    wear('ironmon')
    await open(page, 'ironmon')
    for (const [kind, name] of Object.entries(NAMES)) {
      become(hub.ironmon, hostileIronmon(name))
      await rest(page, 'rail')
      await rest(page, 'battle')
      await expect(page.locator('.seed-number')).toHaveText('9,999,999')
      await staysInItsBox(page, 'rail')
      await staysInItsBox(page, 'battle')
      const { y } = (await panel(page, 'battle').boundingBox()) ?? { y: 0 }
      const team = await page.locator('.team').boundingBox()
      expect((team?.y ?? 0) + (team?.height ?? 0), kind).toBeLessThanOrEqual(y)
      await page.screenshot({ path: info.outputPath(`${kind}.png`) })
    }
    expect(await page.title()).toBe('Landale IronMON')
  })
})

test.describe('displays', () => {
  test('the coding show', async ({ page }, info) => {
    wear('coding')
    become<CodingState>(hub.coding, sampleCoding({ startedAt: Date.now() - 6_130_000 }))
    const recent = [
      { type: 'sub', who: 'Juniper42' },
      { type: 'follow', who: 'NightOwl_77' },
    ] as FinishedAlert[]
    hub.alerts.update((draft: AlertsState) => {
      draft.recent = recent
    })
    await open(page, 'coding')
    await rest(page, 'coding')
    await expect(panel(page, 'coding')).toContainText('1:42 h')
    await expect(panel(page, 'coding')).toContainText('NightOwl_77')
    await staysInItsBox(page, 'coding')
    await take(page, info, 'coding', true)
    for (const [kind, name] of Object.entries(NAMES)) {
      const text = [...name].slice(0, 120).join('')
      become<CodingState>(hub.coding, { task: text, topic: text, status: text, startedAt: 1 })
      hub.alerts.update((draft: AlertsState) => {
        draft.recent = recent.map((alert) => ({ ...alert, who: name }))
      })
      await staysInItsBox(page, 'coding')
      await page.screenshot({ path: info.outputPath(`${kind}.png`), clip: { x: 0, y: 0, width: 1920, height: 120 } })
    }
  })

  test('status bar and text', async ({ page }, info) => {
    wear('variety')
    become<StatusState>(
      hub.status,
      sampleStatus(
        { isVisible: true, text: 'fetching tea' },
        { isVisible: true, text: 'Back at half past, promised. The next game is chosen by chat.' },
      ),
    )
    await open(page, 'status')
    await rest(page, 'status-bar')
    await rest(page, 'status-text')
    await expect(panel(page, 'status-bar')).toContainText(/On break.*fetching tea.*\d\d:\d\d/)
    await take(page, info, 'status', true)
    become<StatusState>(
      hub.status,
      sampleStatus(
        { isVisible: true, mode: 'custom', text: 'Build night', position: 'top' },
        { isVisible: true, text: 'Soon', fontSize: 'large', animation: 'typewriter', position: 'top' },
      ),
    )
    await rest(page, 'status-text')
    await expect(panel(page, 'status-bar')).toContainText('Build night')
    await take(page, info, 'status-top')
    for (const [kind, name] of Object.entries(NAMES)) {
      const text = [...name].slice(0, 200).join('')
      for (const fontSize of ['small', 'large'] as const) {
        become<StatusState>(
          hub.status,
          sampleStatus(
            { isVisible: true, text: text.slice(0, 80) },
            { isVisible: true, text, fontSize, animation: 'none' },
          ),
        )
        await rest(page, 'status-text')
        await staysInItsBox(page, 'status-bar')
        const words = await panel(page, 'status-text').boundingBox()
        expect(words?.height, `${kind} ${fontSize}`).toBeLessThanOrEqual(168)
        await page.screenshot({ path: info.outputPath(`${kind}-${fontSize}.png`) })
      }
    }
  })

  test('now playing counts along, with a picture or without, and goes', async ({ page }, info) => {
    wear('variety')
    await open(page, 'now-playing')
    const track = sampleTrack({ at: Date.now() })
    hub.nowPlaying.update((draft) => {
      draft.track = track
    })
    await rest(page, 'now-playing')
    await expect(panel(page, 'now-playing')).toContainText('Lavender Town at Night')
    await expect(panel(page, 'now-playing')).toContainText(/[23]:\d\d/)
    await take(page, info, 'now-playing-plain')
    const artwork = await pictureOfAlbum(page)
    hub.nowPlaying.update((draft) => {
      draft.track = { ...track, artwork }
    })
    await expect(panel(page, 'now-playing').locator('img')).toHaveJSProperty('complete', true)
    await take(page, info, 'now-playing', true)
    for (const name of Object.values(NAMES)) {
      hub.nowPlaying.update((draft) => {
        draft.track = { ...track, title: name, artist: name, artwork }
      })
      await staysInItsBox(page, 'now-playing')
    }
    // What is no picture is left out, not shown broken.
    hub.nowPlaying.update((draft) => {
      draft.track = { ...track, artwork: { type: 'image/png', data: 'AAAA' } }
    })
    await expect(panel(page, 'now-playing').locator('img')).toHaveCount(0)
    wear('ironmon')
    await expect(page.locator('[data-show="ironmon"]')).toHaveCount(1)
    await take(page, info, 'now-playing-ironmon')
    hub.nowPlaying.update((draft) => {
      draft.track = { ...track, isPlaying: false }
    })
    await expect(panel(page, 'now-playing')).toHaveCount(0)
  })

  test('in an IronMON show alerts, track and rail stand beside each other, and wear the accent of the show', async ({
    page,
  }, info) => {
    become<ProducerState>(hub.producer, sampleProducer({}, { theme: 'ironmon', accent: '#8a2be2' }))
    become(hub.ironmon, sampleIronmon())
    const pages = ['ironmon', 'now-playing', 'alerts'] as const
    hub.set(pages.map((one) => layerOf(one, { kind: 'page', page: one })))
    await page.goto(hub.stageUrl())
    await page.evaluate(drawGameScene)
    const layer = (one: string) => page.frameLocator(`iframe[name=${one}]`)
    const long = NAMES['ten thousand letters']
    const track = sampleTrack({ at: Date.now() })
    hub.nowPlaying.update((draft) => {
      draft.track = { ...track, title: long, artist: long }
    })
    await expect(layer('now-playing').locator('section.now-playing[data-state=active]')).toBeVisible()
    await expect(layer('ironmon').locator('section.rail[data-state=active]')).toBeVisible()
    const now = Date.now()
    hub.alerts.update((draft) => {
      const words = { who: long, what: long, amount: '1,430 viewers', message: long, fragments: [] }
      const look = {
        type: 'raid',
        priority: 'urgent',
        sound: null,
        volume: 1,
        simulated: false,
        enqueuedAt: now,
      } as const
      const time = { startedAt: now - 3000, durationMs: 60_000, elapsedMs: 0, run: 1 }
      draft.current = { id: 'a', ...words, ...look, ...time }
    })
    const alert = layer('alerts').locator('.alert')
    await expect(alert).toBeVisible()
    const boxes = [alert, layer('now-playing').locator('section.now-playing'), layer('ironmon').locator('.rail-plate')]
    const [a, b, c] = await Promise.all(boxes.map((one) => one.boundingBox()))
    if (!a || !b || !c) throw new Error('one of them is not there')
    expect(a.y).toBeGreaterThanOrEqual(b.y + b.height + 12)
    expect(a.x + a.width).toBeLessThan(c.x)
    expect(b.x + b.width).toBeLessThanOrEqual(c.x)
    const badge = alert.locator('.alert-badge')
    expect(await badge.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe('rgb(138, 43, 226)')
    await take(page, info, 'ironmon-alert')
  })

  test('captions show the last two lines', async ({ page }, info) => {
    await keepMoments(page, 500)
    wear('ironmon')
    await open(page, 'captions')
    hub.captions.update((draft) => {
      const at = Date.now()
      draft.lines = [
        { id: '1', text: 'I think we should turn around before this goes wrong.', at: at - 9000 },
        { id: '2', text: 'Okay, it went wrong, but did you see that? It missed three times in a row!', at },
      ]
      draft.interim = { text: 'And now it is', at }
    })
    await rest(page, 'captions')
    await expect(panel(page, 'captions')).not.toContainText('turn around')
    await expect(panel(page, 'captions')).toContainText('And now it is')
    await take(page, info, 'captions', true)
    for (const [kind, name] of Object.entries(NAMES)) {
      hub.captions.update((draft) => {
        draft.lines = [{ id: kind, text: [...name].slice(0, 300).join(''), at: Date.now() }]
        draft.interim = null
      })
      await expect.poll(() => page.locator('.captions-words > span').count()).toBe(1)
      const box = await panel(page, 'captions').boundingBox()
      expect(box?.height, kind).toBeLessThanOrEqual(144)
      await page.screenshot({ path: info.outputPath(`${kind}.png`) })
    }
  })
})

test('pages with nothing to say draw nothing, change nothing, and leave nothing in the picture', async ({ page }) => {
  wear('variety')
  const pages = ['ironmon', 'coding', 'status', 'now-playing', 'captions'] as const
  hub.set(pages.map((name) => layerOf(name, { kind: 'page', page: name })))
  await page.goto(hub.stageUrl())
  for (const name of pages) {
    const frame = page.frameLocator(`iframe[src*="/layer/${name}"]`)
    await expect(frame.locator('.canvas > *')).toHaveCount(1)
    await expect(frame.locator('section')).toHaveCount(0)
  }
  const png = await page.screenshot({ omitBackground: true })
  const { channels } = await sharp(png).ensureAlpha().stats()
  expect(channels.map(({ max }) => max)).toEqual([0, 0, 0, 0])
})
