/**
 * The dashboard in a browser, over the real hub and a fake OBS: from nothing to the first alert, at four sizes, by mouse
 * and by keyboard, through wrong passwords and a hub that dies.
 */
import { expect, type Locator, type Page, test } from '@playwright/test'
import { FakeObs, Refusal } from '../../electron/connections/obs/fake.ts'
import { FAKE_CLIENT_ID, startFakeTwitch } from '../../electron/connections/twitch/fake.ts'
import { SOUND_INPUT } from '../obs/obs-config.ts'
import { missingForObs, RealObs } from '../obs/real-obs.ts'
import { createDataDir, type RunningHub, startHub } from './hub.ts'

/** The smallest picture there is. */
const DOT = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'

let obs: FakeObs
let hub: RunningHub

test.beforeEach(async () => {
  obs = new FakeObs({ password: 'right' })
  await obs.start()
})

test.afterEach(async () => {
  await hub.stop()
  await obs.stop()
})

/** A hub that knows this OBS and its password. */
async function start(password = 'right'): Promise<void> {
  hub = await startHub({ config: { obs: { url: obs.url, password } } })
}

/** Opens signed in, past the guide. Collects what the page itself complains of. */
async function open(page: Page, at = 'live'): Promise<string[]> {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.addInitScript(() => localStorage.setItem('landale.guide-seen', 'yes'))
  await page.goto(hub.dashboard)
  await expect(page.getByRole('region', { name: 'Scenes' })).toBeVisible()
  await expect(link(page, 'Hub')).toContainText('Connected')
  if (at !== 'live') await page.evaluate((hash) => location.assign(`#${hash}`), at)
  return complaints
}

const link = (page: Page, name: string) => page.getByRole('list', { name: 'Links' }).getByRole('link', { name })
const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const scene = (page: Page, name: string) => region(page, 'Scenes').getByRole('button', { name })

async function hold(button: Locator, ms: number): Promise<void> {
  const page = button.page()
  await button.hover()
  await page.mouse.down()
  await page.waitForTimeout(ms)
  await page.mouse.up()
}

test('signs itself in by the address, and leaves no token there', async ({ page }) => {
  await start()
  const complaints = await open(page)
  expect(page.url()).toBe(`${hub.http}/dashboard`)
  expect(
    await page.evaluate(() => JSON.stringify([history.state, document.cookie, { ...localStorage }])),
  ).not.toContain(hub.controlToken)
  await page.reload()
  await expect(link(page, 'Hub')).toContainText('Connected')
  expect(complaints).toEqual([])
})

test('asks for the token where it has none, and says so when it is wrong', async ({ page }) => {
  await start()
  await page.goto(`${hub.http}/dashboard`)
  const field = page.getByLabel('Control token')
  await expect(field).toBeFocused()
  await field.fill('wrong')
  await page.keyboard.press('Enter')
  await expect(page.getByText('The hub refused this token. Was it renewed since?')).toBeVisible()
  await field.fill(hub.controlToken)
  await page.keyboard.press('Enter')
  await expect(link(page, 'Hub')).toContainText('Connected')
})

test('leads from nothing to the first alert', async ({ page }) => {
  hub = await startHub()
  await page.goto(hub.dashboard)
  await expect(page.getByRole('heading', { name: 'First alert in four steps' })).toBeVisible()
  const step = (name: string) => page.getByRole('listitem').filter({ has: page.getByRole('button', { name }) })
  await expect(step('Connect OBS')).toContainText('nothing listens')
  await page.getByLabel('Address').fill(obs.url)
  await page.getByLabel('Password').fill('right')
  await page.getByRole('button', { name: 'Save and connect' }).click()
  await expect(step('Connect OBS')).toContainText('Done')
  await page.getByRole('button', { name: /Skip for now/ }).click()
  await expect(step('Sign in to Twitch')).toContainText('Skipped')
  obs.answer('GetVideoSettings', () => ({ baseWidth: 1920, baseHeight: 1080, fpsNumerator: 60, fpsDenominator: 1 }))
  obs.answer('GetInputSettings', () => new Refusal(600))
  obs.answer('CreateInput', () => ({ sceneItemId: 7 }))
  obs.answer('SetSceneItemTransform', () => undefined)
  obs.answer('SetSceneItemIndex', () => undefined)
  await page.getByLabel('Scene', { exact: true }).selectOption('Scene B')
  await page.getByRole('button', { name: 'Install into OBS' }).click()
  await expect.poll(() => obs.requestsOf('CreateInput').map(({ data }) => data.sceneName)).toEqual(['Scene B'])
  await page.getByRole('button', { name: 'Send a test alert' }).click()
  await expect(page.getByRole('heading', { name: 'All set' })).toBeVisible()
  await expect(page.getByLabel('What is live')).toContainText('On screen')
  await page.getByRole('button', { name: 'To the dashboard' }).click()
  await expect(region(page, 'Timeline')).toContainText('followed')
  await page.reload()
  await expect(region(page, 'Scenes')).toBeVisible()
})

test('signs in to Twitch by a code, and shows what happens there', async ({ page }) => {
  const twitch = await startFakeTwitch({ deviceIntervalSeconds: 1 })
  hub = await startHub({ env: { LANDALE_TWITCH_MOCK_PORT: String(twitch.port) } })
  await open(page, 'set-up/twitch')
  await page.getByLabel('Client id').fill(FAKE_CLIENT_ID)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Sign in to Twitch' }).click()
  await expect(page.getByLabel('Code', { exact: true })).toHaveText(/\S{6,}/)
  await expect(page.getByRole('link', { name: 'Open Twitch' })).toHaveAttribute('href', /^http/)
  await expect(page.getByText(/Valid for another/)).toBeVisible()
  twitch.id.approveDevice()
  await expect(region(page, 'Twitch')).toContainText('Signed in as')
  await expect(link(page, 'Twitch')).toContainText('Connected')
  await expect.poll(() => twitch.subscribedTypes).toContain('channel.follow')
  twitch.notify('channel.follow')
  await expect(page.getByLabel('What is live')).toContainText('On screen')
  await page.getByRole('link', { name: 'Live' }).click()
  await expect(region(page, 'Timeline')).toContainText('followed')
  await hub.stop()
  await twitch.dispose()
})

test('lists the topics that lack a permission, and asks for exactly those', async ({ page }) => {
  const twitch = await startFakeTwitch({ deviceIntervalSeconds: 1 })
  const { accessToken, refreshToken } = twitch.id.issue(['user:read:chat', 'moderator:read:followers'])
  hub = await startHub({
    env: {
      LANDALE_TWITCH_MOCK_PORT: String(twitch.port),
      LANDALE_TWITCH_CLIENT_ID: FAKE_CLIENT_ID,
      LANDALE_TWITCH_ACCESS_TOKEN: accessToken,
      LANDALE_TWITCH_REFRESH_TOKEN: refreshToken,
    },
  })
  await open(page, 'set-up/twitch')
  await expect(link(page, 'Twitch')).toContainText(/Connected, \d+ off/)
  await expect(region(page, 'Twitch')).toContainText('needs channel:read:polls')
  await page.getByRole('button', { name: 'Ask Twitch for exactly these' }).click()
  await expect(page.getByLabel('Code', { exact: true })).toHaveText(/\S{6,}/)
  twitch.id.approveDevice()
  await expect(page.getByRole('button', { name: 'Ask Twitch for exactly these' })).toBeHidden()
  await expect(link(page, 'Twitch')).toContainText('Connected')
  await expect(region(page, 'Twitch')).not.toContainText('needs channel:read:polls')
  await hub.stop()
  await twitch.dispose()
})

test('switches scenes, and sees them switched in OBS', async ({ page }) => {
  await start()
  await open(page)
  await scene(page, 'Scene B').click()
  await expect(scene(page, 'Scene B')).toHaveAttribute('aria-pressed', 'true')
  expect(obs.programScene).toBe('Scene B')
  obs.emit('CurrentProgramSceneChanged', { sceneName: 'Scene C' })
  await expect(scene(page, 'Scene C')).toHaveAttribute('aria-pressed', 'true')
  await expect(region(page, 'Timeline')).toContainText('Scene C')
})

test('in studio mode takes a preview by a cut, and hides an item', async ({ page }) => {
  const taken: string[] = []
  const cut = { transitionName: 'Cut', transitionKind: 'cut_transition' }
  const fade = { transitionName: 'Fade', transitionKind: 'fade_transition' }
  obs.answer('GetSceneTransitionList', () => ({ currentSceneTransitionName: 'Fade', transitions: [cut, fade] }))
  obs.answer('GetCurrentSceneTransition', () => ({ transitionName: 'Fade', transitionDuration: 300 }))
  obs.answer('GetSourceScreenshot', () => ({ imageData: `data:image/gif;base64,${DOT}` }))
  const does = (request: string, work: (data: Record<string, unknown>) => void) =>
    obs.answer(request, (data) => {
      work(data)
      return undefined
    })
  does('SetCurrentSceneTransition', ({ transitionName }) => taken.push(String(transitionName)))
  does('TriggerStudioModeTransition', () => taken.push('take'))
  await start()
  const complaints = await open(page, 'studio')
  await expect(region(page, 'Program').getByRole('img', { name: 'Program: Scene A' })).toBeVisible()
  await page.getByRole('button', { name: 'Turn studio mode on' }).click()
  await expect(region(page, 'Preview').getByRole('img', { name: 'Preview: Scene A' })).toBeVisible()
  await scene(page, 'Scene B').click()
  await expect(region(page, 'Preview').getByRole('img', { name: 'Preview: Scene B' })).toBeVisible()
  await region(page, 'Transition').getByRole('button', { name: 'Cut' }).press('Enter')
  await expect.poll(() => taken).toEqual(['Cut', 'take', 'Fade'])
  const item = region(page, 'Items').getByRole('button', { name: 'Show Mic' })
  await item.click()
  await expect(item).toHaveAttribute('aria-pressed', 'false')
  expect(obs.requestsOf('SetSceneItemEnabled').map(({ data }) => data)).toEqual([
    { sceneName: 'Scene B', sceneItemId: 2, sceneItemEnabled: false },
  ])
  expect(await nameless(page)).toEqual([])
  expect(complaints).toEqual([])
})

test('draws the meters while they are in sight', async ({ page }) => {
  await start()
  await open(page)
  const meter = region(page, 'Audio').locator('.meter')
  await expect(meter).toBeVisible()
  const levels = { inputs: [{ inputName: 'Mic', inputLevelsMul: [[0.1, 0.5, 0.6]] }] }
  const said = setInterval(() => obs.emit('InputVolumeMeters', levels), 50)
  // Half of full scale is 6 dB below it, on a scale of 60 dB.
  await expect.poll(() => levelOf(meter)).toBeCloseTo(0.9, 2)
  clearInterval(said)
})

test('goes live only when held, or when asked and answered', async ({ page }) => {
  await start()
  await open(page)
  const goLive = page.getByRole('button', { name: 'Go live' })
  await expect(goLive).toBeEnabled()
  await hold(goLive, 200)
  await expect(goLive).toHaveText(/Keep holding/)
  expect(obs.streaming).toBe(false)
  await hold(goLive, 1000)
  const live = page.getByLabel('What is live')
  await expect(live).toContainText('On air')
  await page.getByRole('button', { name: 'End the stream' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'End the stream?' })
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  expect(obs.streaming).toBe(true)
  await page.getByRole('button', { name: 'End the stream' }).press('Enter')
  await dialog.getByRole('button', { name: 'End the stream' }).click()
  await expect(live).toContainText('Off air')
})

test('says why OBS refused, and leads to where it is mended', async ({ page }) => {
  await start('wrong')
  await open(page)
  await expect(link(page, 'OBS')).toContainText('Refused')
  await expect(scene(page, 'Scene A')).toBeHidden()
  await page.locator('.notice').getByRole('link', { name: 'Open settings' }).click()
  await page.getByLabel('Password').fill('right')
  await page.getByRole('button', { name: 'Save and connect' }).click()
  await expect(link(page, 'OBS')).toContainText('Connected')
  await expect(page.locator('.notice')).toHaveCount(0)
})

test('shows the words of a refused command where it was asked', async ({ page }) => {
  await start()
  await open(page)
  await expect(scene(page, 'Scene B')).toBeEnabled()
  await region(page, 'Audio').getByRole('button', { name: 'Mute Mic' }).click()
  await expect(region(page, 'Audio').getByRole('alert')).not.toBeEmpty()
  await region(page, 'Audio').getByRole('button', { name: 'Dismiss' }).click()
  await expect(region(page, 'Audio').getByRole('alert')).toHaveCount(0)
})

test('outlives the hub: greyed and disabled while it is gone, right when it is back', async ({ page }) => {
  const data = createDataDir()
  const config = { obs: { url: obs.url, password: 'right' } }
  hub = await startHub({ data: data.path, config })
  const port = Number(new URL(hub.http).port)
  await open(page)
  await expect(scene(page, 'Scene A')).toBeEnabled()
  await hub.kill()
  await expect(page.locator('.notice')).toContainText(/The hub is gone\. Reconnecting… last seen \d+ s ago/)
  await expect(scene(page, 'Scene A')).toBeDisabled()
  await expect(region(page, 'Scenes')).toContainText('Waiting for the hub')
  hub = await startHub({ data: data.path, port, config })
  await expect(link(page, 'Hub')).toContainText('Connected', { timeout: 5000 })
  await expect(scene(page, 'Scene A')).toBeEnabled()
  await hub.command('simulator.event', { type: 'twitch.channel.raid', payload: { from_broadcaster_user_name: 'Back' } })
  await expect(region(page, 'Timeline')).toContainText('raided')
  await hub.stop()
  data.remove()
})

test('reads back through thousands of events with at most 200 in the page, and finds one', async ({ page }) => {
  await start()
  await hub.command('simulator.event', { type: 'twitch.channel.chat.message', payload: { message: 'zyzzyva at last' } })
  await hub.command('simulator.burst', { type: 'twitch.channel.chat.message', count: 600, perSecond: 1000, seed: 1 })
  await page.waitForTimeout(1500)
  await open(page)
  const rows = page.locator('.event')
  await expect(rows.first()).toBeVisible()
  const seen = new Set<string>()
  for (let turn = 0; turn < 60 && !(await page.getByText('That is the beginning.').isVisible()); turn += 1) {
    await page.locator('.timeline').evaluate((list) => list.scrollTo({ top: list.scrollHeight }))
    await page.waitForTimeout(60)
    expect(await rows.count()).toBeLessThanOrEqual(200)
    for (const text of await rows.locator('.event-said').allTextContents()) seen.add(text)
  }
  expect([...seen].join('\n')).toContain('zyzzyva at last')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('zyzzyva')
  await expect(rows).toHaveCount(1)
  await expect(rows).toContainText('zyzzyva at last')
})

test('does everything that is needed live by keyboard alone, with the focus in sight', async ({ page }) => {
  await start()
  await open(page)
  await expect(scene(page, 'Scene B')).toBeEnabled()
  const reached = await walk(page)
  for (const name of ['Skip to the controls', 'Live', 'Set-up', 'Scene A', 'Go live', 'Record', 'Pause', 'Mute Mic']) {
    expect(reached.map((stop) => stop.name)).toContain(name)
  }
  expect(reached.filter((stop) => !stop.ring)).toEqual([])
  await scene(page, 'Scene A').focus()
  await page.keyboard.press('3')
  await expect(scene(page, 'Scene C')).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.press('ArrowRight')
  await expect(scene(page, 'Scene B')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(scene(page, 'Scene B')).toHaveAttribute('aria-pressed', 'true')
  await page.getByRole('button', { name: 'Pause' }).focus()
  await page.keyboard.press('Space')
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible()
  await page.getByRole('link', { name: 'Set-up' }).focus()
  await page.keyboard.press('Enter')
  await expect(region(page, 'OBS Studio')).toBeVisible()
})

/** Tabs once round the page: the name of each stop, and whether its focus shows. */
async function walk(page: Page): Promise<{ name: string; ring: boolean }[]> {
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  })
  const stops: { name: string; ring: boolean }[] = []
  for (let turn = 0; turn < 80; turn += 1) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(() => {
      const active = document.activeElement
      if (!active || active === document.body) return null
      const shown = active.matches('.segment input') ? active.nextElementSibling : active
      const name = active.getAttribute('aria-label') ?? shown?.querySelector('.scene-name')?.textContent ?? ''
      const style = getComputedStyle(shown ?? active)
      return {
        name: (name || shown?.textContent || '').trim(),
        ring: style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2,
      }
    })
    if (!stop) break
    stops.push(stop)
  }
  return stops
}

const sizes = [
  { name: 'strip', width: 1920, height: 400, scrolls: false },
  { name: 'desktop', width: 1440, height: 900, scrolls: false },
  { name: 'tablet', width: 820, height: 1180, scrolls: false },
  { name: 'phone', width: 390, height: 844, scrolls: true },
]

for (const colorScheme of ['dark', 'light'] as const) {
  test(`fits every screen, ${colorScheme}`, async ({ browser }, info) => {
    await start()
    obs.scenes = [
      'Starting soon',
      'Game',
      'Just chatting',
      'Be right back',
      'IronMON',
      'Coding',
      'Full camera',
      'Ending',
    ]
    await hub.command('simulator.demo.start', { speed: 20 })
    for (const { name, width, height, scrolls } of sizes) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme })
      const complaints = await open(page)
      await expect(page.locator('.event').first()).toBeVisible()
      await info.attach(name, { body: await page.screenshot(), contentType: 'image/png' })
      const overflow = await page.evaluate(() => {
        const root = document.documentElement
        return { x: root.scrollWidth > root.clientWidth, y: root.scrollHeight > root.clientHeight }
      })
      expect({ name, ...overflow }).toEqual({ name, x: false, y: scrolls })
      if (name === 'strip') await everythingLiveIsInSight(page)
      if (name === 'phone') expect(await tooSmall(page)).toEqual([])
      expect(await nameless(page)).toEqual([])
      expect(complaints).toEqual([])
      await page.close()
    }
  })
}

test('leads to every page on a phone, by thumb and by key', async ({ browser }) => {
  await start()
  const page = await browser.newPage({ viewport: { width: 390, height: 844 }, hasTouch: true })
  const complaints = await open(page)
  const pages = page.getByRole('navigation', { name: 'Pages' })
  const more = pages.getByRole('button', { name: /pages$/ })
  const shown = pages.locator('a:visible, button:visible')
  await expect(shown).toHaveCount(5)
  await more.tap()
  await expect(shown).toHaveCount(12)
  for (const target of await shown.all()) {
    await expect(target).toBeInViewport({ ratio: 1 })
    const box = await target.boundingBox()
    expect(box && Math.min(box.width, box.height)).toBeGreaterThanOrEqual(44)
  }
  expect(await nameless(page)).toEqual([])
  await page.keyboard.press('Escape')
  await expect(shown).toHaveCount(5)
  await expect(more).toBeFocused()
  await page.keyboard.press('Enter')
  for (const name of ['Outputs', 'Widgets', 'Machines', 'Simulator', 'Set-up']) {
    await page.keyboard.press('Tab')
    await expect(pages.getByRole('link', { name })).toBeFocused()
  }
  await page.keyboard.press('Enter')
  await expect(region(page, 'OBS Studio')).toBeVisible()
  await expect(shown).toHaveCount(5)
  await expect(more).toHaveText(/^Set-up/)
  expect(complaints).toEqual([])
  await page.close()
})

test('what can be pressed keeps room for its words, however long the reason beside it', async ({ page }) => {
  hub = await startHub()
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 })
    await open(page, 'guide')
    const retry = page.getByRole('list').getByRole('button', { name: 'Retry now' })
    await expect(retry).toBeVisible()
    expect(await retry.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)).toBe(true)
  }
})

async function everythingLiveIsInSight(page: Page): Promise<void> {
  const needed = ['Go live', 'Record', 'Clear the queue', 'Pause', 'Mute Mic', 'Starting soon', 'Ending'].map((name) =>
    page.getByRole('button', { name: new RegExp(`^${name}`) }),
  )
  for (const button of needed) await expect(button).toBeInViewport({ ratio: 1 })
  expect((await needed[3]?.boundingBox())?.height).toBeGreaterThanOrEqual(48)
}

/** Buttons and fields that a thumb misses. */
function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('.button, .nav-link, .input, .check, .scene, .link')]
      .filter((control) => {
        const { height } = control.getBoundingClientRect()
        return height > 0 && height < 44 && !control.classList.contains('skip-link')
      })
      .map((control) => control.outerHTML.slice(0, 120)),
  )
}

/** Controls that a screen reader could not name. */
function nameless(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('button, a, input, select, textarea')]
      .filter((control) => {
        const labels =
          control instanceof HTMLInputElement || control instanceof HTMLSelectElement ? control.labels : null
        return !control.getAttribute('aria-label') && !control.textContent?.trim() && !labels?.length
      })
      .map((control) => control.outerHTML.slice(0, 120)),
  )
}

const missing = missingForObs()
if (missing !== null && process.env.CI) throw new Error(`${missing}: CI must have it; see .ci/run`)

test.describe('with OBS itself', () => {
  test.skip(missing !== null, `skipped: ${missing}`)

  let real: RealObs
  test.beforeAll(async () => {
    real = await RealObs.launch()
  })
  test.afterAll(() => real.dispose())

  test('installs the overlay or says why not, and moves what the mixer of OBS has', async ({ page }) => {
    test.setTimeout(60_000)
    hub = await startHub({ config: { obs: { url: `ws://127.0.0.1:${real.port}`, password: real.password } } })
    await open(page, 'guide')
    await page.getByRole('button', { name: /Skip for now/ }).click()
    await page.getByLabel('Scene', { exact: true }).selectOption('Scene B')
    await page.getByRole('button', { name: 'Install into OBS' }).click()
    // Debian's OBS has no browser source; the one of obsproject.com has.
    const step = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: /Put the overlay/ }) })
    await expect(step).toContainText(/Done|no browser source/, { timeout: 15_000 })
    await page.getByRole('button', { name: 'Leave the guide' }).click()
    const audio = region(page, 'Audio')
    await audio.getByRole('button', { name: `Mute ${SOUND_INPUT}` }).click()
    await expect(audio).toContainText('Muted')
    await audio.getByRole('slider').first().fill('-20')
    await expect(audio).toContainText('−20.0 dB')
  })
})

/** 0 to 1, as it is drawn. */
function levelOf(meter: Locator): Promise<number> {
  return meter.evaluate((bar) => Number((bar as HTMLElement).style.getPropertyValue('--level')))
}
