/** The life of an alert, as news. The queue itself is state: see `contracts/state/alerts.ts`. */
import { z } from 'zod'
import { alertTypeSchema } from '../alert.ts'

const alert = z.object({ alertId: z.string(), type: alertTypeSchema, who: z.string(), what: z.string() })

export const alertEvents = {
  'alert.enqueued': alert.extend({ amount: z.string().nullable(), message: z.string().nullable() }),
  'alert.started': alert.extend({ elapsedMs: z.number() }),
  'alert.interrupted': alert.extend({ by: z.string(), elapsedMs: z.number() }),
  'alert.finished': alert.extend({ outcome: z.enum(['shown', 'skipped', 'cleared', 'dropped']) }),
} as const
