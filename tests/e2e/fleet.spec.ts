/**
 * The page of the other machines in a browser, over the real hub and a fake agent with real keys: a machine is paired by
 * the code that is shown, its processes are seen, asked and refused, it goes away and comes back.
 */
import { join } from 'node:path'
import { env } from 'node:process'
import { expect, type Page, test } from '@playwright/test'
import type { FleetMachine } from '../../contracts/state/fleet.ts'
import { FakeObs } from '../../electron/connections/obs/fake.ts'
import { FakeAgent, fakeProcess } from '../../electron/features/fleet/fake-agent.ts'
import { sampleFleet, sampleUse } from '../../renderer/testing/sample-fleet.ts'
import { type RunningHub, startHub } from './hub.ts'

let hub: RunningHub
let agents: FakeAgent[]

test.beforeEach(async () => {
  agents = []
  hub = await startHub()
})

test.afterEach(async () => {
  for (const agent of agents) await agent.leave()
  await hub.stop()
})

/** Opens signed in, past the guide. Collects what the page itself complains of. */
async function open(page: Page, at = 'machines'): Promise<string[]> {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.addInitScript(() => localStorage.setItem('landale.guide-seen', 'yes'))
  await page.goto(hub.dashboard)
  await expect(links(page).getByRole('link', { name: 'Hub' })).toContainText('Connected')
  await page.evaluate((hash) => location.assign(`#${hash}`), at)
  return complaints
}

const links = (page: Page) => page.getByRole('list', { name: 'Links' })
const card = (page: Page, name: string) => page.getByRole('article', { name })
const process = (page: Page, name: string) =>
  page
    .getByRole('list', { name: /^Processes of/ })
    .getByRole('listitem')
    .filter({ hasText: name })

/** A machine that is paired and reports, without the page. */
async function addMachine(name: string, part: (agent: FakeAgent) => void = () => undefined): Promise<FakeAgent> {
  const { code } = (await hub.command('agent.pairing.open')) as { code: string }
  const agent = await FakeAgent.pair(hub.http, code, { name })
  agents.push(agent)
  part(agent)
  await agent.connect()
  return agent
}

const withObs = (agent: FakeAgent) => {
  agent.processes = [
    fakeProcess('obs', { name: 'OBS Studio', health: 'healthy', startedAt: Date.now() - 5_000_000 }),
    fakeProcess('bot', { name: 'Chat bot', state: 'stopped', wanted: 'down', pid: null, startedAt: null }),
  ]
}

test('pairs a machine by the code that it shows', async ({ page }) => {
  const complaints = await open(page)
  await expect(page.getByText('No other machine yet')).toBeVisible()
  await page.getByRole('main').getByRole('link', { name: 'Add a machine' }).first().click()
  await page.getByRole('button', { name: 'Show a code' }).click()
  const line = page.locator('code').filter({ hasText: 'landale-agent pair' }).first()
  const [, , url = '', code = ''] = ((await line.textContent()) ?? '').split(' ')
  expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/)
  await expect(FakeAgent.pair(url, 'AAAAAAAA')).rejects.toThrow('4404')
  const agent = await FakeAgent.pair(url, code.replace('-', ''), { name: 'Demi' })
  agents.push(agent)
  await expect(page.getByText(code)).toBeHidden()
  await expect(page.getByRole('region', { name: 'Demi' })).toBeVisible()
  withObs(agent)
  await agent.connect()
  await expect(card(page, 'Demi')).toContainText('Connected')
  await expect(process(page, 'OBS Studio')).toContainText('Running, healthy')
  expect(complaints).toEqual([])
})

test('restarts, starts and is refused, in place', async ({ page }) => {
  const agent = await addMachine('Demi', withObs)
  const complaints = await open(page)
  await page.getByRole('button', { name: 'Restart OBS Studio on Demi' }).click()
  const question = page.getByRole('dialog', { name: 'Restart OBS Studio on Demi?' })
  await question.getByRole('button', { name: 'Cancel' }).click()
  expect(agent.commands).toEqual([])
  let held = ''
  agent.reply = ({ id }) => {
    held = id
    return 'hang'
  }
  await page.getByRole('button', { name: 'Restart OBS Studio on Demi' }).click()
  await question.getByRole('button', { name: 'Restart OBS Studio on Demi' }).click()
  await expect(process(page, 'OBS Studio')).toContainText('Restarting…')
  await expect
    .poll(() => agent.commands.map(({ name, args }) => [name, args]))
    .toEqual([['process.restart', { process: 'obs' }]])
  agent.answerNow(held, { ok: true, value: agent.processes[0] })
  await expect(process(page, 'OBS Studio')).not.toContainText('Restarting…')
  agent.reply = () => ({ ok: false, code: 'failed', reason: 'the folder /opt/bot is not there' })
  await page.getByRole('button', { name: 'Start Chat bot on Demi' }).click()
  await expect(process(page, 'Chat bot').getByRole('alert')).toContainText('the folder /opt/bot is not there')
  agent.reply = () => undefined
  await page.getByRole('button', { name: 'Start Chat bot on Demi' }).click()
  await expect(process(page, 'Chat bot')).toContainText('Running')
  await expect(process(page, 'Chat bot').getByRole('alert')).toHaveCount(0)
  expect(complaints).toEqual([])
})

test('shows on every page what fails elsewhere, and what goes away and comes back', async ({ page }) => {
  const agent = await addMachine('Demi', withObs)
  await open(page, 'live')
  const chip = links(page).getByRole('link', { name: 'Machines' })
  await expect(chip).toContainText('1 connected')
  agent.die('obs', 3)
  await expect(chip).toContainText('OBS Studio failed')
  await chip.click()
  await expect(page.getByRole('region', { name: 'OBS Studio on Demi' })).toContainText('Ended with code 3', {
    ignoreCase: true,
  })
  await agent.leave()
  await expect(chip).toContainText('Demi away')
  await expect(card(page, 'Demi')).toContainText('Away for')
  await expect(process(page, 'OBS Studio')).toContainText('Had failed')
  await expect(page.getByRole('button', { name: 'Start OBS Studio on Demi' }).first()).toBeDisabled()
  withObs(agent)
  await agent.connect()
  await expect(chip).toContainText('1 connected')
  await expect(process(page, 'OBS Studio')).toContainText('Running, healthy')
})

test('follows a log, goes further back in it, and finds words', async ({ page }) => {
  const agent = await addMachine('Demi', (made) => {
    withObs(made)
    for (let line = 1; line <= 450; line++) made.print('obs', `line ${line}`)
  })
  const complaints = await open(page)
  await process(page, 'OBS Studio').getByRole('link').click()
  const log = page.getByRole('log', { name: 'Log of OBS Studio on Demi' })
  await expect(log).toContainText('line 450')
  await expect(log.locator('.log-line')).toHaveCount(200)
  agent.print('obs', '<b id="evil">\u001b[31mred\u001b[0m</b>')
  await expect(log.locator('.log-line').last()).toContainText('<b id="evil">red</b>')
  await expect(log.locator('.log-line').last()).toBeInViewport()
  expect(await page.locator('#evil').count()).toBe(0)
  await log.focus()
  await page.keyboard.press('Home')
  const newest = page.getByRole('button', { name: 'To the newest' })
  await expect(newest).toBeVisible()
  await page.getByRole('button', { name: 'Older lines' }).click()
  await expect(log.locator('.log-line')).toHaveCount(401)
  agent.print('obs', 'meanwhile')
  await page.getByRole('button', { name: '1 new line', exact: true }).click()
  await expect(log.locator('.log-line').last()).toBeInViewport()
  await expect(log.locator('.log-line').last()).toContainText('meanwhile')
  await page.getByLabel('Search in the lines shown').fill('LINE 44')
  await expect(log.locator('.log-line')).toHaveCount(10)
  expect(complaints).toEqual([])
})

test('shows what a machine uses', async ({ page }) => {
  const agent = await addMachine('Demi', withObs)
  await open(page)
  await expect
    .poll(async () => {
      agent.sample({ obs: [12.4, 812 * 1024 ** 2] }, { cpu: 41.7, memory: 8 * 1024 ** 3 })
      return card(page, 'Demi').textContent()
    })
    .toContain('8.0 of 32 GB')
  await expect(card(page, 'Demi')).toContainText('42 %')
  await expect(process(page, 'OBS Studio')).toContainText('12 % CPU · 812 MB')
})

test('keeps a rule that reads as a sentence', async ({ page }) => {
  await addMachine('Demi', withObs)
  await hub.command('agent.rule.remove', { id: 'obs-on-demi' })
  const complaints = await open(page)
  await page.getByRole('button', { name: 'Add a rule' }).click()
  await page.getByLabel('What happens').selectOption('fails for good')
  await page.getByLabel('Seconds at most').fill('90')
  await page.getByRole('button', { name: 'Save the rule' }).click()
  const rule = page.getByLabel(
    /^When OBS Studio on Demi fails for good during a stream, restart it and cover .* 90 s at most\.$/,
  )
  await expect(rule).toBeChecked()
  await rule.click()
  await expect(rule).not.toBeChecked()
  await page.getByRole('button', { name: /^Remove/ }).click()
  await expect(page.getByText('No rules yet')).toBeVisible()
  expect(complaints).toEqual([])
})

const sizes = [
  { name: 'strip', width: 1920, height: 400 },
  { name: 'desktop', width: 1440, height: 900 },
  { name: 'tablet', width: 820, height: 1180 },
  { name: 'phone', width: 390, height: 844 },
]
const HOSTILE = ['W'.repeat(180), 'ليلى_الرياض_'.repeat(12), `Z${'\u0301\u0321\u035a'.repeat(20)}algo`, '<b>bold</b>']

test('fits every screen, whatever machines and processes are called', async ({ browser }, info) => {
  const demi = await addMachine('Demi', withObs)
  for (const name of HOSTILE) {
    await addMachine(name, (agent) => {
      agent.processes = [
        fakeProcess('a', { name, state: 'failed', reason: name, pid: null, startedAt: null }),
        fakeProcess('b', { name, health: 'unhealthy', reason: name }),
      ]
      agent.faults = [{ path: 'processes[2].command', reason: name }]
    })
  }
  for (const { name, width, height } of sizes) {
    const page = await browser.newPage({ viewport: { width, height } })
    const complaints = await open(page)
    for (const at of [
      'machines',
      `machines/${demi.pairing.agent}`,
      `machines/${demi.pairing.agent}/obs`,
      'machines/pair',
    ]) {
      await page.evaluate((hash) => location.assign(`#${hash}`), at)
      await expect(page.locator('.fleet-side > .panel')).toBeVisible()
      await info.attach(`${name} ${at}`, { body: await page.screenshot(), contentType: 'image/png' })
      const faults = await page.evaluate(faultsOfLayout)
      expect({ name, at, faults }).toEqual({ name, at, faults: [] })
    }
    expect(complaints).toEqual([])
    await page.close()
  }
})

/** Sideways scrolling, controls that their panel cuts off, and on a phone those too small for a thumb. In the page. */
function faultsOfLayout(): string[] {
  const root = document.documentElement
  const faults = root.scrollWidth > root.clientWidth ? ['the page scrolls sideways'] : []
  for (const control of document.querySelectorAll<HTMLElement>(
    '.fleet button, .fleet a, .fleet input:not([type="checkbox"])',
  )) {
    const { left, right, width, height } = control.getBoundingClientRect()
    const name = `${control.getAttribute('aria-label') ?? control.textContent ?? ''}`.slice(0, 40)
    if (width === 0 || control.closest('p') || control.matches('.visually-hidden')) continue
    if (name.trim() === '') faults.push(`${control.outerHTML.slice(0, 60)} has no name`)
    const box = (control.closest('.machine-slot') ?? control.closest('.panel') ?? control).getBoundingClientRect()
    if (left < box.left - 1 || right > box.right + 1) faults.push(`"${name}" is cut off`)
    if (innerWidth <= 640 && Math.min(width, height) < 44)
      faults.push(`"${name}" is ${Math.round(width)}x${Math.round(height)}`)
  }
  return faults
}

test('four machines with their curves; the picture of them is in the documentation', async ({ page }) => {
  const obs = new FakeObs()
  await obs.start()
  await hub.stop()
  hub = await startHub({ config: { obs: { url: obs.url } } })
  const now = Date.now()
  const ids = new Map<string, FleetMachine>()
  for (const machine of sampleFleet(now).machines) {
    const agent = await addMachine(machine.name, (made) => {
      made.processes = machine.processes
    })
    ids.set(agent.pairing.agent, machine)
    if (machine.link === 'away') await agent.leave()
  }
  await page.route('**/api/fleet/samples?**', (route) => {
    const id = new URL(route.request().url()).searchParams.get('machine') ?? ''
    const machine = ids.get(id)
    const times = Array.from({ length: 300 }, (_, index) => now - (300 - index) * 2000)
    const seed = [...ids.keys()].indexOf(id) * 2
    const samples = machine?.link === 'connected' ? times.map((at) => sampleUse(machine, at, seed)) : []
    return route.fulfill({ json: { machines: { [id]: samples } } })
  })
  await page.setViewportSize({ width: 1440, height: 900 })
  await open(page)
  await expect(page.locator('.spark path[d^="M"]').first()).toBeAttached()
  await expect(card(page, 'Zelan')).toContainText('°C')
  await expect(links(page).getByRole('link', { name: 'OBS' })).toContainText('Connected')
  if (env.LANDALE_UPDATE_PICTURES === '1') {
    await page.screenshot({ path: join(import.meta.dirname, '../../docs/images/machines.png') })
  }
  await obs.stop()
})
