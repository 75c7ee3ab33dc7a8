/** The share of all processors that was busy since the last time it was asked, by Node's own counters. */
import type { CpuInfo } from 'node:os'

export class CpuShare {
  #before: { total: number; idle: number } | undefined
  readonly #read: () => Pick<CpuInfo, 'times'>[]

  constructor(read: () => Pick<CpuInfo, 'times'>[]) {
    this.#read = read
  }

  /** Percent, or null the first time. */
  next(): number | null {
    const now = { total: 0, idle: 0 }
    for (const { times } of this.#read()) {
      now.idle += times.idle
      now.total += times.user + times.nice + times.sys + times.idle + times.irq
    }
    const before = this.#before
    this.#before = now
    if (!before || now.total <= before.total) return null
    const idle = (now.idle - before.idle) / (now.total - before.total)
    return Math.round(Math.min(1, Math.max(0, 1 - idle)) * 1_000) / 10
  }
}
