/** What the fan-out bench sends: 500 bytes of JSON with the moment of its making, and the phases it goes through. */

const MESSAGE_BYTES = 500

export interface BenchMessage {
  n: number
  /** CLOCK_MONOTONIC in ms: one clock for every process of the machine. */
  at: number
  filler: string
}

const FRAME_OF_IT = JSON.stringify({ n: 100_000, at: 1_234_567.890123, filler: '' }).length

export function benchMessage(n: number): BenchMessage {
  return { n, at: monotonicMs(), filler: FILLER }
}

const FILLER = 'x'.repeat(MESSAGE_BYTES - FRAME_OF_IT)

export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** A number of messages at a rate, or as fast as `window` messages in flight allow. */
export type Phase =
  | { kind: 'rate'; perSecond: number; count: number }
  | { kind: 'flood'; window: number; count: number }

/** What a client says every so often, so that a flood never runs ahead of its readers. */
export const ACK_EVERY = 50

export interface PhaseCost {
  cpuMicros: number
  rssMiB: number
}
