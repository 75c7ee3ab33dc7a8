import { z } from 'zod'
import { command } from '../command.ts'
import { outputIdSchema } from '../output.ts'

const overlayUrls = z.object({
  /** OBS draws the stage itself. */
  url: z.string(),
  /** OBS shows the picture that Landale paints once for all. */
  liveUrl: z.string(),
  /** A moving preview (MJPEG), small and slow. */
  previewUrl: z.string(),
})

export const overlayCommands = {
  /** The old URL stops working at once. */
  'overlay.url.renew': command({
    title: 'Renew the URL of an overlay',
    scope: 'admin',
    args: z.strictObject({ output: outputIdSchema }),
    result: overlayUrls,
    dangerous: true,
  }),
  'overlay.url.get': command({
    title: 'Read the URL of an overlay',
    scope: 'admin',
    args: z.strictObject({ output: outputIdSchema }),
    result: overlayUrls,
  }),
} as const
