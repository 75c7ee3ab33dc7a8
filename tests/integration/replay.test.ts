/** A recorded broadcast of a hundred thousand events, played again by a real hub out of a real log. */

import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import type { HubClient } from '../../contracts/client/hub-client.ts'
import type { Recording } from '../../contracts/commands/simulator.ts'
import type { AnyEnvelope, StoredEnvelope } from '../../contracts/envelope.ts'
import { createMaker } from '../../electron/features/simulator/maker.ts'
import { makePayload } from '../../electron/features/simulator/payloads.ts'
import { newId } from '../../electron/kernel/new-id.ts'
import { openStore } from '../../electron/kernel/store/open-store.ts'
import { silentLog } from '../../electron/kernel/store/testing/silent-log.ts'
import { createDataDir, type RunningHub, startHub } from '../e2e/hub.ts'
import { buildOnce, connectPage, follow, readEvents, until } from './main-job-rig.ts'

const EVENTS = 100_000
const EVERY_MS = 20
const LENGTH_MS = EVENTS * EVERY_MS
const BEGAN = Date.now() - 86_400_000
const BATCH = 2000
/** Of the end; one page of the log. */
const PLAYED = 900

const data = createDataDir()
let hub: RunningHub
let page: HubClient

/** A follow every 20 ms by somebody whose id is the event's number, between a start and an end. */
async function record(): Promise<void> {
  const store = await openStore({ dataDir: data.path, migrations: [], clock: systemClock, log: silentLog })
  const event = (type: string, at: number, payload: object): AnyEnvelope => {
    const id = newId()
    return { id, type, source: 'twitch', at, correlationId: id, payload: payload as Record<string, unknown> }
  }
  const maker = createMaker(1, BEGAN)
  const follower = makePayload('twitch.channel.follow', maker)
  await store.append([event('twitch.stream.online', BEGAN, makePayload('twitch.stream.online', maker))])
  for (let n = 0; n < EVENTS; n += BATCH) {
    await store.append(
      Array.from({ length: BATCH }, (_, index) => {
        const at = BEGAN + (n + index) * EVERY_MS
        return event('twitch.channel.follow', at, { ...follower, user_id: String(n + index), followed_at: at })
      }),
    )
  }
  const end = BEGAN + LENGTH_MS
  await store.append([event('twitch.stream.offline', end, makePayload('twitch.stream.offline', maker))])
  await store.close()
}

beforeAll(async () => {
  buildOnce()
  await record()
  hub = await startHub({ data: data.path })
  page = connectPage(hub)
}, 180_000)

afterAll(async () => {
  page?.dispose()
  await hub?.stop()
  data.remove()
})

it('is found, played from anywhere in it at a hundred times its speed, in order, and not counted', async () => {
  const simulator = follow(page, 'state:simulator')
  const { recordings } = (await hub.command('simulator.recordings')) as { recordings: Recording[] }
  expect(recordings).toHaveLength(1)
  const [{ from = 0, to = 0 } = {}] = recordings
  expect([from, to]).toEqual([BEGAN, BEGAN + LENGTH_MS + 1])

  await hub.command('simulator.replay', { from, to, speed: 100 })
  await hub.command('simulator.pause')
  await hub.command('simulator.seek', { positionMs: LENGTH_MS - PLAYED * EVERY_MS })
  await hub.command('simulator.resume')
  await until('the end of the replay', () => simulator().run === null, 60_000)
  // What was played before the move is of the beginning.
  const follows = (await readEvents(hub, 'twitch.channel.follow')).filter(({ source }) => source === 'simulator')
  const played = follows.toReversed().filter(({ payload }) => Number(payload.user_id) >= EVENTS - PLAYED)
  expect(played.map(({ payload }) => payload.user_id)).toEqual(
    Array.from({ length: PLAYED }, (_, n) => String(EVENTS - PLAYED + n)),
  )
  // Times are those of now, not of yesterday.
  const { at, payload } = played.at(-1) as StoredEnvelope
  expect(Math.abs(at - Number(payload.followed_at))).toBeLessThan(600_000)
  expect((await readEvents(hub, 'twitch.stream.offline')).map(({ source }) => source)).toEqual(['simulator', 'twitch'])
}, 120_000)
