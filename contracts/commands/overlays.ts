import { z } from 'zod'
import { command } from '../command.ts'

export const overlayCommands = {
  /** The old URL stops working at once. */
  'overlay.url.renew': command({
    title: 'Renew the URL of an overlay',
    scope: 'admin',
    args: z.strictObject({ output: z.string().min(1).max(50) }),
    result: z.object({ url: z.string() }),
    dangerous: true,
  }),
  'overlay.url.get': command({
    title: 'Read the URL of an overlay',
    scope: 'admin',
    args: z.strictObject({ output: z.string().min(1).max(50) }),
    result: z.object({ url: z.string() }),
  }),
} as const
