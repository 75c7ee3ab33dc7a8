import type { PicturedFragment } from '../pictures.ts'
import type { ChatLine } from '../state/chat.ts'
import { defineWidget, fromState } from './define-widget.ts'
import { choice, list, number, range, toggle } from './fields.ts'

const PREVIEW: readonly { name: string; color: string; badge?: string; said: string }[] = [
  { name: 'Mira_Plays', color: '#FF7F50', badge: 'moderator', said: 'that jump was CLEAN PogChamp' },
  { name: 'northwind_', color: '#1E90FF', said: 'wait, go back, there was a chest on the left' },
  { name: 'KettleBell', color: '', badge: 'subscriber', said: 'LUL LUL' },
  { name: '雪のしずく', color: '#9ACD32', said: '今日も配信ありがとう！' },
  {
    name: 'OttoVonQuack',
    color: '#0000FF',
    said: 'I have been stuck on this boss for two weeks, and you do it first try',
  },
  { name: 'saltmarsh', color: '#8A2BE2', badge: 'vip', said: '!uptime' },
  { name: 'ليلى_الرياض', color: '#DAA520', said: 'مساء الخير من الرياض' },
]

/** Made-up ids: a preview shows words where pictures would be. */
function fragmentsOf(said: string): PicturedFragment[] {
  return said.split(/(\s+)/).map((text) => {
    const isEmote = text === 'LUL' || text === 'PogChamp'
    return {
      type: isEmote ? 'emote' : 'text',
      text,
      emote: isEmote ? { provider: 'twitch', id: `preview-${text}` } : null,
      cheermote: null,
    }
  })
}

/** A line as the simulation has it; the highlight's preview shows one too. */
export function previewLine(number: number, at: number): ChatLine {
  const { name, color, badge, said } = PREVIEW[number % PREVIEW.length] ??
    PREVIEW[0] ?? { name: '', color: '', said: '' }
  return {
    seq: number,
    message_id: `preview-${number}`,
    at,
    user_id: name,
    user_login: 'viewer',
    user_name: name,
    color,
    badges: badge ? [{ set_id: badge, id: '1' }] : [],
    fragments: fragmentsOf(said),
    reply_parent_user_name: number % 5 === 4 ? 'Mira_Plays' : null,
    cheer_bits: null,
  }
}

export const chatWidget = defineWidget({
  title: 'Chat',
  description: 'The chat with its emotes and badges, newest below; what moderators delete is gone at once.',
  size: { width: 600, height: 780 },
  settings: {
    most: number({ label: 'Messages at most', default: 12, min: 1, max: 50 }),
    textSize: range({ label: 'Text', default: 30, min: 24, max: 60, unit: 'px' }),
    fade: number({ label: 'A message goes after', hint: '0: it stays.', default: 0, min: 0, max: 600, unit: 's' }),
    delay: number({
      label: 'Delay for moderation',
      hint: 'Time for moderators to delete a message before anybody sees it on stream.',
      default: 0,
      min: 0,
      max: 60,
      unit: 's',
    }),
    showBadges: toggle({ label: 'Badges', default: true }),
    showEmotes: choice({
      label: 'Emotes',
      options: { moving: 'As pictures that move', still: 'As still pictures', words: 'As words' },
      default: 'moving',
    }),
    showReplies: toggle({ label: 'Whom a message answers', default: true }),
    hideCommands: toggle({ label: 'Hide commands (!…)', default: true }),
    hiddenUsers: list({
      label: 'Hidden viewers',
      hint: 'Login names, one a line: bots, for example.',
      default: ['nightbot', 'streamelements', 'streamlabs', 'moobot', 'fossabot'],
      most: 50,
      maxLength: 25,
    }),
    background: choice({
      label: 'Behind the text',
      options: { plate: 'A plate for all', lines: 'A plate for each message' },
      default: 'lines',
    }),
  },
  data: { lines: fromState('state:chat', ({ lines }) => lines) },
  simulate: ({ second, now }): { lines: Record<string, ChatLine> } => {
    const lines: Record<string, ChatLine> = {}
    for (let number = Math.max(0, second - 30); number <= second + 6; number++) {
      lines[number] = previewLine(number, now + (number - second - 6) * 1000)
    }
    return { lines }
  },
})
