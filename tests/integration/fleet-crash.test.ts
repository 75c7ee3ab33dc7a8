/**
 * What an agent tells against kill -9 of the hub: the real hub in a process of its own, killed while events are on their
 * way to its disk. Each must be in the log once, in the order in which it happened, and the pairing must hold.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, it } from 'vitest'
import { FakeAgent, until } from '../../electron/features/fleet/fake-agent.ts'

const ENTRY = join(import.meta.dirname, '../../electron/headless.ts')
const data = mkdtempSync(join(tmpdir(), 'landale-crash-'))
const KILLS = 4
const BURST = 40

let hub: ChildProcess | undefined

afterAll(() => {
  hub?.kill('SIGKILL')
  rmSync(data, { recursive: true, force: true, maxRetries: 5 })
})

async function start(port: number): Promise<string> {
  const env = {
    ...process.env,
    LANDALE_OBS_URL: 'ws://127.0.0.1:9',
    LANDALE_IRONMON_PORT: '0',
    LANDALE_LOG_LEVEL: 'fatal',
  }
  const child = spawn(process.execPath, [ENTRY, '--port', String(port), '--data', data], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  hub = child
  for await (const line of createInterface(child.stdout)) {
    if (line.includes('"ready":true')) return (JSON.parse(line) as { http: string }).http
  }
  throw new Error('the hub ended before it was ready')
}

async function kill(): Promise<void> {
  const ended = hub && once(hub, 'exit')
  hub?.kill('SIGKILL')
  await ended
}

it('loses no event of a machine and doubles none', { timeout: 120_000 }, async () => {
  const url = await start(0)
  const token = readFileSync(join(data, 'control-token'), 'utf8').trim()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const opened = await fetch(`${url}/api/commands/agent.pairing.open`, { method: 'POST', headers, body: '{}' })
  const { result } = (await opened.json()) as { result: { code: string } }
  const demi = await FakeAgent.pair(url, result.code)
  let count = 0
  for (let kills = 0; kills < KILLS; kills++) {
    await demi.connect()
    const before = demi.unstored
    for (let event = 0; event < BURST; event++) demi.happen('clock.jumped', { byMs: ++count })
    // As soon as the first of them are answered, the rest is anywhere.
    await until(() => demi.unstored < before + BURST)
    await kill()
    await until(() => !demi.isConnected)
    demi.happen('clock.jumped', { byMs: ++count })
    await start(Number(new URL(url).port))
  }
  await demi.connect()
  await until(() => demi.unstored === 0)
  const response = await fetch(`${url}/api/events?type=agent.clock.jumped&limit=1000`, { headers })
  const { events } = (await response.json()) as { events: { payload: { byMs: number } }[] }
  const inOrder = events.map(({ payload }) => payload.byMs).reverse()
  expect(inOrder).toEqual(Array.from({ length: count }, (_, index) => index + 1))
  await demi.leave()
})
