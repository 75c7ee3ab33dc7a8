import { z } from 'zod'
import { command } from '../command.ts'

const words = (max: number) => z.string().trim().min(1, 'write something').max(max, `use at most ${max} characters`)

export const giveawayCommands = {
  /** The entries of the one before are gone. */
  'giveaway.open': command({
    title: 'Open a giveaway',
    scope: 'overlays',
    args: z.strictObject({
      title: words(60),
      /** Written alone or first in a line, in capitals or not. */
      keyword: words(30).refine((keyword) => !/\s/.test(keyword), 'use one word'),
      /** Logins or names that never win, e.g. of bots and moderators. */
      exclude: z.array(words(50)).max(200).default([]),
      /** Takes the simulator's viewers too, to see how it looks. */
      rehearsal: z.boolean().default(false),
    }),
    result: z.object({ id: z.string() }),
  }),
  /** Nobody comes in any more. */
  'giveaway.close': command({ title: 'Close the giveaway', scope: 'overlays' }),
  /** Never the same viewer twice. */
  'giveaway.draw': command({
    title: 'Draw a winner',
    scope: 'overlays',
    result: z.object({ user_name: z.string(), entries: z.number() }),
    dangerous: true,
  }),
  'giveaway.clear': command({ title: 'Take the giveaway off the stream', scope: 'overlays', dangerous: true }),
} as const
