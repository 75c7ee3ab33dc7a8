/** The EventSub subscriptions Landale wants: what each is called, in which version, about whom, and what it needs. */

/** Whom a subscription is about; every id in it is the streamer's own. */
export type TwitchConditionKind = 'broadcaster' | 'moderator' | 'chatter' | 'raided' | 'user'

export interface TwitchTopicRule {
  type: string
  version: '1' | '2'
  condition: TwitchConditionKind
  /** Null when no consent of the streamer's is needed. */
  scope: string | null
  /** Made first, and retried first: without these the broadcast is blind. */
  critical: boolean
}

interface TopicGroup {
  types: readonly string[]
  scope: string | null
  version?: '1' | '2'
  condition?: TwitchConditionKind
  critical?: boolean
}

const REWARD = 'channel.channel_points_custom_reward'

const groups: readonly TopicGroup[] = [
  { types: ['stream.online', 'stream.offline'], scope: null, critical: true },
  { types: ['channel.update'], version: '2', scope: null, critical: true },
  {
    types: ['channel.follow'],
    version: '2',
    condition: 'moderator',
    scope: 'moderator:read:followers',
    critical: true,
  },
  { types: ['channel.chat.message'], condition: 'chatter', scope: 'user:read:chat', critical: true },
  {
    types: [
      'channel.chat.notification',
      'channel.chat.clear',
      'channel.chat.clear_user_messages',
      'channel.chat.message_delete',
      'channel.chat_settings.update',
    ],
    condition: 'chatter',
    scope: 'user:read:chat',
  },
  {
    types: [
      'channel.subscribe',
      'channel.subscription.end',
      'channel.subscription.gift',
      'channel.subscription.message',
    ],
    scope: 'channel:read:subscriptions',
  },
  { types: ['channel.cheer'], scope: 'bits:read' },
  { types: ['channel.raid'], condition: 'raided', scope: null },
  {
    types: [
      `${REWARD}.add`,
      `${REWARD}.update`,
      `${REWARD}.remove`,
      `${REWARD}_redemption.add`,
      `${REWARD}_redemption.update`,
    ],
    scope: 'channel:read:redemptions',
  },
  { types: ['channel.poll.begin', 'channel.poll.progress', 'channel.poll.end'], scope: 'channel:read:polls' },
  {
    types: [
      'channel.prediction.begin',
      'channel.prediction.progress',
      'channel.prediction.lock',
      'channel.prediction.end',
    ],
    scope: 'channel:read:predictions',
  },
  { types: ['channel.charity_campaign.donate', 'channel.charity_campaign.progress'], scope: 'channel:read:charity' },
  {
    types: ['channel.hype_train.begin', 'channel.hype_train.progress', 'channel.hype_train.end'],
    version: '2',
    scope: 'channel:read:hype_train',
  },
  { types: ['channel.goal.begin', 'channel.goal.progress', 'channel.goal.end'], scope: 'channel:read:goals' },
  {
    types: ['channel.shoutout.create', 'channel.shoutout.receive'],
    condition: 'moderator',
    scope: 'moderator:read:shoutouts',
  },
  { types: ['channel.vip.add', 'channel.vip.remove'], scope: 'channel:read:vips' },
  { types: ['channel.ad_break.begin'], scope: 'channel:read:ads' },
  { types: ['user.update'], condition: 'user', scope: null },
]

export const twitchTopics: readonly TwitchTopicRule[] = groups.flatMap(
  ({ types, scope, version = '1', condition = 'broadcaster', critical = false }: TopicGroup) =>
    types.map((type): TwitchTopicRule => ({ type, version, condition, scope, critical })),
)

export function conditionOf(kind: TwitchConditionKind, userId: string): Record<string, string> {
  switch (kind) {
    case 'broadcaster':
      return { broadcaster_user_id: userId }
    case 'moderator':
      return { broadcaster_user_id: userId, moderator_user_id: userId }
    case 'chatter':
      return { broadcaster_user_id: userId, user_id: userId }
    case 'raided':
      return { to_broadcaster_user_id: userId }
    case 'user':
      return { user_id: userId }
  }
}

/** The scopes these topics need, each once; without `types` those of all topics. */
export function scopesFor(types?: readonly string[]): string[] {
  const wanted = types === undefined ? twitchTopics : twitchTopics.filter(({ type }) => types.includes(type))
  return [...new Set(wanted.flatMap(({ scope }) => scope ?? []))].sort()
}
