import { z } from 'zod'
import { command } from '../command.ts'
import { soundIdSchema, soundNameSchema } from '../sound.ts'

/** Importing is no command, since it carries a file: `POST /api/sounds`. */
export const soundCommands = {
  'sound.rename': command({
    title: 'Rename a sound',
    scope: 'alerts',
    args: z.strictObject({ id: soundIdSchema, name: soundNameSchema }),
  }),
  /** Refused while rules use it, unless `evenIfUsed`: those are silent from then on. */
  'sound.remove': command({
    title: 'Remove a sound',
    scope: 'alerts',
    dangerous: true,
    args: z.strictObject({ id: soundIdSchema, evenIfUsed: z.boolean().default(false) }),
  }),
  /** Where alerts are heard, at their volume; `sound` as rules name it. */
  'sound.play': command({
    title: 'Play a sound',
    scope: 'alerts',
    args: z.strictObject({ sound: z.string().min(1).max(100), volume: z.number().min(0).max(1).default(0.7) }),
  }),
} as const
