import { z } from 'zod'
import { command } from '../command.ts'
import { outputIdSchema } from '../output.ts'

export const pictureCommands = {
  /** The page loads itself anew. */
  'watcher.refresh': command({
    title: 'Refresh a watcher',
    scope: 'overlays',
    args: z.strictObject({ watcher: z.string().min(1).max(50) }),
  }),
  /** It shows nothing and stays away until it is loaded anew. */
  'watcher.drop': command({
    title: 'Drop a watcher',
    scope: 'overlays',
    args: z.strictObject({ watcher: z.string().min(1).max(50) }),
    dangerous: true,
  }),
  'picture.restart': command({
    title: 'Start the painting of an output anew',
    scope: 'overlays',
    args: z.strictObject({ output: outputIdSchema }),
  }),
} as const
