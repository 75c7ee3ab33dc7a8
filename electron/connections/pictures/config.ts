/** The settings of emote pictures, as they stand in `config.json` under `pictures`. */
import { z } from 'zod'
import { emoteProviders } from '../../../contracts/pictures.ts'

const MEGABYTE = 1024 * 1024

export const picturesConfigSchema = z.strictObject({
  /** Beside Twitch itself; an empty list asks none of them. */
  services: z.array(z.enum(emoteProviders).exclude(['twitch'])).default(['7tv', 'bttv', 'ffz']),
  /** Room for pictures on disk. */
  maxMegabytes: z.number().int().min(1).max(10_000).default(64),
  /** A stand-in for all of them on this machine, for tests. */
  mockPort: z.number().int().min(1).max(65_535).optional(),
})
export type PicturesConfig = z.output<typeof picturesConfigSchema>

export function roomOf({ maxMegabytes }: PicturesConfig): number {
  return maxMegabytes * MEGABYTE
}
