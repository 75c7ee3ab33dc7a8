/** What the streamer said. What may still change is no fact yet: it is in `state:captions` alone. */
import { z } from 'zod'

export const transcriptionEvents = {
  'transcription.line.heard': z.object({
    text: z.string().trim().min(1).max(10_000),
    /** How long it took to say; null where nobody measured. */
    durationMs: z.number().int().nonnegative().nullable(),
    /** 0 to 1. */
    confidence: z.number().min(0).max(1).nullable(),
    /** Which microphone. */
    sourceId: z.string().max(200).nullable(),
    /** Which broadcast. */
    sessionId: z.string().max(200).nullable(),
  }),
} as const
