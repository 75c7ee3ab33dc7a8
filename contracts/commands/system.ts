import { z } from 'zod'
import { command } from '../command.ts'
import { scopeSchema } from '../scopes.ts'

const moduleArgs = z.strictObject({ module: z.string().min(1).max(50) })

export const systemCommands = {
  'system.module.start': command({ title: 'Start a module', scope: 'system', args: moduleArgs }),
  'system.module.stop': command({ title: 'Stop a module', scope: 'system', args: moduleArgs, dangerous: true }),
  'system.module.restart': command({ title: 'Restart a module', scope: 'system', args: moduleArgs, dangerous: true }),
  'system.store.backup': command({
    title: 'Back up the store now',
    scope: 'system',
    result: z.object({ file: z.string(), bytes: z.number().int(), durationMs: z.number() }),
  }),
  'system.token.create': command({
    title: 'Make a token',
    scope: 'admin',
    args: z.strictObject({ name: z.string().min(1).max(100), scopes: z.array(scopeSchema).min(1) }),
    /** The secret is shown this once. */
    result: z.object({ tokenId: z.string(), token: z.string() }),
  }),
  'system.token.revoke': command({
    title: 'Revoke a token',
    scope: 'admin',
    args: z.strictObject({ tokenId: z.string().min(1) }),
    dangerous: true,
  }),
} as const
