/** Events as viewers cause them, for the tests of the producer. */

import { NO_SHARED_CHAT } from '../../../contracts/events/twitch.ts'
import type { EventPayload } from '../../../contracts/events.ts'

export const channel = { broadcaster_user_id: '1', broadcaster_user_login: 'host', broadcaster_user_name: 'Host' }
const viewer = (name: string) => ({ user_id: '2', user_login: 'viewer', user_name: name })

export function follow(name: string, followed_at: number): EventPayload<'twitch.channel.follow'> {
  return { ...viewer(name), ...channel, followed_at }
}

export function subscribe(name: string, is_gift = false): EventPayload<'twitch.channel.subscribe'> {
  return { ...viewer(name), ...channel, tier: '1000', is_gift }
}

export function cheer(name: string, bits: number): EventPayload<'twitch.channel.cheer'> {
  return { ...viewer(name), ...channel, is_anonymous: false, bits, message: '' }
}

export function category(id: string, name: string): EventPayload<'twitch.channel.update'> {
  const labels = { content_classification_labels: [] }
  return { ...channel, title: 'Live', language: 'en', category_id: id, category_name: name, ...labels }
}

export function goal(
  type: string,
  current_amount: number,
  target_amount: number,
): EventPayload<'twitch.channel.goal.progress'> {
  return { id: 'goal', ...channel, type, description: '', current_amount, target_amount, started_at: 0 }
}

/** Words that begin with `host` are the channel's own emotes, those with a capital are others', the rest is text. */
export function chat(...words: string[]): EventPayload<'twitch.channel.chat.message'> {
  const isNative = (word: string) => word.startsWith('host')
  const isEmote = (word: string) => isNative(word) || /^[A-Z]/.test(word)
  const emotes = words.filter(isEmote)
  return {
    message_id: 'm',
    ...channel,
    ...viewer('Mira'),
    message: words.join(' '),
    fragments: words.map((text) => {
      const emote = isEmote(text) ? { id: `id-${text}`, emote_set_id: '', owner_id: '', format: ['static'] } : null
      return { type: emote ? 'emote' : 'text', text, cheermote: null, emote, mention: null }
    }),
    emotes: emotes.filter((word) => !isNative(word)),
    native_emotes: emotes.filter(isNative),
    color: '',
    badges: [],
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
