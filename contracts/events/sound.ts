/** What happened to the streamer's own sounds; see `contracts/sound.ts`. Playing them is no event. */
import { z } from 'zod'

const sound = z.object({ soundId: z.string(), name: z.string() })

export const soundEvents = {
  'sound.imported': sound.extend({ durationMs: z.number(), lufs: z.number(), gainDb: z.number() }),
  'sound.removed': sound,
} as const
