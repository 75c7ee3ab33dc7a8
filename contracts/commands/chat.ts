import { z } from 'zod'
import { command } from '../command.ts'

export const chatCommands = {
  /** A chat message, by its place in the log. It goes when its time is over, and at once when a moderator deletes it.
   * Asked for again while it is there, its time starts anew. */
  'chat.highlight': command({
    title: 'Show a chat message on stream',
    scope: 'producer',
    args: z.strictObject({
      seq: z.number().int().nonnegative(),
      durationMs: z.number().int().min(1000).max(600_000).default(15_000),
    }),
    result: z.object({ id: z.string(), endsAt: z.number().int() }),
  }),
  'chat.highlight.clear': command({ title: 'Take the chat message off the stream', scope: 'producer' }),
}
