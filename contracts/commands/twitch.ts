import { z } from 'zod'
import { command } from '../command.ts'

export const twitchCommands = {
  'twitch.sign-in': command({
    title: 'Sign in to Twitch',
    scope: 'admin',
    /** Without `topics` every scope of the catalogue is asked for; with it, exactly those that these topics need. */
    args: z.strictObject({ topics: z.array(z.string()).optional() }),
    result: z.object({ userCode: z.string(), verificationUri: z.string(), expiresAt: z.number().int() }),
  }),
  'twitch.sign-in.cancel': command({ title: 'Cancel the sign-in', scope: 'admin' }),
  'twitch.sign-out': command({ title: 'Sign out of Twitch', scope: 'admin', dangerous: true }),
  'twitch.connect': command({ title: 'Retry Twitch now', scope: 'twitch' }),
  'twitch.configure': command({
    title: 'Set the Twitch client id',
    scope: 'admin',
    args: z.strictObject({ clientId: z.string().regex(/^[a-z0-9]{10,64}$/) }),
  }),
} as const
