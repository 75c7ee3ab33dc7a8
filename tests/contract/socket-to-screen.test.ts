/**
 * Follows each type of event from the vendor's socket to the screen: the frame as Twitch or OBS sends it, the stored event,
 * the log over HTTP, the push on the channel, the row on the dashboard, and the alert where there is one. Nothing in
 * between is replaced; only the vendors are ours. A type without a sample fails here.
 */
import type { Browser, Frame, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { HubClient } from '../../contracts/client/hub-client.ts'
import type { StoredEnvelope } from '../../contracts/envelope.ts'
import { eventSchemas, isEventType } from '../../contracts/events.ts'
import type { StateTopics } from '../../contracts/topics.ts'
import { FakeObs } from '../../electron/connections/obs/fake.ts'
import { type FakeTwitch, startFakeTwitch } from '../../electron/connections/twitch/fake.ts'
import { twitchSamples } from '../../electron/connections/twitch/samples.ts'
import { twitchTopics } from '../../electron/connections/twitch/topics.ts'
import { ALERT_EVENT_TYPES, type AlertEventType } from '../../electron/features/alerts/rules.ts'
import { type RunningHub, startHub } from '../e2e/hub.ts'
import { hasChromium, launchChromium } from '../integration/chromium.ts'
import {
  buildOnce,
  connectPage,
  follow,
  mustHave,
  readEvents,
  twitchEnvironment,
  twitchIsReady,
  until,
} from '../integration/main-job-rig.ts'

/** What viewers must read for the sample of each type. */
const ON_SCREEN: Record<AlertEventType, readonly string[]> = {
  'twitch.channel.follow': ['Mira_Plays', 'followed'],
  'twitch.channel.subscribe': ['Mira_Plays', 'subscribed', 'Tier 1'],
  'twitch.channel.subscription.gift': ['Mira_Plays', 'gifted to the community', '5 subs'],
  'twitch.channel.subscription.message': ['はる', 'subscribed again', '12 months', '一年間ありがとう landaleHype'],
  'twitch.channel.cheer': ['Mira_Plays', 'cheered', '1,000 bits', 'Cheer1000 gg 🎉'],
  'twitch.channel.raid': ['OtherStreamer', 'is raiding', '143 viewers'],
  'twitch.channel.channel_points_custom_reward_redemption.add': [
    ...['はる', 'redeemed Hydrate 💧', '500 points', '水を飲んで!'],
  ],
  'twitch.channel.hype_train.begin': ['Hype Train', 'is here', 'Level 2'],
  'twitch.channel.hype_train.end': ['Hype Train', 'reached', 'Level 2'],
  'twitch.channel.poll.begin': ['Nuzlocke or not?', 'Poll open', 'Yes · No'],
  'twitch.channel.poll.end': ['Nuzlocke or not?', 'Poll closed', '17 votes', 'Yes'],
  'twitch.channel.prediction.begin': ['Do we beat the gym?', 'Prediction open', 'Yeah! · No!'],
  'twitch.channel.prediction.lock': ['Do we beat the gym?', 'Prediction locked', '1,700 points', 'Yeah! · No!'],
  'twitch.channel.prediction.end': ['Do we beat the gym?', 'Prediction settled', '1,700 points', 'Yeah!'],
  'twitch.channel.charity_campaign.donate': ['はる', 'donated to Example Charity', '€12.50'],
  'twitch.channel.goal.end': ['Help me get partnered!', 'Goal reached', '221 / 220'],
  'twitch.channel.ad_break.begin': ['Ad break', 'Back in', '90 seconds'],
}

/** OBS's words, ours, and what the dashboard's row must say. */
const OBS_EVENTS: readonly {
  raw: string
  data: Record<string, unknown>
  type: string
  payload: Record<string, unknown>
  row: string
}[] = [
  {
    raw: 'CurrentProgramSceneChanged',
    data: { sceneName: 'Scene B', sceneUuid: 'b' },
    type: 'obs.scene.changed',
    payload: { scene: 'Scene B', previousScene: 'Scene A' },
    row: 'Scene B',
  },
  {
    raw: 'StudioModeStateChanged',
    data: { studioModeEnabled: true },
    type: 'obs.studio-mode.changed',
    payload: { enabled: true },
    row: 'Studio mode',
  },
  {
    raw: 'StreamStateChanged',
    data: { outputActive: true, outputState: 'OBS_WEBSOCKET_OUTPUT_STARTED' },
    type: 'obs.stream.started',
    payload: {},
    row: 'OBS started streaming',
  },
  {
    raw: 'StreamStateChanged',
    data: { outputActive: false, outputState: 'OBS_WEBSOCKET_OUTPUT_STOPPED' },
    type: 'obs.stream.stopped',
    payload: {},
    row: 'OBS stopped streaming',
  },
  {
    raw: 'RecordStateChanged',
    data: { outputActive: true, outputState: 'OBS_WEBSOCKET_OUTPUT_STARTED', outputPath: '/videos/a.mkv' },
    type: 'obs.recording.started',
    payload: { path: '/videos/a.mkv' },
    row: 'Recording started',
  },
  {
    raw: 'InputMuteStateChanged',
    data: { inputName: 'Mic', inputUuid: 'm', inputMuted: true },
    type: 'obs.input.muted',
    payload: { input: 'Mic', muted: true },
    row: 'Input muted',
  },
  {
    raw: 'SceneItemEnableStateChanged',
    data: { sceneName: 'Scene A', sceneUuid: 'a', sceneItemId: 1, sceneItemEnabled: false },
    type: 'obs.scene-item.visibility.changed',
    payload: { scene: 'Scene A', itemId: 1, visible: false },
    row: 'Scene item visibility changed',
  },
  {
    raw: 'SomethingNewInObs32',
    data: { anything: ['goes', 1] },
    type: 'obs.unknown',
    payload: { rawType: 'SomethingNewInObs32', body: { anything: ['goes', 1] } },
    row: 'Unknown',
  },
]

const missing = mustHave(hasChromium ? null : 'chromium not installed')

it('has a sample for every subscription', () => {
  expect(Object.keys(twitchSamples).sort()).toEqual(twitchTopics.map(({ type }) => type).sort())
})

describe.skipIf(missing !== null)(`from socket to screen${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let twitch: FakeTwitch
  let obs: FakeObs
  let hub: RunningHub
  let browser: Browser
  let dashboard: Page
  let overlay: Frame
  let page: HubClient
  let alerts: () => StateTopics['state:alerts']
  const pushed: StoredEnvelope[] = []
  const complaints: string[] = []

  beforeAll(async () => {
    buildOnce()
    twitch = await startFakeTwitch()
    obs = new FakeObs()
    await obs.start()
    hub = await startHub({ env: twitchEnvironment(twitch), config: { obs: { url: obs.url } } })
    page = connectPage(hub)
    page.news('events:log', { after: 0, onEvent: (_, event) => pushed.push(event as unknown as StoredEnvelope) })
    alerts = follow(page, 'state:alerts')
    browser = await launchChromium()
    dashboard = await openDashboard()
    overlay = await openOverlay()
    await twitchIsReady(follow(page, 'state:twitch'))
    await until('OBS connected', () => pushed.some(({ type }) => type === 'obs.connected'))
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    page?.dispose()
    await hub?.stop()
    await twitch?.dispose()
    await obs?.stop()
  })

  it.each(twitchTopics.map(({ type }) => type))(
    '%s',
    async (type) => {
      const sentBefore = pushed.length
      twitch.notify(type)
      const event = await arrived(`twitch.${type}`, sentBefore)
      expect(event.source).toBe('twitch')
      expectAllFields(event)
      expectNothingLost(twitchSamples[type], event.payload)
      await expectInLog(event)
      const row = await rowOf(event)
      const { user_name: name } = event.payload
      if (typeof name === 'string') expect(row).toContain(name)
      if (isAlertType(event.type)) await expectOnScreen(event.id, ON_SCREEN[event.type])
      else expect([alerts().current, ...alerts().queue].map((alert) => alert?.id)).not.toContain(event.id)
    },
    20_000,
  )

  it.each(OBS_EVENTS)('$raw is $type', async ({ raw, data, type, payload, row }) => {
    const sentBefore = pushed.length
    obs.emit(raw, data)
    const event = await arrived(type, sentBefore)
    expect(event).toMatchObject({ source: 'obs', payload })
    expectAllFields(event)
    await expectInLog(event)
    expect(await rowOf(event)).toContain(row)
  })

  it('none of the pages has complained', () => {
    expect(complaints).toEqual([])
  })

  async function openDashboard(): Promise<Page> {
    const opened = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    watch(opened)
    await opened.addInitScript(() => localStorage.setItem('landale.guide-seen', 'yes'))
    await opened.goto(hub.dashboard)
    await opened.getByLabel('Which events').selectOption({ label: 'Everything' })
    return opened
  }

  /** As OBS's browser source has it; answers the page of its alert layer. */
  async function openOverlay(): Promise<Frame> {
    const opened = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
    watch(opened)
    await opened.goto(hub.overlay)
    return until('the alert layer', () => opened.frames().find((frame) => frame.url().includes('/layer/alerts')))
  }

  function watch(opened: Page): void {
    opened.on('pageerror', (error) => complaints.push(`${opened.url()}: ${error.message}`))
    opened.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`${message.location().url}: ${message.text()}`)
    })
  }

  /** The push of it, sent after the first `since` pushes. */
  function arrived(type: string, since: number): Promise<StoredEnvelope> {
    return until(`a push of ${type}`, () => pushed.slice(since).find((event) => event.type === type))
  }

  async function expectInLog(event: StoredEnvelope): Promise<void> {
    const stored = await readEvents(hub, event.type)
    expect(stored.find(({ id }) => id === event.id)).toEqual(event)
  }

  /** The words of the row whose details are this event. */
  async function rowOf({ id, type }: StoredEnvelope): Promise<string> {
    const words = await until(`a row for ${type}`, () => dashboard.evaluate(wordsOfRow, id))
    expect(words.trim()).not.toBe('')
    expect(words).not.toMatch(/undefined|null|NaN|\[object|Invalid/)
    return words
  }

  async function expectOnScreen(id: string, texts: readonly string[]): Promise<void> {
    const shown = await until(`alert ${id} at rest on screen`, () => overlay.evaluate(textAtRest, id))
    for (const text of texts) expect(shown).toContain(text)
    await hub.command('alert.skip', { id })
    await until('the alert gone', () => overlay.evaluate(() => document.querySelector('.alert') === null))
  }
})

/** In the dashboard: opens and shuts each row's details until it finds the event. */
function wordsOfRow(id: string): string | null {
  for (const row of document.querySelectorAll('.event')) {
    const time = row.querySelector<HTMLButtonElement>('.event-time')
    time?.click()
    const isIt = row.querySelector('.event-raw')?.textContent?.includes(`"id": "${id}"`) ?? false
    time?.click()
    if (isIt) return row.querySelector('.event-words')?.textContent ?? ''
  }
  return null
}

/** In the overlay: what the alert says, once every part of it stands in the picture. */
function textAtRest(id: string): string | null {
  const alert = document.querySelector<HTMLElement>(`[data-alert="${CSS.escape(id)}"]`)
  if (!alert) return null
  const isThere = (part: HTMLElement) => {
    const { left, top, right, bottom, width } = part.getBoundingClientRect()
    const isOpaque = getComputedStyle(part).opacity === '1'
    return isOpaque && width > 0 && left >= 0 && top >= 0 && right <= 1920 && bottom <= 1080
  }
  const parts = alert.querySelectorAll<HTMLElement>('.alert-badge, .alert-who, .alert-line, .alert-message')
  return [...parts].every(isThere) ? alert.textContent : null
}

function isAlertType(type: string): type is AlertEventType {
  return (ALERT_EVENT_TYPES as readonly string[]).includes(type)
}

/** The payload passes its schema, and has every field that the schema knows, none undefined. */
function expectAllFields({ type, payload }: StoredEnvelope): void {
  if (!isEventType(type)) throw new Error(`${type} is not in the catalogue`)
  const schema = eventSchemas[type]
  expect(schema.safeParse(payload).error).toBeUndefined()
  expectFields(schema, payload, type)
}

function expectFields(schema: z.core.$ZodType, value: unknown, path: string): void {
  const { def } = schema as z.ZodObject | z.ZodArray | z.ZodNullable | z.ZodOptional | z.ZodString
  switch (def.type) {
    case 'object':
      for (const [key, field] of Object.entries(def.shape)) {
        const inner = (value as Record<string, unknown>)[key]
        if (field._zod.def.type === 'optional' && inner === undefined) continue
        expect(inner, `${path}.${key}`).not.toBeUndefined()
        expectFields(field, inner, `${path}.${key}`)
      }
      break
    case 'array':
      for (const item of value as unknown[]) expectFields(def.element, item, `${path}[]`)
      break
    case 'nullable':
    case 'optional':
      if (value !== null && value !== undefined) expectFields(def.innerType, value, path)
  }
}

/** Every value that Twitch sent is somewhere in the event, as often as it was sent, whatever its field is called. */
function expectNothingLost(raw: unknown, payload: unknown): void {
  const left = leavesOf(payload)
  for (const leaf of leavesOf(raw)) {
    const index = left.indexOf(leaf)
    expect(index, `${JSON.stringify(leaf)} was sent and is gone`).not.toBe(-1)
    left.splice(index, 1)
  }
}

/** Texts, numbers and booleans at any depth; times as ms, to compare Twitch's texts with our numbers. */
function leavesOf(value: unknown): unknown[] {
  if (value === null || value === undefined) return []
  if (typeof value === 'object') return Object.values(value).flatMap(leavesOf)
  const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)
  return [isTime ? Date.parse(value) : value]
}
