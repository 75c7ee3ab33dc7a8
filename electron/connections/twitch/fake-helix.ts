/** The fake's HTTP API for reading: the endpoints Landale asks after a gap, with scopes and paging. Data is set by tests. */
import type { FakeAnswer, FakeToken } from './fake-id.ts'

type FakeItem = Record<string, unknown>

/** What the fake channel looks like; change it at will. */
export interface FakeChannel {
  channel: FakeItem
  /** Null while offline. */
  stream: FakeItem | null
  /** Newest first, as Twitch gives them. */
  followers: FakeItem[]
  subscribers: FakeItem[]
  polls: FakeItem[]
  predictions: FakeItem[]
  /** `current`, `all_time_high` and `shared_all_time_high`. */
  hypeTrain: FakeItem
  /** Sets of badges: Twitch's own, and the channel's. */
  globalBadges: FakeItem[]
  badges: FakeItem[]
  cheermotes: FakeItem[]
  /** Rewards that Landale's own client made. */
  rewards: FakeItem[]
  /** Newest first, of any reward and status. */
  redemptions: FakeItem[]
}

export interface FakeUser {
  id: string
  login: string
  name: string
}

export function createFakeChannel({ id, login, name }: FakeUser): FakeChannel {
  const streamer = { broadcaster_id: id, broadcaster_login: login, broadcaster_name: name }
  return {
    channel: {
      ...streamer,
      broadcaster_language: 'en',
      game_id: '490100',
      game_name: 'Pokémon FireRed/LeafGreen',
      title: 'FireRed Kaizo IronMON',
      delay: 0,
      tags: [],
      content_classification_labels: [],
      is_branded_content: false,
    },
    stream: null,
    followers: [],
    subscribers: [],
    polls: [],
    predictions: [],
    hypeTrain: { current: null, all_time_high: null, shared_all_time_high: null },
    globalBadges: [],
    badges: [],
    cheermotes: [],
    rewards: [],
    redemptions: [],
  }
}

interface Endpoint {
  /** The query parameter that must be the streamer's id, if one must be there. */
  about: string | null
  /** Any one of these is enough. */
  scopes: readonly string[]
  paged: boolean
  read(channel: FakeChannel, query: URLSearchParams): FakeItem[]
}

const REDEMPTION_SCOPES = ['channel:read:redemptions', 'channel:manage:redemptions']

const endpoints: Readonly<Record<string, Endpoint>> = {
  channels: { about: 'broadcaster_id', scopes: [], paged: false, read: ({ channel }) => [channel] },
  streams: { about: 'user_id', scopes: [], paged: true, read: ({ stream }) => (stream ? [stream] : []) },
  'channels/followers': {
    about: 'broadcaster_id',
    scopes: ['moderator:read:followers'],
    paged: true,
    read: ({ followers }) => followers,
  },
  subscriptions: {
    about: 'broadcaster_id',
    scopes: ['channel:read:subscriptions'],
    paged: true,
    read: ({ subscribers }) => subscribers,
  },
  polls: {
    about: 'broadcaster_id',
    scopes: ['channel:read:polls', 'channel:manage:polls'],
    paged: true,
    read: ({ polls }) => polls,
  },
  predictions: {
    about: 'broadcaster_id',
    scopes: ['channel:read:predictions', 'channel:manage:predictions'],
    paged: true,
    read: ({ predictions }) => predictions,
  },
  'chat/badges/global': { about: null, scopes: [], paged: false, read: ({ globalBadges }) => globalBadges },
  'chat/badges': { about: 'broadcaster_id', scopes: [], paged: false, read: ({ badges }) => badges },
  'bits/cheermotes': { about: 'broadcaster_id', scopes: [], paged: false, read: ({ cheermotes }) => cheermotes },
  'hypetrain/status': {
    about: 'broadcaster_id',
    scopes: ['channel:read:hype_train'],
    paged: false,
    read: ({ hypeTrain }) => [hypeTrain],
  },
  'channel_points/custom_rewards': {
    about: 'broadcaster_id',
    scopes: REDEMPTION_SCOPES,
    paged: false,
    read: ({ rewards }) => rewards,
  },
  'channel_points/custom_rewards/redemptions': {
    about: 'broadcaster_id',
    scopes: REDEMPTION_SCOPES,
    paged: true,
    read: ({ redemptions }, query) =>
      redemptions.filter(
        ({ reward, status }) =>
          status === query.get('status') && (reward as { id?: unknown } | undefined)?.id === query.get('reward_id'),
      ),
  },
}

export function readHelix(
  path: string,
  query: URLSearchParams,
  { channel, user, token }: { channel: FakeChannel; user: FakeUser; token: FakeToken },
): FakeAnswer {
  if (path === 'users') return { status: 200, body: { data: [userItem(user)] } }
  const endpoint = endpoints[path]
  if (!endpoint) return helixError(404, 'Not Found', '')
  const { about, scopes, paged, read } = endpoint
  if (about !== null && query.get(about) === null)
    return helixError(400, 'Bad Request', `Missing required parameter "${about}"`)
  if (scopes.length > 0) {
    if (about === null || query.get(about) !== user.id)
      return helixError(403, 'Forbidden', 'The ID in the query is not the user of the token')
    if (!scopes.some((scope) => token.scopes.includes(scope))) {
      return helixError(401, 'Unauthorized', `Missing scope: ${scopes.join(' or ')}`)
    }
  }
  const items = read(channel, query)
  if (!paged) return { status: 200, body: { data: items } }
  const first = Math.min(100, Math.max(1, Number(query.get('first') ?? '20')))
  const from = Number(query.get('after') ?? '0')
  const to = from + first
  const pagination = to < items.length ? { cursor: String(to) } : {}
  return { status: 200, body: { total: items.length, points: items.length, data: items.slice(from, to), pagination } }
}

function userItem({ id, login, name }: FakeUser): FakeItem {
  return {
    id,
    login,
    display_name: name,
    type: '',
    broadcaster_type: 'partner',
    description: '',
    profile_image_url: '',
    offline_image_url: '',
    view_count: 0,
    created_at: '2016-12-14T20:32:28Z',
  }
}

export function helixError(status: number, error: string, message: string): FakeAnswer {
  return { status, body: { error, status, message } }
}
