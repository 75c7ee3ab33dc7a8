/** What is wrong on this machine now and was lately, for local callers. Bounded; knows neither clock nor process. */
import type { ProcessView } from '../link/frames.ts'

const MAX_ALERTS = 50
const CPU_PERCENT = 80
const MEMORY_BYTES = 500 * 1_024 * 1_024

export interface Alert {
  readonly process_id: string
  readonly kind: 'cpu' | 'memory' | 'unhealthy' | 'failed'
  readonly level: 'warning' | 'critical'
  readonly message: string
  /** ISO 8601. */
  readonly timestamp: string
}

export class Alerts {
  #alerts: Alert[] = []
  /** Those that hold now: each is told once, until it has passed. */
  #standing = new Set<string>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  get list(): readonly Alert[] {
    return this.#alerts
  }

  get standing(): number {
    return this.#standing.size
  }

  clear(): void {
    this.#alerts = []
  }

  judge(use: Record<string, readonly [cpu: number, memory: number]>, views: readonly ProcessView[]): void {
    const standing = new Set<string>()
    const raise = (id: string, kind: Alert['kind'], level: Alert['level'], message: string) => {
      const key = `${id} ${kind}`
      standing.add(key)
      if (this.#standing.has(key)) return
      this.#alerts.push({ process_id: id, kind, level, message, timestamp: new Date(this.#now()).toISOString() })
      if (this.#alerts.length > MAX_ALERTS) this.#alerts.shift()
    }
    for (const { id, health, state, reason } of views) {
      const [cpu, memory] = use[id] ?? [0, 0]
      if (cpu > CPU_PERCENT) raise(id, 'cpu', 'warning', `uses ${cpu}% of a core`)
      if (memory > MEMORY_BYTES) raise(id, 'memory', 'warning', `uses ${Math.round(memory / 1_048_576)} MB`)
      if (health === 'unhealthy') raise(id, 'unhealthy', 'critical', reason)
      if (state === 'failed') raise(id, 'failed', 'critical', reason)
    }
    this.#standing = standing
  }
}
