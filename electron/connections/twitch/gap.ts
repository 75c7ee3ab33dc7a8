/**
 * After a time in which nothing could be heard: asks Twitch for what can be read back, announces what was missed as if it
 * had come live (marked `recovered`), and says what is lost. What was announced before is known by its keys, so reading
 * too much does no harm. The first reading ever only learns how things stand.
 */
import { z } from 'zod'
import { errorMessage } from '../../../base/result.ts'
import type { TwitchGap } from '../../../contracts/state/twitch.ts'
import type { Statement, Store } from '../../kernel/store/store.ts'
import { SignedOutError } from './auth.ts'
import { type Helix, HelixError } from './helix.ts'
import type { Inbox } from './inbox.ts'
import type { TwitchMemory } from './memory.ts'
import { type Raw, timeOf, toCanonical } from './wire.ts'

/** Twitch's clock and ours may differ by this, ms; what lies so close before the gap is read too. */
const SLACK_MS = 5000
/** 100 items each. More is possible only after weeks away; then the rest is told as lost. */
const MAX_PAGES = 50
/** Polls and predictions Twitch keeps; the newest 20 span any gap worth the name. */
const RECENT = '20'

export interface GapContext {
  helix: Helix
  inbox: Pick<Inbox, 'accept'>
  memory: TwitchMemory
  store: Pick<Store, 'all' | 'run'>
  /** Who streams. */
  user: { id: string; login: string; name: string }
  /** From when, ms epoch; null when Twitch was never heard before. */
  from: number | null
  to: number
  /** Types that are subscribed; the others can't have been missed. */
  types: readonly string[]
  /** The stream as it is now. */
  onStream(stream: { id: string | null; startedAt: number | null; viewers: number | null }): void
  onChannel(channel: { title: string; language: string; category_id: string; category_name: string }): void
}

interface Reader {
  what: string
  types: readonly string[]
  /** How many events were missed and announced. */
  read(context: GapContext): Promise<number>
}

/** What happened is gone when nobody listened: by the types that tell of it. */
const unreadable: readonly { what: string; types: readonly string[] }[] = [
  { what: 'chat messages and notices', types: ['channel.chat.message', 'channel.chat.notification'] },
  { what: 'cheers', types: ['channel.cheer'] },
  { what: 'raids', types: ['channel.raid'] },
  { what: 'gifts and resub messages', types: ['channel.subscription.gift', 'channel.subscription.message'] },
  { what: 'donations', types: ['channel.charity_campaign.donate', 'channel.charity_campaign.progress'] },
  { what: 'hype trains that ended', types: ['channel.hype_train.end', 'channel.hype_train.progress'] },
  { what: 'redemptions of rewards made elsewhere', types: ['channel.channel_points_custom_reward_redemption.add'] },
  {
    what: 'changes of rewards and redemptions',
    types: [
      'channel.channel_points_custom_reward.add',
      'channel.channel_points_custom_reward.update',
      'channel.channel_points_custom_reward.remove',
      'channel.channel_points_custom_reward_redemption.update',
    ],
  },
  {
    what: 'moderation of the chat',
    types: [
      'channel.chat.clear',
      'channel.chat.clear_user_messages',
      'channel.chat.message_delete',
      'channel.chat_settings.update',
    ],
  },
  { what: 'VIPs', types: ['channel.vip.add', 'channel.vip.remove'] },
  { what: 'changes of the account', types: ['user.update'] },
  { what: 'shoutouts', types: ['channel.shoutout.create', 'channel.shoutout.receive'] },
  { what: 'goal progress', types: ['channel.goal.begin', 'channel.goal.progress', 'channel.goal.end'] },
  { what: 'ad breaks', types: ['channel.ad_break.begin'] },
]

const readers: readonly Reader[] = [
  { what: 'channel', types: ['channel.update'], read: readChannel },
  { what: 'stream', types: ['stream.online', 'stream.offline'], read: readStream },
  { what: 'followers', types: ['channel.follow'], read: readFollowers },
  { what: 'subscriptions', types: ['channel.subscribe', 'channel.subscription.end'], read: readSubscribers },
  { what: 'polls', types: ['channel.poll.begin', 'channel.poll.progress', 'channel.poll.end'], read: readPolls },
  {
    what: 'predictions',
    types: [
      'channel.prediction.begin',
      'channel.prediction.progress',
      'channel.prediction.lock',
      'channel.prediction.end',
    ],
    read: readPredictions,
  },
  { what: 'hype train', types: ['channel.hype_train.begin'], read: readHypeTrain },
  { what: 'redemptions', types: ['channel.channel_points_custom_reward_redemption.add'], read: readRedemptions },
]

/** Reads back what it can. Rejects with `SignedOutError` only. */
export async function fillGap(context: GapContext): Promise<Pick<TwitchGap, 'recovered' | 'lost'>> {
  const concerns = ({ types }: { types: readonly string[] }) => types.some((type) => context.types.includes(type))
  const recovered: TwitchGap['recovered'] = []
  const lost = unreadable.filter(concerns).map(({ what }) => what)
  for (const { what, read } of readers.filter(concerns)) {
    try {
      recovered.push({ what, count: await read(context) })
    } catch (error) {
      if (error instanceof SignedOutError) throw error
      // A channel that may not hold polls or rewards has missed none.
      if (error instanceof HelixError && error.status === 403) continue
      lost.push(`${what} (${errorMessage(error)})`)
    }
  }
  return { recovered, lost }
}

/** Announces it unless it is known; answers 1 when it was not. */
async function announce(context: GapContext, type: string, raw: Raw, at: number | null) {
  if (context.from === null) return 0
  const broadcaster = {
    broadcaster_user_id: context.user.id,
    broadcaster_user_login: context.user.login,
    broadcaster_user_name: context.user.name,
  }
  const draft = toCanonical(type, { ...broadcaster, ...raw, recovered: true })
  if (draft.type === 'twitch.unknown') throw new HelixError(null, `it can't be read: ${draft.payload.fault}`)
  const outcome = await context.inbox.accept({ draft, at })
  return outcome === 'published' ? 1 : 0
}

/** Since when things count as missed; nothing does at the first reading. */
function since({ from }: GapContext): number {
  return from === null ? Number.POSITIVE_INFINITY : from - SLACK_MS
}

const time = z.string().transform((text, context) => {
  const at = timeOf(text)
  if (at !== null) return at
  context.addIssue({ code: 'custom', message: 'expected a time' })
  return z.NEVER
})
const optionalTime = z
  .string()
  .nullish()
  .transform((text) => (text ? timeOf(text) : null))

const channelSchema = z.object({
  broadcaster_language: z.string(),
  game_id: z.string(),
  game_name: z.string(),
  title: z.string(),
  content_classification_labels: z.array(z.string()).default([]),
})

async function readChannel(context: GapContext): Promise<number> {
  const { helix, memory, user } = context
  const [channel] = await helix.list('channels', { broadcaster_id: user.id }, channelSchema)
  if (!channel) throw new HelixError(null, 'Twitch knows no such channel')
  const now = {
    title: channel.title,
    language: channel.broadcaster_language,
    category_id: channel.game_id,
    category_name: channel.game_name,
    content_classification_labels: channel.content_classification_labels,
  }
  const before = await memory.get('channel')
  await memory.set('channel', now)
  context.onChannel(now)
  if (before === null || JSON.stringify(before) === JSON.stringify(now)) return 0
  return announce(context, 'channel.update', now, context.to)
}

const streamSchema = z.object({
  id: z.string(),
  type: z.string(),
  started_at: z.string(),
  viewer_count: z.number().int().nonnegative(),
})

async function readStream(context: GapContext): Promise<number> {
  const { helix, memory, user, to } = context
  const [stream] = await helix.list('streams', { user_id: user.id }, streamSchema)
  const startedAt = stream ? timeOf(stream.started_at) : null
  const before = await memory.get('stream')
  await memory.set('stream', { id: stream?.id ?? null, startedAt })
  let count = 0
  if (before && before.id !== null && before.id !== stream?.id) {
    count += await announce(context, 'stream.offline', {}, startedAt ?? to)
  }
  if (before && stream && before.id !== stream.id) {
    const raw = { id: stream.id, type: stream.type, started_at: stream.started_at }
    count += await announce(context, 'stream.online', raw, startedAt)
  }
  context.onStream({ id: stream?.id ?? null, startedAt, viewers: stream?.viewer_count ?? null })
  return count
}

const user = { user_id: z.string(), user_login: z.string(), user_name: z.string() }
const followerSchema = z.object({ ...user, followed_at: z.string() })

async function readFollowers(context: GapContext): Promise<number> {
  if (context.from === null) return 0
  const start = since(context)
  // Newest first, so the first one from before the gap ends it.
  const isMissed = (follower: { followed_at: string }) => (timeOf(follower.followed_at) ?? start) >= start
  const { items, complete } = await context.helix.pages(
    'channels/followers',
    { broadcaster_id: context.user.id },
    followerSchema,
    { maxPages: MAX_PAGES, isEnough: (followers) => followers.some((follower) => !isMissed(follower)) },
  )
  let count = 0
  for (const follower of items.filter(isMissed).reverse()) {
    count += await announce(context, 'channel.follow', follower, timeOf(follower.followed_at))
  }
  if (!complete) throw new HelixError(null, `${count} were read back, there are more than Twitch gives`)
  return count
}

const subscriberSchema = z.object({ ...user, tier: z.string(), is_gift: z.boolean() })
type Subscriber = z.output<typeof subscriberSchema>

async function readSubscribers(context: GapContext): Promise<number> {
  const { helix, store, memory, to } = context
  const { items, complete } = await helix.pages(
    'subscriptions',
    { broadcaster_id: context.user.id },
    subscriberSchema,
    {
      maxPages: MAX_PAGES,
    },
  )
  if (!complete) throw new HelixError(null, 'there are more subscribers than can be compared')
  // The streamer counts as a subscriber of their own channel.
  const now = items.filter(({ user_id }) => user_id !== context.user.id)
  const wasRead = (await memory.get('subscribersAt')) !== null
  const before = await knownSubscribers(store)
  let count = 0
  if (wasRead) {
    const present = new Set(now.map(({ user_id }) => user_id))
    const gone = [...before.values()].filter(({ user_id }) => !present.has(user_id))
    for (const subscriber of gone) count += await announce(context, 'channel.subscription.end', subscriber, to)
    const fresh = now.filter(({ user_id, tier }) => before.get(user_id)?.tier !== tier)
    for (const subscriber of fresh) count += await announce(context, 'channel.subscribe', subscriber, to)
  }
  await store.run([
    { sql: 'DELETE FROM twitch_subscribers' },
    ...now.map(subscribedStatement),
    memory.statement('subscribersAt', to),
  ])
  return count
}

async function knownSubscribers(store: Pick<Store, 'all'>): Promise<Map<string, Subscriber>> {
  const rows = await store.all<{ subscriber: string }>('SELECT subscriber FROM twitch_subscribers')
  const known = rows.flatMap((row) => {
    const parsed = subscriberSchema.safeParse(JSON.parse(row.subscriber))
    return parsed.success ? [parsed.data] : []
  })
  return new Map(known.map((subscriber) => [subscriber.user_id, subscriber]))
}

export function subscribedStatement({ user_id, user_login, user_name, tier, is_gift }: Subscriber): Statement {
  return {
    sql: 'INSERT INTO twitch_subscribers (user_id, subscriber) VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET subscriber = excluded.subscriber',
    params: [user_id, JSON.stringify({ user_id, user_login, user_name, tier, is_gift })],
  }
}

export function unsubscribedStatement(userId: string): Statement {
  return { sql: 'DELETE FROM twitch_subscribers WHERE user_id = ?', params: [userId] }
}

const pollSchema = z.looseObject({
  id: z.string(),
  status: z.string(),
  duration: z.number().nonnegative(),
  started_at: time,
  ended_at: optionalTime,
})

async function readPolls(context: GapContext): Promise<number> {
  const query = { broadcaster_id: context.user.id, first: RECENT }
  const polls = await context.helix.list('polls', query, pollSchema)
  const start = since(context)
  let count = 0
  for (const { status, duration, ended_at: endedAt, ...poll } of polls.reverse()) {
    const raw = withoutHelixBroadcaster(poll)
    const endsAt = poll.started_at + duration * 1000
    if (poll.started_at >= start) {
      count += await announce(context, 'channel.poll.begin', { ...raw, ends_at: endsAt }, poll.started_at)
    }
    if (status === 'ACTIVE' || (endedAt ?? endsAt) < start) continue
    const end = { ...raw, status: status.toLowerCase(), ended_at: endedAt ?? endsAt }
    count += await announce(context, 'channel.poll.end', end, end.ended_at)
  }
  return count
}

const predictionSchema = z.looseObject({
  id: z.string(),
  status: z.string(),
  prediction_window: z.number().nonnegative(),
  winning_outcome_id: z.string().nullish(),
  outcomes: z.array(z.looseObject({ color: z.string() })),
  created_at: time,
  locked_at: optionalTime,
  ended_at: optionalTime,
})

async function readPredictions(context: GapContext): Promise<number> {
  const query = { broadcaster_id: context.user.id, first: RECENT }
  const predictions = await context.helix.list('predictions', query, predictionSchema)
  const start = since(context)
  let count = 0
  for (const prediction of predictions.reverse()) {
    const {
      status,
      created_at: createdAt,
      locked_at: lockedAt,
      ended_at: endedAt,
      winning_outcome_id,
      ...rest
    } = prediction
    const outcomes = rest.outcomes.map((outcome) => ({ ...outcome, color: outcome.color.toLowerCase() }))
    const raw = { ...withoutHelixBroadcaster(rest), outcomes, started_at: createdAt }
    if (createdAt >= start) {
      const locksAt = createdAt + rest.prediction_window * 1000
      count += await announce(context, 'channel.prediction.begin', { ...raw, locks_at: locksAt }, createdAt)
    }
    if (lockedAt !== null && lockedAt >= start) {
      count += await announce(context, 'channel.prediction.lock', { ...raw, locked_at: lockedAt }, lockedAt)
    }
    const isOver = status === 'RESOLVED' || status === 'CANCELED'
    if (!isOver || endedAt === null || endedAt < start) continue
    const winner = winning_outcome_id ? winning_outcome_id : null
    const end = { ...raw, status: status.toLowerCase(), winning_outcome_id: winner, ended_at: endedAt }
    count += await announce(context, 'channel.prediction.end', end, endedAt)
  }
  return count
}

const hypeTrainSchema = z.object({
  current: z.looseObject({ id: z.string(), started_at: time }).nullable(),
  all_time_high: z.object({ level: z.number(), total: z.number() }).nullish(),
})

async function readHypeTrain(context: GapContext): Promise<number> {
  const [status] = await context.helix.list('hypetrain/status', { broadcaster_id: context.user.id }, hypeTrainSchema)
  const train = status?.current
  if (!train || train.started_at < since(context)) return 0
  const high = status.all_time_high
  const raw = { ...train, all_time_high_level: high?.level ?? null, all_time_high_total: high?.total ?? null }
  return announce(context, 'channel.hype_train.begin', raw, train.started_at)
}

const rewardSchema = z.object({ id: z.string() })
const redemptionSchema = z.looseObject({ id: z.string(), status: z.string(), redeemed_at: time })

/** Twitch shows redemptions only to the application that made the reward. */
async function readRedemptions(context: GapContext): Promise<number> {
  const { helix } = context
  if (context.from === null) return 0
  const broadcaster_id = context.user.id
  const path = 'channel_points/custom_rewards'
  const rewards = await helix.list(path, { broadcaster_id, only_manageable_rewards: 'true' }, rewardSchema)
  const start = since(context)
  const missed: z.output<typeof redemptionSchema>[] = []
  for (const reward of rewards) {
    for (const status of ['UNFULFILLED', 'FULFILLED']) {
      const query = { broadcaster_id, reward_id: reward.id, status, sort: 'NEWEST' }
      const { items } = await helix.pages(`${path}/redemptions`, query, redemptionSchema, {
        maxPages: MAX_PAGES,
        isEnough: (redemptions) => redemptions.some(({ redeemed_at }) => redeemed_at < start),
      })
      missed.push(...items.filter(({ redeemed_at }) => redeemed_at >= start))
    }
  }
  let count = 0
  for (const redemption of missed.sort((a, b) => a.redeemed_at - b.redeemed_at)) {
    const raw = { ...withoutHelixBroadcaster(redemption), status: redemption.status.toLowerCase() }
    const type = 'channel.channel_points_custom_reward_redemption.add'
    count += await announce(context, type, raw, redemption.redeemed_at)
  }
  return count
}

/** Helix calls the broadcaster otherwise than EventSub; `announce` adds them under the right name. */
function withoutHelixBroadcaster(raw: Raw): Raw {
  const { broadcaster_id: _id, broadcaster_login: _login, broadcaster_name: _name, ...rest } = raw
  return rest
}
