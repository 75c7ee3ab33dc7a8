import { z } from 'zod'
import { command } from '../command.ts'
import { RAIN_COUNT_MAX } from '../state/emote-rain.ts'

export const emoteRainCommands = {
  /** Of the emotes used last. */
  'emote-rain.burst': command({
    title: 'Let emotes rain',
    scope: 'producer',
    args: z.strictObject({ count: z.number().int().min(1).max(RAIN_COUNT_MAX).default(50) }),
  }),
  'emote-rain.clear': command({ title: 'Clear the emote rain', scope: 'producer' }),
}
