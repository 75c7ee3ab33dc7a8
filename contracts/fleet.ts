/**
 * The other machines, as their agents speak of them: the same names as in `agent/PROTOCOL.md`, since they do not change on
 * the way to the page. The frames themselves are the hub's feature's own matter.
 */
import { z } from 'zod'

export const processStates = [
  'stopped',
  /** For what it depends on. */
  'waiting',
  'starting',
  'running',
  'stopping',
  /** Waits to be restarted. */
  'backoff',
  /** Until asked. */
  'failed',
  /** A one-shot that succeeded. */
  'done',
] as const
export const processStateSchema = z.enum(processStates)
export type ProcessState = z.output<typeof processStateSchema>

export const processHealthSchema = z.enum(['none', 'unknown', 'healthy', 'unhealthy'])
export type ProcessHealth = z.output<typeof processHealthSchema>

/** A process by its definition's id, or by its name. */
export const processRefSchema = z.string().trim().min(1).max(200)
/** A machine by its name; names are unique among those that are paired. */
export const machineRefSchema = z.string().trim().min(1).max(200)

/** `out`, `err`, or `agent`: the agent's own remark. */
export const logStreamSchema = z.enum(['out', 'err', 'agent'])

/** Numbers count up per process. `cut`: the line goes on in the next entry. `at`: ms epoch by the machine's clock. */
export const logLineSchema = z.object({
  number: z.number().int(),
  at: z.number(),
  stream: logStreamSchema,
  text: z.string(),
  cut: z.boolean(),
})
export type LogLine = z.output<typeof logLineSchema>

/** What a rule waits for: an end nobody asked for, no more restarts, a check that fails, no link to the machine. */
export const fleetTriggers = ['exited', 'failed', 'unhealthy', 'unreachable'] as const
export type FleetTrigger = (typeof fleetTriggers)[number]

/** The longest a cover for a lost process may stand, ms. */
const MAX_COVER_MS = 10 * 60_000

/** "When OBS on Demi dies during a stream, restart it and show please stand by." */
export const fleetRuleSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,60}$/, 'expected small letters, digits and hyphens'),
  enabled: z.boolean(),
  machine: machineRefSchema,
  /** null: any of the machine. An `unreachable` machine has no process. */
  process: processRefSchema.nullable(),
  trigger: z.enum(fleetTriggers),
  /** Only while the stream is on. */
  onlyLive: z.boolean(),
  /** Starts it again. Has no effect on an unreachable machine. */
  restart: z.boolean(),
  /** Covers the picture until the process is back, `forMs` at most. */
  cover: z
    .strictObject({ message: z.string().trim().min(1).max(300), forMs: z.number().int().min(5_000).max(MAX_COVER_MS) })
    .nullable(),
})
export type FleetRule = z.output<typeof fleetRuleSchema>

/** Pushed on `agent-logs:…`; `dropped`: how many were skipped since the last push. */
export interface AgentLogLines {
  lines: LogLine[]
  dropped: number
}
