/** Chat messages and notices as Twitch would send them, made up. Pure: everything random comes from the maker. */
import { type ChatFragment, NO_NOTICE, NO_SHARED_CHAT } from '../../../contracts/events/twitch.ts'
import type { EventPayload } from '../../../contracts/events.ts'
import { EMOTE_PREFIX, EMOTES, type Viewer } from './cast.ts'
import { channelFields, type Maker, userFields } from './maker.ts'

type ChatMessage = EventPayload<'twitch.channel.chat.message'>
type Notification = EventPayload<'twitch.channel.chat.notification'>
type Badge = ChatMessage['badges'][number]

const COLORS = ['#FF7F50', '#9ACD32', '#1E90FF', '#DAA520', '#FF69B4', ''] as const

/** Cuts a text at its emotes. */
function fragmentsOf(text: string): ChatFragment[] {
  const fragments: ChatFragment[] = []
  for (const part of text.split(/(\s+)/)) {
    const emote = EMOTES[part]
    const last = fragments.at(-1)
    if (emote !== undefined) fragments.push(emoteFragment(part, emote))
    else if (last?.type === 'text') last.text += part
    else if (part !== '') fragments.push({ type: 'text', text: part, cheermote: null, emote: null, mention: null })
  }
  return fragments
}

export function chatMessage(make: Maker, from: Viewer, text: string): ChatMessage {
  const fragments = fragmentsOf(text)
  const emotes = fragments.filter(({ type }) => type === 'emote').map(({ text: name }) => name)
  return {
    message_id: make.random.uuid(),
    ...channelFields(make.broadcaster),
    ...userFields(from),
    message: text,
    fragments,
    emotes: emotes.filter((name) => !name.startsWith(EMOTE_PREFIX)),
    native_emotes: emotes.filter((name) => name.startsWith(EMOTE_PREFIX)),
    color: make.random.pick(COLORS),
    badges: badgesOf(make),
    message_type: 'text',
    cheer_bits: null,
    reply_parent_message_id: null,
    reply_parent_message_body: null,
    reply_parent_user_id: null,
    reply_parent_user_login: null,
    reply_parent_user_name: null,
    reply_thread_message_id: null,
    reply_thread_user_id: null,
    reply_thread_user_login: null,
    reply_thread_user_name: null,
    channel_points_custom_reward_id: null,
    channel_points_animation_id: null,
    ...NO_SHARED_CHAT,
  }
}

export function announcement(make: Maker, from: Viewer, text: string): Notification {
  return {
    message_id: make.random.uuid(),
    ...channelFields(make.broadcaster),
    ...userFields(from),
    chatter_user_id: from.id,
    chatter_user_login: from.login,
    chatter_user_name: from.name,
    chatter_is_anonymous: false,
    notification_type: 'announcement',
    system_message: '',
    message: text,
    fragments: fragmentsOf(text),
    color: make.random.pick(COLORS),
    badges: [{ set_id: 'moderator', id: '1', info: '' }],
    ...NO_SHARED_CHAT,
    ...NO_NOTICE,
    announcement: { color: 'PRIMARY' },
  }
}

function emoteFragment(text: string, id: string): ChatFragment {
  const emote = { id, emote_set_id: '0', owner_id: '0', format: ['static'] }
  return { type: 'emote', text, cheermote: null, emote, mention: null }
}

function badgesOf({ random }: Maker): Badge[] {
  if (random.chance(0.1)) return [{ set_id: 'moderator', id: '1', info: '' }]
  if (random.chance(0.4)) return [{ set_id: 'subscriber', id: '12', info: String(random.int(1, 40)) }]
  return []
}
