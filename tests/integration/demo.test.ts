/**
 * The demo over a real hub: what it makes up takes the way of the true events, to every state that an overlay draws from,
 * and leaves no figure behind.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { HubClient } from '../../contracts/client/hub-client.ts'
import { type RunningHub, startHub } from '../e2e/hub.ts'
import { buildOnce, connectPage, getJson, readEvents, until } from './main-job-rig.ts'

let hub: RunningHub
let page: HubClient
const seen = {
  shows: new Set<string>(),
  contents: new Set<string>(),
  takeovers: new Set<string>(),
  messages: new Set<string>(),
  runs: new Set<string>(),
  displays: new Set<string>(),
  mostCleared: 0,
  goals: 0,
}

beforeAll(async () => {
  buildOnce()
  hub = await startHub()
  page = connectPage(hub)
  page.state('state:producer', ({ show, layers, takeover, goals }) => {
    seen.shows.add(show.id)
    seen.goals = Math.max(seen.goals, goals.length)
    if (takeover) seen.takeovers.add(takeover.type)
    for (const layer of Object.values(layers)) {
      if (!layer) continue
      seen.contents.add(layer.content.type)
      if (layer.content.type === 'message') seen.messages.add(layer.content.title ?? '')
    }
  })
  page.state('state:status', ({ bar, text }) => {
    if (bar.isVisible) seen.displays.add(`status ${bar.mode}`)
    if (text.isVisible) seen.displays.add('text')
  })
  page.state('state:now-playing', ({ track }) => track && seen.displays.add(`track ${track.artist}`))
  page.state('state:coding', ({ task }) => task && seen.displays.add('coding'))
  page.state('state:chat', ({ highlight }) => highlight && seen.displays.add('highlight'))
  page.state('state:emote-rain', ({ rains }) => {
    if (Object.values(rains).some(({ cause }) => cause === 'burst')) seen.displays.add('rain')
  })
  page.state('state:captions', ({ lines }) => lines.length > 0 && seen.displays.add('captions'))
  page.state('state:ironmon', ({ run }) => {
    if (!run) return
    seen.runs.add(`${run.attempt} ${run.outcome ?? 'open'}`)
    seen.mostCleared = Math.max(seen.mostCleared, run.cleared)
  })
}, 120_000)

afterAll(async () => {
  page?.dispose()
  await hub?.stop()
})

it('shows each of its acts, and counts none', async () => {
  await hub.command('simulator.demo.start', { speed: 20 })
  await until('the end of the demo', async () => (await readEvents(hub, 'twitch.stream.offline')).length > 0, 90_000)
  expect([...seen.shows].sort()).toEqual(['coding', 'ironmon', 'variety'])
  expect([...seen.takeovers]).toEqual(['please-stand-by'])
  expect([...seen.contents]).toEqual(expect.arrayContaining(['sub-train', 'message', 'latest-event']))
  expect([...seen.messages]).toEqual(expect.arrayContaining(['Tomorrow', 'Attempt 1,274 is over']))
  expect([...seen.runs]).toEqual(expect.arrayContaining(['1274 open', '1274 lost', '1275 open']))
  expect(seen.mostCleared).toBe(4)
  expect([...seen.displays].sort()).toEqual([
    ...[
      'captions',
      'coding',
      'highlight',
      'rain',
      'status break',
      'status game',
      'status outro',
      'status preshow',
      'status soapbox',
      'text',
    ],
    ...['track Misty & the Staryus', 'track The Metronomes'],
  ])
  expect(seen.goals).toBeGreaterThan(0)

  const alerts = await until('an alert of every kind', async () => {
    const kinds = new Set((await readEvents(hub, 'alert.enqueued')).map(({ payload }) => payload.type))
    return kinds.size === 13 && kinds
  })
  expect([...alerts].sort()).toEqual([
    ...['ad-break', 'charity', 'cheer', 'follow', 'gift', 'goal', 'hype-train', 'poll', 'prediction', 'raid'],
    ...['redemption', 'resub', 'sub'],
  ])
  // Nothing of it is kept: no seed, no result.
  expect(await getJson(hub, '/api/ironmon/results/recent')).toMatchObject({ data: { results: [] } })
}, 120_000)
