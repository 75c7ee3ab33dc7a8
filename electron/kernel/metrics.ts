/** Counters and histograms in Prometheus' text format. Filled by the hub; read by `/metrics`. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { type Disposable, toDisposable } from '../../base/lifecycle.ts'
import type { StoredEvent } from './bus.ts'
import type { CommandRecord } from './commands.ts'
import type { Supervisor } from './supervisor.ts'

export interface Metrics {
  countEvent(event: StoredEvent): void
  countCommand(record: CommandRecord): void
  /** Adds what keeps its own figures, as text in Prometheus' format; asked each time. */
  add(collect: () => string): Disposable
  text(): Promise<string>
  readonly contentType: string
}

export interface MetricsOptions {
  supervisor: Pick<Supervisor, 'modules'>
  clientCount: () => number
}

/** Seconds; a command is a round trip to OBS at most, so the interest is below a second. */
const COMMAND_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
/** How often the loop's delay is sampled. The library's own 10 ms wakes an idle hub a hundred times a second. */
const LOOP_PRECISION_MS = 1000
const HEALTH_VALUE = { healthy: 2, degraded: 1, unhealthy: 0 }

export function createMetrics({ supervisor, clientCount }: MetricsOptions): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const added = new Set<() => string>()
  collectDefaultMetrics({ register: registry, prefix: 'landale_', eventLoopMonitoringPrecision: LOOP_PRECISION_MS })
  const events = new Counter({
    name: 'landale_events_total',
    help: 'Events stored, by type',
    labelNames: ['type'],
    registers,
  })
  const commands = new Histogram({
    name: 'landale_command_duration_seconds',
    help: 'Time from asking to answer, by command and outcome',
    labelNames: ['command', 'outcome'],
    buckets: COMMAND_BUCKETS_S,
    registers,
  })
  new Gauge({
    name: 'landale_clients',
    help: 'Sockets joined to at least one topic',
    registers,
    collect() {
      this.set(clientCount())
    },
  })
  new Gauge({
    name: 'landale_module_health',
    help: '2 healthy, 1 degraded, 0 unhealthy',
    labelNames: ['module'],
    registers,
    collect() {
      for (const { id, health } of supervisor.modules) this.set({ module: id }, HEALTH_VALUE[health])
    },
  })
  return {
    countEvent: ({ type }) => events.inc({ type }),
    countCommand({ command, answer, durationMs }) {
      const outcome = answer.status === 'committed' ? 'committed' : answer.error.code
      commands.observe({ command, outcome }, durationMs / 1000)
    },
    add(collect) {
      added.add(collect)
      return toDisposable(() => added.delete(collect))
    },
    text: async () => [await registry.metrics(), ...[...added].map((collect) => collect())].join('\n'),
    contentType: registry.contentType,
  }
}
