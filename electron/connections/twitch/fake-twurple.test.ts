/**
 * The fake against a client that is not ours: `@twurple/eventsub-ws` knows Twitch's versions and conditions from its own
 * source, so what it asks for must be taken, and what it understands must be said.
 */
import { ApiClient } from '@twurple/api'
import { StaticAuthProvider } from '@twurple/auth'
import { EventSubWsListener } from '@twurple/eventsub-ws'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../behaviour-suite.ts'
import { twitchEndpoints } from './endpoints.ts'
import { type FakeTwitch, startFakeTwitch } from './fake.ts'
import { twitchTopics } from './topics.ts'

describe('the fake and @twurple/eventsub-ws', () => {
  let fake: FakeTwitch
  let listener: EventSubWsListener
  const heard: unknown[] = []
  const failures: unknown[] = []

  beforeEach(async () => {
    fake = await startFakeTwitch()
    twitchEndpoints(fake.port)
    const { accessToken, scopes } = fake.issueTokens()
    const authProvider = new StaticAuthProvider(fake.clientId, accessToken, scopes)
    const logger = { custom: () => {} }
    listener = new EventSubWsListener({ apiClient: new ApiClient({ authProvider, logger }), logger })
    listener.onSubscriptionCreateFailure((_subscription, error) => failures.push(error.message))
    subscribeToAll(listener, fake.user.id, (event) => heard.push(event))
    listener.start()
    await until(
      () => (fake.subscribedTypes.length + failures.length === twitchTopics.length ? true : undefined),
      () => `${twitchTopics.length} subscriptions; there are ${fake.subscribedTypes.length}`,
    )
  })
  afterEach(async () => {
    listener.stop()
    await fake.dispose()
  })

  it('agree on every topic, and on what a notification looks like', async () => {
    expect(failures).toEqual([])
    expect(fake.subscribedTypes.toSorted()).toEqual(twitchTopics.map(({ type }) => type).sort())
    fake.notify('channel.cheer')
    fake.notify('channel.hype_train.begin')
    await until(
      () => (heard.length === 2 ? true : undefined),
      () => 'both events',
    )
    expect(heard[0]).toMatchObject({ bits: 1000, userDisplayName: 'Mira_Plays' })
    expect(heard[1]).toMatchObject({ level: 2, isSharedTrain: true })
  })
})

function subscribeToAll(on: EventSubWsListener, me: string, hear: (event: unknown) => void): void {
  on.onStreamOnline(me, hear)
  on.onStreamOffline(me, hear)
  on.onChannelUpdate(me, hear)
  on.onChannelFollow(me, me, hear)
  on.onChannelSubscription(me, hear)
  on.onChannelSubscriptionEnd(me, hear)
  on.onChannelSubscriptionGift(me, hear)
  on.onChannelSubscriptionMessage(me, hear)
  on.onChannelCheer(me, hear)
  on.onChannelRaidTo(me, hear)
  on.onChannelChatClear(me, me, hear)
  on.onChannelChatClearUserMessages(me, me, hear)
  on.onChannelChatMessageDelete(me, me, hear)
  on.onChannelChatSettingsUpdate(me, me, hear)
  on.onChannelChatMessage(me, me, hear)
  on.onChannelChatNotification(me, me, hear)
  on.onChannelRewardAdd(me, hear)
  on.onChannelRewardUpdate(me, hear)
  on.onChannelRewardRemove(me, hear)
  on.onChannelRedemptionAdd(me, hear)
  on.onChannelRedemptionUpdate(me, hear)
  on.onChannelPollBegin(me, hear)
  on.onChannelPollProgress(me, hear)
  on.onChannelPollEnd(me, hear)
  on.onChannelPredictionBegin(me, hear)
  on.onChannelPredictionProgress(me, hear)
  on.onChannelPredictionLock(me, hear)
  on.onChannelPredictionEnd(me, hear)
  on.onChannelCharityDonation(me, hear)
  on.onChannelCharityCampaignProgress(me, hear)
  on.onChannelHypeTrainBeginV2(me, hear)
  on.onChannelHypeTrainProgressV2(me, hear)
  on.onChannelHypeTrainEndV2(me, hear)
  on.onChannelGoalBegin(me, hear)
  on.onChannelGoalProgress(me, hear)
  on.onChannelGoalEnd(me, hear)
  on.onChannelShoutoutCreate(me, me, hear)
  on.onChannelShoutoutReceive(me, me, hear)
  on.onChannelVipAdd(me, hear)
  on.onChannelVipRemove(me, hear)
  on.onChannelAdBreakBegin(me, hear)
  on.onUserUpdate(me, hear)
}
