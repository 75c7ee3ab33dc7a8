/** An evening's events, made up but the same each time. */
import type { StoredEnvelope } from '../../contracts/envelope.ts'

const chatters = [
  ['kestrel', '#1E90FF'],
  ['mothwing', '#8A2BE2'],
  ['夜の図書館', '#FF69B4'],
  ['ada_l', '#0000FF'],
  ['hexagonal_', '#5F9EA0'],
  ['ProtonJon', '#FF4500'],
  ['Zoë', ''],
] as const

const lines = [
  'that was so close',
  'avalonHYPE avalonHYPE',
  'how many runs is this now? I have lost count somewhere around three hundred and fifty',
  'GG',
  'the route through Mt. Moon is cleaner than last week',
  '이 노래 뭐예요?',
  'LUL',
  'hydrate!',
]

/** Newest first. */
export function sampleEvents(count: number, now: number): StoredEnvelope[] {
  return Array.from({ length: count }, (_, index) => sampleEvent(count - index, now - index * 7_000))
}

/** The event at one place of the evening. */
export function sampleEvent(seq: number, at: number): StoredEnvelope {
  const [name, color] = chatters[(seq * 5) % chatters.length] ?? ['ada_l', '']
  const user = { user_id: String(1000 + seq), user_login: name.toLowerCase(), user_name: name }
  const { type, ...payload } = eventAt(seq, color)
  return {
    id: `0199-${seq}`,
    seq,
    type,
    source: type.startsWith('obs.') ? 'obs' : seq % 23 === 0 ? 'simulator' : 'twitch',
    at,
    correlationId: `c${seq}`,
    payload: type.startsWith('twitch.channel.') ? { ...user, ...payload } : payload,
  }
}

function eventAt(seq: number, color: string): { type: string } & Record<string, unknown> {
  switch (seq % 17) {
    case 3:
      return { type: 'twitch.channel.follow' }
    case 6:
      return {
        type: 'twitch.channel.cheer',
        bits: 500,
        message: 'Cheer500 for the no-healing run',
        is_anonymous: false,
      }
    case 9:
      return { type: 'obs.scene.changed', scene: 'Game', previousScene: 'Just chatting' }
    case 11:
      return { type: 'twitch.channel.subscription.gift', total: 12, tier: '1000' }
    case 14:
      return { type: 'twitch.channel.subscription.message', cumulative_months: 26, tier: '2000', message: 'two years!' }
    default:
      return { type: 'twitch.channel.chat.message', message: lines[seq % lines.length], color }
  }
}
