/**
 * One main loop, watched: `node bench/store-loop.ts <data dir> store|load|idle`, ready with its first line, ended with its
 * last, which is a `LoopReport` in JSON. `store` has events at 1000/s, searches and a backup going on in this process;
 * `load` takes in 100,000 events as fast as it can; `idle` does nothing until its input ends, and is the floor: what it
 * waits for a core while another process does one of these, no store could avoid.
 */
import { performance } from 'node:perf_hooks'
import { systemClock } from '../base/clock.ts'
import { Journal } from '../electron/kernel/store/journal.ts'
import { openStore } from '../electron/kernel/store/open-store.ts'
import type { Store } from '../electron/kernel/store/store.ts'
import { COMMON_WORD, EventMaker } from './store-events.ts'

/** ms. A turn is from one look of a 1 ms timer to the next. */
export interface LoopReport {
  /** The longest turn, and how many were longer than 10 ms. */
  worst: number
  p99: number
  over10: number
  /** The most that this thread computed in one turn: the part of a stall that is its own doing, collections included. */
  worstCpu: number
  /** The longest time the thread was held by a write to the journal, the only file it touches. */
  worstJournal: number
  turns: number
}

const STORE_MS = 10_000
const LOADED = 100_000
const CALL = 1000
const [dataDir = '', role] = process.argv.slice(2)
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

class LoopWatch {
  readonly #turns: number[] = []
  #worstCpu = 0
  #timer: NodeJS.Timeout | undefined

  start(): void {
    let [last, cpu] = [performance.now(), process.threadCpuUsage()]
    const look = () => {
      const [now, used] = [performance.now(), process.threadCpuUsage(cpu)]
      this.#turns.push(now - last)
      this.#worstCpu = Math.max(this.#worstCpu, (used.user + used.system) / 1000)
      last = now
      cpu = process.threadCpuUsage()
      this.#timer = setTimeout(look, 1)
    }
    this.#timer = setTimeout(look, 1)
  }

  stop(worstJournal: number): LoopReport {
    clearTimeout(this.#timer)
    const sorted = this.#turns.sort((a, b) => a - b)
    const worst = sorted.at(-1) ?? 0
    const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? 0
    const over10 = sorted.filter((ms) => ms > 10).length
    return { worst, p99, over10, worstCpu: this.#worstCpu, worstJournal, turns: sorted.length }
  }
}

async function live(store: Store): Promise<void> {
  const maker = new EventMaker(7)
  const until = performance.now() + STORE_MS
  const inserting = (async () => {
    while (performance.now() < until) {
      for (let index = 0; index < 10; index++) void store.append([maker.make(Date.now())])
      await wait(10)
    }
  })()
  const searching = (async () => {
    while (performance.now() < until) {
      await store.events({ limit: 50, q: COMMON_WORD })
      await wait(20)
    }
  })()
  await wait(1000)
  await store.backup()
  await Promise.all([inserting, searching])
}

async function load(store: Store): Promise<void> {
  const maker = new EventMaker(11)
  const under = new Set<Promise<unknown>>()
  for (let count = 0; count < LOADED; count += CALL) {
    const events = []
    for (let index = 0; index < CALL; index++) {
      // The making of events is not the store's: it takes turns of its own.
      if (index % 100 === 0) await wait(0)
      events.push(maker.make(Date.now()))
    }
    const call = store.append(events).finally(() => under.delete(call))
    under.add(call)
    if (under.size >= 3) await Promise.race(under)
  }
  await Promise.all(under)
}

function timeJournal(): () => number {
  let worst = 0
  const { write } = Journal.prototype
  Journal.prototype.write = function timed(this: Journal, ...args: Parameters<typeof write>) {
    const started = performance.now()
    write.apply(this, args)
    worst = Math.max(worst, performance.now() - started)
  }
  return () => worst
}

const watch = new LoopWatch()
if (role === 'idle') {
  await wait(200)
  console.log('ready')
  watch.start()
  await new Promise((resolve) => process.stdin.once('end', resolve).resume())
  console.log(JSON.stringify(watch.stop(0)))
} else {
  const worstJournal = timeJournal()
  const log = { info: () => {}, warn: console.error, error: console.error }
  const store = await openStore({ dataDir, migrations: [], clock: systemClock, log })
  await wait(500)
  console.log('ready')
  watch.start()
  await (role === 'load' ? load(store) : live(store))
  console.log(JSON.stringify(watch.stop(worstJournal())))
  await store.close()
}
