import { z } from 'zod'
import { command } from '../command.ts'

const title = z.string().trim().min(1, 'write something').max(60, 'use at most 60 characters')

export const pollCommands = {
  /** Viewers vote by writing a number; the newest of each counts. A poll of Twitch begins by itself. */
  'poll.start': command({
    title: 'Let the chat vote',
    scope: 'overlays',
    args: z.strictObject({
      title,
      choices: z.array(title).min(2, 'offer at least two').max(5, 'offer at most five'),
      durationMs: z.number().int().min(10_000).max(3_600_000).default(60_000),
    }),
    result: z.object({ id: z.string() }),
  }),
  'poll.end': command({ title: 'End the vote now', scope: 'overlays' }),
  'poll.clear': command({ title: 'Take the vote off the stream', scope: 'overlays' }),
} as const
