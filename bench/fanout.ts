/**
 * One topic to N viewers: our channel server against bare `ws`, taking turns, each server in a process of its own.
 * Targets at N = 50: p99 at most 1.25 x, server CPU per delivery at most 1.0 x. Ratios are taken within a round.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { Phase, PhaseCost } from './fanout-message.ts'
import { stop } from './process.ts'
import { median, percentile, report, round } from './stats.ts'

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5)
const VIEWERS = (process.env.BENCH_VIEWERS ?? '1,10,50').split(',').map(Number)
/** Viewer processes: more would only queue for the machine's cores. */
const MAX_PROCESSES = 2
const WARM_UP: Phase = { kind: 'rate', perSecond: 200, count: 200 }
const AT_RATE: Phase = { kind: 'rate', perSecond: 200, count: 1000 }

interface Figures {
  p50: number
  p99: number
  cpuAtRate: number
  cpuInFlood: number
  perSecond: number
  rssMiB: number
  lost: number
}

const kinds = ['floor', 'landale'] as const
type Kind = (typeof kinds)[number]

const file = (name: string) => join(import.meta.dirname, name)

for (const viewers of VIEWERS) {
  const rounds: Record<Kind, Figures>[] = []
  for (let index = 0; index < ROUNDS; index++) {
    const order = index % 2 === 0 ? kinds : [...kinds].reverse()
    const figures: Partial<Record<Kind, Figures>> = {}
    for (const kind of order) figures[kind] = await measure(kind, viewers)
    rounds.push(figures as Record<Kind, Figures>)
  }
  const of = (kind: Kind, pick: (figures: Figures) => number) => median(rounds.map((each) => pick(each[kind])))
  const ratio = (pick: (figures: Figures) => number) =>
    round(median(rounds.map(({ floor, landale }) => pick(landale) / pick(floor))), 2)
  report(`fan-out to ${viewers}`, {
    'floor p50 ms': round(
      of('floor', ({ p50 }) => p50),
      3,
    ),
    'p50 ms': round(
      of('landale', ({ p50 }) => p50),
      3,
    ),
    'p50 ratio': ratio(({ p50 }) => p50),
    'floor p99 ms': round(
      of('floor', ({ p99 }) => p99),
      3,
    ),
    'p99 ms': round(
      of('landale', ({ p99 }) => p99),
      3,
    ),
    'p99 ratio': ratio(({ p99 }) => p99),
    'floor CPU µs/delivery at rate': round(
      of('floor', ({ cpuAtRate }) => cpuAtRate),
      2,
    ),
    'CPU µs/delivery at rate': round(
      of('landale', ({ cpuAtRate }) => cpuAtRate),
      2,
    ),
    'CPU ratio at rate': ratio(({ cpuAtRate }) => cpuAtRate),
    'floor CPU µs/delivery in flood': round(
      of('floor', ({ cpuInFlood }) => cpuInFlood),
      2,
    ),
    'CPU µs/delivery in flood': round(
      of('landale', ({ cpuInFlood }) => cpuInFlood),
      2,
    ),
    'CPU ratio in flood': ratio(({ cpuInFlood }) => cpuInFlood),
    'flood ratio': ratio(({ perSecond }) => perSecond),
    'RSS MiB': round(
      of('landale', ({ rssMiB }) => rssMiB),
      0,
    ),
    'lost or doubled': of('landale', ({ lost }) => lost),
  })
}

async function measure(kind: Kind, viewers: number): Promise<Figures> {
  const server = fork(file('fanout-server.ts'), [kind])
  const { url } = await message<{ url: string }>(server)
  const processes = Math.min(MAX_PROCESSES, viewers)
  const clients: ChildProcess[] = []
  for (let index = 0; index < processes; index++) {
    const first = Math.floor((viewers * index) / processes)
    const count = Math.floor((viewers * (index + 1)) / processes) - first
    const client = fork(file('fanout-clients.ts'), [kind, url, String(first), String(count)])
    clients.push(client)
    await message(client)
  }
  const flood: Phase = { kind: 'flood', window: 1000, count: Math.ceil(200_000 / viewers / 50) * 50 }
  let until = 0
  const run = async (phase: Phase) => {
    until += phase.count
    for (const client of clients) await ask(client, { type: 'phase', until })
    const started = performance.now()
    const { cost } = await ask<{ cost: PhaseCost }>(server, { phase, clients: viewers })
    const seconds = (performance.now() - started) / 1000
    await new Promise((resolve) => setTimeout(resolve, 100))
    const reports = []
    for (const client of clients) reports.push(await ask<ClientReport>(client, { type: 'report', until }))
    const deliveries = phase.count * viewers
    const lost = reports.reduce((sum, each) => sum + each.lost + each.short, 0)
    const latencies = reports.flatMap((each) => each.latencies)
    return { latencies, lost, cpu: cost.cpuMicros / deliveries, perSecond: deliveries / seconds, rssMiB: cost.rssMiB }
  }
  await run(WARM_UP)
  const atRate = await run(AT_RATE)
  const inFlood = await run(flood)
  await Promise.all([server, ...clients].map(stop))
  return {
    p50: percentile(atRate.latencies, 50),
    p99: percentile(atRate.latencies, 99),
    cpuAtRate: atRate.cpu,
    cpuInFlood: inFlood.cpu,
    perSecond: inFlood.perSecond,
    rssMiB: inFlood.rssMiB,
    lost: atRate.lost + inFlood.lost,
  }
}

interface ClientReport {
  latencies: number[]
  lost: number
  /** Viewers that did not end at the last message. */
  short: number
}

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve) => child.once('message', (value) => resolve(value as T)))
}

function ask<T>(child: ChildProcess, question: object): Promise<T> {
  const answer = message<T>(child)
  child.send(question)
  return answer
}
