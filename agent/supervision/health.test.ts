/** When a process counts as well, by an injected clock; and the three questions against real answers. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { parse } from '../base/parse.ts'
import { FakeClock } from '../base/testing/fake-clock.ts'
import { definition, type Health } from '../definitions/definition.ts'
import { probeOf, type Verdict, watchHealth } from './health.ts'

function check(health: object): Health {
  const parsed = parse(definition, { id: 'a', name: 'a', command: 'a', health })
  if (!parsed.ok || !parsed.value.health) throw new Error('it is valid')
  return parsed.value.health
}

function watching(answers: (string | undefined)[], more: object = {}) {
  const clock = new FakeClock()
  const told: Verdict[] = []
  let asked = 0
  const times = { startDelayMs: 1_000, startIntervalMs: 1_000, startRetries: 2, intervalMs: 10_000, failures: 2 }
  const probe = async () => {
    asked += 1
    return answers.length > 1 ? answers.shift() : answers[0]
  }
  const watch = watchHealth(check({ type: 'tcp', port: 1, ...times, ...more }), probe, clock, (verdict) =>
    told.push(verdict),
  )
  return { clock, told, watch, asked: () => asked }
}

describe('watchHealth', () => {
  it('is patient at first, then asks less often, and tells changes only', async () => {
    const { clock, told, watch, asked } = watching([
      'no',
      'no',
      undefined,
      undefined,
      'a',
      undefined,
      'b',
      'c',
      undefined,
    ])
    await clock.advance(999)
    expect(asked()).toBe(0)
    await clock.advance(2_001)
    expect(told).toEqual([{ health: 'healthy', reason: '' }])
    await clock.advance(60_000)
    expect(told.slice(1)).toEqual([
      { health: 'unhealthy', reason: 'c' },
      { health: 'healthy', reason: '' },
    ])
    watch.dispose()
    expect(clock.pendingTimers).toBe(0)
  })

  it('gives up being patient', async () => {
    const { clock, told, watch } = watching(['no'])
    await clock.advance(2_999)
    expect(told).toEqual([])
    await clock.advance(1)
    expect(told).toEqual([{ health: 'unhealthy', reason: 'no' }])
    watch.dispose()
  })

  it('no answer at all is one', async () => {
    const clock = new FakeClock()
    const told: Verdict[] = []
    const silence = check({ type: 'tcp', port: 1, startDelayMs: 0, startRetries: 0, timeoutMs: 3_000 })
    const watch = watchHealth(
      silence,
      () => new Promise(() => {}),
      clock,
      (verdict) => told.push(verdict),
    )
    await clock.advance(3_000)
    expect(told).toEqual([{ health: 'unhealthy', reason: 'no answer within 3 s' }])
    watch.dispose()
  })
})

it('the questions', async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/ok' ? 204 : 500
    response.end('x'.repeat(100_000))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const { signal } = new AbortController()
  const ask = (health: object) => probeOf(check(health), { env: process.env })(signal)
  expect(await ask({ type: 'http', url: `http://127.0.0.1:${port}/ok` })).toBeUndefined()
  expect(await ask({ type: 'http', url: `http://127.0.0.1:${port}/bad` })).toContain('answers 500')
  expect(await ask({ type: 'tcp', port })).toBeUndefined()
  server.close()
  server.closeAllConnections()
  await once(connect(port, '127.0.0.1'), 'error')
  expect(await ask({ type: 'tcp', port })).toContain('ECONNREFUSED')
  expect(await ask({ type: 'http', url: `http://127.0.0.1:${port}/` })).toContain('ECONNREFUSED')
  expect(await ask({ type: 'command', command: process.execPath, args: ['-e', ''] })).toBeUndefined()
  expect(await ask({ type: 'command', command: process.execPath, args: ['-e', 'process.exit(3)'] })).toContain(
    'exit code 3',
  )
  expect(await ask({ type: 'command', command: 'no-such-command' })).toContain('ENOENT')
})
