/**
 * What can stand on a layer of the omnibar: one schema per kind of content, told apart by `type`, with exactly what is
 * drawn. A value that comes from an event keeps the event's own name (`user_name`, `current_amount`) all the way here.
 */
import { z } from 'zod'
import { timestampSchema } from './envelope.ts'
import { emoteProviderSchema, picturedFragmentSchema } from './pictures.ts'

/** Highest first: what stands on a higher layer is in front, and pushes the lower ones back. */
export const contentLayers = ['foreground', 'midground', 'background'] as const
export const contentLayerSchema = z.enum(contentLayers)
export type ContentLayer = z.output<typeof contentLayerSchema>

const count = z.number().int().nonnegative()
const name = z.string().max(200)
const text = z.string().max(500)
const tier = z.enum(['1000', '2000', '3000'])

const emoteCount = z.object({
  /** As it is written in chat. */
  name,
  /** Who draws it, and by which id; null where no picture is known. */
  emote_provider: emoteProviderSchema,
  emote_id: z.string().max(200).nullable(),
  /** One of the channel's own. */
  is_native: z.boolean(),
  count,
})
export type EmoteCount = z.output<typeof emoteCount>

const emoteStats = z.object({
  type: z.literal('emote-stats'),
  /** Since midnight UTC; most used first, at most 10. */
  today: z.array(emoteCount).max(10),
  all_time: z.array(emoteCount).max(10),
})

const recentFollows = z.object({
  type: z.literal('recent-follows'),
  /** Newest first, at most 5. */
  follows: z.array(z.object({ user_name: name, followed_at: timestampSchema })).max(5),
})

/** Since midnight UTC. */
const dailyStats = z.object({
  type: z.literal('daily-stats'),
  messages: count,
  follows: count,
  subscriptions: count,
  bits: count,
  started_at: timestampSchema,
})

/** `type`: Twitch's own, or one of these for a goal set by hand. */
export const goalSchema = z.object({
  type: z.string().min(1).max(50),
  description: text,
  current_amount: count,
  target_amount: count,
})
export type Goal = z.output<typeof goalSchema>
export const MAX_GOALS = 6

const streamGoals = z.object({ type: z.literal('stream-goals'), goals: z.array(goalSchema).max(MAX_GOALS) })

/** The newest thing a viewer did, under the type of its event. `user_name` is null for who wants to stay anonymous. */
const viewerEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('twitch.channel.follow'), user_name: name }),
  z.object({ event: z.literal('twitch.channel.subscribe'), user_name: name, tier, is_gift: z.boolean() }),
  z.object({
    event: z.literal('twitch.channel.subscription.message'),
    user_name: name,
    tier,
    cumulative_months: count,
  }),
  z.object({ event: z.literal('twitch.channel.subscription.gift'), user_name: name.nullable(), tier, total: count }),
  z.object({ event: z.literal('twitch.channel.cheer'), user_name: name.nullable(), bits: count }),
  z.object({ event: z.literal('twitch.channel.raid'), from_broadcaster_user_name: name, viewers: count }),
])
export type ViewerEvent = z.output<typeof viewerEvent>

const latestEvent = z.object({
  type: z.literal('latest-event'),
  /** Null until there was one. */
  latest: viewerEvent.nullable(),
  /** When it happened, ms epoch. */
  at: timestampSchema.nullable(),
})

export const MAX_RECENT_EVENTS = 6

/** The newest things viewers did, newest first. */
const recentEvents = z.object({
  type: z.literal('recent-events'),
  events: z.array(z.object({ did: viewerEvent, at: timestampSchema })).max(MAX_RECENT_EVENTS),
})

/** Every subscription while it is there adds one and starts its time anew. */
const subTrain = z.object({
  type: z.literal('sub-train'),
  count: count.min(1),
  /** Who began it. */
  user_name: name,
  tier,
  latest_user_name: name,
  latest_tier: tier,
  /** Of all who are on it; a new subscriber counts one. */
  total_months: count,
})

const message = z.object({
  type: z.literal('message'),
  title: name.nullable(),
  message: text,
  /** `message`, cut at its emotes; missing where there are none. */
  fragments: z.array(picturedFragmentSchema).optional(),
  level: z.enum(['info', 'warning', 'critical']),
})

/** The run so far, of the game that is being run. */
const runStatistics = z.object({
  type: z.literal('run-statistics'),
  /** The attempt; null while there is no run. */
  run_number: count.nullable(),
  checkpoints_cleared: count,
  total_checkpoints: count,
  /** 0 to 100. */
  progress_percentage: z.number().min(0).max(100),
  /** The next one to clear; null when all are. */
  current_checkpoint: name.nullable(),
  trainer: name.nullable(),
  /** How many of all seeds cleared `current_checkpoint`, 0 to 100; null before the first seed is over. */
  clear_rate: z.number().min(0).max(100).nullable(),
})

const runProgression = z.object({
  type: z.literal('run-progression'),
  has_active_run: z.boolean(),
  current_checkpoint: name.nullable(),
  trainer: name.nullable(),
  /** 0 to 100. */
  clear_rate: z.number().min(0).max(100).nullable(),
  /** The newest seed that cleared `current_checkpoint`. */
  last_cleared_seed: count.nullable(),
  attempts_on_record: count,
  /** All checkpoints in their order. */
  checkpoints: z.array(z.object({ name, status: z.enum(['cleared', 'current', 'pending']) })).max(100),
})

export const contentSchema = z.discriminatedUnion('type', [
  emoteStats,
  recentFollows,
  dailyStats,
  streamGoals,
  latestEvent,
  recentEvents,
  subTrain,
  message,
  runStatistics,
  runProgression,
])
export type Content = z.output<typeof contentSchema>
export type ContentType = Content['type']
export type ContentOf<T extends ContentType> = Extract<Content, { type: T }>

/** Always there to be shown: what they say is kept up to date whether or not they are seen. */
export const standingContentTypes = [
  'emote-stats',
  'recent-follows',
  'daily-stats',
  'stream-goals',
  'latest-event',
  'recent-events',
  'run-statistics',
  'run-progression',
] as const satisfies readonly ContentType[]
export const standingContentTypeSchema = z.enum(standingContentTypes)
export type StandingContentType = z.output<typeof standingContentTypeSchema>

/** Content with its place: `content` may change while `id` stays, and another `id` is another appearance. */
export interface LayerItem {
  id: string
  layer: ContentLayer
  /** 0 to 100. */
  priority: number
  /** Hub time, ms epoch. */
  startedAt: number
  /** Null: until it is taken away, or while its time stands still. */
  endsAt: number | null
  content: Content
}
