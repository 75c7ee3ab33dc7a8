/** A process that another machine's agent looks after, as everybody is told of it. */
import { z } from 'zod'

/** `failed`: it ended by itself with an error. `unknown`: its machine has not said yet. */
export const processStatusSchema = z.enum(['running', 'stopped', 'starting', 'stopping', 'failed', 'unknown'])
export type ProcessStatus = z.output<typeof processStatusSchema>

/** What it uses; 0 while it does not run. */
export const processUseSchema = z.object({
  /** Percent of one core: 200 is two cores. */
  cpu: z.number().min(0),
  /** Resident, bytes. */
  memory: z.number().int().min(0),
})
export type ProcessUse = z.output<typeof processUseSchema>
