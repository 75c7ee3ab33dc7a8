/** Whose chat it is, and what its badges look like: what pictures need to know of the link to Twitch. */
import type { Event } from '../../../base/emitter.ts'
import type { BadgeRef } from '../../../contracts/pictures.ts'

export interface ChatChannel {
  /** Twitch's id of the streamer; null while nobody is signed in. */
  readonly userId: string | null
  readonly onDidChangeUser: Event<void>
  /** The address of a badge's picture, as Twitch told it; null for one that it never told of. */
  badgeAddress(badge: BadgeRef): string | null
}
