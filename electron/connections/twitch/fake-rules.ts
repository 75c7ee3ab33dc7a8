/**
 * What Twitch insists on for each subscription, written down apart from Landale's own table so that a slip in one shows
 * against the other. Only the fake server uses it.
 */

export interface FakeRule {
  version: string
  /** Fields of the condition; all must be there, and no other. */
  condition: readonly string[]
  /** Any one of these is enough; none needed when empty. */
  scopes: readonly string[]
}

const B = ['broadcaster_user_id']
const BM = ['broadcaster_user_id', 'moderator_user_id']
const BU = ['broadcaster_user_id', 'user_id']

const subs: FakeRule = { version: '1', condition: B, scopes: ['channel:read:subscriptions'] }
const chat: FakeRule = { version: '1', condition: BU, scopes: ['user:read:chat'] }
const points: FakeRule = {
  version: '1',
  condition: B,
  scopes: ['channel:read:redemptions', 'channel:manage:redemptions'],
}
const polls: FakeRule = { version: '1', condition: B, scopes: ['channel:read:polls', 'channel:manage:polls'] }
const bets: FakeRule = {
  version: '1',
  condition: B,
  scopes: ['channel:read:predictions', 'channel:manage:predictions'],
}
const charity: FakeRule = { version: '1', condition: B, scopes: ['channel:read:charity'] }
const train: FakeRule = { version: '2', condition: B, scopes: ['channel:read:hype_train'] }
const goals: FakeRule = { version: '1', condition: B, scopes: ['channel:read:goals'] }
const shoutouts: FakeRule = {
  version: '1',
  condition: BM,
  scopes: ['moderator:read:shoutouts', 'moderator:manage:shoutouts'],
}
const vips: FakeRule = { version: '1', condition: B, scopes: ['channel:read:vips', 'channel:manage:vips'] }

export const fakeRules: Readonly<Record<string, FakeRule>> = {
  'stream.online': { version: '1', condition: B, scopes: [] },
  'stream.offline': { version: '1', condition: B, scopes: [] },
  'channel.update': { version: '2', condition: B, scopes: [] },
  'channel.follow': { version: '2', condition: BM, scopes: ['moderator:read:followers'] },
  'channel.subscribe': subs,
  'channel.subscription.end': subs,
  'channel.subscription.gift': subs,
  'channel.subscription.message': subs,
  'channel.cheer': { version: '1', condition: B, scopes: ['bits:read'] },
  'channel.raid': { version: '1', condition: ['to_broadcaster_user_id'], scopes: [] },
  'channel.chat.message': chat,
  'channel.chat.notification': chat,
  'channel.chat.clear': chat,
  'channel.chat.clear_user_messages': chat,
  'channel.chat.message_delete': chat,
  'channel.chat_settings.update': chat,
  'channel.channel_points_custom_reward.add': points,
  'channel.channel_points_custom_reward.update': points,
  'channel.channel_points_custom_reward.remove': points,
  'channel.channel_points_custom_reward_redemption.add': points,
  'channel.channel_points_custom_reward_redemption.update': points,
  'channel.poll.begin': polls,
  'channel.poll.progress': polls,
  'channel.poll.end': polls,
  'channel.prediction.begin': bets,
  'channel.prediction.progress': bets,
  'channel.prediction.lock': bets,
  'channel.prediction.end': bets,
  'channel.charity_campaign.donate': charity,
  'channel.charity_campaign.progress': charity,
  'channel.hype_train.begin': train,
  'channel.hype_train.progress': train,
  'channel.hype_train.end': train,
  'channel.goal.begin': goals,
  'channel.goal.progress': goals,
  'channel.goal.end': goals,
  'channel.shoutout.create': shoutouts,
  'channel.shoutout.receive': shoutouts,
  'channel.vip.add': vips,
  'channel.vip.remove': vips,
  'channel.ad_break.begin': { version: '1', condition: B, scopes: ['channel:read:ads'] },
  'user.update': { version: '1', condition: ['user_id'], scopes: [] },
}
