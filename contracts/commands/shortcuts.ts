import { z } from 'zod'
import { command } from '../command.ts'

const accelerator = z.string().min(1).max(60)

export const shortcutCommands = {
  /** `command` is a name of the command catalogue, `args` its arguments; both are checked when bound and when pressed. */
  'shortcut.bind': command({
    title: 'Bind a key',
    scope: 'admin',
    args: z.strictObject({
      accelerator,
      command: z.string().min(1),
      args: z.record(z.string(), z.unknown()).default({}),
    }),
    result: z.object({ id: z.string() }),
  }),
  'shortcut.unbind': command({
    title: 'Unbind a key',
    scope: 'admin',
    args: z.strictObject({ id: z.string().min(1) }),
  }),
  /** Waits for the key to be pressed: registration can succeed and never fire. */
  'shortcut.test': command({
    title: 'Press it now',
    scope: 'admin',
    args: z.strictObject({ id: z.string().min(1), timeoutMs: z.number().int().min(1000).max(60_000).default(10_000) }),
    result: z.object({ fired: z.boolean(), afterMs: z.number().nullable() }),
  }),
} as const
