/** Whose chat it is, and what its badges and cheermotes look like: what pictures need to know of the link to Twitch. */
import type { Event } from '../../../base/emitter.ts'
import type { BadgeRef, CheermoteRef, PictureMotion } from '../../../contracts/pictures.ts'

export interface ChatChannel {
  /** Twitch's id of the streamer; null while nobody is signed in. */
  readonly userId: string | null
  readonly onDidChangeUser: Event<void>
  /** The address of a badge's picture, as Twitch told it; null for one that it never told of. */
  badgeAddress(badge: BadgeRef): string | null
  /** Whether bits can be given under this word here, in any case of its letters. */
  isCheermote(prefix: string): boolean
  /** The address of the picture of so many bits, as Twitch told it; null for a word that it never told of. */
  cheermoteAddress(cheermote: CheermoteRef, motion: PictureMotion): string | null
}
