import { z } from 'zod'

export const giveawayEvents = {
  /** By chance alone, out of `entries` who took part and were not left out. */
  'giveaway.winner.drawn': z.object({
    giveaway_id: z.string(),
    title: z.string(),
    user_id: z.string(),
    user_name: z.string(),
    entries: z.number().int().positive(),
  }),
} as const
