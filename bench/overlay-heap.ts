/**
 * What eight hours of a show leave behind in the pages: every overlay page and every kind of widget in a renderer of its own,
 * all that a busy evening brings, minute after minute but a hundred times as fast, through the hub. Heap, nodes and
 * listeners after half an hour, in the middle and at the end, when nothing is on. Target: under 100 MB each, and no growth.
 */
import { type Browser, type CDPSession, chromium, type Page } from '@playwright/test'
import { widgetKinds } from '../contracts/widgets.ts'
import { startHeadlessHub } from './headless-hub.ts'
import { report, round } from './stats.ts'

const MINUTES = Number(process.env.BENCH_MINUTES ?? 480)
/** After so long everything was shown once. */
const WARM_UP_MINUTES = Math.min(65, MINUTES)
/** A minute of the show takes no less; two alerts enter and are sent off in it. */
const MINUTE_MS = Number(process.env.BENCH_MINUTE_MS ?? 250)
const CHAT_PER_MINUTE = 20
/** Until what was on its way out is gone. */
const SETTLE_MS = 4000
const MAX_MIB = 100
/**
 * What the browser itself may come to keep from one look to the next: compiled code, what it writes down for the debugger.
 * A line of chat that left 400 bytes behind would be more.
 */
const GROWTH = { mib: 1.5, nodes: 60, listeners: 10 }

const LAYERS = ['alerts', 'omnibar', 'takeover', 'ironmon', 'coding', 'status', 'now-playing', 'captions']
const SHOWS = ['ironmon', 'variety', 'coding']
const DONATED = ['follow', 'subscribe', 'cheer', 'subscription.message', 'subscription.gift', 'raid']
const MORE = [
  'channel_points_custom_reward_redemption.add',
  'hype_train.begin',
  'hype_train.end',
  'poll.begin',
  'poll.end',
  'prediction.begin',
  'prediction.end',
  'goal.end',
  'charity_campaign.donate',
  'ad_break.begin',
]

interface Watched {
  name: string
  page: Page
  session: CDPSession
  looks: Look[]
}

interface Look {
  mib: number
  nodes: number
  listeners: number
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const sleepUntil = (at: number) => sleep(Math.max(0, at - performance.now()))

const hub = await startHeadlessHub()
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // As in OBS, pages may be heard without a click.
  args: ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required'],
})
try {
  const { urls, timer } = await addresses()
  const watched: Watched[] = []
  for (const [name, url] of Object.entries(urls)) watched.push(await watch(browser, name, url))
  await play(0, WARM_UP_MINUTES, timer)
  await look(watched)
  const middle = Math.round((WARM_UP_MINUTES + MINUTES) / 2)
  await play(WARM_UP_MINUTES, middle, timer)
  await look(watched)
  await play(middle, MINUTES, timer)
  await look(watched)
  for (const each of watched) tell(each)
} finally {
  await browser.close()
  await hub.stop()
}

/** Of every page, and the id of the timer. */
async function addresses(): Promise<{ urls: Record<string, string>; timer: string }> {
  const { search } = new URL(hub.overlayUrl)
  const urls: Record<string, string> = { stage: hub.overlayUrl }
  for (const layer of LAYERS) urls[layer] = `${hub.http}/layer/${layer}${search}`
  let timer = ''
  for (const kind of widgetKinds) {
    const { widget } = await hub.command<{ widget: string }>('widget.add', { kind })
    const { url } = await hub.command<{ url: string }>('widget.url.get', { widget })
    urls[`widget ${kind}`] = url
    if (kind === 'timer') timer = widget
  }
  await hub.command('timer.start', { widget: timer })
  return { urls, timer }
}

/** In a context of its own, so that its heap is its own. */
async function watch(browser: Browser, name: string, url: string): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 960, height: 540 } })
  const page = await context.newPage()
  await page.goto(url)
  const session = await context.newCDPSession(page)
  await session.send('HeapProfiler.enable')
  return { name, page, session, looks: [] }
}

async function play(from: number, to: number, timer: string): Promise<void> {
  for (let minute = from; minute < to; minute++) {
    const began = performance.now()
    await playMinute(minute, timer)
    await sleepUntil(began + MINUTE_MS / 2)
    await hub.command('alert.skip').catch(() => {})
    await sleepUntil(began + MINUTE_MS)
    await hub.command('alert.skip').catch(() => {})
  }
}

function happens(type: string, payload: object = {}): Promise<unknown> {
  return hub.command('simulator.event', { type, payload })
}

async function playMinute(minute: number, timer: string): Promise<void> {
  const every = (minutes: number, offset = 0) => minute % minutes === offset
  await hub.command('simulator.burst', {
    type: 'twitch.channel.chat.message',
    count: CHAT_PER_MINUTE,
    perSecond: 1000,
    seed: minute,
  })
  await hub.command('transcription.submit', { text: `and this is what minute ${minute}`, isFinal: false })
  await hub.command('transcription.submit', { text: `and this is what minute ${minute} sounds like.`, isFinal: true })
  await happens(`twitch.channel.${DONATED[minute % DONATED.length]}`)
  if (every(2)) await happens('twitch.channel.follow')
  if (every(3)) await playRun(minute)
  if (every(4)) {
    await hub.command('now-playing.set', {
      title: `Song ${minute}`,
      artist: 'The Pocket Orchestra',
      durationMs: 240_000,
      positionMs: 0,
      isPlaying: true,
    })
  }
  if (every(5)) await highlight()
  if (every(6)) await happens(`twitch.channel.${MORE[(minute / 6) % MORE.length]}`)
  if (every(7)) await hub.command('content.override', { message: `Minute ${minute} of the show`, durationMs: 5000 })
  if (every(10)) await displays(minute)
  if (every(10, 5)) await hub.command('emote-rain.burst', { count: 20 }).catch(() => {})
  if (every(15)) await hub.command('show.set', { show: SHOWS[(minute / 15) % SHOWS.length] })
  if (every(20, 1)) await hub.command('takeover.show', { type: 'please-stand-by', message: `Break ${minute}` })
  if (every(20, 4)) await hub.command('takeover.clear')
  if (every(30)) await votes(minute)
  if (every(30, 29)) await hub.command('timer.add', { widget: timer, seconds: 300 })
  await hub.command('ticker.next').catch(() => {})
}

/** An attempt: a team, a battle, and the end of the one before. */
async function playRun(minute: number): Promise<void> {
  await happens('ironmon.seed.reported', { attempt: 800 + minute })
  await happens('ironmon.team.changed', { slot: 1 })
  await happens('ironmon.battle.started')
  await happens('ironmon.battle.turn.played')
  await happens('ironmon.battle.ended')
}

async function highlight(): Promise<void> {
  const response = await fetch(`${hub.http}/api/events?type=twitch.channel.chat.message&limit=1`, {
    headers: { authorization: `Bearer ${hub.token}` },
  })
  const { events } = (await response.json()) as { events: { seq: number }[] }
  const [newest] = events
  if (newest) await hub.command('chat.highlight', { seq: newest.seq, durationMs: 1000 })
}

async function displays(minute: number): Promise<void> {
  const isVisible = minute % 20 === 0
  await hub.command('status.bar.set', { mode: isVisible ? 'game' : 'break', text: `minute ${minute}`, isVisible })
  await hub.command('status.text.set', { text: `Line ${minute}`, isVisible, animation: 'typewriter' })
  await hub.command('coding.set', { task: `Task ${minute}`, topic: 'TypeScript', status: `tests ${minute}` })
  await hub.command('goals.set', {
    goals: [{ type: 'bits', description: `Goal ${minute}`, current_amount: minute, target_amount: 480 }],
  })
}

async function votes(minute: number): Promise<void> {
  for (const name of ['poll.end', 'giveaway.clear']) await hub.command(name).catch(() => {})
  await hub.command('poll.start', { title: `Vote ${minute}`, choices: ['this', 'that'], durationMs: 10_000 })
  await hub.command('giveaway.open', { title: `Prize ${minute}`, keyword: '!win', rehearsal: true })
  for (let index = 0; index < 10; index++) {
    await happens('twitch.channel.chat.message', { message: '!win', source_broadcaster_user_id: null })
  }
  await hub.command('giveaway.draw').catch(() => {})
}

/** With nothing on, so that what is left is what was left behind. */
async function look(watched: readonly Watched[]): Promise<void> {
  const off = ['alert.clear', 'alert.skip', 'takeover.clear', 'emote-rain.clear', 'poll.clear', 'giveaway.clear']
  for (const name of [...off, 'chat.highlight.clear', 'now-playing.clear']) await hub.command(name).catch(() => {})
  await hub.command('show.set', { show: 'variety' })
  await sleep(SETTLE_MS)
  for (const { session, looks } of watched) {
    await session.send('HeapProfiler.collectGarbage')
    await session.send('HeapProfiler.collectGarbage')
    const { usedSize } = await session.send('Runtime.getHeapUsage')
    const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters')
    looks.push({ mib: usedSize / 2 ** 20, nodes, listeners: jsEventListeners })
  }
}

function tell({ name, looks }: Watched): void {
  const [first, , last] = looks
  if (!first || !last) return
  const of = (field: keyof Look) => looks.map((each) => round(each[field], 2)).join(', ')
  const grows = (Object.keys(GROWTH) as (keyof Look)[]).filter((field) =>
    looks.every((each, at) => at === 0 || each[field] - (looks[at - 1]?.[field] ?? 0) > GROWTH[field]),
  )
  if (grows.length > 0 || last.mib * 1.048_576 > MAX_MIB) process.exitCode = 1
  report(`page after ${MINUTES / 60} hours: ${name}`, {
    'heap MiB': of('mib'),
    nodes: of('nodes'),
    listeners: of('listeners'),
    grows: grows.join(', ') || 'nothing',
  })
}
