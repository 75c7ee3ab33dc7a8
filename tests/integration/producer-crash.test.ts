/**
 * The producer against kill -9: the real hub in a process of its own, killed at moments it does not choose. Whatever is on
 * a layer must be there again with the same end, and every subscription must be on the sub train once.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, it } from 'vitest'
import { createHubClient } from '../../contracts/client/hub-client.ts'
import type { ProducerState } from '../../contracts/state/producer.ts'

const ENTRY = join(import.meta.dirname, '../../electron/headless.ts')
const data = mkdtempSync(join(tmpdir(), 'landale-crash-'))
const KILLS = 5
/** Longer than the whole test, so that only a lost or changed end can end it. */
const LONG_MS = 3_600_000

let hub: ChildProcess | undefined

afterAll(() => {
  hub?.kill('SIGKILL')
  rmSync(data, { recursive: true, force: true, maxRetries: 5 })
})

async function start(port: number): Promise<string> {
  const env = { ...process.env, LANDALE_OBS_URL: 'ws://127.0.0.1:9', LANDALE_LOG_LEVEL: 'fatal' }
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

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

it('keeps every end and counts every subscription once over many kills', { timeout: 120_000 }, async () => {
  const url = await start(0)
  const port = Number(new URL(url).port)
  const token = readFileSync(join(data, 'control-token'), 'utf8').trim()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const command = (name: string, args: object) =>
    fetch(`${url}/api/commands/${name}`, { method: 'POST', headers, body: JSON.stringify(args) }).catch(() => null)

  const seen: { state?: ProducerState } = {}
  const forget = () => void delete seen.state
  const page = createHubClient({ url, token })
  page.state('state:producer', (value) => {
    seen.state = value
  })
  await command('content.override', { message: 'Still here', durationMs: LONG_MS })
  await command('takeover.show', { type: 'custom', message: 'Still covered', durationMs: LONG_MS })
  await command('show.set', { show: 'coding' })
  await expect.poll(() => seen.state?.show.id).toBe('coding')
  const { foreground } = seen.state?.layers ?? {}
  const takeover = seen.state?.takeover
  expect(foreground?.content).toMatchObject({ message: 'Still here' })
  expect(takeover?.message).toBe('Still covered')

  for (let n = 0; n < KILLS; n++) {
    for (let sub = 0; sub < 4; sub++) {
      void command('simulator.event', { type: 'twitch.channel.subscribe' })
      await pause(Math.random() * 20)
    }
    await pause(Math.random() * 100)
    await kill()
    forget()
    await start(port)
    await expect.poll(() => seen.state).toBeDefined()
    const stored = await subscriptions()
    await expect
      .poll(() => seen.state?.layers.midground?.content, { message: `after kill ${n + 1}` })
      .toMatchObject({ count: stored.length })
    expect(seen.state?.layers.foreground).toEqual(foreground)
    expect(seen.state?.takeover).toEqual(takeover)
    expect(seen.state?.show).toMatchObject({ id: 'coding', mode: 'manual' })
  }
  page.dispose()

  async function subscriptions(): Promise<unknown[]> {
    const response = await fetch(`${url}/api/events?type=twitch.channel.subscribe&limit=1000`, { headers })
    return ((await response.json()) as { events: unknown[] }).events
  }
})
