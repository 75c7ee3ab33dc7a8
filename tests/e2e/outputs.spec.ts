/**
 * The page of outputs in a browser, over the real hub: layers added, moved and taken back, watchers seen and dropped, the
 * preview that is there only while it is looked at, at four sizes.
 */
import { expect, type Locator, type Page, test } from '@playwright/test'
import { leaveOnlyAlerts, type RunningHub, startHub } from './hub.ts'

/** A browser is started and paints its first frame, on a machine that does much else. */
const PAINT_MS = 20_000

let hub: RunningHub

test.beforeEach(async () => {
  hub = await startHub()
  await leaveOnlyAlerts(hub)
})

test.afterEach(async () => {
  await hub.stop()
})

/** Opens signed in, past the guide. Collects what the page itself complains of. */
async function open(page: Page, at = 'outputs'): Promise<string[]> {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.addInitScript(() => localStorage.setItem('landale.guide-seen', 'yes'))
  await page.goto(hub.dashboard)
  await page.evaluate((hash) => location.assign(`#${hash}`), at)
  await expect(region(page, 'Layers')).toBeVisible()
  return complaints
}

const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const layers = (page: Page) => region(page, 'Layers').locator('.layer-choose > span:first-child')
const box = (page: Page, name: string) =>
  region(page, 'Canvas').getByRole('button', { name: new RegExp(`^${name}, x`) })
const undo = (page: Page) => page.getByRole('button', { name: /^Undo/ })
const numbers = (page: Page) => region(page, 'Canvas').locator('.canvas-numbers > :first-child')

async function addTestCard(page: Page): Promise<void> {
  await region(page, 'Layers').getByRole('button', { name: 'Add a layer' }).click()
  await region(page, 'Layers').getByLabel('Page', { exact: true }).selectOption('test-card')
  await page.getByRole('button', { name: 'Add it on top' }).click()
  await expect(layers(page).first()).toHaveText('Test card')
}

/** By the middle of `from`, in steps as a hand makes them. */
async function drag(from: Locator, dx: number, dy: number): Promise<void> {
  const bounds = await from.boundingBox()
  if (!bounds) throw new Error('what is to be dragged is not on the screen')
  const { mouse } = from.page()
  const x = bounds.x + bounds.width / 2
  const y = bounds.y + bounds.height / 2
  await mouse.move(x, y)
  await mouse.down()
  await mouse.move(x + dx, y + dy, { steps: 12 })
  await mouse.up()
}

/** The layers as another dashboard sees them, which knows only what the hub says. */
async function elsewhere(page: Page, look: (other: Page) => Promise<void>): Promise<void> {
  const other = await page.context().newPage()
  await open(other)
  await look(other)
  await other.close()
}

/** Presses the words, as people do: the radio button itself is a pixel. */
async function choose(place: Locator, label: string): Promise<void> {
  await place.locator('label.segment', { hasText: label }).click()
  await expect(place.getByLabel(label, { exact: true })).toBeChecked()
}

test('adds a layer, moves it as one step, and takes that back', async ({ page }) => {
  const complaints = await open(page)
  await expect(layers(page)).toHaveText(['Alerts'])
  await addTestCard(page)
  await expect(numbers(page)).toHaveText('Test card x 0, y 0, 1920 × 1080')

  const width = region(page, 'Settings').getByLabel('Width', { exact: true })
  await width.fill('600')
  await width.press('Enter')
  await expect(undo(page)).toHaveAccessibleName('Undo: place layer “Test card”')
  await drag(box(page, 'Test card'), 90, 0)
  await expect(numbers(page)).toHaveText(/^Test card x [1-9]\d+, y 0, 600.×.1080$/)
  const moved = (await numbers(page).textContent()) ?? ''
  await elsewhere(page, async (other) => expect(numbers(other)).toHaveText(moved))

  await page.keyboard.press('Control+z')
  await expect(numbers(page)).toHaveText('Test card x 0, y 0, 600 × 1080')
  await page.keyboard.press('Control+Shift+Z')
  await expect(numbers(page)).toHaveText(moved)
  await page.keyboard.press('Control+z')
  await undo(page).click()
  await expect(numbers(page)).toHaveText('Test card x 0, y 0, 1920 × 1080')
  await undo(page).click()
  await expect(layers(page)).toHaveText(['Alerts'])
  await expect(undo(page)).toHaveAccessibleName('Undo: remove layer “Takeover”')
  expect(complaints).toEqual([])
})

test('is edited by keyboard alone', async ({ page }) => {
  await open(page)
  await addTestCard(page)
  await expect(region(page, 'Layers').getByRole('button', { name: 'Add a layer' })).toBeFocused()
  await box(page, 'Test card').focus()
  for (let press = 0; press < 5; press += 1) await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Shift+ArrowDown')
  await expect(numbers(page)).toHaveText('Test card x 5, y 10, 1920 × 1080')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: /^Resize Test card/ })).toBeFocused()
  await page.keyboard.press('Shift+ArrowLeft')
  await expect(undo(page)).toHaveAccessibleName('Undo: place layer “Test card”')
  await elsewhere(page, async (other) => expect(numbers(other)).toHaveText('Test card x 5, y 10, 1910 × 1080'))
  const down = page.getByRole('button', { name: 'Move Test card down' })
  await down.focus()
  await page.keyboard.press('Enter')
  await expect(layers(page)).toHaveText(['Alerts', 'Test card'])
  await expect(page.getByRole('button', { name: 'Move Test card up' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(layers(page)).toHaveText(['Test card', 'Alerts'])
})

test('orders, hides, crops and removes layers, and says what the hub refuses', async ({ page }) => {
  await open(page)
  await addTestCard(page)
  await drag(region(page, 'Layers').locator('.layer-grab').first(), 0, 60)
  await expect(layers(page)).toHaveText(['Alerts', 'Test card'])
  const eye = region(page, 'Layers').getByRole('button', { name: 'Show Test card' })
  await eye.click()
  await expect(eye).toHaveAttribute('aria-pressed', 'false')
  await expect(undo(page)).toHaveAccessibleName('Undo: hide layer “Test card”')

  const settings = region(page, 'Settings')
  await expect(settings.getByLabel('Name')).toHaveValue('Test card')
  await settings.getByLabel('Left').fill('1920')
  await settings.getByLabel('Left').press('Enter')
  await expect(settings.getByRole('alert')).toContainText('nothing would be left')
  await expect(settings.getByLabel('Left')).toHaveValue('0')
  await choose(settings, 'Any address')
  await settings.getByRole('textbox', { name: 'Address' }).fill(`${hub.http}/overlay/main`)
  await settings.getByRole('textbox', { name: 'Address' }).press('Enter')
  await expect(settings.getByRole('alert')).toContainText('the picture in itself')
  await expect(settings.getByRole('textbox', { name: 'Address' })).toHaveValue(`${hub.http}/overlay/main`)
  await settings.getByRole('button', { name: 'Remove the layer Test card' }).click()
  await expect(layers(page)).toHaveText(['Alerts'])
})

test('adds an output with addresses of its own, and removes it when held', async ({ page }) => {
  await open(page)
  await page.getByRole('button', { name: 'Add an output' }).click()
  const form = region(page, 'New output')
  await expect(form.getByLabel('Name')).toBeFocused()
  await form.getByLabel('Name').fill('Vertical')
  await form.getByLabel('Width, px').fill('1080')
  await form.getByLabel('Height, px').fill('1920')
  await page.keyboard.press('Enter')
  const tab = page.getByRole('navigation', { name: 'Outputs' }).getByRole('link', { name: /Vertical/ })
  await expect(tab).toHaveAttribute('aria-current', 'page')
  await expect(tab).toContainText(/1080.×.1920, 60\/s/)
  expect(new URL(page.url()).hash).toBe('#outputs/vertical')
  await region(page, 'Layers').getByRole('button', { name: 'Add the alerts' }).click()
  await expect(layers(page)).toHaveText(['Alerts'])

  const live = page.getByLabel('Picture address of Vertical')
  await expect(live).toHaveValue(/\/live\/vertical\?token=•+$/)
  await page.getByRole('button', { name: 'Show the addresses' }).click()
  await expect(live).toHaveValue(/\/live\/vertical\?token=\w/)
  const before = await live.inputValue()
  await page.getByRole('button', { name: 'Renew both addresses' }).press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Renew both addresses' }).click()
  await expect(region(page, 'Into OBS')).toContainText('Renewed.')
  await expect(live).not.toHaveValue(before)

  await choose(region(page, 'Settings'), 'Output')
  await page.getByRole('button', { name: 'Remove the output Vertical' }).press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the output Vertical' }).click()
  await expect(tab).toHaveCount(0)
  await expect(page.getByLabel('Picture address of Main')).toBeVisible()
})

test('shows who watches, and refreshes and drops one', async ({ page, browser }) => {
  await open(page)
  const rows = region(page, 'Watchers').getByRole('row')
  const { url } = (await hub.command('overlay.url.get', { output: 'main' })) as { url: string }
  const context = await browser.newContext({
    userAgent: 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/127.0.0.0 Safari/537.36 OBS/31.0.2',
  })
  const source = await context.newPage()
  await source.goto(url)
  const row = rows.filter({ hasText: 'OBS 31.0' })
  await expect(row).toContainText('Overlay')
  await expect(row).toContainText('127.0.0.1')
  const reloaded = source.waitForEvent('framenavigated')
  await row.getByRole('button', { name: 'Refresh OBS 31.0' }).click()
  await reloaded
  await expect(row).toHaveCount(1)
  await row.getByRole('button', { name: 'Drop OBS 31.0' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Drop it' }).click()
  await expect(row).toHaveCount(0)
  await context.close()
})

test('paints the preview while it is looked at, and no longer', async ({ page }) => {
  const complaints = await open(page)
  await addTestCard(page)
  const preview = region(page, 'Canvas').getByRole('img')
  const width = () => preview.evaluate((image) => (image as HTMLImageElement).naturalWidth).catch(() => 0)
  const main = page.getByRole('navigation', { name: 'Outputs' }).getByRole('link', { name: /Main/ })
  await expect.poll(width, { timeout: PAINT_MS }).toBe(960)
  await expect(region(page, 'Watchers')).toContainText('Painting')
  await expect(main).toContainText('1 watching')
  await choose(region(page, 'Canvas'), 'Checkerboard')
  // The next is asked for when the one before has come.
  await expect(preview).toHaveAttribute('src', /\.webp.*turn=[2-9]/, { timeout: PAINT_MS })
  await expect(main).toContainText('nobody watches')
  await choose(region(page, 'Canvas'), 'Bright')
  await expect(main).toContainText('1 watching')
  // Another page of the dashboard leaves it alone.
  await page.getByRole('link', { name: 'Live', exact: true }).click()
  await expect(region(page, 'Scenes')).toBeVisible()
  const other = await page.context().newPage()
  await open(other)
  await other.getByRole('button', { name: 'Add an output' }).click()
  await expect(other.getByRole('navigation', { name: 'Outputs' }).getByRole('link', { name: /Main/ })).toContainText(
    'nobody watches',
  )
  expect(complaints).toEqual([])
})

const sizes = [
  { name: 'strip', width: 1920, height: 400 },
  { name: 'desktop', width: 1440, height: 900 },
  { name: 'tablet', width: 820, height: 1180 },
  { name: 'phone', width: 390, height: 844 },
]

for (const colorScheme of ['dark', 'light'] as const) {
  test(`fits every screen, ${colorScheme}`, async ({ browser }, info) => {
    await hub.command('layer.add', {
      output: 'main',
      layer: {
        name: 'Card',
        source: { kind: 'page', page: 'test-card' },
        rect: { x: 60, y: 60, width: 480, height: 270 },
      },
    })
    for (const { name, width, height } of sizes) {
      const page = await browser.newPage({ viewport: { width, height } })
      await page.addInitScript((theme) => localStorage.setItem('landale.theme', theme), colorScheme)
      const complaints = await open(page)
      await expect(page.getByLabel('Picture address of Main')).toBeAttached()
      await info.attach(name, { body: await page.screenshot(), contentType: 'image/png' })
      const sideways = await page.evaluate(() => {
        const root = document.documentElement
        return root.scrollWidth > root.clientWidth
      })
      expect({ name, sideways }).toEqual({ name, sideways: false })
      if (name === 'strip') await everythingNeededLiveIsInSight(page)
      expect(await cut(page)).toEqual([])
      expect(complaints).toEqual([])
      await page.close()
    }
  })
}

async function everythingNeededLiveIsInSight(page: Page): Promise<void> {
  const needed = ['Show Alerts', 'Show Card', 'Move Card down', 'Add a layer', 'Add an output', 'Redo', 'Start anew']
  for (const name of needed) await expect(page.getByRole('button', { name, exact: true })).toBeInViewport({ ratio: 1 })
  await expect(box(page, 'Card')).toBeInViewport({ ratio: 1 })
}

/** Buttons that their region cuts off sideways. */
function cut(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('.outputs button:not(.sketch *, .sketch-layer)')]
      .filter((button) => {
        const panel = button.closest('.panel')?.getBoundingClientRect()
        const { left, right } = button.getBoundingClientRect()
        return panel !== undefined && (left < panel.left - 1 || right > panel.right + 1)
      })
      .map((button) => button.textContent ?? ''),
  )
}
