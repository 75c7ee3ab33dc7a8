/**
 * The newest lines of the chat, without those that moderators took away. An event in, and it says whether something changed.
 * Knows no clock, no topic and no page.
 */
import type { EventPayload, EventType } from '../../../contracts/events.ts'
import type { PicturedFragment } from '../../../contracts/pictures.ts'
import { CHAT_LINES_MAX, type ChatLine, LINE_TEXT_MAX } from '../../../contracts/state/chat.ts'
import type { StoredEvent } from '../../kernel/bus.ts'
import type { EmoteWords } from '../../kernel/ports/emote-words.ts'

export const CHAT_TYPES = [
  'twitch.channel.chat.message',
  'twitch.channel.chat.message_delete',
  'twitch.channel.chat.clear_user_messages',
  'twitch.channel.chat.clear',
] as const satisfies readonly EventType[]
export type ChatEvent = StoredEvent<(typeof CHAT_TYPES)[number]>

/** What a line may carry; Twitch itself shows three badges. */
const BADGES_MAX = 8
const FRAGMENTS_MAX = 150

/** Removals that later ones are checked against: an old message must not be put on stream after it was deleted. */
const REMOVALS_MAX = 2000

export type ChatChange =
  | { kind: 'said'; line: ChatLine }
  /** At once: nobody may see them any longer. `isGone`: of any line, also of one that is not among the newest. */
  | { kind: 'removed'; isGone(line: ChatLine): boolean }

export class ChatLines {
  readonly #words: EmoteWords
  readonly #lines = new Map<number, ChatLine>()
  /** Newest last. */
  #removals: ((line: ChatLine) => boolean)[] = []

  constructor(words: EmoteWords) {
    this.#words = words
  }

  /** Oldest first. */
  get lines(): readonly ChatLine[] {
    return [...this.#lines.values()]
  }

  /** Null: it changes nothing. */
  take(event: ChatEvent): ChatChange | null {
    switch (event.type) {
      case 'twitch.channel.chat.message': {
        const line = lineOf(event.payload, event.seq, event.at, this.#words)
        if (!line) return null
        this.#lines.set(line.seq, line)
        if (this.#lines.size > CHAT_LINES_MAX) {
          const [oldest] = this.#lines.keys()
          if (oldest !== undefined) this.#lines.delete(oldest)
        }
        return { kind: 'said', line }
      }
      case 'twitch.channel.chat.message_delete': {
        const { message_id } = event.payload
        return this.#remove((line) => line.message_id === message_id)
      }
      case 'twitch.channel.chat.clear_user_messages': {
        const { target_user_id } = event.payload
        return this.#remove((line) => line.user_id === target_user_id && line.seq < event.seq)
      }
      case 'twitch.channel.chat.clear':
        return this.#remove((line) => line.seq < event.seq)
    }
  }

  /** Whether a moderator took it away, as far back as is known. */
  isRemoved(line: ChatLine): boolean {
    return this.#removals.some((isGone) => isGone(line))
  }

  /** Takes these away, by no moderator: nobody has to remember it. */
  drop(isGone: (line: ChatLine) => boolean): ChatChange {
    for (const line of this.#lines.values()) if (isGone(line)) this.#lines.delete(line.seq)
    return { kind: 'removed', isGone }
  }

  #remove(isGone: (line: ChatLine) => boolean): ChatChange {
    this.#removals = [...this.#removals.slice(1 - REMOVALS_MAX), isGone]
    return this.drop(isGone)
  }
}

/** Null for what another channel's viewers say in a shared chat: its moderators are not ours. */
export function lineOf(
  payload: EventPayload<'twitch.channel.chat.message'>,
  seq: number,
  at: number,
  words: EmoteWords,
): ChatLine | null {
  const from = payload.source_broadcaster_user_id
  if (from !== null && from !== payload.broadcaster_user_id) return null
  const { message_id, user_id, user_login, user_name, color, reply_parent_user_name, cheer_bits } = payload
  const badges = payload.badges.slice(0, BADGES_MAX).map(({ set_id, id }) => ({ set_id, id }))
  const fragments = shortened(words.cut(payload.fragments))
  return {
    ...{ seq, message_id, at, user_id, user_login, user_name, color, badges, fragments },
    ...{ reply_parent_user_name, cheer_bits },
  }
}

function shortened(fragments: readonly PicturedFragment[]): PicturedFragment[] {
  const kept: PicturedFragment[] = []
  let room = LINE_TEXT_MAX
  for (const fragment of fragments.slice(0, FRAGMENTS_MAX)) {
    if (fragment.text.length > room) {
      kept.push({ ...fragment, text: `${fragment.text.slice(0, room).toWellFormed()}…` })
      break
    }
    room -= fragment.text.length
    kept.push(fragment)
  }
  return kept
}
