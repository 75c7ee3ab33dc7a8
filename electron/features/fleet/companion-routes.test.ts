/** The routes on a real HTTP server with a real agent behind them, every answer they have. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { ORDER_TIMEOUT_MS } from './agent.ts'
import { ANSWER_MARGIN_MS } from './agent-orders.ts'
import { type FakeAgent, fakeProcess } from './fake-agent.ts'
import { FleetRig } from './fleet-rig.ts'

const clock = new FakeClock()
let rig: FleetRig
let demi: FakeAgent

beforeEach(() => {
  rig = new FleetRig(clock)
})
ensureNoLeaks()
beforeEach(async () => {
  await rig.start()
  demi = await rig.join('demi', (agent) => {
    agent.processes = [
      fakeProcess('obs', { name: 'OBS' }),
      fakeProcess('game', { name: 'my game', state: 'stopped', pid: null }),
    ]
  })
  rig.audit.length = 0
})
afterEach(() => rig.dispose())

function call(method: 'GET' | 'POST', path: string, scopes = 'read+fleet') {
  return rig.call(method, `/api/companion/process/${path}`, scopes)
}

async function used(): Promise<void> {
  demi.sample({ obs: [135.5, 700_000_000] })
  await expect.poll(() => call('GET', 'demi/OBS/status'), { timeout: 20_000 }).toMatchObject([200, { cpu: 135.5 }])
}

it('tells how a process is doing, and which there are', async () => {
  await used()
  const obs = { status: 'running', cpu: 135.5, memory: 700_000_000 }
  const game = { status: 'stopped', cpu: 0, memory: 0 }
  expect(await call('GET', 'demi/OBS/status')).toEqual([200, obs])
  expect(await call('GET', 'demi/obs/status')).toEqual([200, obs])
  expect(await call('GET', 'demi/my%20game/status')).toEqual([200, game])
  expect(await call('GET', 'demi/list')).toEqual([
    200,
    [
      { name: 'OBS', ...obs },
      { name: 'my game', ...game },
    ],
  ])
})

it.each([
  ['waiting', 'starting'],
  ['starting', 'starting'],
  ['running', 'running'],
  ['stopping', 'stopping'],
  ['backoff', 'starting'],
  ['failed', 'failed'],
  ['done', 'stopped'],
] as const)('says of one that is %s that it is %s', async (state, status) => {
  demi.change(fakeProcess('game', { name: 'my game', state }))
  await rig.until(() => rig.machine().processes.some((process) => process.id === 'game' && process.state === state))
  expect(await call('GET', 'demi/game/status')).toMatchObject([200, { status }])
})

it.each(['start', 'stop', 'restart'] as const)('gives the order to %s, by the command of that name', async (order) => {
  expect(await call('POST', `demi/my%20game/${order}`)).toEqual([200, { success: true }])
  expect(demi.commands).toMatchObject([{ name: `process.${order}`, args: { process: 'game' } }])
  expect(rig.audit).toEqual([`deck: agent.process.${order} {"machine":"demi","process":"my game"} committed`])
  const [, { status }] = (await call('GET', 'demi/my%20game/status')) as [number, { status: string }]
  expect(status).toBe(order === 'stop' ? 'stopped' : 'running')
})

it('names the machines that are connected when another is asked for', async () => {
  const error = { code: 'not_found', message: 'no machine "saya" is connected; connected: "demi"', path: 'machine' }
  for (const path of ['saya/list', 'saya/OBS/status']) expect(await call('GET', path)).toEqual([404, { error }])
  expect(await call('POST', 'saya/OBS/start')).toEqual([404, { success: false, error }])
})

it('says what to do when no machine is paired at all', async () => {
  await rig.ask('agent.machine.revoke', { machine: 'demi' })
  const message = 'no machine "demi" is connected; none is: start the Landale agent on it'
  expect(await call('GET', 'demi/list')).toEqual([404, { error: { code: 'not_found', message, path: 'machine' } }])
})

it('says of a machine that is away why it is', async () => {
  demi.cut()
  await rig.until(() => rig.machine().link === 'away')
  const error = { code: 'unavailable', message: '"demi" is away: the line broke', path: 'machine' }
  for (const path of ['demi/list', 'demi/OBS/status']) expect(await call('GET', path)).toEqual([503, { error }])
  expect(await call('POST', 'demi/OBS/start')).toEqual([503, { success: false, error }])
})

it('names the processes there are when another is asked for', async () => {
  const message = '"demi" has no process "chess"; it has "OBS", "my game"'
  const error = { code: 'not_found', message, path: 'process' }
  expect(await call('GET', 'demi/chess/status')).toEqual([404, { error }])
  expect(await call('POST', 'demi/chess/stop')).toEqual([404, { success: false, error }])
  expect(demi.commands).toEqual([])
})

it('hands on why a machine refuses', async () => {
  demi.reply = () => ({ ok: false, code: 'conflict', reason: 'a stop during a start' })
  const refused = { success: false, error: { code: 'conflict', message: '"demi": a stop during a start' } }
  expect(await call('POST', 'demi/OBS/start')).toEqual([409, refused])
})

it('does not wait for ever', async () => {
  demi.reply = () => 'hang'
  const answer = call('POST', 'demi/OBS/restart')
  await rig.until(() => demi.commands.length === 1)
  // Meanwhile it is heard of, so the link lives.
  for (let ms = 0; ms < ORDER_TIMEOUT_MS + ANSWER_MARGIN_MS; ms += 5000) {
    demi.sample({ obs: [ms, 1] })
    await rig.until(() => rig.fleet.sampleOf(demi.pairing.agent)?.processes.obs?.cpu === ms)
    await clock.advance(5000)
  }
  const [status, body] = await answer
  expect([status, body]).toMatchObject([504, { success: false, error: { code: 'timeout' } }])
  expect(JSON.stringify(body)).toContain('within 48 s')
})

it('asks for the right scope', async () => {
  expect((await call('GET', 'demi/list', 'fleet'))[0]).toBe(403)
  expect((await call('POST', 'demi/OBS/stop', 'read+system'))[0]).toBe(403)
  expect(demi.commands).toEqual([])
  expect((await call('POST', 'demi/OBS/stop', 'admin'))[0]).toBe(200)
})

it('is in the OpenAPI document', async () => {
  const [, document] = await rig.call('GET', '/api/openapi')
  const { paths } = document as { paths: Record<string, Record<string, unknown>> }
  const companion = Object.entries(paths).filter(([path]) => path.startsWith('/api/companion/'))
  expect(companion.map(([path, operations]) => `${Object.keys(operations)} ${path}`).sort()).toEqual([
    'get /api/companion/process/{machine}/list',
    'get /api/companion/process/{machine}/{process}/status',
    'post /api/companion/process/{machine}/{process}/restart',
    'post /api/companion/process/{machine}/{process}/start',
    'post /api/companion/process/{machine}/{process}/stop',
  ])
})
