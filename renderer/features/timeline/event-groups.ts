/** The groups by which the timeline is filtered: from what one wants live to all there is. */

const chat = ['chat.message', 'chat.notification', 'chat.message_delete', 'chat.clear', 'chat.clear_user_messages']

const support = [
  'follow',
  'subscribe',
  'subscription.gift',
  'subscription.message',
  'subscription.end',
  'cheer',
  'raid',
  'channel_points_custom_reward_redemption.add',
  'charity_campaign.donate',
  'hype_train.begin',
  'hype_train.progress',
  'hype_train.end',
  'shoutout.receive',
]

const show = ['update', 'ad_break.begin', 'poll.begin', 'poll.end', 'prediction.begin', 'prediction.end', 'goal.end']

const chatTypes = chat.map((type) => `twitch.channel.${type}`)
const supportTypes = support.map((type) => `twitch.channel.${type}`)
const showTypes = [
  ...show.map((type) => `twitch.channel.${type}`),
  'twitch.stream.online',
  'twitch.stream.offline',
  'twitch.gap',
  'obs.scene.changed',
  'obs.stream.started',
  'obs.stream.stopped',
  'obs.stream.reconnecting',
  'obs.recording.started',
  'obs.recording.stopped',
  'obs.connected',
  'obs.disconnected',
  'ironmon.run.started',
  'ironmon.run.ended',
  'ironmon.checkpoint.cleared',
  'producer.show.changed',
  'producer.takeover.shown',
  'producer.takeover.cleared',
  'agent.process.exited',
  'agent.connected',
  'agent.lost',
  'agent.rule.applied',
  'system.module.crashed',
  'system.module.failed',
]

const machineTypes = [
  'agent.process.state',
  'agent.process.exited',
  'agent.process.health',
  'agent.started',
  'agent.stopping',
  'agent.definitions.changed',
  'agent.clock.jumped',
  'agent.events.lost',
  'agent.unknown',
  'agent.paired',
  'agent.revoked',
  'agent.connected',
  'agent.lost',
  'agent.rule.applied',
]

export const eventGroups = {
  activity: { label: 'Activity', types: [...chatTypes, ...supportTypes, ...showTypes] },
  chat: { label: 'Chat', types: chatTypes },
  support: { label: 'Follows, subs, cheers', types: supportTypes },
  show: { label: 'Stream and scenes', types: showTypes },
  machines: { label: 'Other machines', types: machineTypes },
  /** Also what only helps to find a fault: commands, the life of each alert, volumes. */
  all: { label: 'Everything', types: null },
} as const

export type EventGroup = keyof typeof eventGroups

export function inGroup(type: string, group: EventGroup): boolean {
  const types: readonly string[] | null = eventGroups[group].types
  return types === null || types.includes(type)
}
