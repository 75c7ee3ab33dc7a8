/** What a client may say when it joins; one schema for all topics, each reads what concerns it. */
import { z } from 'zod'

export const joinParamsSchema = z.object({
  rev: z.number().int().nonnegative().optional(),
  epoch: z.string().max(64).optional(),
  after: z.number().int().nonnegative().optional(),
  batch: z.boolean().optional(),
})

export type JoinParams = z.output<typeof joinParamsSchema>
