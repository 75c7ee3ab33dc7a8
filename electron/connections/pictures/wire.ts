/**
 * What the services say of their emotes, made into words and ids. An emote that can't be read is left out; an answer that
 * can't is a fault. Pure.
 */
import { z } from 'zod'
import { PICTURE_ID } from '../../../contracts/pictures.ts'
import type { EmoteWord } from '../../kernel/ports/emote-provider.ts'

/** Of one answer; the largest sets of channels hold a thousand. */
export const MAX_WORDS = 5000

const id = z.union([z.string(), z.number().int().nonnegative()]).transform(String).pipe(z.string().regex(PICTURE_ID))
const word = z.string().regex(/^\S{1,100}$/)

/** Each entry for itself, so that one of a new kind does not take the others with it. */
function listOf<T>(item: z.ZodType<T>) {
  return z.array(z.unknown()).transform((entries) =>
    entries.slice(0, MAX_WORDS).flatMap((entry) => {
      const parsed = item.safeParse(entry)
      return parsed.success ? [parsed.data] : []
    }),
  )
}

const seventvEmotes = listOf(
  z.object({ id, name: word }).transform((emote): EmoteWord => ({ id: emote.id, word: emote.name })),
)
const bttvEmotes = listOf(
  z.object({ id, code: word }).transform((emote): EmoteWord => ({ id: emote.id, word: emote.code })),
)
const ffzEmotes = listOf(
  z.object({ id, name: word }).transform((emote): EmoteWord => ({ id: emote.id, word: emote.name })),
)

const seventvSet = z.object({ emotes: seventvEmotes.optional() })
const seventvGlobal = seventvSet.transform(({ emotes }) => emotes ?? [])
const seventvChannel = z
  .object({ emote_set: seventvSet.nullish() })
  .transform(({ emote_set }) => emote_set?.emotes ?? [])

const bttvChannel = z
  .object({ channelEmotes: bttvEmotes, sharedEmotes: bttvEmotes })
  .transform(({ channelEmotes, sharedEmotes }) => [...channelEmotes, ...sharedEmotes])

const ffzSets = z.record(z.string(), z.object({ emoticons: ffzEmotes }))
const ffzGlobal = z
  .object({ default_sets: z.array(z.union([z.string(), z.number()]).transform(String)), sets: ffzSets })
  .transform(({ default_sets, sets }) => default_sets.flatMap((set) => sets[set]?.emoticons ?? []))
const ffzChannel = z
  .object({ sets: ffzSets })
  .transform(({ sets }) => Object.values(sets).flatMap((set) => set.emoticons))

/** How to read each answer: for every channel, and for one. */
export const wordSchemas = {
  '7tv': { global: seventvGlobal, channel: seventvChannel },
  bttv: { global: bttvEmotes, channel: bttvChannel },
  ffz: { global: ffzGlobal, channel: ffzChannel },
} as const satisfies Record<string, { global: z.ZodType<EmoteWord[]>; channel: z.ZodType<EmoteWord[]> }>
