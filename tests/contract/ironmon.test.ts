/**
 * Follows a run from the game's socket to what pages and programs see of it: the bytes as the plugin sends them, the stored
 * events, the state on the channel, the statistics over HTTP, through a killed hub. And no web page can play along: a real
 * browser tries.
 */
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HubClient } from '../../contracts/client/hub-client.ts'
import { eventSchemas, isEventType } from '../../contracts/events.ts'
import type { StateTopics } from '../../contracts/topics.ts'
import { FakeGame } from '../../electron/connections/ironmon/fake.ts'
import { ironmonFrames } from '../../electron/connections/ironmon/samples.ts'
import { createDataDir, type RunningHub, startHub } from '../e2e/hub.ts'
import { hasChromium, launchChromium } from '../integration/chromium.ts'
import { buildOnce, connectPage, follow, getJson, mustHave, readEvents, until } from '../integration/main-job-rig.ts'

const data = createDataDir()
let hub: RunningHub
let page: HubClient
let ironmon: () => StateTopics['state:ironmon']
let game: FakeGame

async function start(): Promise<void> {
  hub = await startHub({ data: data.path })
  page = connectPage(hub)
  ironmon = follow(page, 'state:ironmon')
}

async function portOf(): Promise<number> {
  return until('an open port for the game', () => ironmon().link.address?.port)
}

async function types(): Promise<string[]> {
  const events = await readEvents(hub)
  return events
    .map(({ type }) => type)
    .filter((type) => type.startsWith('ironmon.'))
    .reverse()
}

const cleared = () => ironmon().checkpoints.flatMap(({ name, clearedAt }) => (clearedAt === null ? [] : [name]))

beforeAll(async () => {
  buildOnce()
  await start()
  game = await FakeGame.connect(await portOf())
}, 120_000)

afterAll(async () => {
  await game?.leave()
  page?.dispose()
  await hub?.stop()
  data.remove()
})

describe('from the game to the state', () => {
  it('shows what the samples tell', async () => {
    game.raw(ironmonFrames.slice(0, 8).join(''))
    await until('the last of them', () => cleared().includes('BROCK'))
    const { run, team, location, link, game: played } = ironmon()
    expect(run).toMatchObject({ attempt: 812, cleared: 2, current: 'RIVAL3', outcome: null })
    expect(cleared()).toEqual(['RIVAL1', 'BROCK'])
    expect(team).toMatchObject([{ name: 'Treecko', level: 9, status: 'healthy' }, null, null, null, null, null])
    expect(location).toEqual({ mapId: 5, name: 'Pokémon Tower 1F' })
    expect(link.games).toMatchObject([{ pluginVersion: '2.2', messages: 8, refused: 0 }])
    expect(played).toBe('firered-leafgreen')
    const told = (await readEvents(hub)).filter(({ source }) => source === 'ironmon').map(({ type }) => type)
    expect(told.reverse()).toEqual([
      'ironmon.connected',
      'ironmon.tracker.started',
      'ironmon.seed.reported',
      'ironmon.team.changed',
      'ironmon.team.changed',
      'ironmon.location.entered',
      'ironmon.battle.ended',
      'ironmon.trainer.defeated',
      'ironmon.checkpoint.reported',
    ])
    for (const { type, payload } of await readEvents(hub)) {
      if (type.startsWith('ironmon.') && isEventType(type)) expect(eventSchemas[type].parse(payload)).toEqual(payload)
    }
  })

  it('goes on after the hub was killed in the middle of the run', async () => {
    game.beat(415, 'MISTY')
    await until('Misty', () => cleared().includes('MISTY'))
    const before = ironmon()
    page.dispose()
    await hub.kill()
    await start()
    game = await FakeGame.connect(await portOf())
    const { link: _, ...after } = ironmon()
    const { link: __, ...expected } = before
    expect(after).toEqual(expected)
    // The same attempt, as an emulator that was started again says it.
    game.start(812).beat(416, 'SURGE')
    await until('Surge', () => cleared().includes('SURGE'))
    expect(cleared()).toEqual(['RIVAL1', 'BROCK', 'MISTY', 'SURGE'])
    expect((await types()).filter((type) => type === 'ironmon.run.started')).toHaveLength(1)
  })

  it('counts the loss, and answers in figures', async () => {
    game.meetTrainer(429, 'GARY').lose().start(813)
    await until('the next run', () => ironmon().run?.attempt === 813)
    expect(ironmon().statistics).toEqual({ runs: 2, lost: 1, won: 0, best: { checkpoint: 'SURGE', attempt: 812 } })
    const stats = await getJson(hub, '/api/ironmon/checkpoints/9/stats')
    expect(stats).toMatchObject({ success: true, data: { wins: 0, losses: 1, total: 1, win_rate: 0 } })
    const recent = await getJson(hub, '/api/ironmon/results/recent?limit=1')
    expect(recent).toMatchObject({ data: { results: [{ seed_id: 812, checkpoint_name: 'RIVAL5', result: false }] } })
    expect(await getJson(hub, '/api/ironmon/run')).toMatchObject({ data: { run_number: 813, clear_rate: 50 } })
  })

  it('lets the streamer correct it', async () => {
    await hub.command('ironmon.checkpoint.set', { checkpoint: 'RIVAL1', cleared: true })
    await until('the checkpoint', () => cleared().includes('RIVAL1'))
    await hub.command('ironmon.attempt.set', { attempt: 900 })
    await until('the number', () => ironmon().run?.attempt === 900)
    await expect(hub.command('ironmon.attempt.set', { attempt: 812 })).rejects.toThrow('has an attempt 812 already')
  })

  it('counts what it can not take, keeps it, and stays connected', async () => {
    game.say('weather', { rain: true }).raw('12 {"type":"se ').start(901)
    await until('the next run', () => ironmon().run?.attempt === 901)
    expect(ironmon().link.refused.byReason).toMatchObject({ 'unknown-type': 1, 'not-json': 1 })
    const [unknown] = await readEvents(hub, 'ironmon.unknown')
    expect(unknown?.payload).toMatchObject({ rawType: 'weather', body: { rain: true } })
    expect(game.isClosed).toBe(false)
  })
})

/** A name that the browser takes for this machine. */
const REBOUND = 'rebound.example'
const INJECTED = '50 {"type":"seed","data":{"value":666,"attempt":666}}'

interface Target {
  port: number
  frame: string
}

/** In a page of another origin: everything that can open a connection, with frames in it. */
async function trySpeaking({ port, frame }: Target): Promise<string[]> {
  const url = `http://127.0.0.1:${port}/`
  const outcome = (request: Promise<unknown>) =>
    request.then(
      () => 'answered',
      () => 'refused',
    )
  const greeted = new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`)
    socket.onopen = resolve
    socket.onerror = reject
  })
  return [
    await outcome(fetch(url, { method: 'POST', mode: 'no-cors', body: `${frame}${frame}` })),
    await outcome(fetch(url, { method: 'POST', mode: 'no-cors', body: ` ${frame}\n${frame}\n` })),
    await outcome(fetch(`${url}${encodeURIComponent(frame)}`, { mode: 'no-cors' })),
    await outcome(greeted),
  ]
}

/** In a page of the port's own origin: methods that begin as a message does. */
async function trySpeakingAsOrigin(frame: string): Promise<string[]> {
  const outcome = (method: string) =>
    fetch('/x', { method, body: `${frame}${frame}` }).then(
      () => 'answered',
      () => 'refused',
    )
  return [await outcome('50'), await outcome('9'), await outcome('POST')]
}

const missing = mustHave(hasChromium ? null : 'chromium not installed')

describe.skipIf(missing !== null)(`a web page${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  it('can say nothing on the port of the game', async () => {
    const site = await openSite()
    const browser = await launchChromium()
    try {
      const before = await types()
      const refusedBefore = ironmon().link.refused.byReason['not-a-game']
      const opened = await browser.newPage()
      await opened.goto(`http://127.0.0.1:${site.port}/`)
      const outcomes = await opened.evaluate(trySpeaking, { port: await portOf(), frame: INJECTED })
      expect(outcomes).toEqual(['refused', 'refused', 'refused', 'refused'])
      await until('every try counted', () => ironmon().link.refused.byReason['not-a-game'] - refusedBefore >= 4)
      // What the game says after it comes after anything that could have got in.
      game.start(902)
      await until('the next run', () => ironmon().run?.attempt === 902)
      expect((await types()).slice(before.length)).not.toContain('ironmon.connected')
      const seeds = await readEvents(hub, 'ironmon.seed.reported')
      expect(seeds.map(({ payload }) => payload.attempt)).not.toContain(666)
    } finally {
      await browser.close()
      await site.close()
    }
  })

  it('can not do so either under a name that was made to mean this machine, with a method of digits', async () => {
    const site = await openSite()
    const browser = await launchChromium([REBOUND])
    const second = await startHub({ env: { LANDALE_IRONMON_PORT: String(site.port) } })
    const secondPage = connectPage(second)
    const state = follow(secondPage, 'state:ironmon')
    try {
      // The port is taken: a clear error, and all else works.
      await until('the error', () => state().link.listener.status === 'waiting')
      expect(state().link.listener).toMatchObject({ reason: expect.stringContaining(`port ${site.port} is taken`) })
      const opened = await browser.newPage()
      await opened.goto(`http://${REBOUND}:${site.port}/`)
      await site.close()
      await second.command('ironmon.listen')
      await until('the port open', () => state().link.address?.port === site.port)
      const outcomes = await opened.evaluate(trySpeakingAsOrigin, INJECTED)
      expect(outcomes).toEqual(['refused', 'refused', 'refused'])
      await until('every try counted', () => state().link.refused.byReason['not-a-game'] >= 3)
      expect(await readEvents(second, 'ironmon.connected', 'ironmon.seed.reported', 'ironmon.unknown')).toEqual([])
    } finally {
      secondPage.dispose()
      await second.stop()
      await browser.close()
      await site.close()
    }
  })
})

/** A page of somebody else's. */
async function openSite(): Promise<{ port: number; close(): Promise<void> }> {
  const site = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>A page</title>')
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const address = site.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    close: () =>
      new Promise((resolve) => {
        site.close(() => resolve())
        site.closeAllConnections()
      }),
  }
}
