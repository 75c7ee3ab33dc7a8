/**
 * The page of the other machines in a browser, over the real hub and a fake agent with real keys: a machine is paired by
 * the code that is shown, its processes are seen, asked and refused, it goes away and comes back.
 */
import { expect, type Page, test } from '@playwright/test'
import { FakeAgent, fakeProcess } from '../../electron/features/fleet/fake-agent.ts'
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
