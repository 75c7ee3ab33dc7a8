/**
 * One realistic notification for every subscription, as Twitch sends it (raw, before it becomes ours). For tests, for the
 * fake server, and for the simulator. The broadcaster is always `SAMPLE_BROADCASTER`.
 */

export type RawTwitchEvent = Record<string, unknown>

export const SAMPLE_BROADCASTER = { id: '38921745', login: 'landale_live', name: 'Landale_Live' }

const BC = {
  broadcaster_user_id: SAMPLE_BROADCASTER.id,
  broadcaster_user_login: SAMPLE_BROADCASTER.login,
  broadcaster_user_name: SAMPLE_BROADCASTER.name,
}
const mira = { user_id: '71092938', user_login: 'mira_plays', user_name: 'Mira_Plays' }
const haru = { user_id: '540120377', user_login: 'haru_ch', user_name: 'はる' }

const chatterMira = {
  chatter_user_id: mira.user_id,
  chatter_user_login: mira.user_login,
  chatter_user_name: mira.user_name,
}
const targetHaru = {
  target_user_id: haru.user_id,
  target_user_login: haru.user_login,
  target_user_name: haru.user_name,
}
const noSource = {
  source_broadcaster_user_id: null,
  source_broadcaster_user_login: null,
  source_broadcaster_user_name: null,
  source_message_id: null,
  source_badges: null,
  is_source_only: null,
}
const badges = [
  { set_id: 'subscriber', id: '12', info: '16' },
  { set_id: 'bits', id: '1000', info: '' },
]
const text = (value: string) => ({ type: 'text', text: value, cheermote: null, emote: null, mention: null })

const chatMessage: RawTwitchEvent = {
  ...BC,
  ...chatterMira,
  message_id: 'cc106a89-1814-919d-454c-f4f2f970aae7',
  message: {
    text: 'landaleHype nice run Kappa Cheer100 @Haru_ch',
    fragments: [
      {
        type: 'emote',
        text: 'landaleHype',
        cheermote: null,
        emote: {
          id: 'emotesv2_dc24652ada1e4c84a5e3ceebae4de709',
          emote_set_id: '300380967',
          owner_id: SAMPLE_BROADCASTER.id,
          format: ['static', 'animated'],
        },
        mention: null,
      },
      text(' nice run '),
      {
        type: 'emote',
        text: 'Kappa',
        cheermote: null,
        emote: { id: '25', emote_set_id: '0', owner_id: '0', format: ['static'] },
        mention: null,
      },
      text(' '),
      {
        type: 'cheermote',
        text: 'Cheer100',
        cheermote: { prefix: 'cheer', bits: 100, tier: 100 },
        emote: null,
        mention: null,
      },
      text(' '),
      {
        type: 'mention',
        text: '@Haru_ch',
        cheermote: null,
        emote: null,
        mention: haru,
      },
    ],
  },
  color: '#00FF7F',
  badges,
  message_type: 'text',
  cheer: { bits: 100 },
  reply: {
    parent_message_id: 'ad2e0b7b-5cd5-4a34-9ef4-c1e1b2b1a8c7',
    parent_message_body: 'who is next?',
    parent_user_id: haru.user_id,
    parent_user_login: haru.user_login,
    parent_user_name: haru.user_name,
    thread_message_id: '0b7bad2e-9ef4-4a34-5cd5-a8c7c1e1b2b1',
    thread_user_id: haru.user_id,
    thread_user_login: haru.user_login,
    thread_user_name: haru.user_name,
  },
  channel_points_custom_reward_id: null,
  channel_points_animation_id: null,
  source_broadcaster_user_id: '112233',
  source_broadcaster_user_login: 'otherstreamer',
  source_broadcaster_user_name: 'OtherStreamer',
  source_message_id: 'e03f6d5d-8ec8-4c63-b473-9e5fe61e289b',
  source_badges: [{ set_id: 'subscriber', id: '3', info: '3' }],
  is_source_only: false,
}

/** Every notice Twitch knows, none set: a notification sets one of them. */
const noNotice = {
  sub: null,
  resub: null,
  sub_gift: null,
  community_sub_gift: null,
  gift_paid_upgrade: null,
  prime_paid_upgrade: null,
  pay_it_forward: null,
  raid: null,
  unraid: null,
  announcement: null,
  bits_badge_tier: null,
  charity_donation: null,
  watch_streak: null,
  shared_chat_sub: null,
  shared_chat_resub: null,
  shared_chat_sub_gift: null,
  shared_chat_community_sub_gift: null,
  shared_chat_gift_paid_upgrade: null,
  shared_chat_prime_paid_upgrade: null,
  shared_chat_pay_it_forward: null,
  shared_chat_raid: null,
  shared_chat_announcement: null,
}

const chatNotification: RawTwitchEvent = {
  ...BC,
  ...chatterMira,
  chatter_is_anonymous: false,
  color: '#00FF7F',
  badges,
  system_message: 'Mira_Plays is gifting 5 Tier 1 Subs to the community!',
  message_id: 'd62235c8-47ff-a4f4-84e8-5a29a65a9c03',
  message: { text: '', fragments: [] },
  notice_type: 'community_sub_gift',
  ...noNotice,
  community_sub_gift: { id: '10982734098123', total: 5, sub_tier: '1000', cumulative_total: 47 },
  ...noSource,
}

const images = {
  url_1x: 'https://static-cdn.jtvnw.net/image-1.png',
  url_2x: 'https://static-cdn.jtvnw.net/image-2.png',
  url_4x: 'https://static-cdn.jtvnw.net/image-4.png',
}
const reward: RawTwitchEvent = {
  id: '9001d4c5-32a9-4c2a-8d0c-3a1f0f2f6a1b',
  ...BC,
  is_enabled: true,
  is_paused: false,
  is_in_stock: true,
  title: 'Hydrate 💧',
  cost: 500,
  prompt: 'A sip of water, at once.',
  is_user_input_required: true,
  should_redemptions_skip_request_queue: false,
  cooldown_expires_at: '2026-11-20T20:15:43.17106713Z',
  redemptions_redeemed_current_stream: 12,
  max_per_stream: { is_enabled: true, value: 100 },
  max_per_user_per_stream: { is_enabled: true, value: 5 },
  global_cooldown: { is_enabled: true, seconds: 60 },
  background_color: '#FA1ED2',
  image: images,
  default_image: images,
}
const redemption: RawTwitchEvent = {
  id: '17fa2df1-ad76-4804-bfa5-a40ef63efe63',
  ...BC,
  ...haru,
  user_input: '水を飲んで!',
  status: 'unfulfilled',
  reward: {
    id: '9001d4c5-32a9-4c2a-8d0c-3a1f0f2f6a1b',
    title: 'Hydrate 💧',
    cost: 500,
    prompt: 'A sip of water, at once.',
  },
  redeemed_at: '2026-11-20T20:10:11.17106713Z',
}

const poll: RawTwitchEvent = {
  id: '1243456a-1c7e-4f43-a3d5-3a1f0f2f6a1b',
  ...BC,
  title: 'Nuzlocke or not?',
  bits_voting: { is_enabled: false, amount_per_vote: 0 },
  channel_points_voting: { is_enabled: true, amount_per_vote: 10 },
  started_at: '2026-11-20T20:00:00.123456789Z',
}
const pollChoices = [
  { id: '123', title: 'Yes', bits_votes: 0, channel_points_votes: 7, votes: 13 },
  { id: '124', title: 'No', bits_votes: 0, channel_points_votes: 1, votes: 4 },
]

const prediction: RawTwitchEvent = {
  id: '1243456b-52e2-4b0a-9d1c-3a1f0f2f6a1b',
  ...BC,
  title: 'Do we beat the gym?',
  started_at: '2026-11-20T20:00:00.123456789Z',
}
const outcomes = [
  {
    id: '1243456c',
    title: 'Yeah!',
    color: 'blue',
    users: 2,
    channel_points: 1500,
    top_predictors: [{ ...mira, channel_points_won: null, channel_points_used: 1000 }],
  },
  { id: '2243456c', title: 'No!', color: 'pink', users: 1, channel_points: 200, top_predictors: null },
]
const settledOutcomes = outcomes.map((outcome) => ({
  ...outcome,
  top_predictors: [{ ...mira, channel_points_won: 1700, channel_points_used: 1000 }],
}))

const charityBroadcaster = {
  broadcaster_id: SAMPLE_BROADCASTER.id,
  broadcaster_login: SAMPLE_BROADCASTER.login,
  broadcaster_name: SAMPLE_BROADCASTER.name,
}
const charity = {
  charity_name: 'Example Charity',
  charity_description: 'They do good things.',
  charity_logo: 'https://example.org/logo.png',
  charity_website: 'https://example.org',
}

const contributions = [
  { ...mira, type: 'bits', total: 500 },
  { ...haru, type: 'subscription', total: 1500 },
]
const hypeTrain: RawTwitchEvent = {
  id: '1b0AsbInCHZW2SQFQkCzqN07Ib2',
  ...BC,
  total: 2000,
  top_contributions: contributions,
  level: 2,
  started_at: '2026-11-20T20:00:00.17106713Z',
  type: 'regular',
  is_shared_train: true,
  shared_train_participants: [
    { broadcaster_user_id: '112233', broadcaster_user_login: 'otherstreamer', broadcaster_user_name: 'OtherStreamer' },
  ],
}

const goal: RawTwitchEvent = {
  id: '12345-cool-event',
  ...BC,
  type: 'subscription',
  description: 'Help me get partnered!',
  current_amount: 120,
  target_amount: 220,
  started_at: '2026-11-15T17:16:03.17106713Z',
}

const subscription: RawTwitchEvent = { ...mira, ...BC, tier: '1000', is_gift: false }

/** By EventSub type. */
export const twitchSamples: Readonly<Record<string, RawTwitchEvent>> = {
  'stream.online': { id: '9001', ...BC, type: 'live', started_at: '2026-11-20T19:58:11.123456789Z' },
  'stream.offline': { ...BC },
  'channel.update': {
    ...BC,
    title: 'FireRed Kaizo IronMON | attempt 1,204',
    language: 'en',
    category_id: '490100',
    category_name: 'Pokémon FireRed/LeafGreen',
    content_classification_labels: ['MatureGame'],
  },
  'channel.follow': { ...mira, ...BC, followed_at: '2026-11-20T20:00:01.17106713Z' },
  'channel.subscribe': subscription,
  'channel.subscription.end': subscription,
  'channel.subscription.gift': {
    ...mira,
    ...BC,
    total: 5,
    tier: '1000',
    cumulative_total: 47,
    is_anonymous: false,
  },
  'channel.subscription.message': {
    ...haru,
    ...BC,
    tier: '1000',
    message: {
      text: '一年間ありがとう landaleHype',
      emotes: [{ begin: 9, end: 19, id: 'emotesv2_dc24652ada1e4c84a5e3ceebae4de709' }],
    },
    cumulative_months: 12,
    streak_months: 3,
    duration_months: 1,
  },
  'channel.cheer': { is_anonymous: false, ...mira, ...BC, message: 'Cheer1000 gg 🎉', bits: 1000 },
  'channel.raid': {
    from_broadcaster_user_id: '112233',
    from_broadcaster_user_login: 'otherstreamer',
    from_broadcaster_user_name: 'OtherStreamer',
    to_broadcaster_user_id: SAMPLE_BROADCASTER.id,
    to_broadcaster_user_login: SAMPLE_BROADCASTER.login,
    to_broadcaster_user_name: SAMPLE_BROADCASTER.name,
    viewers: 143,
  },
  'channel.chat.message': chatMessage,
  'channel.chat.notification': chatNotification,
  'channel.chat.clear': { ...BC },
  'channel.chat.clear_user_messages': { ...BC, ...targetHaru },
  'channel.chat.message_delete': { ...BC, ...targetHaru, message_id: 'ab24e0b0-2260-4bac-94e4-05eedd4ecd0e' },
  'channel.chat_settings.update': {
    ...BC,
    emote_mode: true,
    follower_mode: true,
    follower_mode_duration_minutes: 10,
    slow_mode: true,
    slow_mode_wait_time_seconds: 30,
    subscriber_mode: false,
    unique_chat_mode: false,
  },
  'channel.channel_points_custom_reward.add': reward,
  'channel.channel_points_custom_reward.update': { ...reward, is_paused: true },
  'channel.channel_points_custom_reward.remove': { ...reward, is_enabled: false, image: null },
  'channel.channel_points_custom_reward_redemption.add': redemption,
  'channel.channel_points_custom_reward_redemption.update': { ...redemption, status: 'fulfilled' },
  'channel.poll.begin': {
    ...poll,
    choices: pollChoices.map(({ id, title }) => ({ id, title })),
    ends_at: '2026-11-20T20:05:00.123456789Z',
  },
  'channel.poll.progress': { ...poll, choices: pollChoices, ends_at: '2026-11-20T20:05:00.123456789Z' },
  'channel.poll.end': {
    ...poll,
    choices: pollChoices,
    status: 'completed',
    ended_at: '2026-11-20T20:05:00.987654321Z',
  },
  'channel.prediction.begin': {
    ...prediction,
    outcomes: outcomes.map(({ id, title, color }) => ({ id, title, color })),
    locks_at: '2026-11-20T20:02:00.123456789Z',
  },
  'channel.prediction.progress': { ...prediction, outcomes, locks_at: '2026-11-20T20:02:00.123456789Z' },
  'channel.prediction.lock': { ...prediction, outcomes, locked_at: '2026-11-20T20:02:00.5Z' },
  'channel.prediction.end': {
    ...prediction,
    outcomes: settledOutcomes,
    winning_outcome_id: '1243456c',
    status: 'resolved',
    ended_at: '2026-11-20T20:09:00.5Z',
  },
  'channel.charity_campaign.donate': {
    id: 'a1b2c3-aabb-4455-d1e2f3',
    campaign_id: '123-abc-456-def',
    ...charityBroadcaster,
    ...haru,
    ...charity,
    amount: { value: 1250, decimal_places: 2, currency: 'EUR' },
  },
  'channel.charity_campaign.progress': {
    id: '123-abc-456-def',
    ...charityBroadcaster,
    ...charity,
    current_amount: { value: 260000, decimal_places: 0, currency: 'JPY' },
    target_amount: { value: 1500000, decimal_places: 0, currency: 'JPY' },
  },
  'channel.hype_train.begin': {
    ...hypeTrain,
    progress: 200,
    goal: 1800,
    expires_at: '2026-11-20T20:05:00.17106713Z',
    all_time_high_level: 4,
    all_time_high_total: 2845,
  },
  'channel.hype_train.progress': {
    ...hypeTrain,
    progress: 700,
    goal: 1800,
    expires_at: '2026-11-20T20:05:30.17106713Z',
  },
  'channel.hype_train.end': {
    ...hypeTrain,
    ended_at: '2026-11-20T20:11:00.17106713Z',
    cooldown_ends_at: '2026-11-20T21:11:00.17106713Z',
  },
  'channel.goal.begin': goal,
  'channel.goal.progress': { ...goal, current_amount: 200 },
  'channel.goal.end': {
    ...goal,
    current_amount: 221,
    is_achieved: true,
    ended_at: '2026-11-20T20:16:03.17106713Z',
  },
  'channel.shoutout.create': {
    ...BC,
    moderator_user_id: '98765',
    moderator_user_login: 'modlady',
    moderator_user_name: 'ModLady',
    to_broadcaster_user_id: '112233',
    to_broadcaster_user_login: 'otherstreamer',
    to_broadcaster_user_name: 'OtherStreamer',
    viewer_count: 860,
    started_at: '2026-11-20T20:16:03.17106713Z',
    cooldown_ends_at: '2026-11-20T20:18:03.17106713Z',
    target_cooldown_ends_at: '2026-11-20T21:16:03.17106713Z',
  },
  'channel.shoutout.receive': {
    ...BC,
    from_broadcaster_user_id: '112233',
    from_broadcaster_user_login: 'otherstreamer',
    from_broadcaster_user_name: 'OtherStreamer',
    viewer_count: 143,
    started_at: '2026-11-20T20:16:03.17106713Z',
  },
  'channel.vip.add': { ...haru, ...BC },
  'channel.vip.remove': { ...haru, ...BC },
  'channel.ad_break.begin': {
    duration_seconds: 90,
    started_at: '2026-11-20T20:20:00Z',
    is_automatic: false,
    ...BC,
    requester_user_id: SAMPLE_BROADCASTER.id,
    requester_user_login: SAMPLE_BROADCASTER.login,
    requester_user_name: SAMPLE_BROADCASTER.name,
  },
  'user.update': {
    user_id: SAMPLE_BROADCASTER.id,
    user_login: SAMPLE_BROADCASTER.login,
    user_name: SAMPLE_BROADCASTER.name,
    email_verified: true,
    description: 'Runs for fun, ☕ and Pokémon.',
  },
}
