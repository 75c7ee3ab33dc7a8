import { z } from 'zod'
import { command } from '../command.ts'
import { transcriptionEvents } from '../events/transcription.ts'

export const transcriptionCommands = {
  /** Words of the streamer, as they are understood. Those that may still change (`isFinal: false`) are shown and not kept. */
  'transcription.submit': command({
    title: 'Submit what was said',
    scope: 'transcription',
    args: z.strictObject({
      ...transcriptionEvents['transcription.line.heard'].partial().required({ text: true }).shape,
      isFinal: z.boolean().default(true),
    }),
    isRecorded: false,
  }),
  'captions.clear': command({ title: 'Clear the captions', scope: 'producer' }),
} as const
