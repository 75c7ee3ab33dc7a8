/** The chat as it may be shown now: what moderators took away is not in it. */
import type { BadgeRef, PicturedFragment } from '../pictures.ts'

export interface ChatLine {
  /** Its event's place in the log; rises from line to line. */
  seq: number
  message_id: string
  /** When it was said, ms epoch. */
  at: number
  user_id: string
  user_login: string
  user_name: string
  /** `#RRGGBB`, or empty when the viewer never chose one. */
  color: string
  badges: BadgeRef[]
  /** The text, cut at what has a picture; at most `LINE_TEXT_MAX` long. */
  fragments: PicturedFragment[]
  /** Whom it answers. */
  reply_parent_user_name: string | null
  cheer_bits: number | null
}

/** UTF-16 units of all fragments of a line: Twitch's 500 characters, and room for what stands on them. */
export const LINE_TEXT_MAX = 2000

/** A line that the streamer shows on stream. */
export interface ChatHighlight {
  /** Of this appearance. */
  id: string
  line: ChatLine
  /** ms epoch */
  startedAt: number
  endsAt: number
}

export interface ChatState {
  /** By `seq`, which an object keeps in order; the newest `CHAT_LINES_MAX`. */
  lines: Record<string, ChatLine>
  highlight: ChatHighlight | null
}

export const CHAT_LINES_MAX = 100
