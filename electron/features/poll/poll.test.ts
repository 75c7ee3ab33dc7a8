import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { EventPayload } from '../../../contracts/events.ts'
import { FeatureRig, rigChannel } from '../../kernel/feature-rig.ts'
import { createPoll, pollMigrations } from './poll.ts'
import { voteIn } from './votes.ts'

const ROUTE = { title: 'Where to?', choices: ['Mt. Moon', 'Forest'], durationMs: 60_000 }

describe('a vote', () => {
  ensureNoLeaks()
  let rig: FeatureRig

  beforeEach(async () => {
    rig = new FeatureRig(pollMigrations, createPoll)
    await rig.start()
  })
  afterEach(async () => {
    await rig.dispose()
    expect(rig.clock.pendingTimers).toBe(0)
  })

  const poll = () => rig.channels.stateOf('state:poll').poll
  const votes = () => poll()?.choices.map((choice) => choice.votes)

  function twitchs(started_at: number, counts: [number, number]): EventPayload<'twitch.channel.poll.progress'> {
    const choice = (id: string, total: number) => ({
      id,
      title: id,
      bits_votes: 0,
      channel_points_votes: 0,
      votes: total,
    })
    const off = { bits_voting_enabled: false, bits_per_vote: 0 }
    const noPoints = { channel_points_voting_enabled: false, channel_points_per_vote: 0 }
    const choices = [choice('yes', counts[0]), choice('no', counts[1])]
    return {
      id: 'p',
      ...rigChannel,
      title: 'T?',
      choices,
      ...off,
      ...noPoints,
      started_at,
      ends_at: started_at + 60_000,
    }
  }

  it('of the chat counts each viewer once, by the newest of what they wrote', async () => {
    await rig.ask('poll.start', ROUTE)
    await rig.chat('Mira', '1')
    await rig.chat('Otto', '!vote 2')
    await rig.chat('Lumi', '#2')
    await rig.chat('Mira', 'I say 2')
    await rig.chat('Mira', '3')
    expect(votes()).toEqual([1, 2])
    await rig.chat('Mira', '2')
    expect(votes()).toEqual([0, 3])
  })

  it('reads a vote only where nothing else is said', () => {
    const said = ['1', ' 2 ', '#1', '!vote 2', '2.', '0', '3', '12', '1 hour', 'two', '1️⃣', '']
    expect(said.map((message) => voteIn(message, 2))).toEqual([0, 1, 0, 1, 1, ...Array(7).fill(null)])
  })

  it('is over at its time, or when it is ended', async () => {
    await rig.ask('poll.start', ROUTE)
    await rig.chat('Mira', '1')
    await rig.clock.advance(60_001)
    await rig.chat('Otto', '1')
    expect(votes()).toEqual([1, 0])
    expect(await rig.ask('poll.end')).toMatchObject({ error: { code: 'conflict' } })
    await rig.ask('poll.start', ROUTE)
    expect(votes()).toEqual([0, 0])
    expect(await rig.ask('poll.start', ROUTE)).toMatchObject({ error: { code: 'conflict' } })
    await rig.ask('poll.end')
    await rig.clock.advance(1)
    await rig.chat('Otto', '1')
    expect(votes()).toEqual([0, 0])
    await rig.ask('poll.clear')
    expect(poll()).toBeNull()
  })

  it('counts each once over a crash, also who voted while nobody listened', async () => {
    await rig.ask('poll.start', ROUTE)
    await rig.chat('Mira', '1')
    await rig.crash(async () => {
      await rig.chat('Mira', '1')
      await rig.chat('Otto', '2')
    })
    expect(votes()).toEqual([1, 1])
    await rig.chat('Otto', '1')
    expect(votes()).toEqual([2, 0])
  })

  it('hears neither the simulator nor another channel', async () => {
    await rig.ask('poll.start', ROUTE)
    await rig.chat('Mira', '1', 'simulator')
    expect(votes()).toEqual([0, 0])
  })

  it('of Twitch is shown as Twitch tells it', async () => {
    const start = rig.clock.now()
    await rig.say('twitch.channel.poll.begin', twitchs(start, [0, 0]))
    await rig.say('twitch.channel.poll.progress', twitchs(start, [4, 1]))
    expect(poll()).toMatchObject({ title: 'T?', source: 'twitch', endsAt: start + 60_000 })
    expect(votes()).toEqual([4, 1])
    const { ends_at: _, ...over } = twitchs(start, [5, 1])
    await rig.say('twitch.channel.poll.end', { ...over, status: 'completed', ended_at: start + 30_000 })
    expect([poll()?.endsAt, votes()]).toEqual([start + 30_000, [5, 1]])
    await rig.crash()
    expect(votes()).toEqual([5, 1])
  })

  it('that the simulator plays is shown, kept nowhere, and never over a true one', async () => {
    await rig.say('twitch.channel.poll.begin', twitchs(rig.clock.now(), [1, 0]), 'simulator')
    expect(votes()).toEqual([1, 0])
    await rig.ask('poll.start', ROUTE)
    expect(poll()?.source).toBe('chat')
    await rig.say('twitch.channel.poll.progress', twitchs(rig.clock.now(), [2, 0]), 'simulator')
    expect(poll()?.source).toBe('chat')
    await rig.ask('poll.clear')
    await rig.say('twitch.channel.poll.progress', twitchs(rig.clock.now(), [2, 0]), 'simulator')
    await rig.crash()
    expect(poll()).toBeNull()
  })

  it('that the simulator played does not come back once a true one is over', async () => {
    await rig.say('twitch.channel.poll.begin', twitchs(rig.clock.now(), [1, 0]), 'simulator')
    await rig.ask('poll.start', ROUTE)
    await rig.say('twitch.channel.poll.progress', twitchs(rig.clock.now(), [2, 0]), 'simulator')
    await rig.chat('Mira', '1')
    await rig.clock.advance(60_001)
    await rig.chat('Otto', 'so?')
    expect(poll()).toMatchObject({ source: 'chat' })
    expect(votes()).toEqual([1, 0])
  })

  it('that the simulator played before a crash is over', async () => {
    const { clock } = rig
    await rig.chat('Mira', 'hello')
    await rig.crash(() => rig.say('twitch.channel.poll.begin', twitchs(clock.now(), [1, 0]), 'simulator'))
    expect(poll()).toBeNull()
  })
})
