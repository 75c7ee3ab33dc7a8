/** What the producer did, as news. What stands where is state: see `contracts/state/producer.ts`. */
import { z } from 'zod'
import { takeoverTypeSchema } from '../show.ts'

export const producerEvents = {
  'producer.show.changed': z.object({
    show: z.string(),
    previous: z.string(),
    why: z.enum(['manual', 'category-id', 'category-name', 'default']),
  }),
  'producer.takeover.shown': z.object({
    takeoverId: z.string(),
    type: takeoverTypeSchema,
    message: z.string().nullable(),
    durationMs: z.number().int().nullable(),
  }),
  'producer.takeover.cleared': z.object({ takeoverId: z.string(), outcome: z.enum(['over', 'cleared', 'replaced']) }),
} as const
