/**
 * The main job with OBS Studio itself and a Twitch as strict as the real one: an event becomes an alert, a command changes
 * the scene, and neither a killed hub nor an outage loses or repeats anything.
 */
import { OBSWebSocket } from 'obs-websocket-js/json'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { HubClient } from '../../contracts/client/hub-client.ts'
import type { StoredEnvelope } from '../../contracts/envelope.ts'
import type { PlayingAlert } from '../../contracts/state/alerts.ts'
import type { StateTopics } from '../../contracts/topics.ts'
import { type FakeTwitch, startFakeTwitch } from '../../electron/connections/twitch/fake.ts'
import { twitchSamples } from '../../electron/connections/twitch/samples.ts'
import { createDataDir, type RunningHub, startHub } from '../e2e/hub.ts'
import { SCENES } from '../obs/obs-config.ts'
import { missingForObs, RealObs } from '../obs/real-obs.ts'
import {
  buildOnce,
  connectPage,
  follow,
  mustHave,
  readEvents,
  twitchEnvironment,
  twitchIsReady,
  until,
} from './main-job-rig.ts'

const missing = mustHave(missingForObs())

/** An alert that was on screen this long had reached every page; the hub counts on it after 250 ms. */
const SEEN_MS = 500
/** Between the hub's clock and ours there is only the way of a message. */
const TOLERANCE_MS = 50
const KILLS = 5
const FOLLOWS_A_ROUND = 3
/** The shortest an alert may be. */
const FOLLOW_MS = 1000
/** Longer than any test here. */
const LONG_MS = 60_000

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe.skipIf(missing !== null)(`the main job${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  const data = createDataDir()
  let twitch: FakeTwitch
  let obs: RealObs
  let streamer: OBSWebSocket
  let hub: RunningHub
  let page: HubClient
  let alerts: () => StateTopics['state:alerts']
  let obsState: () => StateTopics['state:obs']
  let twitchState: () => StateTopics['state:twitch']
  let heard: StoredEnvelope[]
  let followers = 0

  beforeAll(async () => {
    buildOnce()
    twitch = await startFakeTwitch()
    obs = await RealObs.launch()
    streamer = new OBSWebSocket()
    await streamer.connect(obs.url, obs.password)
    await start()
  }, 180_000)

  afterAll(async () => {
    page?.dispose()
    await hub?.stop()
    await streamer?.disconnect()
    await obs?.dispose()
    await twitch?.dispose()
    data.remove()
  })

  beforeEach(async () => {
    heard = []
    await until('OBS connected', () => obsState().connection.status === 'connected')
    await twitchIsReady(twitchState)
  })

  /** The hub on its data folder, and a page that joins it; the port stays the same from the second time on. */
  async function start(port?: number): Promise<void> {
    const env = { ...twitchEnvironment(twitch), LANDALE_OBS_URL: obs.url, LANDALE_OBS_PASSWORD: obs.password }
    hub = await startHub({ data: data.path, port, env })
    page?.dispose()
    page = connectPage(hub)
    alerts = follow(page, 'state:alerts')
    obsState = follow(page, 'state:obs')
    twitchState = follow(page, 'state:twitch')
    page.news('events:log', { onEvent: (_, event) => heard.push(event as unknown as StoredEnvelope) })
  }

  async function restart(): Promise<void> {
    await start(Number(new URL(hub.http).port))
  }

  const hear = (type: string, accepts: (payload: Record<string, unknown>) => boolean = () => true) =>
    until(`news of ${type}`, () => heard.find((event) => event.type === type && accepts(event.payload)))

  /** Somebody new follows: Twitch knows at once, and whoever is subscribed hears it. Answers who. */
  function somebodyFollows(isHeard = true): string {
    followers += 1
    const user = { user_id: String(800_000 + followers), user_login: `fan_${followers}`, user_name: `Fan_${followers}` }
    const followed_at = new Date().toISOString()
    twitch.channel.followers.unshift({ ...user, followed_at })
    if (isHeard) twitch.notify('channel.follow', { ...twitchSamples['channel.follow'], ...user, followed_at })
    return user.user_name
  }

  async function setDuration(type: 'follow', durationMs: number): Promise<void> {
    // One alert for each who follows.
    const rule = { ...alerts().rules[type], durationMs, fold: false }
    await hub.command('alert.rule.set', { type, rule })
    await until('the rule', () => alerts().rules[type].durationMs === durationMs)
  }

  const offsetOf = ({ elapsedMs, startedAt }: PlayingAlert, at: number) => elapsedMs + at - startedAt

  it('a follow on Twitch is an alert at once', async () => {
    const sentAt = performance.now()
    const who = somebodyFollows()
    const alert = await until('the alert', () => alerts().current)
    console.log(`from Twitch's socket to the page's state: ${(performance.now() - sentAt).toFixed(1)} ms`)
    expect(alert).toMatchObject({ type: 'follow', who, what: 'followed', simulated: false })
    await hub.command('alert.skip', { id: alert.id })
  })

  it('a command over HTTP changes the scene in OBS', async () => {
    for (const scene of [...SCENES].reverse()) {
      expect(await hub.command('obs.scene.set', { scene })).toEqual({})
      const { currentProgramSceneName } = await streamer.call('GetCurrentProgramScene')
      expect(currentProgramSceneName).toBe(scene)
    }
    await expect(hub.command('obs.scene.set', { scene: 'Nowhere' })).rejects.toThrow(/Nowhere/)
  }, 30_000)

  it('a scene change in OBS is an event, state, and in the log', async () => {
    const { current } = obsState().scenes
    const scene = SCENES.find((name) => name !== current) ?? ''
    await streamer.call('SetCurrentProgramScene', { sceneName: scene })
    const event = await hear('obs.scene.changed', (payload) => payload.scene === scene)
    expect(event).toMatchObject({ source: 'obs', payload: { scene, previousScene: current } })
    await until('the state', () => obsState().scenes.current === scene)
    const [stored] = await readEvents(hub, 'obs.scene.changed')
    expect(stored).toEqual(event)
  })

  it('kill -9 in mid-alert: the same run of the same alert goes on at the offset it would have had', async () => {
    await setDuration('follow', LONG_MS)
    const who = somebodyFollows()
    const shown = await until('the alert', () => alerts().current)
    expect(shown.who).toBe(who)
    await pause(SEEN_MS)
    for (let kill = 0; kill < 3; kill += 1) {
      await pause(Math.random() * 1000)
      await hub.kill()
      await restart()
      const again = await until('the alert again', () => alerts().current)
      expect(again).toMatchObject({ id: shown.id, run: shown.run })
      const now = Date.now()
      expect(Math.abs(offsetOf(again, now) - offsetOf(shown, now))).toBeLessThan(TOLERANCE_MS)
    }
    await hub.command('alert.skip', { id: shown.id })
    const starts = await readEvents(hub, 'alert.started')
    expect(starts.filter(({ payload }) => payload.alertId === shown.id)).toHaveLength(1)
  }, 60_000)

  it(`kill -9 at ${KILLS} random moments: nothing is lost and nothing shown twice`, async () => {
    await setDuration('follow', FOLLOW_MS)
    const expected: string[] = []
    for (let round = 1; round <= KILLS; round += 1) {
      await twitchIsReady(twitchState)
      for (let n = 0; n < FOLLOWS_A_ROUND; n += 1) expected.push(somebodyFollows())
      await pause(Math.random() * FOLLOW_MS * FOLLOWS_A_ROUND)
      const { current } = alerts()
      // One whose news may or may not have been stored when the hub dies: Twitch still knows it afterwards.
      expected.push(somebodyFollows())
      const killedAt = Date.now()
      await hub.kill()
      await restart()
      const where = current
        ? `in ${current.who} at ${offsetOf(current, killedAt)} ms of ${FOLLOW_MS}`
        : 'between alerts'
      console.log(`round ${round}: killed ${where}, back after ${Date.now() - killedAt} ms`)
    }
    await until(
      'the queue played to its end',
      async () => {
        const { current, waiting, interrupted } = alerts()
        const finished = await readEvents(hub, 'alert.finished')
        const shown = new Set(finished.map(({ payload }) => payload.who))
        return !current && waiting === 0 && interrupted.length === 0 && expected.every((who) => shown.has(who))
      },
      60_000,
    )
    const events = await readEvents(hub)
    const lives = (type: string) => events.filter((event) => event.type === type).map(({ payload }) => payload)
    for (const who of expected) {
      const follows = lives('twitch.channel.follow').filter(({ user_name }) => user_name === who)
      expect(follows, `${who} followed once`).toHaveLength(1)
      for (const type of ['alert.enqueued', 'alert.started', 'alert.finished']) {
        expect(
          lives(type).filter((payload) => payload.who === who),
          `${type} of ${who}`,
        ).toHaveLength(1)
      }
      expect(lives('alert.finished').find((payload) => payload.who === who)).toMatchObject({ outcome: 'shown' })
    }
  }, 180_000)

  it('an outage of Twitch: what can be read back is, and the gap says from when to when', async () => {
    const lostAt = Date.now()
    twitch.refuse()
    twitch.drop()
    await hear('twitch.disconnected')
    const missed = somebodyFollows(false)
    const waiting = await until('a next try', () => {
      const { connection } = twitchState()
      return connection.status === 'waiting' && connection
    })
    expect(waiting).toMatchObject({ reason: expect.stringMatching(/\w/), retryAt: expect.any(Number) })
    await pause(500)
    twitch.accept()
    await hub.command('twitch.connect')
    const { payload } = await hear('twitch.gap')
    const { from, to, recovered, lost } = payload as { from: number; to: number; recovered: unknown; lost: string[] }
    expect(from).toBeLessThanOrEqual(lostAt + TOLERANCE_MS)
    expect(to).toBeGreaterThanOrEqual(lostAt + 500)
    expect(recovered).toContainEqual({ what: 'followers', count: 1 })
    expect(lost).toContain('cheers')
    const follow = await hear('twitch.channel.follow', ({ user_name }) => user_name === missed)
    expect(follow.payload).toMatchObject({ recovered: true })
    expect(twitchState().lastGap).toMatchObject({ from, to })
    const [stored] = await readEvents(hub, 'twitch.gap')
    expect(stored?.payload).toEqual(payload)
  }, 30_000)
})
