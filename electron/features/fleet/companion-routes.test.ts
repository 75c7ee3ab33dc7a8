/** The routes on a real HTTP server, every answer they have. */
import pino from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Disposable } from '../../../base/lifecycle.ts'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import type { Scope } from '../../../contracts/scopes.ts'
import { createCommands } from '../../kernel/commands.ts'
import { createHttpServer, type HttpServer } from '../../kernel/http/http-server.ts'
import { FakeMachine } from './fake-machine.ts'
import { createFleet, ORDER_DEADLINE_MS } from './fleet.ts'
import { Machines } from './machines.ts'

const OBS = { name: 'OBS', status: 'running', cpu: 135.5, memory: 700_000_000 } as const
const GAME = { name: 'my game', status: 'stopped', cpu: 0, memory: 0 } as const

let clock: FakeClock
let machines: Machines
let demi: FakeMachine
let http: HttpServer
let url: string
let audit: string[]
let line: Disposable
let end: () => Promise<void>

beforeEach(async () => {
  clock = new FakeClock()
  audit = []
  machines = new Machines()
  demi = new FakeMachine('demi', [OBS, GAME])
  const commands = createCommands({
    clock,
    onDidInvoke: ({ command, actor, args, answer }) =>
      audit.push(`${actor}: ${command} ${JSON.stringify(args)} ${answer.status}`),
    onBug: () => {},
  })
  const tokens = {
    verify: (secret: string) => ({ name: 'deck', tokenId: 'deck', scopes: secret.split('+') as Scope[] }),
  }
  const log = pino({ level: 'silent' })
  http = createHttpServer({
    port: 0,
    bind: '127.0.0.1',
    allowedHosts: [],
    tokens,
    commands,
    clock,
    log,
    staticRoot: null,
  })
  url = (await http.listen()).url
  const stop = new AbortController()
  const running = createFleet({ machines, commands, routes: http.routes, clock }).run(stop.signal)
  line = machines.add(demi)
  end = async () => {
    line.dispose()
    stop.abort()
    await running
    await http.close()
  }
})
afterEach(() => end())

async function call(method: 'GET' | 'POST', path: string, scopes = 'read+fleet'): Promise<[number, unknown]> {
  const headers = { authorization: `Bearer ${scopes}`, connection: 'close' }
  const response = await fetch(`${url}/api/companion/process/${path}`, { method, headers })
  return [response.status, await response.json()]
}

it('tells how a process is doing, and which there are', async () => {
  expect(await call('GET', 'demi/OBS/status')).toEqual([200, { status: 'running', cpu: 135.5, memory: 700_000_000 }])
  expect(await call('GET', 'demi/my%20game/status')).toEqual([200, { status: 'stopped', cpu: 0, memory: 0 }])
  expect(await call('GET', 'demi/list')).toEqual([200, [OBS, GAME]])
})

it.each(['start', 'stop', 'restart'] as const)('gives the order to %s, by the command of that name', async (order) => {
  expect(await call('POST', `demi/my%20game/${order}`)).toEqual([200, { success: true }])
  expect(demi.orders).toEqual([`${order} my game`])
  expect(audit).toEqual([`deck: agent.process.${order} {"machine":"demi","process":"my game"} committed`])
  const [, { status }] = (await call('GET', 'demi/my%20game/status')) as [number, { status: string }]
  expect(status).toBe(order === 'stop' ? 'stopped' : 'running')
})

it('names the machines that are connected when another is asked for', async () => {
  const error = { code: 'not_found', message: 'no machine "saya" is connected; connected: "demi"', path: 'machine' }
  for (const path of ['saya/list', 'saya/OBS/status']) expect(await call('GET', path)).toEqual([404, { error }])
  expect(await call('POST', 'saya/OBS/start')).toEqual([404, { success: false, error }])
})

it('says what to do when no machine is connected at all', async () => {
  line.dispose()
  const message = 'no machine "demi" is connected; none is: start the Landale agent on it'
  expect(await call('GET', 'demi/list')).toEqual([404, { error: { code: 'not_found', message, path: 'machine' } }])
})

it('names the processes there are when another is asked for', async () => {
  const message = '"demi" has no process "obs"; it has "OBS", "my game"'
  const error = { code: 'not_found', message, path: 'process' }
  expect(await call('GET', 'demi/obs/status')).toEqual([404, { error }])
  expect(await call('POST', 'demi/obs/stop')).toEqual([404, { success: false, error }])
  expect(demi.orders).toEqual([])
})

it('hands on why a machine refuses, or that it is gone', async () => {
  demi.refuse('"OBS" runs already')
  const refused = { success: false, error: { code: 'conflict', message: '"OBS" runs already' } }
  expect(await call('POST', 'demi/OBS/start')).toEqual([409, refused])
  demi.lose()
  const gone = { success: false, error: { code: 'unavailable', message: 'the line to "demi" is gone' } }
  expect(await call('POST', 'demi/OBS/start')).toEqual([503, gone])
})

it('does not wait for ever', async () => {
  demi.hang()
  const answer = call('POST', 'demi/OBS/restart')
  await expect.poll(() => demi.orders, { timeout: 10_000 }).toEqual(['restart OBS'])
  await clock.advance(ORDER_DEADLINE_MS)
  const [status, body] = await answer
  expect([status, body]).toMatchObject([504, { success: false, error: { code: 'timeout' } }])
  expect(JSON.stringify(body)).toContain('within 15 s')
  expect(demi.abandoned).toEqual(['restart OBS'])
})

it('asks for the right scope', async () => {
  expect((await call('GET', 'demi/list', 'fleet'))[0]).toBe(403)
  expect((await call('POST', 'demi/OBS/stop', 'read+system'))[0]).toBe(403)
  expect((await call('POST', 'demi/OBS/stop', 'admin'))[0]).toBe(200)
  expect(demi.orders).toEqual(['stop OBS'])
})

it('is in the OpenAPI document', async () => {
  const response = await fetch(`${url}/api/openapi`, { headers: { authorization: 'Bearer read', connection: 'close' } })
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, unknown>> }
  const companion = Object.entries(paths).filter(([path]) => path.startsWith('/api/companion/'))
  expect(companion.map(([path, operations]) => `${Object.keys(operations)} ${path}`).sort()).toEqual([
    'get /api/companion/process/{machine}/list',
    'get /api/companion/process/{machine}/{process}/status',
    'post /api/companion/process/{machine}/{process}/restart',
    'post /api/companion/process/{machine}/{process}/start',
    'post /api/companion/process/{machine}/{process}/stop',
  ])
})
