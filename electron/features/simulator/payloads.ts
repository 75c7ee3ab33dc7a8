/**
 * A complete, believable payload for every event that can be simulated. Pure: the same maker makes the same payload. The
 * table is typed against the catalogue, so a new Twitch event that has no maker here does not compile.
 */
import type { EventPayload, EventType } from '../../../contracts/events.ts'
import { CHATTER, CHEER_MESSAGES, GAMES, RESUB_MESSAGES, REWARD_INPUTS, REWARDS, SPOKEN, type Viewer } from './cast.ts'
import { announcement, chatMessage } from './chat-payloads.ts'
import { type GameType, gamePayloads } from './game-payloads.ts'
import {
  anyViewer,
  channelFields,
  fromBroadcasterFields,
  type Maker,
  targetFields,
  toBroadcasterFields,
  userFields,
} from './maker.ts'
import { type ObsType, obsPayloads } from './obs-payloads.ts'

type TwitchType = Extract<EventType, `twitch.channel.${string}` | `twitch.stream.${string}` | 'twitch.user.update'>

/** All that a broadcast can send: what Twitch announces, what OBS does, what the game tells, what is said. Not how the links stand. */
export type SimulatedType = TwitchType | ObsType | GameType | 'transcription.line.heard'

const MINUTE_MS = 60_000

type PayloadMakers = { [T in SimulatedType]: (make: Maker) => EventPayload<T> }

const payloadMakers: PayloadMakers = {
  ...obsPayloads,
  ...gamePayloads,

  'transcription.line.heard': ({ random }) => {
    const text = random.pick(SPOKEN)
    return { text, durationMs: text.length * 70, confidence: 0.93, sourceId: 'microphone', sessionId: null }
  },

  'twitch.stream.online': (make) => ({
    stream_id: make.random.digits(11),
    ...channel(make),
    stream_type: 'live',
    started_at: make.now,
  }),
  'twitch.stream.offline': (make) => channel(make),
  'twitch.channel.update': (make) => {
    const { id, name, title } = make.random.pick(GAMES)
    return {
      ...channel(make),
      title,
      language: 'en',
      category_id: id,
      category_name: name,
      content_classification_labels: [],
    }
  },

  'twitch.channel.follow': (make) => ({ ...someone(make), ...channel(make), followed_at: make.now }),
  'twitch.channel.subscribe': (make) => ({ ...someone(make), ...channel(make), tier: anyTier(make), is_gift: false }),
  'twitch.channel.subscription.end': (make) => ({
    ...someone(make),
    ...channel(make),
    tier: anyTier(make),
    is_gift: false,
  }),
  'twitch.channel.subscription.gift': (make) => ({
    is_anonymous: false,
    ...someone(make),
    ...channel(make),
    tier: '1000',
    total: make.random.pick([1, 5, 10, 20, 50]),
    cumulative_total: make.random.int(50, 400),
  }),
  'twitch.channel.subscription.message': (make) => ({
    ...someone(make),
    ...channel(make),
    tier: anyTier(make),
    message: make.random.pick(RESUB_MESSAGES),
    message_emotes: [],
    cumulative_months: make.random.int(2, 60),
    streak_months: make.random.chance(0.5) ? make.random.int(1, 12) : null,
    duration_months: 1,
  }),
  'twitch.channel.cheer': (make) => {
    const bits = make.random.pick([1, 50, 100, 300, 1000, 5000])
    return { is_anonymous: false, ...someone(make), ...channel(make), bits, message: make.random.pick(CHEER_MESSAGES) }
  },
  'twitch.channel.raid': (make) => ({
    ...fromBroadcasterFields(anyViewer(make)),
    ...toBroadcasterFields(make.broadcaster),
    viewers: make.random.int(3, 900),
  }),

  'twitch.channel.chat.message': (make) => chatMessage(make, anyViewer(make), make.random.pick(CHATTER)),
  'twitch.channel.chat.notification': (make) => announcement(make, anyViewer(make), make.random.pick(CHATTER)),
  'twitch.channel.chat.clear': (make) => channel(make),
  'twitch.channel.chat.clear_user_messages': (make) => ({ ...channel(make), ...targetFields(anyViewer(make)) }),
  'twitch.channel.chat.message_delete': (make) => ({
    ...channel(make),
    ...targetFields(anyViewer(make)),
    message_id: make.random.uuid(),
  }),
  'twitch.channel.chat_settings.update': (make) => ({
    ...channel(make),
    emote_mode: false,
    follower_mode: true,
    follower_mode_duration_minutes: 10,
    slow_mode: true,
    slow_mode_wait_time_seconds: 5,
    subscriber_mode: false,
    unique_chat_mode: false,
  }),

  'twitch.channel.channel_points_custom_reward.add': reward,
  'twitch.channel.channel_points_custom_reward.update': reward,
  'twitch.channel.channel_points_custom_reward.remove': reward,
  'twitch.channel.channel_points_custom_reward_redemption.add': (make) => redemption(make, 'unfulfilled'),
  'twitch.channel.channel_points_custom_reward_redemption.update': (make) => redemption(make, 'fulfilled'),

  'twitch.channel.poll.begin': (make) => ({ ...poll(make, 0), ends_at: make.now + MINUTE_MS }),
  'twitch.channel.poll.progress': (make) => ({ ...poll(make, 40), ends_at: make.now + MINUTE_MS / 2 }),
  'twitch.channel.poll.end': (make) => ({ ...poll(make, 120), status: 'completed', ended_at: make.now }),

  'twitch.channel.prediction.begin': (make) => ({ ...prediction(make, 0), locks_at: make.now + MINUTE_MS }),
  'twitch.channel.prediction.progress': (make) => ({ ...prediction(make, 30), locks_at: make.now + MINUTE_MS / 2 }),
  'twitch.channel.prediction.lock': (make) => ({ ...prediction(make, 60), locked_at: make.now }),
  'twitch.channel.prediction.end': (make) => {
    const settled = prediction(make, 60)
    const winner = settled.outcomes[make.random.int(0, settled.outcomes.length - 1)]
    return { ...settled, winning_outcome_id: winner?.id ?? null, status: 'resolved', ended_at: make.now }
  },

  'twitch.channel.charity_campaign.donate': (make) => ({
    id: make.random.uuid(),
    campaign_id: make.random.uuid(),
    ...someone(make),
    ...charity(make),
    amount: euros(make.random.int(200, 10_000)),
  }),
  'twitch.channel.charity_campaign.progress': (make) => ({
    id: make.random.uuid(),
    ...charity(make),
    current_amount: euros(make.random.int(10_000, 90_000)),
    target_amount: euros(100_000),
  }),

  'twitch.channel.hype_train.begin': (make) => ({
    ...runningHypeTrain(make, 1),
    all_time_high_level: 7,
    all_time_high_total: 24_500,
  }),
  'twitch.channel.hype_train.progress': (make) => runningHypeTrain(make, make.random.int(1, 4)),
  'twitch.channel.hype_train.end': (make) => ({
    ...hypeTrain(make, make.random.int(2, 5)),
    ended_at: make.now,
    cooldown_ends_at: make.now + 60 * MINUTE_MS,
  }),

  'twitch.channel.goal.begin': (make) => goal(make, 0),
  'twitch.channel.goal.progress': (make) => goal(make, make.random.int(400, 499)),
  'twitch.channel.goal.end': (make) => ({ ...goal(make, 500), is_achieved: true, ended_at: make.now }),

  'twitch.channel.shoutout.create': (make) => ({
    ...channel(make),
    moderator_user_id: make.broadcaster.id,
    moderator_user_login: make.broadcaster.login,
    moderator_user_name: make.broadcaster.name,
    ...toBroadcasterFields(anyViewer(make)),
    viewer_count: make.random.int(50, 500),
    started_at: make.now,
    cooldown_ends_at: make.now + 2 * MINUTE_MS,
    target_cooldown_ends_at: make.now + 60 * MINUTE_MS,
  }),
  'twitch.channel.shoutout.receive': (make) => ({
    ...channel(make),
    ...fromBroadcasterFields(anyViewer(make)),
    viewer_count: make.random.int(50, 500),
    started_at: make.now,
  }),
  'twitch.channel.vip.add': (make) => ({ ...someone(make), ...channel(make) }),
  'twitch.channel.vip.remove': (make) => ({ ...someone(make), ...channel(make) }),
  'twitch.channel.ad_break.begin': (make) => ({
    ...channel(make),
    requester_user_id: make.broadcaster.id,
    requester_user_login: make.broadcaster.login,
    requester_user_name: make.broadcaster.name,
    duration_seconds: make.random.pick([30, 60, 90, 180]),
    is_automatic: make.random.chance(0.5),
    started_at: make.now,
  }),
  'twitch.user.update': (make) => ({
    ...userFields(make.broadcaster),
    email: null,
    email_verified: true,
    description: 'Games, code and too much coffee.',
  }),
}

export const simulatedTypes = Object.keys(payloadMakers) as SimulatedType[]

export function isSimulatedType(type: string): type is SimulatedType {
  return Object.hasOwn(payloadMakers, type)
}

/** A payload for `type`, made up. */
export function makePayload<T extends SimulatedType>(type: T, make: Maker): EventPayload<T> {
  return payloadMakers[type](make)
}

function channel(make: Maker) {
  return channelFields(make.broadcaster)
}

function someone(make: Maker) {
  return userFields(anyViewer(make))
}

function anyTier({ random }: Maker) {
  return random.pick(['1000', '1000', '1000', '2000', '3000'] as const)
}

function euros(value: number) {
  return { value, decimal_places: 2, currency: 'EUR' }
}

function reward(make: Maker): EventPayload<'twitch.channel.channel_points_custom_reward.add'> {
  const { title, cost, prompt, input } = make.random.pick(REWARDS)
  return {
    id: make.random.uuid(),
    ...channel(make),
    is_enabled: true,
    is_paused: false,
    is_in_stock: true,
    title,
    cost,
    prompt,
    is_user_input_required: input,
    should_redemptions_skip_request_queue: false,
    cooldown_expires_at: null,
    redemptions_redeemed_current_stream: null,
    max_per_stream: { is_enabled: false, value: null },
    max_per_user_per_stream: { is_enabled: false, value: null },
    global_cooldown: { is_enabled: false, seconds: null },
    background_color: '#9147FF',
    image: null,
    default_image: null,
  }
}

function redemption(
  make: Maker,
  status: string,
): EventPayload<'twitch.channel.channel_points_custom_reward_redemption.add'> {
  const { title, cost, prompt, input } = make.random.pick(REWARDS)
  return {
    id: make.random.uuid(),
    ...channel(make),
    ...someone(make),
    user_input: input ? make.random.pick(REWARD_INPUTS) : '',
    status,
    reward: { id: make.random.uuid(), title, cost, prompt },
    redeemed_at: make.now,
  }
}

function poll(make: Maker, most: number) {
  const choice = (title: string) => {
    const votes = most === 0 ? 0 : make.random.int(1, most)
    return { id: make.random.uuid(), title, bits_votes: 0, channel_points_votes: 0, votes }
  }
  return {
    id: make.random.uuid(),
    ...channel(make),
    title: 'Which starter for the next attempt?',
    choices: ['Bulbasaur', 'Charmander', 'Squirtle'].map(choice),
    bits_voting_enabled: false,
    bits_per_vote: 0,
    channel_points_voting_enabled: true,
    channel_points_per_vote: 100,
    started_at: make.now - (most === 0 ? 0 : MINUTE_MS),
  }
}

function prediction(make: Maker, most: number) {
  const outcome = (title: string, color: string) => {
    const users = most === 0 ? 0 : make.random.int(1, most)
    return { id: make.random.uuid(), title, color, users, channel_points: users * 250, top_predictors: [] }
  }
  return {
    id: make.random.uuid(),
    ...channel(make),
    title: 'Does this run get past the lab?',
    outcomes: [outcome('Of course', 'blue'), outcome('Not a chance', 'pink')],
    prediction_window: 60,
    started_at: make.now - (most === 0 ? 0 : MINUTE_MS),
  }
}

function charity(make: Maker) {
  return {
    ...channel(make),
    charity_name: 'Médecins Sans Frontières',
    charity_description: 'Medical aid where it is needed most.',
    charity_logo: '',
    charity_website: 'https://www.msf.org',
  }
}

/** Points Twitch asks for at each level, roughly. */
const LEVEL_GOALS = [1600, 3400, 5500, 7800, 10_800] as const

function hypeTrain(make: Maker, level: number) {
  const contribution = (from: Viewer, type: string, total: number) => ({ ...userFields(from), type, total })
  return {
    id: make.random.uuid(),
    ...channel(make),
    type: 'regular',
    level,
    total: LEVEL_GOALS[level - 1] ?? 0,
    top_contributions: [
      contribution(anyViewer(make), 'bits', 1500),
      contribution(anyViewer(make), 'subscription', 1000),
    ],
    is_shared_train: false,
    shared_train_participants: [],
    started_at: make.now,
  }
}

function runningHypeTrain(make: Maker, level: number) {
  const goalOfLevel = LEVEL_GOALS[level - 1] ?? 10_800
  return {
    ...hypeTrain(make, level),
    progress: make.random.int(0, goalOfLevel - 1),
    goal: goalOfLevel,
    expires_at: make.now + 5 * MINUTE_MS,
    last_contribution: null,
  }
}

function goal(make: Maker, current: number) {
  return {
    id: make.random.uuid(),
    ...channel(make),
    type: 'follow',
    description: 'Five hundred and a karaoke night',
    current_amount: current,
    target_amount: 500,
    started_at: make.now - 60 * MINUTE_MS,
  }
}
