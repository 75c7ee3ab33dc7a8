/**
 * Ten minutes of the demo, painted by the hub's own Chromium, watched by two viewers: the memory of the hub from the second
 * minute to the last, sequences, and whether every viewer's last picture is the hub's own.
 */
import sharp from 'sharp'
import { TestViewer } from '../electron/features/compositor/server/testing/test-viewer.ts'
import { startHeadlessHub } from './headless-hub.ts'
import { rssMiB } from './process.ts'
import { median, report, round } from './stats.ts'
import { pssOf, treeOf } from './viewer-browser.ts'

const MINUTES = Number(process.env.BENCH_MINUTES ?? 10)
const DEMO_MINUTES = 5
const SAMPLE_MS = 5000
const SAMPLES_A_MINUTE = 60_000 / SAMPLE_MS
/** After the demo's last alert. */
const QUIET_MS = 15_000
/** A frame on its way has arrived by then. */
const SETTLE_MS = 200
const MAX_ATTEMPTS = 100

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const hub = await startHeadlessHub()
const token = new URL(hub.liveUrl).searchParams.get('token') ?? ''
const { socket } = (await (await fetch(`${hub.http}/live/main.json?token=${token}`)).json()) as { socket: string }
const port = Number(new URL(socket).port)
const viewers = [
  await TestViewer.connect({ port, output: 'main', token }),
  await TestViewer.connect({ port, output: 'main', token, query: 'remote=1' }),
]

const hubMiB: number[] = []
const sourceMiB: number[] = []
for (let minute = 0; minute < MINUTES; minute++) {
  if (minute % DEMO_MINUTES === 0)
    await hub.command('simulator.demo.start', { seed: 1 + minute, speed: 1 }).catch(() => {})
  for (let sample = 0; sample < SAMPLES_A_MINUTE; sample++) {
    await sleep(SAMPLE_MS)
    hubMiB.push(rssMiB(hub.pid))
    sourceMiB.push(pssOf(treeOf(hub.pid).slice(1)))
  }
  const ofMinute = (values: number[]) => round(median(values.slice(-SAMPLES_A_MINUTE)), 1)
  console.error(`minute ${minute + 1}: hub ${ofMinute(hubMiB)} MiB, its Chromium ${ofMinute(sourceMiB)} MiB`)
}
await sleep(QUIET_MS)

/** Compares at a moment at which nothing moves: the bar goes on when the demo is over. */
async function everyViewerHas(): Promise<boolean> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = viewers.map(({ sequence }) => sequence)
    const still = await fetch(`${hub.http}/live/main.png?token=${token}`)
    const picture = await sharp(Buffer.from(await still.arrayBuffer()))
      .ensureAlpha()
      .raw()
      .toBuffer()
    await sleep(SETTLE_MS)
    const stood = viewers.every(({ sequence }, index) => sequence === before[index])
    if (stood) return viewers.every(({ canvas }) => canvas && Buffer.compare(canvas, picture) === 0)
  }
  throw new Error('the picture never stood still')
}

const isEqual = await everyViewerHas()
const secondMinute = median(hubMiB.slice(SAMPLES_A_MINUTE, 2 * SAMPLES_A_MINUTE))
const lastMinute = median(hubMiB.slice(-SAMPLES_A_MINUTE))
const inOrder = viewers.every(({ packets }) =>
  packets.every(({ sequence }, index) => index === 0 || sequence > (packets[index - 1]?.sequence ?? 0)),
)
report(`${MINUTES} minutes of the demo`, {
  packets: viewers.map(({ packets }) => packets.length).join(', '),
  'hub, second minute MiB': round(secondMinute, 1),
  'hub, last minute MiB': round(lastMinute, 1),
  'growth MiB': round(lastMinute - secondMinute, 1),
  'missed sequences': viewers.reduce((sum, { gaps }) => sum + gaps.length, 0),
  'in order': String(inOrder),
  'the last picture equals the hub’s': String(isEqual),
})
for (const viewer of viewers) await viewer.leave()
await hub.stop()
