/**
 * Four browser sources that show the picture (`/live`) against four that each render the stage themselves (`/overlay`):
 * CPU and memory of everything there is, hub, frame source and the browser with the four windows, while the demo plays; and
 * the same for one source, where rendering it there is cheaper.
 */
import { type HeadlessHub, startHeadlessHub } from './headless-hub.ts'
import { median, report, round } from './stats.ts'
import { cpuOf, pssOf, treeOf, ViewerBrowser } from './viewer-browser.ts'

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 2)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 45)
const SETTLE_MS = 10_000

interface Cost {
  /** % of a core */
  cpu: number
  /** Proportional, MiB. */
  memory: number
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function costOf(windows: number, urlOf: (hub: HeadlessHub) => string): Promise<Cost> {
  const hub = await startHeadlessHub()
  const browser = await ViewerBrowser.start()
  for (let index = 0; index < windows; index++) await browser.open(urlOf(hub))
  // The same seed each time: the same alerts at the same moments.
  await hub.command('simulator.demo.start', { seed: 1, speed: 1 })
  await sleep(SETTLE_MS)
  const total = () => browser.cpuMs + treeOf(hub.pid).reduce((sum, pid) => sum + cpuOf(pid), 0)
  const [before, began] = [total(), performance.now()]
  await sleep(SECONDS * 1000)
  const cpu = ((total() - before) / (performance.now() - began)) * 100
  const memory = browser.pssMiB + pssOf(treeOf(hub.pid))
  await browser.stop()
  await hub.stop()
  return { cpu, memory }
}

for (const windows of [4, 1]) {
  const live: Cost[] = []
  const overlay: Cost[] = []
  for (let index = 0; index < ROUNDS; index++) {
    overlay.push(await costOf(windows, ({ overlayUrl }) => overlayUrl))
    live.push(await costOf(windows, ({ liveUrl }) => liveUrl))
  }
  const of = (costs: Cost[], what: keyof Cost) => round(median(costs.map((cost) => cost[what])), 1)
  report(`${windows} sources, the demo`, {
    '/live CPU %': of(live, 'cpu'),
    '/overlay CPU %': of(overlay, 'cpu'),
    '/live MiB': of(live, 'memory'),
    '/overlay MiB': of(overlay, 'memory'),
  })
}
