/** The demo's own layers on `main`, to the pixel: they come beside the streamer's, under alerts, and go with the demo. */
import { expect, type Page, test } from '@playwright/test'
import { type RunningHub, startHub } from './hub.ts'

let hub: RunningHub

test.beforeEach(async () => {
  hub = await startHub()
})

test.afterEach(async () => {
  await hub.stop()
})

/** The names of the layers' frames, bottom first. */
const layersOn = (page: Page) =>
  page
    .locator('.layer')
    .evaluateAll((boxes) =>
      boxes
        .toSorted((a, b) => Number(getComputedStyle(a).zIndex) - Number(getComputedStyle(b).zIndex))
        .map((box) => box.querySelector('iframe')?.name ?? ''),
    )

test('widgets of the demo are drawn on main while it plays, under alerts', async ({ page }) => {
  await page.goto(hub.overlay)
  await expect.poll(() => layersOn(page)).toContain('takeover')
  const before = await layersOn(page)

  await hub.command('simulator.demo.start')
  await hub.command('simulator.seek', { positionMs: 180_500 })
  const timer = page.frameLocator('iframe[name="demo-timer"]')
  await expect(timer.locator('.timer-left')).toHaveText(/\d:\d\d/)
  await expect(page.locator('iframe[name="demo-timer"]')).toHaveCSS('opacity', '1')
  const during = await layersOn(page)
  expect(during.indexOf('demo-timer')).toBeLessThan(during.indexOf('alerts'))
  expect(during.filter((name) => !name.startsWith('demo-'))).toEqual(before)

  await hub.command('simulator.stop')
  await expect.poll(() => layersOn(page)).toEqual(before)
})
