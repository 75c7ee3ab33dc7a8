import pino from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Emitter } from '../../../base/emitter.ts'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { CommandArgs, CommandName } from '../../../contracts/commands.ts'
import type { EventPayload, EventType } from '../../../contracts/events.ts'
import { ironmonCheckpoints } from '../../../contracts/ironmon.ts'
import type { IronmonLink } from '../../../contracts/state/ironmon.ts'
import { createBus } from '../../kernel/bus.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands } from '../../kernel/commands.ts'
import { FakeRoutes } from '../../kernel/http/fake-routes.ts'
import { HttpAnswer } from '../../kernel/http/routes.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { createIronmon, REHEARSAL_MS } from './ironmon.ts'
import { ironmonMigrations } from './run-store.ts'

ensureNoLeaks()

const LINK: IronmonLink = {
  listener: { status: 'connected', since: 0 },
  address: { host: '127.0.0.1', port: 8080 },
  games: [],
  refused: { total: 0, byReason: {} as IronmonLink['refused']['byReason'], last: null },
}

let clock: FakeClock
let store: MemoryStore
let hub: ReturnType<typeof start>

/** The feature with everything around it in memory; the store outlives it. */
function start() {
  const linkChanged = new Emitter<void>()
  const bus = createBus({ store, clock, onListenerError: () => {} })
  const commands = createCommands({ clock, onDidInvoke: () => {}, onBug: () => {} })
  const channels = new FakeChannels()
  const routes = new FakeRoutes()
  const game = { link: LINK, onDidChangeLink: linkChanged.event }
  const log = pino({ level: 'silent' })
  const feature = createIronmon({ store, bus, commands, channels, routes, game, clock, log, version: '1.2.3' })
  const stop = new AbortController()
  const done = feature.run(stop.signal)
  done.catch(() => {})
  return {
    bus,
    channels,
    game,
    linkChanged,
    done,
    get state() {
      return channels.stateOf('state:ironmon')
    },
    get: (path: string, input: Parameters<FakeRoutes['call']>[2] = {}) =>
      routes.call('GET', `/api/ironmon/${path}`, input),
    run: async <N extends CommandName>(name: N, args: CommandArgs<N>) => commands.run(name, args),
    end: async () => {
      stop.abort()
      await done.catch(() => {})
      bus.dispose()
    },
  }
}

async function tell<T extends EventType>(type: T, payload: EventPayload<T>, source = 'ironmon'): Promise<void> {
  await hub.bus.publish({ type, source, payload })
  await clock.advance(1)
}

const seed = (attempt: number) => tell('ironmon.seed.reported', { attempt, frame: 1 })
const beat = (id: number, checkpointName: string | null = null) =>
  tell('ironmon.trainer.defeated', {
    id,
    className: null,
    fullName: null,
    location: null,
    party: [],
    checkpointName,
    frame: 1,
  })
const lose = () => tell('ironmon.battle.ended', { outcome: 'lost', durationFrames: 1, frame: 1 })
const game = (name: EventPayload<'ironmon.tracker.started'>['game']) =>
  tell('ironmon.tracker.started', { pluginVersion: '2.2', trackerVersion: null, game: name, features: {}, frame: 1 })

const newsTypes = () => store.events.filter(({ source }) => source === 'landale').map(({ type }) => type)
const newsOf = (type: string) => store.events.filter((event) => event.type === type).map(({ payload }) => payload)
const clearedNames = () => hub.state.checkpoints.filter(({ clearedAt }) => clearedAt !== null).map(({ name }) => name)
const checkpoint = (name: string) => hub.state.checkpoints.find((each) => each.name === name)

beforeEach(async () => {
  clock = new FakeClock()
  store = new MemoryStore(ironmonMigrations)
  hub = start()
  await clock.advance(1)
})

afterEach(async () => {
  await hub.end()
  store.close()
})

describe('runs', () => {
  it('begins with none', () => {
    expect(hub.state).toMatchObject({
      run: null,
      profile: { id: 1, name: 'Kaizo IronMON' },
      team: [null, null, null, null, null, null],
      statistics: { runs: 0, lost: 0, won: 0, best: null },
    })
    expect(hub.state.checkpoints).toHaveLength(23)
    expect(checkpoint('MISTY')).toMatchObject({ index: 7, leader: 'Misty', clearRate: null })
  })

  it('derives all 23 checkpoints from the trainers that were beaten', async () => {
    await game('firered-leafgreen')
    await seed(812)
    const trainers = [326, 102, 329, 414, 332, 426, 415, 416, 429, 348, 417, 418, 432, 349, 420, 419, 350, 435]
    for (const id of [...trainers, 410, 411, 412, 413, 438]) await beat(id)
    expect(clearedNames()).toEqual([...ironmonCheckpoints])
    expect(newsOf('ironmon.checkpoint.cleared').map(({ checkpoint }) => checkpoint)).toEqual([...ironmonCheckpoints])
    expect(newsOf('ironmon.checkpoint.cleared')[6]).toEqual({
      profile: 'Kaizo IronMON',
      attempt: 812,
      checkpoint: 'MISTY',
      index: 7,
      leader: 'Misty',
      proof: 'trainer',
      cleared: 7,
      next: 'SURGE',
    })
    expect(hub.state.run).toMatchObject({ outcome: 'won', endReason: 'champion', cleared: 23, current: null })
    expect(hub.state.statistics).toEqual({ runs: 1, lost: 0, won: 1, best: { checkpoint: 'CHAMP', attempt: 812 } })
  })

  it('tells each thing once: a repeated seed, trainer or checkpoint changes nothing', async () => {
    await seed(5)
    await beat(414)
    await seed(5)
    await beat(414)
    await tell('ironmon.checkpoint.reported', { name: 'BROCK', index: 4, attempt: 5, frame: null })
    expect(newsTypes()).toEqual(['ironmon.run.started', 'ironmon.checkpoint.cleared'])
  })

  it('says what led to what', async () => {
    await seed(5)
    const [told, started] = store.events
    expect(started).toMatchObject({ causationId: told?.id, correlationId: told?.correlationId })
  })

  it('loses the run before when the next one begins, where it stood', async () => {
    await seed(5)
    await beat(326)
    await seed(6)
    expect(newsOf('ironmon.run.ended')).toEqual([
      {
        profile: 'Kaizo IronMON',
        attempt: 5,
        outcome: 'lost',
        reason: 'next-seed',
        checkpoint: 'FIRSTTRAINER',
        cleared: 1,
      },
    ])
    expect(hub.state.run).toMatchObject({ attempt: 6, cleared: 0, outcome: null })
    expect(checkpoint('FIRSTTRAINER')).toMatchObject({ losses: 1, clears: 0 })
    expect(checkpoint('RIVAL1')).toMatchObject({ clears: 1, clearRate: 50, lastCleared: 5 })
  })

  it('loses it by a defeat, and once', async () => {
    await seed(5)
    await lose()
    await lose()
    await seed(6)
    expect(newsOf('ironmon.run.ended')).toMatchObject([{ reason: 'defeat', checkpoint: 'RIVAL1' }])
    expect(hub.state.statistics).toMatchObject({ runs: 2, lost: 1 })
  })

  it('a lower number ends nothing; an attempt that is played again goes on', async () => {
    await seed(5)
    await beat(326)
    await seed(2)
    expect(hub.state.statistics).toMatchObject({ runs: 2, lost: 0 })
    await seed(5)
    expect(hub.state.run).toMatchObject({ attempt: 5, cleared: 1, outcome: null })
    expect(newsTypes()).toEqual([
      'ironmon.run.started',
      'ironmon.checkpoint.cleared',
      'ironmon.run.started',
      'ironmon.run.ended',
      'ironmon.run.resumed',
    ])
  })

  it('knows by a checkpoint that another run is played, and knows no START', async () => {
    await seed(5)
    await tell('ironmon.checkpoint.reported', { name: 'START', index: 0, attempt: 6, frame: null })
    await tell('ironmon.checkpoint.reported', { name: 'RIVAL1', index: 1, attempt: 6, frame: null })
    expect(hub.state.run).toMatchObject({ attempt: 6, cleared: 1 })
    expect(checkpoint('RIVAL1')).toMatchObject({ proof: 'plugin' })
  })

  it('believes no trainer number of another game', async () => {
    await seed(5)
    await game('emerald')
    await beat(414)
    expect(clearedNames()).toEqual([])
    await game('unknown')
    await beat(414)
    expect(clearedNames()).toEqual(['BROCK'])
  })

  it('goes by the name the plugin gives where the number is none of ours', async () => {
    await seed(5)
    await beat(999, 'RIVAL1')
    await beat(998, 'SOMEBODY')
    expect(clearedNames()).toEqual(['RIVAL1'])
  })

  it('does not count a checkpoint without a run', async () => {
    await beat(414)
    expect(hub.state.run).toBe(null)
    expect(newsTypes()).toEqual([])
  })

  describe('a rehearsal of the simulator', () => {
    const pretend = <T extends EventType>(type: T, payload: EventPayload<T>) => tell(type, payload, 'simulator')
    const brock = { className: 'LEADER', fullName: 'BROCK', location: null, party: [], checkpointName: null, frame: 1 }

    async function rehearse() {
      await pretend('ironmon.seed.reported', { attempt: 900, frame: 1 })
      await pretend('ironmon.trainer.defeated', { id: 414, ...brock })
      await pretend('ironmon.battle.ended', { outcome: 'lost', durationFrames: 1, frame: 1 })
      await pretend('ironmon.seed.reported', { attempt: 901, frame: 1 })
    }

    it('is shown as a run is, on top of the true figures, and touches nothing that is kept', async () => {
      await seed(5)
      const before = { ...hub.state.statistics }
      const rows = () => store.all('SELECT * FROM ironmon_seeds')
      const kept = await rows()
      await rehearse()
      expect(hub.state.run).toMatchObject({ attempt: 901, outcome: null })
      expect(hub.state.statistics).toMatchObject({ runs: before.runs + 2, lost: before.lost + 1 })
      expect(hub.state.checkpoints.find(({ name }) => name === 'BROCK')).toMatchObject({ clears: 1, lastCleared: 900 })
      expect(await rows()).toEqual(kept)
    })

    it('tells its news as the simulator’s', async () => {
      await rehearse()
      const news = store.events.filter(({ type }) => /^ironmon\.(run|checkpoint\.cleared)/.test(type))
      expect(news.map(({ type, source }) => [type, source])).toEqual([
        ['ironmon.run.started', 'simulator'],
        ['ironmon.checkpoint.cleared', 'simulator'],
        ['ironmon.run.ended', 'simulator'],
        ['ironmon.run.started', 'simulator'],
      ])
    })

    it('is over five minutes after its last event, and at once when the game has something to say', async () => {
      await seed(5)
      await rehearse()
      await clock.advance(REHEARSAL_MS - 2)
      expect(hub.state.run?.attempt).toBe(901)
      await clock.advance(1)
      expect(hub.state.run?.attempt).toBe(5)
      await rehearse()
      await seed(6)
      expect(hub.state.run?.attempt).toBe(6)
      expect(hub.state.statistics.runs).toBe(2)
    })

    it('does not come back after a restart', async () => {
      await seed(5)
      await rehearse()
      await hub.end()
      await clock.advance(1000)
      hub = start()
      await clock.advance(0)
      expect(hub.state.run?.attempt).toBe(5)
    })
  })

  it('follows team, place and battle; a new run empties the team', async () => {
    const treecko = { id: 277, name: 'Treecko', level: 9, hp: null, status: null, item: 13, moves: [] }
    await seed(5)
    await tell('ironmon.team.changed', { slot: 2, pokemon: treecko, frame: 1 })
    const nobody = { total: 0, undefeated: [] }
    await tell('ironmon.location.entered', { mapId: 5, name: 'Gym', trainers: nobody, wildEncounters: {}, frame: 1 })
    const brock = { id: 414, className: 'LEADER', fullName: 'BROCK', partySize: 1, party: [] }
    const opponent = { id: 95, name: 'Onix', level: 14, hp: null }
    const rest = { encounter: null, knownMoves: [], frame: 1 }
    await tell('ironmon.battle.started', { isWild: false, trainer: brock, opponent, ...rest })
    expect(hub.state).toMatchObject({
      team: [null, treecko, null, null, null, null],
      location: { mapId: 5, name: 'Gym' },
      battle: { trainer: { name: 'BROCK', checkpoint: 'BROCK' }, opponent: { name: 'Onix' } },
    })
    const player = { id: 277, name: 'Treecko', level: 9, hp: 12, maxHp: 28 }
    const enemy = { id: 95, name: 'Onix', level: 14, hp: -3, maxHp: 30 }
    const turn = { turn: 1, attacker: 'player', damage: 33, player, enemy, move: null, frame: 1 }
    await tell('ironmon.battle.turn.played', turn)
    expect(hub.state).toMatchObject({
      team: [null, { hp: { current: 12, max: 28 } }, null, null, null, null],
      battle: { trainer: { name: 'BROCK' }, opponent: { name: 'Onix', level: 14, hp: { current: 0, max: 30 } } },
    })
    const next = { id: 74, name: 'Geodude', level: 12, hp: null, maxHp: null }
    await tell('ironmon.battle.turn.played', { ...turn, enemy: next, player: { ...player, id: 1 } })
    expect(hub.state).toMatchObject({
      team: [null, { hp: { current: 12, max: 28 } }, null, null, null, null],
      battle: { opponent: { name: 'Geodude', hp: null } },
    })
    await tell('ironmon.battle.ended', { outcome: 'won', durationFrames: 1, frame: 1 })
    expect(hub.state.battle).toBe(null)
    await tell('ironmon.battle.turn.played', { ...turn, player: { ...player, hp: 3 } })
    expect(hub.state).toMatchObject({ battle: null, team: [null, { hp: { current: 3 } }, null, null, null, null] })
    await seed(6)
    expect(hub.state.team).toEqual([null, null, null, null, null, null])
  })

  it('shows the link as it is', async () => {
    hub.game.link = { ...LINK, refused: { ...LINK.refused, total: 3 } }
    hub.linkChanged.fire()
    expect(hub.state.link.refused.total).toBe(3)
  })
})

describe('a restart in the middle of a run', () => {
  it('goes on where it was, and takes in what came meanwhile, once', async () => {
    await game('firered-leafgreen')
    await seed(5)
    await beat(326)
    const treecko = { id: 277, name: 'Treecko', level: 9, hp: null, status: null, item: null, moves: [] }
    await tell('ironmon.team.changed', { slot: 1, pokemon: treecko, frame: 1 })
    const before = hub.state
    await hub.end()
    hub = start()
    await clock.advance(1)
    expect(hub.state).toEqual(before)
    await hub.end()
    // Stored, but never heard by the feature: as when the hub ends between the two.
    const bus = createBus({ store, clock, onListenerError: () => {} })
    const payload = {
      id: 414,
      className: null,
      fullName: null,
      location: null,
      party: [],
      checkpointName: null,
      frame: 1,
    }
    await bus.publish({ type: 'ironmon.trainer.defeated', source: 'ironmon', payload })
    bus.dispose()
    hub = start()
    await clock.advance(1)
    expect(clearedNames()).toEqual(['RIVAL1', 'BROCK'])
    await hub.end()
    hub = start()
    await clock.advance(1)
    expect(newsOf('ironmon.checkpoint.cleared')).toHaveLength(2)
  })

  it('changes nothing when the store refuses, and ends so that it starts again from disk', async () => {
    await seed(5)
    store.refuse('disk full')
    const answer = await hub.run('ironmon.checkpoint.set', { checkpoint: 'BROCK', cleared: true })
    expect(answer).toMatchObject({ status: 'rejected', error: { code: 'unavailable' } })
    await expect(hub.done).rejects.toThrow('disk full')
    store.refuse(null)
    await hub.end()
    hub = start()
    await clock.advance(1)
    expect(clearedNames()).toEqual([])
    expect(hub.state.run).toMatchObject({ attempt: 5 })
  })
})

describe('corrections', () => {
  it('sets a checkpoint and takes it back', async () => {
    await seed(5)
    await hub.run('ironmon.checkpoint.set', { checkpoint: 'BROCK', cleared: true })
    expect(checkpoint('BROCK')).toMatchObject({ proof: 'manual', clears: 1 })
    await hub.run('ironmon.checkpoint.set', { checkpoint: 'BROCK', cleared: false })
    expect(checkpoint('BROCK')).toMatchObject({ clearedAt: null, clears: 0 })
    expect(newsTypes().slice(1)).toEqual(['ironmon.checkpoint.cleared', 'ironmon.checkpoint.taken-back'])
  })

  it('ends a run as lost, and goes on with it', async () => {
    await seed(5)
    await hub.run('ironmon.run.end', {})
    expect(hub.state.run).toMatchObject({ outcome: 'lost', endReason: 'manual' })
    expect(await hub.run('ironmon.run.end', {})).toMatchObject({ error: { code: 'conflict' } })
    await hub.run('ironmon.run.reopen', {})
    expect(hub.state.run).toMatchObject({ outcome: null })
    expect(hub.state.statistics.lost).toBe(0)
    expect(await hub.run('ironmon.run.reopen', {})).toMatchObject({ error: { code: 'conflict' } })
  })

  it('corrects the attempt number, with all that belongs to it', async () => {
    await seed(4)
    await seed(5)
    await beat(414)
    await hub.run('ironmon.attempt.set', { attempt: 15 })
    expect(hub.state.run).toMatchObject({ attempt: 15, cleared: 1 })
    expect(checkpoint('BROCK')).toMatchObject({ lastCleared: 15, clears: 1 })
    expect(hub.state.statistics.runs).toBe(2)
    expect(await hub.run('ironmon.attempt.set', { attempt: 4 })).toMatchObject({ error: { code: 'conflict' } })
    await hub.end()
    hub = start()
    await clock.advance(1)
    expect(hub.state.run).toMatchObject({ attempt: 15, cleared: 1 })
  })

  it('begins a run when none is played', async () => {
    for (const [name, args] of [
      ['ironmon.run.end', {}],
      ['ironmon.run.reopen', {}],
      ['ironmon.checkpoint.set', { checkpoint: 'BROCK', cleared: true }],
    ] as const)
      expect(await hub.run(name, args)).toMatchObject({ error: { code: 'conflict', message: /attempt number/ } })
    await hub.run('ironmon.attempt.set', { attempt: 812 })
    expect(hub.state.run).toMatchObject({ attempt: 812, cleared: 0 })
  })

  it('keeps the attempts of each profile apart', async () => {
    await seed(5)
    await beat(414)
    await hub.run('ironmon.profile.set', { profile: 'Super Kaizo' })
    expect(hub.state).toMatchObject({ run: null, profile: { id: 2, name: 'Super Kaizo' }, statistics: { runs: 0 } })
    await seed(5)
    expect(hub.state).toMatchObject({ run: { attempt: 5, cleared: 0 }, statistics: { runs: 1 } })
    await hub.run('ironmon.profile.set', { profile: 'kaizo ironmon' })
    await seed(5)
    expect(hub.state).toMatchObject({ run: { attempt: 5, cleared: 1 }, profile: { id: 1 } })
    await hub.end()
    hub = start()
    await clock.advance(1)
    expect(hub.state).toMatchObject({ run: { attempt: 5, cleared: 1 }, profile: { id: 1 } })
    expect(hub.state.profiles).toHaveLength(2)
  })

  it('moves a run that was told to the wrong profile, but over no other', async () => {
    await seed(1)
    await beat(326)
    await hub.run('ironmon.profile.set', { profile: 'Other', moveRun: true })
    expect(hub.state).toMatchObject({ profile: { name: 'Other' }, run: { attempt: 1, cleared: 1 } })
    await hub.run('ironmon.profile.set', { profile: 'Kaizo IronMON' })
    expect(hub.state.statistics.runs).toBe(0)
    await seed(1)
    const answer = await hub.run('ironmon.profile.set', { profile: 'Other', moveRun: true })
    expect(answer).toMatchObject({ error: { code: 'conflict', path: 'profile' } })
    expect(hub.state.profile.name).toBe('Kaizo IronMON')
  })
})

describe('statistics over HTTP', () => {
  async function playSome(): Promise<void> {
    await seed(1)
    await beat(326)
    await seed(2)
    await beat(326)
    await beat(102)
    await seed(3)
  }
  const data = async (path: string, input = {}) => ((await hub.get(path, input)) as { data: unknown }).data
  const status = async (path: string, input = {}) => {
    const answer = await hub.get(path, input)
    return answer instanceof HttpAnswer ? answer.status : 200
  }

  it('answers in the envelope of the original', async () => {
    expect(await hub.get('challenges')).toEqual({
      success: true,
      data: [{ id: 1, name: 'Kaizo IronMON' }],
      meta: { timestamp: new Date(clock.now()).toISOString(), server_version: '1.2.3' },
    })
  })

  it('knows checkpoints, their wins and losses', async () => {
    await playSome()
    expect(await data('challenges/:id/checkpoints', { params: { id: '1' } })).toHaveLength(23)
    expect(await data('checkpoints/:id/stats', { params: { id: '2' } })).toEqual({
      wins: 1,
      losses: 1,
      total: 2,
      win_rate: 50,
    })
    expect(await data('checkpoints/:id/stats', { params: { id: '23' } })).toMatchObject({ total: 0, win_rate: 0 })
    expect(await status('checkpoints/:id/stats', { params: { id: '24' } })).toBe(404)
    expect(await status('checkpoints/:id/stats', { params: { id: 'x' } })).toBe(400)
    expect(await status('checkpoints/:id/stats', { params: { id: '1' }, query: { challenge_id: 9 } })).toBe(404)
    expect(await status('challenges/:id/checkpoints', { params: { id: '9' } })).toBe(404)
  })

  it('pages through results, newest first', async () => {
    await playSome()
    const first = (await data('results/recent', { query: { limit: 3 } })) as { results: object[]; next_cursor: number }
    const second = (await data('results/recent', { query: { limit: 3, cursor: first.next_cursor } })) as typeof first
    expect([...first.results, ...second.results]).toMatchObject([
      { seed_id: 2, checkpoint_name: 'RIVAL2', result: false },
      { seed_id: 2, checkpoint_name: 'FIRSTTRAINER', result: true },
      { seed_id: 2, checkpoint_name: 'RIVAL1', result: true },
      { seed_id: 1, checkpoint_name: 'FIRSTTRAINER', result: false },
      { seed_id: 1, checkpoint_name: 'RIVAL1', result: true },
    ])
    expect(second.next_cursor).toBe(null)
    await expect(hub.get('results/recent', { query: { limit: 101 } })).rejects.toThrow()
  })

  it('tells of a seed', async () => {
    await playSome()
    expect(await data('seeds/:id/challenge', { params: { id: '2' } })).toMatchObject({
      seed_id: 2,
      challenge_name: 'Kaizo IronMON',
      completed_checkpoints: 2,
      last_result: { checkpoint_name: 'RIVAL2', result: false },
    })
    expect(await status('seeds/:id/challenge', { params: { id: '99' } })).toBe(404)
  })

  it('tells of the run that is played', async () => {
    expect(await status('run')).toBe(404)
    await playSome()
    await beat(327)
    expect(await data('run')).toEqual({
      run_number: 3,
      checkpoints_cleared: 1,
      total_checkpoints: 23,
      progress_percentage: 4.3,
      current_checkpoint: 'FIRSTTRAINER',
      trainer: 'First trainer',
      clear_rate: 33.33,
      last_cleared: 2,
      outcome: null,
    })
  })
})
