/** The settings of the link to Twitch, as they stand in `config.json` under `twitch`. */
import { z } from 'zod'

/** Twitch's own are 30 small letters and digits; its command-line test server makes others. */
const clientIdSchema = z.string().regex(/^[a-z0-9]{10,64}$/, 'expected the client id of a Twitch application')

export const twitchConfigSchema = z.strictObject({
  enabled: z.boolean().default(true),
  clientId: clientIdSchema.optional(),
  /** Seeds the token store; what was refreshed since then is kept in preference. */
  accessToken: z.string().min(1).max(500).optional(),
  refreshToken: z.string().min(1).max(500).optional(),
  /** A stand-in for Twitch on this machine, in the layout of Twitch's own command-line mock. */
  mockPort: z.number().int().min(1).max(65_535).optional(),
})

export type TwitchConfig = z.output<typeof twitchConfigSchema>
