/**
 * The demo over a whole hub in this process, whose time the test moves: what it makes up takes the way of the true events, to
 * every state that the pages on `main` draw from, and nothing of it is left behind. Time waits for the hub, so that a busy
 * machine misses nothing.
 */
import { isDeepStrictEqual } from 'node:util'
import pino from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FakeClock } from '../../base/testing/fake-clock.ts'
import { alertTypes } from '../../contracts/alert.ts'
import type { HubClient } from '../../contracts/client/hub-client.ts'
import { standingContentTypes } from '../../contracts/content.ts'
import { takeoverTypes } from '../../contracts/show.ts'
import { rehearsedId } from '../../contracts/state/rehearsal.ts'
import type { StateTopics } from '../../contracts/topics.ts'
import { type WidgetKind, widgetKinds } from '../../contracts/widgets.ts'
import { createHub, type Hub } from '../../electron/hub.ts'
import { loadHubConfig } from '../../electron/hub-config.ts'
import { createKeyFileBox } from '../../electron/kernel/key-file-box.ts'
import { createDataDir } from '../e2e/hub.ts'
import { connectPage, getJson, until } from './main-job-rig.ts'

/** Less than anything in the script stands for. */
const STEP_MS = 400
const NO_OBS = { url: 'ws://127.0.0.1:9', password: undefined }

let data: ReturnType<typeof createDataDir>
let clock: FakeClock
let hub: Awaited<ReturnType<typeof start>>
let page: HubClient
/** A widget that is nowhere to be seen. */
let spare: unknown

async function start() {
  const config = await loadHubConfig(data.path, { LANDALE_IRONMON_PORT: '0' }, { port: 0 })
  const created: Hub = await createHub({
    config,
    obsEnvironment: NO_OBS,
    dataDir: data.path,
    clock,
    log: pino({ level: 'silent' }),
    box: createKeyFileBox(data.path),
    globalKeys: null,
    frameSources: null,
    staticRoot: null,
  })
  return { ...created, http: created.url, data: data.path }
}

async function command(name: string, args: object = {}): Promise<Record<string, unknown>> {
  const response = await fetch(`${hub.http}/api/commands/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${hub.controlToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(args),
  })
  const answer = (await response.json()) as { status: string; result?: Record<string, unknown>; error?: object }
  if (answer.status !== 'committed') throw new Error(`${name}: ${JSON.stringify(answer.error)}`)
  return answer.result ?? {}
}

/**
 * Moves time on in small steps. Before the next, what the hub has to write is written, and what came of that as well: what is
 * written last, by this command, comes after it.
 */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += STEP_MS) {
    await clock.advance(STEP_MS)
    for (let turn = 0; turn < 2; turn++) await command('widget.preset.save', { widget: spare, name: 'Spare' })
  }
}

/** What a page on `main` has heard of last. */
const TOPICS = [
  ...([
    'state:outputs',
    'state:widgets',
    'state:rehearsal',
    'state:simulator',
    'state:producer',
    'state:alerts',
  ] as const),
  ...(['state:status', 'state:now-playing', 'state:coding', 'state:captions', 'state:ironmon', 'state:chat'] as const),
  ...(['state:emote-rain', 'state:timers', 'state:poll', 'state:giveaway', 'state:audience'] as const),
]
type Told = { [T in (typeof TOPICS)[number]]: StateTopics[T] }
let told: Partial<Told>

async function open(): Promise<void> {
  hub = await start()
  page = connectPage(hub)
  told = {}
  for (const topic of TOPICS) page.state(topic, (state) => Object.assign(told, { [topic]: structuredClone(state) }))
  await until('every state', () => TOPICS.every((topic) => told[topic] !== undefined))
}

async function close(): Promise<void> {
  page.dispose()
  const stopped = hub.stop()
  // What the hub waits for while it stops.
  for (let step = 0; step < 20; step++) await clock.advance(STEP_MS)
  await stopped
}

beforeEach(async () => {
  data = createDataDir()
  clock = new FakeClock(Date.UTC(2026, 5, 1, 18))
  await open()
  spare = (await command('widget.add', { kind: 'goals', name: 'Spare' })).widget
  await pass(STEP_MS)
}, 60_000)

afterEach(async () => {
  await close()
  data.remove()
})

/** Whether a widget has something to draw. */
const isSaid: Record<WidgetKind, (told: Told) => boolean> = {
  goals: (all) => all['state:producer'].goals.length > 0,
  events: (all) => all['state:audience'].events.length > 0,
  chat: (all) => Object.keys(all['state:chat'].lines).length > 0,
  highlight: (all) => all['state:chat'].highlight !== null,
  'emote-rain': (all) => Object.keys(all['state:emote-rain'].rains).length > 0,
  timer: (all) => all['state:timers'].timers[rehearsedId('timer')]?.status === 'running',
  poll: (all) => all['state:poll'].poll !== null,
  giveaway: (all) => all['state:giveaway'].giveaway !== null,
  counts: (all) => all['state:audience'].viewers !== null && all['state:audience'].followers !== null,
  supporters: (all) => all['state:audience'].today.bits.length > 0,
  leaderboard: (all) => all['state:audience'].today.messages.length > 0,
}

/** Everything that stands on `main` now, by name; `appearance` tells one time from the next. */
function onMain(all: Told): { name: string; appearance: string }[] {
  const { show, layers, takeover } = all['state:producer']
  if (takeover) return [{ name: `takeover ${takeover.type}`, appearance: takeover.id }]
  const once = (name: string, isThere: unknown) => (isThere ? [{ name, appearance: '' }] : [])
  const bar = layers.foreground ?? layers.midground ?? layers.background
  const { current } = all['state:alerts']
  const { bar: status, text } = all['state:status']
  const { lines } = all['state:captions']
  const { run, battle } = all['state:ironmon']
  const { giveaway } = all['state:giveaway']
  return [
    ...once(`show ${show.id}`, true),
    ...(bar ? [{ name: `bar ${bar.content.type}`, appearance: bar.id }] : []),
    ...(current ? [{ name: `alert ${current.type}`, appearance: current.id }] : []),
    ...once(`status ${status.mode}`, status.isVisible),
    ...once('status text', text.isVisible),
    ...once('now playing', all['state:now-playing'].track?.isPlaying),
    ...once('captions', (lines.at(-1)?.at ?? 0) > clock.now() - 6000),
    ...once('coding', show.theme === 'coding' && all['state:coding'].task),
    ...once(`run ${run?.attempt} ${run?.outcome ?? 'open'}`, show.theme === 'ironmon' && run),
    ...once('battle', show.theme === 'ironmon' && battle),
    ...once('team', show.theme === 'ironmon' && all['state:ironmon'].team.some((pokemon) => pokemon !== null)),
    ...once('winner', giveaway?.winners.length),
    ...all['state:rehearsal'].layers
      .filter(({ layer: { opacity, css } }) => opacity === 1 && css.includes('opacity: 1'))
      .flatMap(({ layer }) => all['state:rehearsal'].widgets.find(({ id }) => id === layer.id) ?? [])
      .filter(({ kind }) => isSaid[kind](all))
      .map(({ kind }) => ({ name: `widget ${kind}`, appearance: '' })),
  ]
}

/** Plays on to the end and answers how often each was there. */
async function playOn(): Promise<Map<string, number>> {
  const times = new Map<string, Set<string>>()
  while (told['state:simulator']?.run) {
    await pass(STEP_MS)
    for (const { name, appearance } of onMain(told as Told)) {
      times.set(name, (times.get(name) ?? new Set()).add(appearance))
    }
  }
  return new Map([...times].map(([name, appearances]) => [name, appearances.size]))
}

/** Alerts that the demo has set going are shown to their end. */
async function isAsBefore(before: unknown): Promise<boolean> {
  await pass(STEP_MS)
  return isDeepStrictEqual(rest(), before)
}

/** All that is seen or kept, without what time alone changes and without the list of past alerts. */
function rest(): unknown {
  const { 'state:alerts': alerts, 'state:producer': producer, 'state:emote-rain': rain, ...others } = told as Told
  const { 'state:captions': _faded, 'state:simulator': _told, ...kept } = others
  const { show, takeover, queue, goals, shows } = producer
  // The ticker goes on by itself.
  const { background: _ticker, ...layers } = producer.layers
  const { current, interrupted, queue: waiting, rules } = alerts
  return {
    kept,
    producer: { show, layers, takeover, queue, goals, shows },
    rain: rain.rains,
    current,
    interrupted,
    waiting,
    rules,
  }
}

async function startDemo(): Promise<void> {
  await command('simulator.demo.start')
  await until('the demo', () => told['state:simulator']?.run?.kind === 'demo')
}

/** What a streamer has of their own. */
async function furnish(): Promise<void> {
  const { widget } = await command('widget.add', { kind: 'counts', name: 'Mine' })
  await command('layer.add', { output: 'main', layer: { source: { kind: 'widget', widget } } })
  const { widget: timer } = await command('widget.add', { kind: 'timer' })
  await command('timer.start', { widget: timer })
  await command('giveaway.open', { title: 'My own', keyword: '!mine' })
  await command('giveaway.close')
  await command('status.bar.set', { mode: 'custom', text: 'True' })
  await command('goals.set', { goals: [{ type: 'new_bit', description: 'True', current_amount: 3, target_amount: 9 }] })
  await pass(1000)
}

it('shows everything there is on main, each content of the bar several times', async () => {
  await startDemo()
  const times = await playOn()
  const often = [...standingContentTypes, 'sub-train', 'message'].map((type) => `bar ${type}`)
  expect(
    Object.fromEntries(often.filter((name) => (times.get(name) ?? 0) < 2).map((name) => [name, times.get(name)])),
  ).toEqual({})
  const expected = [
    ...['variety', 'ironmon', 'coding'].map((show) => `show ${show}`),
    ...alertTypes.map((type) => `alert ${type}`),
    ...takeoverTypes.map((type) => `takeover ${type}`),
    ...widgetKinds.map((kind) => `widget ${kind}`),
    ...['preshow', 'soapbox', 'game', 'break', 'outro'].map((mode) => `status ${mode}`),
    ...['status text', 'now playing', 'captions', 'coding', 'winner'],
    ...['run 1274 open', 'run 1274 lost', 'run 1275 open', 'battle', 'team'],
  ]
  expect(expected.filter((name) => !times.has(name))).toEqual([])
}, 180_000)

it('leaves nothing behind, at its end or when it is stopped, and touches nothing of the streamer’s', async () => {
  await furnish()
  const before = rest()
  await startDemo()
  await playOn()
  await until('all as before', () => isAsBefore(before)).catch(() => expect(rest()).toEqual(before))

  await startDemo()
  for (const positionMs of [29_000, 250_000]) {
    await command('simulator.seek', { positionMs })
    await pass(4000)
  }
  expect(told['state:rehearsal']?.layers).not.toEqual([])
  expect(told['state:rehearsal']?.widgets.map(({ kind }) => kind)).not.toContain('counts')
  await command('simulator.stop')
  await until('all as before', () => isAsBefore(before)).catch(() => expect(rest()).toEqual(before))
  expect(await getJson(hub, '/api/ironmon/results/recent')).toMatchObject({ data: { results: [] } })
}, 240_000)
