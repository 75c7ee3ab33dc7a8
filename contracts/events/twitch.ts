/**
 * What happened on Twitch: one type `twitch.<EventSub type>` for every subscription, with every field Twitch sends, under
 * Twitch's own names. Four things are ours: times (`…_at`) are ms epoch, nested settings are flattened, money is minor
 * units and a currency, and a chatter is in `user_id`, `user_login`, `user_name` like every other viewer. Lists and
 * numbers that Twitch leaves out at the beginning of a poll or a prediction are present and empty or 0.
 */
import { z } from 'zod'
import { timestampSchema } from '../envelope.ts'

/** Twitch's limit for chat and cheer messages, in characters as people count them. */
const MESSAGE_MAX_CHARACTERS = 500

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** At most `max` characters as people count them: a flag, a skin tone or a CJK sign is one, whatever its bytes. */
function hasAtMost(text: string, max: number): boolean {
  if (text.length <= max) return true
  let count = 0
  for (const _ of graphemes.segment(text)) if (++count > max) return false
  return true
}

const chatText = z.string().refine((text) => hasAtMost(text, MESSAGE_MAX_CHARACTERS), {
  error: `expected at most ${MESSAGE_MAX_CHARACTERS} characters`,
})

const id = z.string().min(1).max(200)
const userId = z.string().regex(/^\d{1,50}$/, 'expected the digits of a Twitch user id')
const login = z.string().regex(/^[A-Za-z0-9_]{1,25}$/, 'expected a Twitch login')
const displayName = z.string().min(1).max(100)
const count = z.number().int().nonnegative()
const positive = z.number().int().positive()
const tier = z.enum(['1000', '2000', '3000'])

const broadcaster = {
  broadcaster_user_id: userId,
  broadcaster_user_login: login,
  broadcaster_user_name: displayName,
}
const user = { user_id: userId, user_login: login, user_name: displayName }
/** Null when the viewer chose to stay anonymous. */
const userOrAnonymous = {
  is_anonymous: z.boolean(),
  user_id: userId.nullable(),
  user_login: login.nullable(),
  user_name: displayName.nullable(),
}
const targetUser = { target_user_id: userId, target_user_login: login, target_user_name: displayName }

/** Set on events that were read back from Twitch after a gap rather than heard live. */
const recoverable = { recovered: z.boolean().optional() }

/** An amount of money: `value` minor units (cents where `decimal_places` is 2) of an ISO 4217 currency. */
const moneySchema = z.object({
  value: z.number().int().nonnegative(),
  decimal_places: z.number().int().min(0).max(6),
  currency: z.string().regex(/^[A-Z]{3}$/, 'expected an ISO 4217 code'),
})
export type Money = z.output<typeof moneySchema>

const badge = z.object({ set_id: z.string(), id: z.string(), info: z.string() })

const fragment = z.object({
  /** `text`, `emote`, `cheermote`, `mention`, or what Twitch adds next. */
  type: z.string(),
  text: z.string(),
  cheermote: z.object({ prefix: z.string(), bits: count, tier: count }).nullable(),
  emote: z
    .object({ id: z.string(), emote_set_id: z.string(), owner_id: z.string(), format: z.array(z.string()) })
    .nullable(),
  mention: z.object({ user_id: z.string(), user_login: z.string(), user_name: z.string() }).nullable(),
})
export type ChatFragment = z.output<typeof fragment>

/** Set in a shared chat, when the message came by way of another channel. */
const sharedChatSource = {
  source_broadcaster_user_id: userId.nullable(),
  source_broadcaster_user_login: login.nullable(),
  source_broadcaster_user_name: displayName.nullable(),
  source_message_id: z.string().nullable(),
  source_badges: z.array(badge).nullable(),
  is_source_only: z.boolean().nullable(),
}
export const NO_SHARED_CHAT = allNull(sharedChatSource)

function allNull<T extends object>(fields: T): { [K in keyof T]: null } {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, null])) as { [K in keyof T]: null }
}

const chatMessage = z.object({
  message_id: id,
  ...broadcaster,
  ...user,
  /** The whole text; `fragments` are the same text, cut at emotes, cheermotes and mentions. */
  message: chatText,
  fragments: z.array(fragment),
  /** Texts of the emotes that are not the channel's own, in order of appearance. */
  emotes: z.array(z.string()),
  /** Texts of the channel's own emotes, in order of appearance. */
  native_emotes: z.array(z.string()),
  /** `#RRGGBB`, or empty when the viewer never chose one. */
  color: z.string(),
  badges: z.array(badge),
  message_type: z.string(),
  cheer_bits: count.nullable(),
  reply_parent_message_id: z.string().nullable(),
  reply_parent_message_body: z.string().nullable(),
  reply_parent_user_id: z.string().nullable(),
  reply_parent_user_login: z.string().nullable(),
  reply_parent_user_name: z.string().nullable(),
  reply_thread_message_id: z.string().nullable(),
  reply_thread_user_id: z.string().nullable(),
  reply_thread_user_login: z.string().nullable(),
  reply_thread_user_name: z.string().nullable(),
  channel_points_custom_reward_id: z.string().nullable(),
  channel_points_animation_id: z.string().nullable(),
  ...sharedChatSource,
})

const subNotice = z.object({ sub_tier: tier, is_prime: z.boolean(), duration_months: count })
const resubNotice = subNotice.extend({
  cumulative_months: count,
  streak_months: count.nullable(),
  is_gift: z.boolean(),
  gifter_is_anonymous: z.boolean().nullable(),
  gifter_user_id: z.string().nullable(),
  gifter_user_login: z.string().nullable(),
  gifter_user_name: z.string().nullable(),
})
const subGiftNotice = z.object({
  duration_months: count,
  cumulative_total: count.nullable(),
  recipient_user_id: z.string(),
  recipient_user_login: z.string(),
  recipient_user_name: z.string(),
  sub_tier: tier,
  /** The `id` of the `community_sub_gift` this one belongs to. */
  community_gift_id: z.string().nullable(),
})
const communitySubGiftNotice = z.object({
  id: z.string(),
  total: count,
  sub_tier: tier,
  cumulative_total: count.nullable(),
})
const gifterNotice = z.object({
  gifter_is_anonymous: z.boolean(),
  gifter_user_id: z.string().nullable(),
  gifter_user_login: z.string().nullable(),
  gifter_user_name: z.string().nullable(),
})
const primeUpgradeNotice = z.object({ sub_tier: tier })
const raidNotice = z.object({
  user_id: z.string(),
  user_login: z.string(),
  user_name: z.string(),
  viewer_count: count,
  profile_image_url: z.string(),
})
const announcementNotice = z.object({ color: z.string() })

/** What a notification can be about: exactly the one that `notification_type` names is set. */
const notices = {
  sub: subNotice.nullable(),
  resub: resubNotice.nullable(),
  sub_gift: subGiftNotice.nullable(),
  community_sub_gift: communitySubGiftNotice.nullable(),
  gift_paid_upgrade: gifterNotice.nullable(),
  prime_paid_upgrade: primeUpgradeNotice.nullable(),
  pay_it_forward: gifterNotice.nullable(),
  raid: raidNotice.nullable(),
  unraid: z.object({}).nullable(),
  announcement: announcementNotice.nullable(),
  bits_badge_tier: z.object({ tier: count }).nullable(),
  charity_donation: z.object({ charity_name: z.string(), amount: moneySchema }).nullable(),
  watch_streak: z.object({ streak_count: count, channel_points_awarded: count }).nullable(),
  shared_chat_sub: subNotice.nullable(),
  shared_chat_resub: resubNotice.nullable(),
  shared_chat_sub_gift: subGiftNotice.nullable(),
  shared_chat_community_sub_gift: communitySubGiftNotice.nullable(),
  shared_chat_gift_paid_upgrade: gifterNotice.nullable(),
  shared_chat_prime_paid_upgrade: primeUpgradeNotice.nullable(),
  shared_chat_pay_it_forward: gifterNotice.nullable(),
  shared_chat_raid: raidNotice.nullable(),
  shared_chat_announcement: announcementNotice.nullable(),
}
export const NO_NOTICE = allNull(notices)

const chatNotification = z.object({
  message_id: id,
  ...broadcaster,
  /** The chatter; Twitch's dummy user when `chatter_is_anonymous`. */
  ...user,
  chatter_user_id: userId,
  chatter_user_login: login,
  chatter_user_name: displayName,
  chatter_is_anonymous: z.boolean(),
  /** `sub`, `resub`, `sub_gift`, `community_sub_gift`, `raid`, `announcement`…, each also as `shared_chat_…`. */
  notification_type: z.string().min(1),
  /** Twitch's own wording. */
  system_message: z.string(),
  /** The chatter's words, if any. */
  message: chatText,
  fragments: z.array(fragment),
  color: z.string(),
  badges: z.array(badge),
  ...sharedChatSource,
  ...notices,
})

const chatSettings = z.object({
  ...broadcaster,
  emote_mode: z.boolean(),
  follower_mode: z.boolean(),
  follower_mode_duration_minutes: count.nullable(),
  slow_mode: z.boolean(),
  slow_mode_wait_time_seconds: count.nullable(),
  subscriber_mode: z.boolean(),
  unique_chat_mode: z.boolean(),
})

const image = z.object({ url_1x: z.string(), url_2x: z.string(), url_4x: z.string() })
const perStreamLimit = z.object({ is_enabled: z.boolean(), value: count.nullable() })

const reward = z.object({
  id,
  ...broadcaster,
  is_enabled: z.boolean(),
  is_paused: z.boolean(),
  is_in_stock: z.boolean(),
  title: z.string(),
  /** In channel points. */
  cost: count,
  prompt: z.string(),
  is_user_input_required: z.boolean(),
  should_redemptions_skip_request_queue: z.boolean(),
  cooldown_expires_at: timestampSchema.nullable(),
  redemptions_redeemed_current_stream: count.nullable(),
  max_per_stream: perStreamLimit,
  max_per_user_per_stream: perStreamLimit,
  global_cooldown: z.object({ is_enabled: z.boolean(), seconds: count.nullable() }),
  background_color: z.string(),
  image: image.nullable(),
  default_image: image.nullable(),
})

const redemption = z.object({
  id,
  ...broadcaster,
  ...user,
  user_input: z.string(),
  /** `unfulfilled`, `fulfilled`, `canceled` or `unknown`. */
  status: z.string(),
  reward: z.object({ id, title: z.string(), cost: count, prompt: z.string() }),
  redeemed_at: timestampSchema,
  ...recoverable,
})

const poll = z.object({
  id,
  ...broadcaster,
  title: z.string(),
  choices: z.array(z.object({ id, title: z.string(), bits_votes: count, channel_points_votes: count, votes: count })),
  bits_voting_enabled: z.boolean(),
  bits_per_vote: count,
  channel_points_voting_enabled: z.boolean(),
  channel_points_per_vote: count,
  started_at: timestampSchema,
  ...recoverable,
})
const runningPoll = poll.extend({ ends_at: timestampSchema })

const prediction = z.object({
  id,
  ...broadcaster,
  title: z.string(),
  outcomes: z.array(
    z.object({
      id,
      title: z.string(),
      color: z.string(),
      users: count,
      channel_points: count,
      top_predictors: z.array(
        z.object({
          user_id: z.string(),
          user_login: z.string(),
          user_name: z.string(),
          channel_points_used: count,
          channel_points_won: count.nullable(),
        }),
      ),
    }),
  ),
  /** How long bets are taken, seconds; null where Twitch does not tell. */
  prediction_window: count.nullable(),
  started_at: timestampSchema,
  ...recoverable,
})
const openPrediction = prediction.extend({ locks_at: timestampSchema })

const charity = {
  ...broadcaster,
  charity_name: z.string(),
  charity_description: z.string(),
  charity_logo: z.string(),
  charity_website: z.string(),
}

const contribution = z.object({
  user_id: z.string(),
  user_login: z.string(),
  user_name: z.string(),
  /** `bits`, `subscription` or `other`. */
  type: z.string(),
  /** In bits, or in points for subscriptions. */
  total: count,
})

const hypeTrain = z.object({
  id,
  ...broadcaster,
  /** `regular`, `golden_kappa` or `treasure`. */
  type: z.string(),
  level: count,
  total: count,
  top_contributions: z.array(contribution),
  is_shared_train: z.boolean(),
  shared_train_participants: z.array(z.object(broadcaster)),
  started_at: timestampSchema,
  ...recoverable,
})
const runningHypeTrain = hypeTrain.extend({
  /** Points in this level, of the `goal` that ends it. */
  progress: count,
  goal: count,
  expires_at: timestampSchema,
  /** No longer sent by Twitch; kept for what was stored before. */
  last_contribution: contribution.nullable(),
})

const goal = z.object({
  id,
  ...broadcaster,
  /** `follow`, `subscription`, `subscription_count`, `new_subscription`… */
  type: z.string(),
  description: z.string(),
  current_amount: count,
  target_amount: count,
  started_at: timestampSchema,
})

const subscription = z.object({ ...user, ...broadcaster, tier, is_gift: z.boolean(), ...recoverable })
const vip = z.object({ ...user, ...broadcaster })

export const twitchEvents = {
  'twitch.stream.online': z.object({
    stream_id: id,
    ...broadcaster,
    /** `live`, `playlist`, `watch_party`, `premiere` or `rerun`. */
    stream_type: z.string(),
    started_at: timestampSchema,
    ...recoverable,
  }),
  'twitch.stream.offline': z.object({ ...broadcaster, ...recoverable }),
  'twitch.channel.update': z.object({
    ...broadcaster,
    title: z.string(),
    language: z.string(),
    category_id: z.string(),
    category_name: z.string(),
    content_classification_labels: z.array(z.string()),
    ...recoverable,
  }),

  'twitch.channel.follow': z.object({ ...user, ...broadcaster, followed_at: timestampSchema, ...recoverable }),
  'twitch.channel.subscribe': subscription,
  'twitch.channel.subscription.end': subscription,
  'twitch.channel.subscription.gift': z.object({
    ...userOrAnonymous,
    ...broadcaster,
    tier,
    total: positive,
    /** All this viewer ever gave here; null when they don't share it. */
    cumulative_total: count.nullable(),
  }),
  'twitch.channel.subscription.message': z.object({
    ...user,
    ...broadcaster,
    tier,
    message: chatText,
    /** Places of emotes in `message`, as Twitch counts them. */
    message_emotes: z.array(z.object({ id: z.string(), begin: count, end: count })),
    cumulative_months: count,
    streak_months: count.nullable(),
    duration_months: count,
  }),
  'twitch.channel.cheer': z.object({ ...userOrAnonymous, ...broadcaster, bits: positive, message: chatText }),
  'twitch.channel.raid': z.object({
    from_broadcaster_user_id: userId,
    from_broadcaster_user_login: login,
    from_broadcaster_user_name: displayName,
    to_broadcaster_user_id: userId,
    to_broadcaster_user_login: login,
    to_broadcaster_user_name: displayName,
    viewers: count,
  }),

  'twitch.channel.chat.message': chatMessage,
  'twitch.channel.chat.notification': chatNotification,
  'twitch.channel.chat.clear': z.object(broadcaster),
  'twitch.channel.chat.clear_user_messages': z.object({ ...broadcaster, ...targetUser }),
  'twitch.channel.chat.message_delete': z.object({ ...broadcaster, ...targetUser, message_id: id }),
  'twitch.channel.chat_settings.update': chatSettings,

  'twitch.channel.channel_points_custom_reward.add': reward,
  'twitch.channel.channel_points_custom_reward.update': reward,
  'twitch.channel.channel_points_custom_reward.remove': reward,
  'twitch.channel.channel_points_custom_reward_redemption.add': redemption,
  'twitch.channel.channel_points_custom_reward_redemption.update': redemption,

  'twitch.channel.poll.begin': runningPoll,
  'twitch.channel.poll.progress': runningPoll,
  'twitch.channel.poll.end': poll.extend({ status: z.string(), ended_at: timestampSchema }),

  'twitch.channel.prediction.begin': openPrediction,
  'twitch.channel.prediction.progress': openPrediction,
  'twitch.channel.prediction.lock': prediction.extend({ locked_at: timestampSchema }),
  'twitch.channel.prediction.end': prediction.extend({
    winning_outcome_id: z.string().nullable(),
    /** `resolved` or `canceled`. */
    status: z.string(),
    ended_at: timestampSchema,
  }),

  'twitch.channel.charity_campaign.donate': z.object({
    /** The donation; null where Twitch leaves it out. */
    id: id.nullable(),
    campaign_id: id,
    ...user,
    ...charity,
    amount: moneySchema,
  }),
  'twitch.channel.charity_campaign.progress': z.object({
    /** The campaign. */
    id,
    ...charity,
    current_amount: moneySchema,
    target_amount: moneySchema,
  }),

  'twitch.channel.hype_train.begin': runningHypeTrain.extend({
    all_time_high_level: count.nullable(),
    all_time_high_total: count.nullable(),
  }),
  'twitch.channel.hype_train.progress': runningHypeTrain,
  'twitch.channel.hype_train.end': hypeTrain.extend({
    ended_at: timestampSchema,
    cooldown_ends_at: timestampSchema.nullable(),
  }),

  'twitch.channel.goal.begin': goal,
  'twitch.channel.goal.progress': goal,
  'twitch.channel.goal.end': goal.extend({ is_achieved: z.boolean(), ended_at: timestampSchema }),

  'twitch.channel.shoutout.create': z.object({
    ...broadcaster,
    moderator_user_id: userId,
    moderator_user_login: login,
    moderator_user_name: displayName,
    to_broadcaster_user_id: userId,
    to_broadcaster_user_login: login,
    to_broadcaster_user_name: displayName,
    viewer_count: count,
    started_at: timestampSchema,
    cooldown_ends_at: timestampSchema,
    target_cooldown_ends_at: timestampSchema,
  }),
  'twitch.channel.shoutout.receive': z.object({
    ...broadcaster,
    from_broadcaster_user_id: userId,
    from_broadcaster_user_login: login,
    from_broadcaster_user_name: displayName,
    viewer_count: count,
    started_at: timestampSchema,
  }),
  'twitch.channel.vip.add': vip,
  'twitch.channel.vip.remove': vip,
  'twitch.channel.ad_break.begin': z.object({
    ...broadcaster,
    requester_user_id: z.string(),
    requester_user_login: z.string(),
    requester_user_name: z.string(),
    duration_seconds: count,
    is_automatic: z.boolean(),
    started_at: timestampSchema,
  }),
  'twitch.user.update': z.object({
    ...user,
    /** Only with a scope Landale does not ask for. */
    email: z.string().nullable(),
    email_verified: z.boolean(),
    description: z.string(),
  }),

  /** Every notification that has no schema here, or breaks its schema, as it came. */
  'twitch.unknown': z.object({
    rawType: z.string(),
    body: z.record(z.string(), z.unknown()),
    /** Why it is here: the path of the first fault, or that the type has no schema. */
    fault: z.string().optional(),
    messageId: z.string().optional(),
  }),

  /** Subscriptions can be made; `resumed` when they moved over from the session before. */
  'twitch.connected': z.object({ sessionId: z.string(), keepaliveSeconds: z.number(), resumed: z.boolean() }),
  'twitch.disconnected': z.object({ reason: z.string(), code: z.number().int().nullable(), willRetry: z.boolean() }),
  'twitch.signed-in': z.object({
    userId: z.string(),
    login: z.string(),
    displayName: z.string(),
    scopes: z.array(z.string()),
  }),
  'twitch.signed-out': z.object({ userId: z.string().nullable(), reason: z.string() }),
  'twitch.subscription.revoked': z.object({ type: z.string(), version: z.string(), reason: z.string() }),
  /** Nothing heard for longer than 1.2 x keepalive: alerts may be missing. */
  'twitch.silent': z.object({ since: timestampSchema, keepaliveSeconds: z.number() }),
  /** From when to when nothing could be heard, what was read back since, and what is lost. */
  'twitch.gap': z.object({
    from: timestampSchema,
    to: timestampSchema,
    recovered: z.array(z.object({ what: z.string(), count: z.number().int().nonnegative() })),
    lost: z.array(z.string()),
  }),
} as const
