/**
 * The alert queue against kill -9: the real hub in a process of its own, killed at moments it does not choose, and a page
 * that writes down what it is told to show. Every alert must be shown, and none from its beginning a second time.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, it } from 'vitest'
import { createHubClient } from '../../contracts/client/hub-client.ts'
import type { AlertsState } from '../../contracts/state/alerts.ts'

const ENTRY = join(import.meta.dirname, '../../electron/headless.ts')
const data = mkdtempSync(join(tmpdir(), 'landale-crash-'))
const KILLS = 6
/** The shortest an alert may be. */
const DURATION_MS = 1000

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

it('loses nothing and begins nothing twice over many kills', { timeout: 120_000 }, async () => {
  const url = await start(0)
  const port = Number(new URL(url).port)
  const token = readFileSync(join(data, 'control-token'), 'utf8').trim()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const command = (name: string, args: object) =>
    fetch(`${url}/api/commands/${name}`, { method: 'POST', headers, body: JSON.stringify(args) }).catch(() => null)

  // What a page would show: by alert, the runs that began at its beginning.
  const beginnings = new Map<string, Set<number>>()
  let state: AlertsState | undefined
  const page = createHubClient({ url, token })
  page.state('state:alerts', (value) => {
    state = value
    if (value.current?.elapsedMs !== 0) return
    const { id, run } = value.current
    beginnings.set(id, (beginnings.get(id) ?? new Set()).add(run))
  })
  await expect.poll(() => state, { timeout: 5000 }).toBeDefined()
  const rule = state?.rules.follow
  await command('alert.rule.set', { type: 'follow', rule: { ...rule, durationMs: DURATION_MS, fold: false } })

  for (let n = 0; n < KILLS; n++) {
    for (let alert = 0; alert < 2; alert++) {
      void command('simulator.event', { type: 'twitch.channel.follow', payload: { user_name: `${n}-${alert}` } })
      await pause(Math.random() * 60)
    }
    await pause(Math.random() * 1500)
    await kill()
    await pause(Math.random() * 400)
    await start(port)
    await pause(Math.random() * 600)
  }
  const idle = () => state?.current === null && state.waiting === 0
  await expect.poll(idle, { timeout: (KILLS * 2 + 10) * DURATION_MS, interval: 200 }).toBe(true)

  const stored = await events('twitch.channel.follow')
  const finished = await events('alert.finished')
  page.dispose()
  expect(stored.length).toBeGreaterThan(KILLS)
  expect(finished.map(({ payload }) => payload.alertId).sort()).toEqual(stored.map(({ id }) => id).sort())
  expect(finished.every(({ payload }) => payload.outcome === 'shown')).toBe(true)
  for (const { id } of stored) expect(beginnings.get(id)?.size, id).toBe(1)

  async function events(type: string): Promise<{ id: string; payload: Record<string, unknown> }[]> {
    const response = await fetch(`${url}/api/events?type=${type}&limit=1000`, { headers })
    return ((await response.json()) as { events: { id: string; payload: Record<string, unknown> }[] }).events
  }
})
