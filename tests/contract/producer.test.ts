/**
 * Follows events from Twitch's socket to the layer of `state:producer` that they belong on: nothing in between is
 * replaced, and every content there passes its schema, so that no page ever finds a field under another name.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HubClient } from '../../contracts/client/hub-client.ts'
import { type Content, type ContentLayer, contentLayers, contentSchema } from '../../contracts/content.ts'
import type { StateTopics } from '../../contracts/topics.ts'
import { FakeGame } from '../../electron/connections/ironmon/fake.ts'
import { type FakeTwitch, startFakeTwitch } from '../../electron/connections/twitch/fake.ts'
import { twitchSamples } from '../../electron/connections/twitch/samples.ts'
import { type RunningHub, startHub } from '../e2e/hub.ts'
import { buildOnce, connectPage, follow, twitchEnvironment, twitchIsReady, until } from '../integration/main-job-rig.ts'

describe('from socket to layer', () => {
  let twitch: FakeTwitch
  let hub: RunningHub
  let page: HubClient
  let producer: () => StateTopics['state:producer']
  const faults: string[] = []

  beforeAll(async () => {
    buildOnce()
    twitch = await startFakeTwitch()
    hub = await startHub({ env: twitchEnvironment(twitch) })
    page = connectPage(hub)
    producer = follow(page, 'state:producer')
    page.state('state:producer', ({ layers }) => {
      for (const layer of contentLayers) {
        const { error } = layers[layer] ? contentSchema.safeParse(layers[layer].content) : {}
        if (error) faults.push(`${layer}: ${error.message}`)
      }
    })
    await twitchIsReady(follow(page, 'state:twitch'))
  }, 120_000)

  afterAll(async () => {
    page?.dispose()
    await hub?.stop()
    await twitch?.dispose()
  })

  /** The content of this type on this layer, as soon as it says what is expected. */
  async function expectOn(layer: ContentLayer, content: Partial<Content>): Promise<void> {
    const shown = () => producer().layers[layer]?.content
    const matches = () => expect.objectContaining(content).asymmetricMatch(shown())
    await until(`${JSON.stringify(content)} on the ${layer}`, matches).catch((error) => {
      expect(shown()).toMatchObject(content)
      throw error
    })
  }

  it('channel.update chooses the show', async () => {
    twitch.notify('channel.update')
    await until('the show of the category', () => producer().show.id === 'ironmon')
    expect(producer().show).toMatchObject({
      why: 'category-name',
      category: { id: '490100', name: 'Pokémon FireRed/LeafGreen' },
    })
    await hub.command('show.set', { show: 'variety' })
    await until('the show that was chosen', () => producer().show.mode === 'manual')
  })

  it('channel.follow is the latest event of the midground, and among the recent follows', async () => {
    twitch.notify('channel.follow')
    await expectOn('midground', {
      type: 'latest-event',
      latest: { event: 'twitch.channel.follow', user_name: 'Mira_Plays' },
    })
    await hub.command('content.force', { type: 'recent-follows' })
    const follows = [expect.objectContaining({ user_name: 'Mira_Plays' })]
    await expectOn('foreground', { type: 'recent-follows', follows })
  })

  it('channel.raid is the latest event of the midground', async () => {
    twitch.notify('channel.raid')
    const latest = {
      event: 'twitch.channel.raid',
      from_broadcaster_user_name: 'OtherStreamer',
      viewers: 143,
    } as const
    await expectOn('midground', { type: 'latest-event', latest })
  })

  it('channel.subscribe and channel.subscription.message are one sub train', async () => {
    twitch.notify('channel.subscribe')
    await expectOn('midground', { type: 'sub-train', count: 1, user_name: 'Mira_Plays', tier: '1000' })
    twitch.notify('channel.subscription.message')
    await expectOn('midground', {
      ...{ type: 'sub-train', count: 2, user_name: 'Mira_Plays', latest_user_name: 'はる' },
      total_months: 13,
    })
    const { id } = producer().layers.midground ?? {}
    await hub.command('content.remove', { id })
  })

  it('channel.cheer is the latest event of the midground', async () => {
    twitch.notify('channel.cheer')
    const latest = { event: 'twitch.channel.cheer', user_name: 'Mira_Plays', bits: 1000 } as const
    await expectOn('midground', { type: 'latest-event', latest })
  })

  it('channel.chat.message is counted with its emotes', async () => {
    // The sample came by way of another channel, whose chat is not ours to count.
    twitch.notify('channel.chat.message', {
      ...twitchSamples['channel.chat.message'],
      source_broadcaster_user_id: null,
    })
    await until('the emotes', () => hub.command('content.force', { type: 'emote-stats' }))
    await expectOn('foreground', { type: 'emote-stats' })
    const { content } = producer().layers.foreground ?? {}
    if (content?.type !== 'emote-stats') throw new Error('expected the emotes in front')
    expect(content.all_time.length).toBeGreaterThan(0)
    for (const { emote_id, count } of content.all_time) expect([typeof emote_id, count > 0]).toEqual(['string', true])
  })

  it('channel.goal.progress is the goal of the background', async () => {
    twitch.notify('channel.goal.progress')
    await until('the goals on the background', () => producer().layers.background?.content.type === 'stream-goals')
    expect(producer().layers.background?.content).toMatchObject({
      goals: [{ description: 'Help me get partnered!', current_amount: 200, target_amount: 220 }],
    })
  })

  it('an alert on screen holds the ticker', async () => {
    await hub.command('alert.clear')
    const skip = () => hub.command('alert.skip').catch(() => {})
    await until('no alert on screen', async () => {
      if (!producer().ticker.isPaused) return true
      await skip()
      return false
    })
    twitch.notify('channel.ad_break.begin')
    await until('the ticker on hold', () => producer().ticker.isPaused)
    await skip()
    await until('the ticker running', () => !producer().ticker.isPaused)
  })

  it('what the game tells is in the ticker, and a checkpoint in front', async () => {
    await hub.command('show.set', { show: 'ironmon' })
    const ironmon = follow(page, 'state:ironmon')
    const port = await until('an open port for the game', () => ironmon().link.address?.port)
    const game = await FakeGame.connect(port)
    game.start(12).beat(414, 'BROCK')
    await expectOn('foreground', { type: 'message', title: 'Checkpoint 4 of 23', message: 'Brock is beaten' })
    await hub.command('content.force', { type: 'run-statistics' })
    await expectOn('foreground', {
      ...{ type: 'run-statistics', run_number: 12, checkpoints_cleared: 1, total_checkpoints: 23 },
      current_checkpoint: 'RIVAL3',
    })
    game.meetTrainer(415, 'MISTY').lose()
    await expectOn('foreground', { type: 'message', title: 'Attempt 12 is over', message: 'Lost at RIVAL3' })
    await game.leave()
  })

  it('has never shown a content that breaks its schema', () => {
    expect(faults).toEqual([])
  })
})
