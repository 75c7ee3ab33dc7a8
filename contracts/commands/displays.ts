import { z } from 'zod'
import { command } from '../command.ts'
import { artworkSchema, codingSchema, statusBarSchema, statusTextSchema, trackSchema } from '../display.ts'
import { timestampSchema } from '../envelope.ts'

/** What is left out stays as it is. */
export const displayCommands = {
  /** Shows it, unless it says `isVisible: false`. `custom` needs a text. */
  'status.bar.set': command({
    title: 'Show the status bar',
    scope: 'producer',
    args: statusBarSchema.partial(),
  }),
  'status.text.set': command({
    title: 'Show a line of text',
    scope: 'producer',
    args: statusTextSchema.partial(),
  }),
  /**
   * For a player to say what it plays, as often as it likes. The picture of a track stays with it until another one
   * plays; null takes it away.
   */
  'now-playing.set': command({
    title: 'Say what is playing',
    scope: 'producer',
    args: trackSchema
      .omit({ at: true, artwork: true })
      .partial()
      .required({ title: true })
      .extend({ artwork: artworkSchema.nullable().optional() }),
    isRecorded: false,
  }),
  'now-playing.clear': command({ title: 'Nothing is playing', scope: 'producer' }),
  /** Null takes a line away. */
  'coding.set': command({
    title: 'Say what is being coded',
    scope: 'producer',
    args: codingSchema.omit({ startedAt: true }).partial(),
  }),
  /** Counts from now, or from a moment that has passed. */
  'coding.session.start': command({
    title: 'Start the coding session’s clock',
    scope: 'producer',
    args: z.strictObject({ startedAt: timestampSchema.optional() }),
  }),
  'coding.session.stop': command({ title: 'Stop the coding session’s clock', scope: 'producer' }),
} as const
