/**
 * Every overlay page and every widget as viewers see it, compared with the pictures that are kept in `tests/references`: in a
 * usual state, and in one with hostile names. Alerts have theirs in `alerts.spec.ts`.
 */
import { expect, test } from '@playwright/test'
import type { Content, ContentLayer, LayerItem } from '../../contracts/content.ts'
import type { ShowTheme } from '../../contracts/show.ts'
import type { AlertsState } from '../../contracts/state/alerts.ts'
import type { CodingState, StatusState } from '../../contracts/state/displays.ts'
import type { IronmonState } from '../../contracts/state/ironmon.ts'
import type { Takeover } from '../../contracts/state/producer.ts'
import {
  defaultSettings,
  type WidgetData,
  type WidgetKind,
  widgetDefinitions,
  widgetKinds,
} from '../../contracts/widgets.ts'
import {
  SAMPLE_BATTLE,
  sampleCheckpoints,
  sampleIronmon,
  samplePokemon,
} from '../../overlays/ironmon/sample-ironmon.ts'
import { sampleCoding, sampleStatus, sampleTrack } from '../../overlays/layer/sample-displays.ts'
import { sampleContents, sampleItem, sampleProducer, sampleTakeover } from '../../overlays/omnibar/sample-content.ts'
import { pictureOfAlbum } from './album-picture.ts'
import { differenceFrom, expectReference, inLatin, REST_MS, STILL_BROWSER, StillPage } from './still-page.ts'

test.use(STILL_BROWSER)

const LONG = 'W'.repeat(10_000)
const MARKUP = '<img src=x onerror="document.title=1"><b>bold</b> & co'
/** Where only a name of the usual length comes through, e.g. because the schema says so. */
const WORDY = 'The doorbell rang in the middle of the final fight, so the final fight has to wait for a parcel. '

let still: StillPage

test.beforeEach(async ({ page }) => {
  still = await StillPage.open(page)
})
test.afterEach(() => still.stop())

const wear = (theme: ShowTheme) => still.say(still.hub.producer, sampleProducer({}, { theme }))

const THEMES: Partial<Record<Content['type'], ShowTheme>> = {
  'run-statistics': 'ironmon',
  'run-progression': 'ironmon',
  'emote-stats': 'coding',
}
const LAYERS: Partial<Record<Content['type'], ContentLayer>> = { 'sub-train': 'midground', message: 'foreground' }

/** The same content with names that nobody should have. */
function hostileContents(): Content[] {
  const { 'emote-stats': emotes, 'recent-follows': follows, 'stream-goals': goals, 'sub-train': train } = sampleContents
  const names = [LONG, MARKUP, LONG]
  return [
    {
      ...emotes,
      today: emotes.today.map((emote, index) => ({ ...emote, name: names[index % 3] ?? '', count: 9_999_999 })),
    },
    { ...follows, follows: names.map((user_name) => ({ user_name, followed_at: 0 })) },
    {
      ...goals,
      goals: goals.goals.map((goal, index) => ({
        ...goal,
        description: names[index] ?? '',
        current_amount: 99_999_999,
        target_amount: 999_999_999,
      })),
    },
    {
      type: 'latest-event',
      latest: { event: 'twitch.channel.cheer', user_name: LONG, bits: 9_999_999 },
      at: 0,
    },
    {
      type: 'recent-events',
      events: names.map((user_name, at) => ({ did: { event: 'twitch.channel.follow', user_name }, at })),
    },
    { ...train, count: 99_999, user_name: LONG, latest_user_name: LONG, total_months: 9_999_999 },
    { type: 'message', title: LONG, message: MARKUP + LONG, level: 'info' },
  ]
}

test('omnibar: every content, and what interrupts it', async ({ page }, info) => {
  await still.goto(still.hub.layerUrl('omnibar'), page.locator('.omnibar'))
  let turn = 0
  const show = (content: Content, layer = LAYERS[content.type] ?? 'background'): LayerItem => {
    turn += 1
    const endsAt = layer === 'background' ? null : still.now + 271_000
    return sampleItem(inLatin(content), { id: `item-${turn}`, layer, startedAt: still.now - 29_000, endsAt })
  }
  const say = (items: Partial<Record<ContentLayer, LayerItem>>, theme: ShowTheme = 'variety') =>
    still.say(still.hub.producer, sampleProducer(items, { theme }))
  const seen = (layer: ContentLayer, words: RegExp | string = /./) =>
    page.locator(`.bar[data-layer="${layer}"] .content`).last().filter({ hasText: words })

  for (const content of Object.values(sampleContents)) {
    const item = show(content)
    await say({ [item.layer]: item }, THEMES[content.type])
    await still.expectPicture(info, `omnibar-${content.type}`, page.locator(`[data-content="${content.type}"]`))
  }
  for (const level of ['warning', 'critical'] as const) {
    const message = `${level}: the stream moves to the other computer in two minutes. Do not go away. `.repeat(3)
    await say({ foreground: show({ type: 'message', title: 'Moving', message, level }) })
    await still.expectPicture(info, `omnibar-message-${level}`, seen('foreground', level))
  }
  await say({
    background: show(sampleContents['daily-stats']),
    midground: show(sampleContents['sub-train']),
    foreground: show({ type: 'message', title: 'Over all', message: 'What is below waits.', level: 'info' }),
  })
  await still.expectPicture(info, 'omnibar-interrupted', seen('foreground', 'What is below'))
  for (const content of hostileContents()) {
    const item = show(content)
    await say({ [item.layer]: item })
    await still.expectPicture(info, `omnibar-${content.type}-hostile`, page.locator(`[data-content="${content.type}"]`))
  }
  await say({})
  await still.expectPicture(info, 'omnibar-empty', page.locator('.bar[data-layer="background"]'))
})

test('a page that is broken does not pass for its picture, one that is drawn a little differently does', async ({
  page,
}) => {
  await still.goto(still.hub.layerUrl('omnibar'), page.locator('.omnibar'))
  const background = sampleItem(sampleContents['stream-goals'])
  await still.say(still.hub.producer, sampleProducer({ background }))
  await still.pass(REST_MS)
  const under = async (css: string) => {
    await page.evaluate((text) => {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(text)
      document.adoptedStyleSheets = [sheet]
      // Layout now, so that no picture of before is taken.
      document.body.getBoundingClientRect()
    }, css)
    return differenceFrom(page, 'omnibar-stream-goals')
  }
  const broken = {
    'a missing icon': '.tab svg { visibility: hidden }',
    'a missing figure': '.goal-line:first-child :last-child { visibility: hidden }',
    'no accent': '.tab { background: #5a5f68 !important }',
    'another text colour': '.cells { color: #ff8080 !important } .cells * { color: inherit !important }',
    'moved by six pixels': '.omnibar { margin-top: -6px; height: 100% }',
    'a smaller text': '.cells .fitted-text { font-size: 18px !important }',
    'a text that leaves its box': '.cell { overflow: visible !important; letter-spacing: 9px; white-space: nowrap }',
    'nothing at all': '.omnibar { display: none }',
  }
  for (const [what, css] of Object.entries(broken))
    expect.soft((await under(css))?.severity ?? 0, what).toBeGreaterThan(1)
  const tolerated = {
    nothing: '',
    'half a pixel': '.cells { transform: translate(0.5px, 0.5px) }',
    'a bolder face': '.cells .fitted-text { -webkit-text-stroke: 0.2px }',
  }
  for (const [what, css] of Object.entries(tolerated)) expect.soft(await under(css), what).toBeUndefined()
})

test('takeover: every screen', async ({ page }, info) => {
  await still.goto(still.hub.layerUrl('takeover'), page.locator('.canvas > *'))
  const screens: readonly [string, ShowTheme, Partial<Takeover>][] = [
    ['technical-difficulties', 'ironmon', { type: 'technical-difficulties' }],
    ['please-stand-by', 'variety', { type: 'please-stand-by', message: 'The next game is being set up.' }],
    ['screen-cover', 'coding', { type: 'screen-cover', message: null }],
    ['custom', 'variety', { type: 'custom', message: 'Fetching snacks' }],
    ['custom-hostile', 'ironmon', { type: 'custom', message: MARKUP + WORDY.repeat(3) }],
  ]
  for (const [index, [name, theme, change]] of screens.entries()) {
    const endsAt = index % 2 ? still.now + 271_000 : null
    const takeover = sampleTakeover({ id: name, startedAt: still.now - 180_000, endsAt, ...change })
    await still.say(still.hub.producer, sampleProducer({}, { theme, takeover }))
    await still.expectPicture(info, `takeover-${name}`, page.locator('.screen'))
  }
})

test('status: bar and text', async ({ page }, info) => {
  await wear('variety')
  await still.goto(still.hub.layerUrl('status'), page.locator('.status'))
  const show = async (name: string, state: StatusState, words: string) => {
    await still.say(still.hub.status, state)
    await still.expectPicture(info, name, page.locator('.status-text').filter({ hasText: words }))
  }
  const words = 'Back at half past, promised. The next game is chosen by chat.'
  await show('status', sampleStatus({ isVisible: true, text: 'fetching tea' }, { isVisible: true, text: words }), words)
  await show(
    'status-top',
    sampleStatus(
      { isVisible: true, mode: 'custom', text: 'Build night', position: 'top' },
      { isVisible: true, text: 'Soon', fontSize: 'large', animation: 'typewriter', position: 'top' },
    ),
    'Soon',
  )
  await show(
    'status-hostile',
    sampleStatus(
      { isVisible: true, text: LONG.slice(0, 80) },
      { isVisible: true, text: (MARKUP + LONG).slice(0, 200), fontSize: 'large', animation: 'none' },
    ),
    '<img',
  )
})

test('now playing', async ({ page }, info) => {
  await wear('variety')
  await still.goto(still.hub.layerUrl('now-playing'), page.locator('.now-playing-layer'))
  const panel = page.locator('.now-playing')
  const track = sampleTrack({ at: still.now })
  await still.say(still.hub.nowPlaying, { track })
  await still.expectPicture(info, 'now-playing', panel)
  await still.say(still.hub.nowPlaying, { track: { ...track, artwork: await pictureOfAlbum(page) } })
  await still.expectPicture(info, 'now-playing-artwork', panel.locator('img'))
  await still.say(still.hub.nowPlaying, {
    track: { ...track, title: MARKUP + LONG, artist: LONG, durationMs: 86_400_000, artwork: null },
  })
  await still.expectPicture(info, 'now-playing-hostile', panel.filter({ hasText: '<img' }))
})

test('captions', async ({ page }, info) => {
  await wear('ironmon')
  await still.goto(still.hub.layerUrl('captions'), page.locator('.captions-layer'))
  const panel = page.locator('.captions')
  await still.say(still.hub.captions, {
    lines: [
      { id: '1', text: 'Okay, it went wrong, but did you see that? It missed three times in a row!', at: still.now },
    ],
    interim: { text: 'And now it is', at: still.now },
  })
  await still.expectPicture(info, 'captions', panel)
  const text = (MARKUP + LONG).slice(0, 300)
  await still.say(still.hub.captions, { lines: [{ id: '2', text, at: still.now }], interim: null })
  await still.expectPicture(info, 'captions-hostile', panel.filter({ hasText: 'WWW' }))
})

test('IronMON: a full team, none, in battle, lost and won', async ({ page }, info) => {
  await wear('ironmon')
  await still.say(still.hub.ironmon, sampleIronmon())
  await still.goto(still.hub.layerUrl('ironmon'), page.locator('.ironmon'))
  const show = async (name: string, state: IronmonState, sees: string) => {
    await still.say(still.hub.ironmon, state)
    await still.expectPicture(info, name, page.locator(sees))
  }
  await show('ironmon', sampleIronmon(), '.rail')
  const none = sampleIronmon(
    { team: Array(6).fill(null), checkpoints: sampleCheckpoints(0) },
    { attempt: 814, cleared: 0, current: 'RIVAL1' },
  )
  await show('ironmon-empty', none, '.seed-number:text-is("814")')
  const names = ['Vaporeon', 'Pidgeot', 'Sandshrew', 'Nidoking', 'Jolteon', 'Snorlax']
  const statuses = ['healthy', 'poisoned', 'asleep', 'paralysed', 'burned', 'frozen'] as const
  const team = names.map((name, index) =>
    samplePokemon({
      name,
      level: 12 + index * 9,
      hp: { current: 96 - index * 18, max: 96 },
      item: index % 2 ? null : 200,
      status: statuses[index] ?? 'healthy',
    }),
  )
  await show('ironmon-full', sampleIronmon({ team, battle: SAMPLE_BATTLE }), '.battle')
  await show('ironmon-hostile', hostileIronmon(), '.seed-number:text-is("9,999,999")')
  const lost = {
    outcome: 'lost',
    endReason: 'defeat',
    endedAt: (sampleIronmon().run?.startedAt ?? 0) + 6_130_000,
  } as const
  await still.say(still.hub.ironmon, sampleIronmon())
  await still.pass(REST_MS)
  await show('ironmon-lost', sampleIronmon({}, lost), '.moment')
  await still.say(still.hub.ironmon, none)
  await still.pass(REST_MS)
  await show(
    'ironmon-won',
    sampleIronmon(
      { checkpoints: sampleCheckpoints(23) },
      { ...lost, outcome: 'won', attempt: 814, cleared: 23, current: null },
    ),
    '.moment',
  )
})

/** A run of things with hostile names, at its widest. */
function hostileIronmon(): IronmonState {
  const member = samplePokemon({
    name: LONG,
    level: 100,
    hp: { current: 714, max: 714 },
    item: 99_999,
    status: 'badly-poisoned',
  })
  return sampleIronmon(
    {
      team: Array.from({ length: 6 }, (_, index) => (index % 2 ? { ...member, name: MARKUP, status: null } : member)),
      battle: { ...SAMPLE_BATTLE, trainer: { id: 1, name: LONG, checkpoint: null }, opponent: { ...member } },
      checkpoints: sampleCheckpoints().map((each) => ({ ...each, leader: LONG, lastCleared: 9_999_999 })),
    },
    { attempt: 9_999_999 },
  )
}

test('the coding show', async ({ page }, info) => {
  await wear('coding')
  await still.goto(still.hub.layerUrl('coding'), page.locator('.canvas > *'))
  const recent = [
    { type: 'sub', who: 'Juniper42' },
    { type: 'follow', who: 'NightOwl_77' },
  ] as AlertsState['recent']
  const say = async (state: CodingState, who?: string) => {
    await still.say(still.hub.alerts, { recent: recent.map((alert) => ({ ...alert, who: who ?? alert.who })) })
    await still.say(still.hub.coding, state)
  }
  await say(sampleCoding({ startedAt: still.now - 6_130_000 }))
  await still.expectPicture(info, 'coding', page.locator('.coding').filter({ hasText: 'NightOwl_77' }))
  const long = LONG.slice(0, 120)
  await say({ task: MARKUP, topic: long, status: long, startedAt: still.now - 359_000_000 }, LONG)
  await still.expectPicture(info, 'coding-hostile', page.locator('.coding').filter({ hasText: '<img' }))
})

/** Puts what a widget shows where the hub has it. */
const put: { [K in WidgetKind]: (data: WidgetData<K>) => Promise<void> } = {
  goals: (data) => still.say(still.hub.producer, { ...sampleProducer(), ...data }),
  events: (data) => still.say(still.hub.audience, data),
  chat: (data) => still.say(still.hub.chat, data),
  highlight: (data) => still.say(still.hub.chat, data),
  'emote-rain': ({ rain }) => still.say(still.hub.emoteRain, rain),
  timer: ({ timer }) => still.say(still.hub.timers, { timers: timer ? { timer } : {} }),
  poll: (data) => still.say(still.hub.poll, data),
  giveaway: (data) => still.say(still.hub.giveaway, data),
  counts: (data) => still.say(still.hub.audience, data),
  supporters: (data) => still.say(still.hub.audience, data),
  leaderboard: (data) => still.say(still.hub.audience, data),
}

/** The same data with names that nobody should have, and with more of everything than there is. */
function hostile<T>(data: T): T {
  let named = 0
  const spoil = (key: string, value: unknown) => {
    if (/^(user_name|title|text|who|description|keyword|from_\w+_name|reply_\w+_name)$/.test(key)) {
      named += 1
      const name = named % 3 === 2 ? MARKUP : LONG
      // A line of chat is cut before it comes to a page.
      return key === 'text' ? name.slice(0, 150) : name
    }
    if (key === 'id' && typeof value === 'string') return `${value}-hostile`
    return typeof value === 'number' && /^(count|votes|bits|viewers|followers|entries|total|\w+_amount)$/.test(key)
      ? 9_999_999
      : value
  }
  return JSON.parse(JSON.stringify(data, spoil)) as T
}

test.describe('widgets', () => {
  for (const kind of widgetKinds.filter((each) => each !== 'emote-rain')) {
    test(`widget: ${kind}`, async ({ page }, info) => {
      const { size, simulate } = widgetDefinitions[kind]
      const settings = defaultSettings(kind)
      await page.setViewportSize(size)
      await wear('variety')
      await still.say(still.hub.widgets, { widgets: [{ id: kind, kind, name: kind, settings }], presets: [] })
      // The catalogue ties the settings and the data to the kind; by its name alone the compiler can't.
      const at = (second: number) => inLatin(simulate({ settings: settings as never, second, now: still.now }))
      const say = put[kind] as (data: object) => Promise<void>
      await still.goto(still.hub.widgetUrl(kind), page.locator('.widget[data-loaded]'))
      for (const [name, second] of Object.entries(MOMENTS[kind] ?? { [kind]: 12 })) {
        await say(at(second))
        await still.expectPicture(info, `widget-${name}`, page.locator('.widget[data-loaded] > *'))
      }
      await say(hostile(at(12)))
      const words = page.locator('.widget').filter({ hasText: /WWW|10M/ })
      await still.expectPicture(info, `widget-${kind}-hostile`, words)
    })
  }

  test('widget: emote-rain', async ({ page }, info) => {
    const kind = 'emote-rain'
    await wear('variety')
    await still.say(still.hub.widgets, {
      widgets: [{ id: kind, kind, name: kind, settings: { ...defaultSettings(kind), lifetime: 60 } }],
      presets: [],
    })
    await still.goto(still.hub.widgetUrl(kind), page.locator('.widget[data-loaded] .rain'))
    const emotes = ['Kappa', 'LUL', 'catJAM'].map((name) => ({ provider: 'twitch' as const, id: name, name }))
    await put[kind]({ rain: { rains: { 1: { cause: 'burst', at: still.now, count: 24, emotes } }, clearedUpTo: 0 } })
    await still.pass(1600)
    await expectReference(page, info, 'widget-emote-rain')
    await still.pass(16_000)
    await expectReference(page, info, 'widget-emote-rain-at-rest')
  })
})

/** Where one moment does not show all: pictures and their seconds of the simulation. */
const MOMENTS: Partial<Record<WidgetKind, Record<string, number>>> = {
  giveaway: { giveaway: 5, 'giveaway-won': 12 },
  poll: { poll: 12, 'poll-result': 42 },
}
