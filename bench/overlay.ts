/**
 * What viewers see, and when: from an event to the first pixel of its alert, against a page that does nothing but draw on a bare
 * WebSocket message; and a minute of 200 events a second: the frames that overlays miss, the order of what was kept, and the
 * heap of every page afterwards. In one Chromium, at 1920x1080.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium, type Frame, type Page } from '@playwright/test'
import { WebSocketServer } from 'ws'
import { startHeadlessHub } from './headless-hub.ts'
import { median, percentile, report, round } from './stats.ts'

const EVENTS = Number(process.env.BENCH_EVENTS ?? 40)
const BURST_SECONDS = Number(process.env.BENCH_SECONDS ?? 60)
const PER_SECOND = 200
/** Not in step with any frame. */
const BETWEEN_MS = 437
const FRAME_MS = 1000 / 60
const SETTLE_MS = 4000

const MIX = [
  { type: 'twitch.channel.chat.message', weight: 94 },
  { type: 'twitch.channel.follow', weight: 3 },
  { type: 'twitch.channel.cheer', weight: 2 },
  { type: 'twitch.channel.subscribe', weight: 1 },
]

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** In a page: when, ms epoch, an animation frame first found something of `selector` in the picture, or null. */
function watchFor(selector: string): void {
  const meter = { seenAt: null as number | null }
  Object.assign(globalThis, { meter })
  const look = () => {
    const isSeen = [...document.querySelectorAll(selector)].some((part) => {
      const { left, right, width } = part.getBoundingClientRect()
      return width > 0 && right > 0 && left < innerWidth
    })
    if (isSeen) meter.seenAt ??= performance.timeOrigin + performance.now()
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

async function seenAt(frame: Frame): Promise<number> {
  for (;;) {
    const at = await frame.evaluate(() => {
      const { meter } = globalThis as unknown as { meter: { seenAt: number | null } }
      const seen = meter.seenAt
      return seen
    })
    if (at !== null) return at
    await sleep(20)
  }
}

const forget = (frame: Frame) =>
  frame.evaluate(() => {
    const { meter } = globalThis as unknown as { meter: { seenAt: number | null } }
    meter.seenAt = null
  })

const epochNow = () => performance.timeOrigin + performance.now()

/** The floor: a page that shows a box as soon as it is told. */
const BARE_PAGE = `<!doctype html><body><div class="box" style="position:absolute;left:-400px;width:300px;height:80px;background:#fff"></div>
<script>
const box = document.querySelector('.box')
new WebSocket('ws://' + location.host).onmessage = ({ data }) => { box.style.left = data }
</script>`

async function bareTimes(browser: Browser): Promise<number[]> {
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(BARE_PAGE))
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const tell = (left: string) => {
    for (const client of sockets.clients) client.send(left)
  }
  const times: number[] = []
  await page.evaluate(watchFor, '.box')
  for (let index = 0; index < EVENTS; index++) {
    await sleep(BETWEEN_MS)
    const sentAt = epochNow()
    tell('0px')
    times.push((await seenAt(page.mainFrame())) - sentAt)
    tell('-400px')
    await sleep(100)
    await forget(page.mainFrame())
  }
  await page.close()
  for (const client of sockets.clients) client.terminate()
  server.close()
  return times
}

function frameOf(page: Page, path: string): Frame {
  const frame = page.frames().find((each) => new URL(each.url()).pathname === path)
  if (!frame) throw new Error(`there is no ${path} in ${page.url()}`)
  return frame
}

async function alertTimes(page: Page): Promise<number[]> {
  const alerts = frameOf(page, '/layer/alerts')
  await alerts.evaluate(watchFor, '.alert-badge')
  const times: number[] = []
  for (let index = 0; index < EVENTS; index++) {
    await sleep(BETWEEN_MS)
    const sentAt = epochNow()
    await hub.command('simulator.event', { type: 'twitch.channel.follow' })
    times.push((await seenAt(alerts)) - sentAt)
    await hub.command('alert.clear')
    await hub.command('alert.skip')
    await sleep(1200)
    await forget(alerts)
  }
  return times
}

/** Times between the animation frames of a page, ms, for as long as it is there. */
function meterFrames(): void {
  const gaps: number[] = []
  Object.assign(globalThis, { gaps })
  let last = performance.now()
  const next = () => {
    const now = performance.now()
    gaps.push(now - last)
    last = now
    requestAnimationFrame(next)
  }
  requestAnimationFrame(next)
}

const gapsOf = (frame: Frame) => frame.evaluate(() => (globalThis as unknown as { gaps: number[] }).gaps.splice(0))

/** Frames that should have been drawn in that time and were not, of all. */
function missedShare(gaps: readonly number[]): number {
  const all = gaps.reduce((sum, gap) => sum + gap, 0) / FRAME_MS
  return gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / FRAME_MS) - 1), 0) / all
}

async function storedOrder(): Promise<{ stored: number; inOrder: boolean }> {
  const seqs: number[] = []
  let cursor: string | null = null
  do {
    const query = new URLSearchParams({ source: 'simulator', type: MIX.map(({ type }) => type).join(), limit: '1000' })
    if (cursor) query.set('cursor', cursor)
    const response = await fetch(`${hub.http}/api/events?${query}`, {
      headers: { authorization: `Bearer ${hub.token}` },
    })
    const page = (await response.json()) as { events: { at: number; seq: number }[]; next: string | null }
    seqs.push(...page.events.map(({ at }) => at))
    cursor = page.next
  } while (cursor !== null)
  // Newest first.
  return { stored: seqs.length, inOrder: seqs.every((at, index) => index === 0 || at <= (seqs[index - 1] ?? 0)) }
}

async function burst(page: Page): Promise<void> {
  const bare = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  await bare.goto('about:blank')
  await bare.bringToFront()
  await bare.evaluate(meterFrames)
  await sleep(5000)
  const floor = missedShare(await gapsOf(bare.mainFrame()))
  await bare.close()
  await page.bringToFront()
  const paths = ['/layer/alerts', '/layer/omnibar']
  for (const path of paths) await frameOf(page, path).evaluate(meterFrames)
  const before = (await storedOrder()).stored
  await hub.command('simulator.burst', {
    mix: MIX,
    seconds: BURST_SECONDS,
    perSecond: PER_SECOND,
    seed: 1,
  })
  await sleep(BURST_SECONDS * 1000)
  const missed = await Promise.all(paths.map(async (path) => missedShare(await gapsOf(frameOf(page, path)))))
  await sleep(SETTLE_MS)
  const { stored, inOrder } = await storedOrder()
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.enable')
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  report('a burst of 200 events a second', {
    seconds: BURST_SECONDS,
    'frames missed, alerts %': round((missed[0] ?? 0) * 100, 2),
    'frames missed, omnibar %': round((missed[1] ?? 0) * 100, 2),
    'an empty page with nothing to do misses %': round(floor * 100, 2),
    'events sent': BURST_SECONDS * PER_SECOND,
    stored: stored - before,
    'in order': String(inOrder),
    'heap of the stage and its layers MiB': round(usedSize / 2 ** 20, 1),
  })
}

const hub = await startHeadlessHub()
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  const bare = await bareTimes(browser)
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  await page.goto(hub.overlayUrl)
  await sleep(SETTLE_MS)
  const own = await alertTimes(page)
  report('from an event to the first pixel of its alert', {
    'p50 ms': round(median(own), 1),
    'p95 ms': round(percentile(own, 95), 1),
    'bare p50 ms': round(median(bare), 1),
    'bare p95 ms': round(percentile(bare, 95), 1),
    'p95 above ms': round(percentile(own, 95) - percentile(bare, 95), 1),
  })
  await burst(page)
} finally {
  await browser.close()
  await hub.stop()
}
