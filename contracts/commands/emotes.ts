import { z } from 'zod'
import { command } from '../command.ts'

export const emoteCommands = {
  /** Otherwise they are read every six hours. `words`: how many are known now, beside Twitch's own. */
  'emotes.refresh': command({
    title: 'Read the emotes of 7TV, BetterTTV and FrankerFaceZ again',
    scope: 'producer',
    result: z.object({ words: z.number().int().nonnegative() }),
  }),
}
