/**
 * OBS Studio on another machine as the streamer meets it: an agent as a program of its own holds it, it is killed, the
 * dashboard says so, one button brings it back, and Landale is connected to it again.
 */
import { expect, test } from '@playwright/test'
import { AgentProcess } from '../integration/agent-process.ts'
import { missingForObs, RealObs } from '../obs/real-obs.ts'
import { type RunningHub, startHub } from './hub.ts'

const missing = missingForObs()
const inCi = Boolean(process.env.CI) && process.env.CI !== 'false'
if (missing !== null && inCi) throw new Error(`${missing}: CI must have it; see .ci/run`)

/** OBS takes seconds to come, and a busy machine its time. */
const PATIENCE = { timeout: 90_000 }

let obs: RealObs
let hub: RunningHub
let agent: AgentProcess

test.skip(missing !== null, `OBS on another machine (skipped: ${missing})`)
test.setTimeout(300_000)

test.beforeEach(async () => {
  obs = await RealObs.prepare()
  await obs.renew()
  hub = await startHub({ config: { obs: { url: obs.url, password: obs.password } } })
  const health = { type: 'tcp', port: obs.port, intervalMs: 1_000, startIntervalMs: 200, startRetries: 1_000 }
  const stop = { signals: ['SIGKILL'], graceMs: 1_000 }
  agent = new AgentProcess('Demi', [{ id: 'obs', name: 'OBS Studio', ...obs.program, health, stop }])
  const { code } = (await hub.command('agent.pairing.open')) as { code: string }
  await agent.run('pair', hub.http, code)
  agent.start()
})

test.afterEach(async () => {
  await agent?.end()
  await hub?.stop()
  await obs?.dispose()
})

/** Of OBS, as the log has it. */
async function runningPid(): Promise<number> {
  const headers = { authorization: `Bearer ${hub.controlToken}` }
  const response = await fetch(`${hub.http}/api/events?type=agent.process.state&limit=50`, { headers })
  const { events } = (await response.json()) as { events: { payload: { to: string; pid: number | null } }[] }
  const pid = events.find(({ payload }) => payload.to === 'running')?.payload.pid
  if (!pid) throw new Error('the log has no OBS that runs')
  return pid
}

test('OBS dies on Demi, is seen on the dashboard, and a button brings it back', async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem('landale.guide-seen', 'yes'))
  await page.goto(hub.dashboard)
  await page.evaluate(() => location.assign('#machines'))
  const links = page.getByRole('list', { name: 'Links' })
  const row = page
    .getByRole('list', { name: /^Processes of/ })
    .getByRole('listitem')
    .filter({ hasText: 'OBS Studio' })
  await expect(page.getByRole('article', { name: 'Demi' })).toContainText('Connected', PATIENCE)
  await page.getByRole('button', { name: 'Start OBS Studio on Demi' }).click()
  await expect(row).toContainText('Running, healthy', PATIENCE)
  await expect(links.getByRole('link', { name: /^OBS (?!Studio)/ })).toContainText('Connected', PATIENCE)

  const pid = await runningPid()
  process.kill(pid, 'SIGKILL')
  await expect(row).toContainText('Failed', PATIENCE)
  await expect(row).toContainText('it was ended by SIGKILL')
  await expect(links.getByRole('link', { name: 'Machines' })).toContainText('OBS Studio failed')
  await expect(links.getByRole('link', { name: /^OBS (?!Studio)/ })).not.toContainText('Connected', PATIENCE)

  await obs.renew()
  await page.getByRole('button', { name: 'Start OBS Studio on Demi' }).click()
  await expect(row).toContainText('Running, healthy', PATIENCE)
  await expect(links.getByRole('link', { name: /^OBS (?!Studio)/ })).toContainText('Connected', PATIENCE)
  expect(await runningPid()).not.toBe(pid)
  await expect(links.getByRole('link', { name: 'Machines' })).not.toContainText('failed')
})
