/**
 * Pictures of emotes and badges: who draws them, what one is called, and where the hub serves it. Pages never load a picture
 * from anywhere else.
 */
import { z } from 'zod'

/** Twitch's own first; the others know words that Twitch does not. */
export const emoteProviders = ['twitch', '7tv', 'bttv', 'ffz'] as const
export const emoteProviderSchema = z.enum(emoteProviders)
export type EmoteProviderName = z.output<typeof emoteProviderSchema>

/** Their ids, and those of badges, are plain: what is not is never looked for. */
export const PICTURE_ID = /^[\w-]{1,100}$/

/** One emote's picture. `id` is its provider's own. */
const emoteRefSchema = z.object({ provider: emoteProviderSchema, id: z.string() })
export type EmoteRef = z.output<typeof emoteRefSchema>

/** Bits in a message, as somebody wrote them: `Cheer100` has the prefix `Cheer`. More bits have another picture. */
const cheermoteRefSchema = z.object({ prefix: z.string(), bits: z.number().int().nonnegative() })
export type CheermoteRef = z.output<typeof cheermoteRefSchema>

/** A badge as Twitch names it. */
export interface BadgeRef {
  set_id: string
  id: string
}

/** A piece of what a viewer wrote, in order; `emote` or `cheermote` is set where a picture stands for `text`. */
export const picturedFragmentSchema = z.object({
  /** `text`, `emote`, `cheermote`, `mention`, or what Twitch adds next. */
  type: z.string(),
  text: z.string(),
  emote: emoteRefSchema.nullable(),
  cheermote: cheermoteRefSchema.nullable(),
})
export type PicturedFragment = z.output<typeof picturedFragmentSchema>

export const EMOTE_PICTURE_PATH = '/pictures/emotes/:provider/:id/:motion'
export const CHEERMOTE_PICTURE_PATH = '/pictures/cheermotes/:prefix/:bits/:motion'
export const BADGE_PICTURE_PATH = '/pictures/badges/:set_id/:id'

/** `still`: an animated emote's first picture. `moving`: animated where it is. */
export const pictureMotions = ['still', 'moving'] as const
export type PictureMotion = (typeof pictureMotions)[number]

/** Path on the hub, with the page's own token: an `<img>` can send no header. */
export function emotePicturePath({ provider, id }: EmoteRef, motion: PictureMotion, token: string): string {
  return `/pictures/emotes/${provider}/${encodeURIComponent(id)}/${motion}?token=${encodeURIComponent(token)}`
}

export function cheermotePicturePath({ prefix, bits }: CheermoteRef, motion: PictureMotion, token: string): string {
  return `/pictures/cheermotes/${encodeURIComponent(prefix)}/${bits}/${motion}?token=${encodeURIComponent(token)}`
}

export function badgePicturePath({ set_id, id }: BadgeRef, token: string): string {
  return `/pictures/badges/${encodeURIComponent(set_id)}/${encodeURIComponent(id)}?token=${encodeURIComponent(token)}`
}
