/** From when on the streamer is told that a machine is in trouble. Chosen so that an alarm is worth a look in the middle of a stream. */
import { z } from 'zod'

const percent = z.number().min(1).max(100).nullable()

export const fleetAlarmsSchema = z.strictObject({
  /** A machine that is away for less is not missed. */
  unreachableSeconds: z.number().int().min(5).max(3600).default(20),
  /** How long a processor or a memory must be over its bound. */
  lastingSeconds: z.number().int().min(5).max(3600).default(60),
  /** Of a whole machine; null: never. */
  cpuPercent: percent.default(90),
  memoryPercent: percent.default(92),
  /** What a single process takes of the whole machine. A game or an encoder may well take half. */
  processCpuPercent: percent.default(80),
  processMemoryPercent: percent.default(60),
  /** What must be free on a disk, and a tenth of it at most: a small one is full later. */
  diskFreeGigabytes: z.number().min(0.1).max(10_000).nullable().default(10),
})
export type FleetAlarmSettings = z.output<typeof fleetAlarmsSchema>
