import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { fillGap } from './gap.ts'
import { HelixError } from './helix.ts'
import { createTwitchMemory } from './memory.ts'
import { SAMPLE_BROADCASTER } from './samples.ts'
import { createTwitchRig, type TwitchRig } from './testing.ts'
import { twitchTopics } from './topics.ts'

const MINUTE_MS = 60_000
const iso = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`
const viewer = (id: string) => ({ user_id: id, user_login: `viewer_${id}`, user_name: `Viewer ${id}` })
const streamer = {
  broadcaster_id: SAMPLE_BROADCASTER.id,
  broadcaster_login: SAMPLE_BROADCASTER.login,
  broadcaster_name: SAMPLE_BROADCASTER.name,
}

describe('after a gap', () => {
  ensureNoLeaks()
  let rig: TwitchRig
  /** When Twitch was last heard before the gap, ms epoch. */
  let from: number

  beforeEach(async () => {
    rig = await createTwitchRig()
    rig.fake.channel.followers = [{ ...viewer('1'), followed_at: iso(rig.clock.now() - 60 * MINUTE_MS) }]
    rig.fake.channel.subscribers = [subscriber('10'), subscriber(SAMPLE_BROADCASTER.id)]
    rig.start()
    await rig.covered()
    from = rig.clock.now()
  })

  afterEach(() => rig.dispose())

  /** Landale is away for ten minutes, in which `happen` happens. */
  async function away(happen: () => void): Promise<void> {
    await rig.stop()
    await rig.clock.advance(10 * MINUTE_MS)
    happen()
    const known = rig.events('twitch.gap').length
    await rig.restart()
    await rig.received('twitch.gap', known + 1)
  }

  it('the first reading ever announces nothing', () => {
    const own = ['twitch.connected']
    expect(rig.events().filter(({ type }) => !own.includes(type))).toEqual([])
    expect(rig.state.channel).toMatchObject({ title: 'FireRed Kaizo IronMON' })
  })

  it('tells from when to when, what was recovered and what is lost', async () => {
    await away(() => {
      rig.fake.channel.followers.unshift({ ...viewer('2'), followed_at: iso(from + MINUTE_MS) })
    })
    const [event] = rig.events('twitch.gap')
    expect(event?.payload).toMatchObject({ from, to: from + 10 * MINUTE_MS })
    expect(event?.payload.recovered).toEqual([
      { what: 'channel', count: 0 },
      { what: 'stream', count: 0 },
      { what: 'followers', count: 1 },
      { what: 'subscriptions', count: 0 },
      { what: 'polls', count: 0 },
      { what: 'predictions', count: 0 },
      { what: 'hype train', count: 0 },
      { what: 'redemptions', count: 0 },
    ])
    expect(event?.payload.lost).toContain('chat messages and notices')
    expect(rig.state.lastGap).toEqual(event?.payload)
  })

  it('followers: those of the gap, oldest first, at their own time, each once', async () => {
    const rows = Array.from({ length: 230 }, (_, n) => ({
      ...viewer(String(1000 + n)),
      followed_at: iso(from + (n + 1) * 1000),
    }))
    await away(() => rig.fake.channel.followers.unshift(...rows.toReversed()))
    const events = rig.events('twitch.channel.follow')
    expect(events.map(({ payload }) => payload.user_id)).toEqual(rows.map(({ user_id }) => user_id))
    expect(events[0]).toMatchObject({
      at: from + 1000,
      payload: { recovered: true, followed_at: from + 1000, broadcaster_user_name: SAMPLE_BROADCASTER.name },
    })
    await away(() => {})
    expect(rig.events('twitch.channel.follow')).toHaveLength(rows.length)
  })

  it('what came live before the gap is not announced again, nor live after it was read back', async () => {
    const followed = (id: string, at: number) => ({
      ...viewer(id),
      broadcaster_user_id: SAMPLE_BROADCASTER.id,
      broadcaster_user_login: SAMPLE_BROADCASTER.login,
      broadcaster_user_name: SAMPLE_BROADCASTER.name,
      followed_at: new Date(at).toISOString().replace('Z', '123456Z'),
    })
    rig.fake.notify('channel.follow', followed('5', from + 400))
    await rig.received('twitch.channel.follow')
    await away(() => {
      rig.fake.channel.followers.unshift(
        { ...viewer('6'), followed_at: iso(from + MINUTE_MS) },
        { ...viewer('5'), followed_at: iso(from) },
      )
    })
    rig.fake.notify('channel.follow', followed('6', from + MINUTE_MS + 700))
    rig.fake.notify('channel.raid')
    await rig.received('twitch.channel.raid')
    expect(rig.events('twitch.channel.follow').map(({ payload }) => payload.user_id)).toEqual(['5', '6'])
  })

  it('subscriptions: who is new and who is gone, but not who always was, nor the streamer', async () => {
    rig.fake.notify('channel.subscribe', { ...subscriber('11'), ...eventStreamer })
    await rig.received('twitch.channel.subscribe')
    await away(() => {
      rig.fake.channel.subscribers = [subscriber('11'), subscriber('12', '3000'), subscriber(SAMPLE_BROADCASTER.id)]
    })
    const recovered = rig.events('twitch.channel.subscribe', 'twitch.channel.subscription.end').slice(1)
    expect(recovered).toMatchObject([
      { type: 'twitch.channel.subscription.end', payload: { user_id: '10', recovered: true } },
      { type: 'twitch.channel.subscribe', payload: { user_id: '12', tier: '3000', recovered: true } },
    ])
  })

  it('channel and stream: what changed', async () => {
    await away(() => {
      rig.fake.channel.channel = { ...rig.fake.channel.channel, title: 'Nuzlocke', game_name: 'Pokémon Emerald' }
      rig.fake.channel.stream = {
        id: '777',
        type: 'live',
        started_at: iso(from + MINUTE_MS),
        viewer_count: 42,
      }
    })
    expect(rig.events('twitch.channel.update')).toMatchObject([
      { payload: { title: 'Nuzlocke', category_name: 'Pokémon Emerald', recovered: true } },
    ])
    expect(rig.events('twitch.stream.online')).toMatchObject([
      { at: from + MINUTE_MS, payload: { stream_id: '777', started_at: from + MINUTE_MS, recovered: true } },
    ])
    expect(rig.state.stream).toEqual({ live: true, startedAt: from + MINUTE_MS, viewers: 42 })
    await away(() => {
      rig.fake.channel.stream = null
    })
    expect(rig.events('twitch.stream.offline')).toHaveLength(1)
    expect(rig.events('twitch.stream.online')).toHaveLength(1)
    expect(rig.state.stream.live).toBe(false)
  })

  it('a stream that ended and one that began: both', async () => {
    rig.fake.notify('stream.online')
    await rig.received('twitch.stream.online')
    await away(() => {
      rig.fake.channel.stream = { id: '778', type: 'live', started_at: iso(from + MINUTE_MS), viewer_count: 1 }
    })
    const types = rig.events('twitch.stream.online', 'twitch.stream.offline').map(({ type }) => type)
    expect(types).toEqual(['twitch.stream.online', 'twitch.stream.offline', 'twitch.stream.online'])
  })

  it('polls: begun, ended, and neither twice', async () => {
    const poll = (id: string, status: string, startedAt: number) => ({
      ...streamer,
      id,
      title: 'Which?',
      choices: [{ id: 'a', title: 'A', votes: 3, channel_points_votes: 1, bits_votes: 0 }],
      bits_voting_enabled: false,
      bits_per_vote: 0,
      channel_points_voting_enabled: true,
      channel_points_per_vote: 10,
      status,
      duration: 60,
      started_at: iso(startedAt),
      ended_at: status === 'ACTIVE' ? null : iso(startedAt + MINUTE_MS),
    })
    await away(() => {
      rig.fake.channel.polls = [
        poll('running', 'ACTIVE', from + 9 * MINUTE_MS),
        poll('over', 'COMPLETED', from + MINUTE_MS),
        poll('old', 'COMPLETED', from - 60 * MINUTE_MS),
      ]
    })
    const polls = () => rig.events('twitch.channel.poll.begin', 'twitch.channel.poll.end')
    expect(polls().map(({ type, payload }) => [type, payload.id])).toEqual([
      ['twitch.channel.poll.begin', 'over'],
      ['twitch.channel.poll.end', 'over'],
      ['twitch.channel.poll.begin', 'running'],
    ])
    expect(polls()[1]?.payload).toMatchObject({
      status: 'completed',
      ended_at: from + 2 * MINUTE_MS,
      channel_points_per_vote: 10,
      choices: [{ votes: 3 }],
    })
    await away(() => {})
    expect(polls()).toHaveLength(3)
  })

  it('predictions: begun, locked, settled', async () => {
    await away(() => {
      rig.fake.channel.predictions = [
        {
          ...streamer,
          id: 'p1',
          title: 'Win?',
          winning_outcome_id: 'yes',
          outcomes: [
            { id: 'yes', title: 'Yes', users: 3, channel_points: 900, top_predictors: null, color: 'BLUE' },
            { id: 'no', title: 'No', users: 1, channel_points: 100, top_predictors: null, color: 'PINK' },
          ],
          prediction_window: 120,
          status: 'RESOLVED',
          created_at: iso(from + MINUTE_MS),
          locked_at: iso(from + 3 * MINUTE_MS),
          ended_at: iso(from + 5 * MINUTE_MS),
        },
      ]
    })
    const types = ['begin', 'lock', 'end'].map((step) => `twitch.channel.prediction.${step}`)
    const events = rig.events(...types)
    expect(events.map(({ type }) => type)).toEqual(types)
    expect(events[0]?.payload).toMatchObject({ prediction_window: 120, locks_at: from + 3 * MINUTE_MS })
    expect(events[2]?.payload).toMatchObject({
      status: 'resolved',
      winning_outcome_id: 'yes',
      ended_at: from + 5 * MINUTE_MS,
      outcomes: [{ color: 'blue', channel_points: 900 }, { color: 'pink' }],
    })
  })

  it('a hype train that is under way', async () => {
    await away(() => {
      rig.fake.channel.hypeTrain = {
        current: {
          id: 'train',
          broadcaster_user_id: SAMPLE_BROADCASTER.id,
          broadcaster_user_login: SAMPLE_BROADCASTER.login,
          broadcaster_user_name: SAMPLE_BROADCASTER.name,
          level: 3,
          total: 700,
          progress: 200,
          goal: 1000,
          top_contributions: [{ ...viewer('9'), type: 'bits', total: 500 }],
          shared_train_participants: null,
          started_at: iso(from + MINUTE_MS),
          expires_at: iso(from + 12 * MINUTE_MS),
          type: 'regular',
          is_shared_train: false,
        },
        all_time_high: { level: 5, total: 9000, achieved_at: iso(0) },
        shared_all_time_high: null,
      }
    })
    expect(rig.events('twitch.channel.hype_train.begin')).toMatchObject([
      { payload: { id: 'train', level: 3, goal: 1000, all_time_high_level: 5, shared_train_participants: [] } },
    ])
  })

  it('redemptions of rewards that Landale made', async () => {
    const redemption = (id: string, status: string, at: number) => ({
      ...streamer,
      ...viewer('20'),
      id,
      user_input: 'やあ',
      status,
      redeemed_at: iso(at),
      reward: { id: 'r1', title: 'Hydrate', prompt: '', cost: 500 },
    })
    await away(() => {
      rig.fake.channel.rewards = [{ id: 'r1' }]
      rig.fake.channel.redemptions = [
        redemption('c', 'FULFILLED', from + 3 * MINUTE_MS),
        redemption('b', 'UNFULFILLED', from + 2 * MINUTE_MS),
        redemption('a', 'FULFILLED', from - 2 * MINUTE_MS),
      ]
    })
    const events = rig.events('twitch.channel.channel_points_custom_reward_redemption.add')
    expect(events.map(({ payload }) => [payload.id, payload.status])).toEqual([
      ['b', 'unfulfilled'],
      ['c', 'fulfilled'],
    ])
  })

  it('what Twitch does not answer is told as lost, what the channel may not have is not', async () => {
    await away(() => {
      rig.fake.failHelix('channels/followers', 1)
      rig.fake.failHelix('polls', 1, 403)
    })
    const [event] = rig.events('twitch.gap')
    const lost = event?.payload.lost as string[]
    expect(lost).toContainEqual(expect.stringMatching(/^followers \(.*400/))
    expect(lost.join()).not.toContain('polls')
  })

  it('every topic is read back, or told as lost', async () => {
    const away = () => Promise.reject(new HelixError(500, 'away'))
    const { store } = rig
    for (const { type } of twitchTopics) {
      const { lost } = await fillGap({
        helix: { list: away, total: away, pages: away, subscribe: away },
        inbox: { accept: () => Promise.reject(new Error('nothing was read')) },
        memory: createTwitchMemory(store),
        store,
        user: SAMPLE_BROADCASTER,
        from,
        to: from + MINUTE_MS,
        types: [type],
        onStream: () => {},
        onChannel: () => {},
      })
      expect(lost, type).not.toEqual([])
    }
  })

  it('another account: what was known of the one before says nothing', async () => {
    await rig.store.run([{ sql: "UPDATE twitch_memory SET value = '\"1\"' WHERE key = 'userId'" }])
    await rig.stop()
    await rig.clock.advance(10 * MINUTE_MS)
    rig.fake.channel.subscribers = [subscriber('77')]
    rig.fake.channel.channel = { ...rig.fake.channel.channel, title: 'Another channel' }
    await rig.restart()
    await rig.covered()
    expect(rig.events('twitch.gap', 'twitch.channel.update', 'twitch.channel.subscribe')).toEqual([])
    expect(rig.state.channel?.title).toBe('Another channel')
  })

  it('a topic that comes late makes up for its own gap', async () => {
    await rig.stop()
    await rig.clock.advance(10 * MINUTE_MS)
    rig.fake.channel.followers.unshift({ ...viewer('30'), followed_at: iso(from + MINUTE_MS) })
    rig.fake.failCreation('channel.follow', 1)
    await rig.restart()
    await rig.received('twitch.gap')
    expect(rig.events('twitch.channel.follow')).toEqual([])
    await rig.clock.advance(1000)
    await rig.received('twitch.channel.follow')
    const gaps = await rig.received('twitch.gap', 2)
    expect(gaps[1]?.payload).toMatchObject({ from, recovered: [{ what: 'followers', count: 1 }], lost: [] })
  })
})

const eventStreamer = {
  broadcaster_user_id: SAMPLE_BROADCASTER.id,
  broadcaster_user_login: SAMPLE_BROADCASTER.login,
  broadcaster_user_name: SAMPLE_BROADCASTER.name,
}

function subscriber(id: string, tier = '1000') {
  return { ...streamer, ...viewer(id), tier, is_gift: false, gifter_id: '', plan_name: 'Tier' }
}
