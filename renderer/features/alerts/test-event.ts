/** The event that the simulator is asked for to see an alert of each type. */
import type { AlertType } from '../../../contracts/alert.ts'

const types: Record<AlertType, string> = {
  follow: 'twitch.channel.follow',
  sub: 'twitch.channel.subscribe',
  resub: 'twitch.channel.subscription.message',
  gift: 'twitch.channel.subscription.gift',
  cheer: 'twitch.channel.cheer',
  raid: 'twitch.channel.raid',
  redemption: 'twitch.channel.channel_points_custom_reward_redemption.add',
  'hype-train': 'twitch.channel.hype_train.begin',
  poll: 'twitch.channel.poll.end',
  prediction: 'twitch.channel.prediction.end',
  charity: 'twitch.channel.charity_campaign.donate',
  goal: 'twitch.channel.goal.end',
  'ad-break': 'twitch.channel.ad_break.begin',
}

export function eventTypeFor(type: AlertType): string {
  return types[type]
}
