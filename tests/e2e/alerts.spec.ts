/**
 * Each kind of alert as viewers see it, from the vendor's words to the picture: made by the true rules of the sample events,
 * drawn at rest, inside its box, and compared with the picture of it that is kept. With LANDALE_UPDATE_PICTURES=1 the
 * pictures of the documentation are taken anew.
 */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { type Alert, alertTypes } from '../../contracts/alert.ts'
import type { PlayingAlert } from '../../contracts/state/alerts.ts'
import { twitchSamples } from '../../electron/connections/twitch/samples.ts'
import { toCanonical } from '../../electron/connections/twitch/wire.ts'
import { DEFAULT_RULES } from '../../electron/features/alerts/default-rules.ts'
import { ALERT_EVENT_TYPES, type AlertEvent, alertFor } from '../../electron/features/alerts/rules.ts'
import { createWording } from '../../electron/features/alerts/wording.ts'
import { twitchWords } from '../../electron/kernel/ports/fake-emote-words.ts'
import { drawGameScene } from './game-scene.ts'
import { expectReference, inLatin, REST_MS, STILL_BROWSER, StillPage } from './still-page.ts'

test.use(STILL_BROWSER)

const IMAGES = join(import.meta.dirname, '../../docs/images')
/** The quarter of the picture where alerts stand. */
const PLACE = { x: 0, y: 0, width: 1320, height: 504 }
const LONG_MS = 60_000

const SOURCES = { rules: DEFAULT_RULES, wording: createWording('en-GB'), words: twitchWords }

/** The last of each type: a poll is told of when it opens and when it closes. */
const samples = new Map<string, Alert>()
for (const type of ALERT_EVENT_TYPES) {
  const { payload } = toCanonical(type.slice('twitch.'.length), twitchSamples[type.slice('twitch.'.length)] ?? {})
  const envelope = { id: type, type, source: 'twitch', at: 0, correlationId: type, payload }
  const alert = alertFor(envelope as unknown as AlertEvent, SOURCES, 0)
  if (alert) samples.set(alert.type, inLatin(inEnglish(alert)))
}

/** The letters of another script are no part of an alert's look; its emotes are. */
function inEnglish(alert: Alert): Alert {
  const english = (text: string) => (/[^\u0020-\u024f]/.test(text) ? 'a whole year already, thank you! ' : text)
  const fragments = alert.fragments.map((fragment) => ({ ...fragment, text: english(fragment.text) }))
  return { ...alert, message: alert.message && english(alert.message), fragments }
}

let still: StillPage
test.beforeEach(async ({ page }) => {
  still = await StillPage.open(page)
})
test.afterEach(() => still.stop())

/** Shows it until nothing moves any more, and nothing moves yet. */
async function show(alert: Alert, run: number): Promise<void> {
  const current: PlayingAlert = {
    ...alert,
    id: `${alert.id}-${run}`,
    durationMs: LONG_MS,
    startedAt: still.now,
    elapsedMs: 0,
    run,
  }
  await still.say(still.hub.alerts, { current })
  await still.pass(REST_MS)
  // The one before it has left.
  await expect(still.page.locator('.alert')).toHaveCount(1)
  await expect(still.page.locator(`[data-alert="${current.id}"]`)).toBeVisible()
}

test('every kind of alert has its picture', async ({ page }, info) => {
  expect([...samples.keys()].sort()).toEqual([...alertTypes].sort())
  await still.goto(still.hub.layerUrl('alerts'), page.locator('.canvas > *'))
  for (const [index, type] of alertTypes.entries()) {
    const alert = samples.get(type)
    if (!alert) throw new Error(`no sample makes an alert of the kind ${type}`)
    await show(alert, index + 1)
    const words = ((await page.locator('.alert').textContent()) ?? '').replace(/\s+/g, ' ')
    for (const text of [alert.who, alert.what, alert.amount ?? '']) expect.soft(words).toContain(text)
    expect.soft(words).not.toMatch(/undefined|null|NaN/)
    const box = await page.locator('.alert').boundingBox()
    expect
      .soft(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= 1920 && box.y + box.height <= 984, type)
      .toBe(true)
    await expectReference(page, info, `alert-${type}`)
  }
  if (process.env.LANDALE_UPDATE_PICTURES !== '1') return
  await page.evaluate(drawGameScene)
  for (const [index, type] of alertTypes.entries()) {
    await show(samples.get(type) as Alert, alertTypes.length + index + 1)
    const path = info.outputPath(`alert-${type}.png`)
    await page.screenshot({ path, clip: PLACE, scale: 'css' })
    copyFileSync(path, join(IMAGES, `alert-${type}.png`))
  }
})
