import { describe, expect, it } from 'vitest'
import { eventSchemas, isEventType } from '../../../contracts/events.ts'
import { ironmonFrames } from './samples.ts'
import { readMessage } from './wire.ts'

function read(message: unknown) {
  const reading = readMessage(typeof message === 'string' ? message : JSON.stringify(message))
  // Whatever comes of it must be fit for the log.
  for (const { type, payload } of reading.drafts) {
    expect(isEventType(type)).toBe(true)
    expect(eventSchemas[type].parse(payload)).toEqual(payload)
  }
  return reading
}

/** The one event of a message that is taken. */
function eventOf(message: unknown) {
  const { drafts, refusals } = read(message)
  expect(refusals).toEqual([])
  expect(drafts).toHaveLength(1)
  const [draft] = drafts
  if (!draft) throw new Error('no event')
  return draft
}

const pokemon = { id: 25, name: 'Pikachu', level: 5 }

describe('wire', () => {
  it('reads the ten samples', () => {
    const events = ironmonFrames.map((frame) => eventOf(frame.slice(frame.indexOf(' ') + 1)))
    expect(events).toEqual([
      {
        type: 'ironmon.tracker.started',
        payload: {
          pluginVersion: '2.2',
          trackerVersion: '8.8.1',
          game: 'firered-leafgreen',
          features: Object.fromEntries(
            ['runTracking', 'battleEvents', 'checkpoints', 'teamUpdates', 'locationTracking', 'encounterTracking']
              .concat(['battleAnalytics', 'moveTracking', 'itemTracking'])
              .map((name) => [name, true]),
          ),
          frame: 312,
        },
      },
      { type: 'ironmon.seed.reported', payload: { attempt: 812, frame: 312 } },
      {
        type: 'ironmon.team.changed',
        payload: {
          slot: 1,
          pokemon: {
            id: 277,
            name: 'Treecko',
            level: 9,
            hp: { current: 21, max: 28 },
            status: 'healthy',
            item: null,
            moves: [{ id: 1, name: 'Pound', pp: 35 }],
          },
          frame: 312,
        },
      },
      { type: 'ironmon.team.changed', payload: { slot: 2, pokemon: null, frame: 312 } },
      {
        type: 'ironmon.location.entered',
        payload: {
          mapId: 5,
          name: 'Pokémon Tower 1F',
          trainers: { total: 0, undefeated: [] },
          wildEncounters: {},
          frame: 312,
        },
      },
      { type: 'ironmon.battle.ended', payload: { outcome: 'won', durationFrames: 1840, frame: 312 } },
      {
        type: 'ironmon.trainer.defeated',
        payload: {
          id: 326,
          className: 'RIVAL',
          fullName: 'GARY',
          location: { mapId: 5, name: "Oak's Lab" },
          party: [{ species: 4, name: 'Charmander', level: 5 }],
          checkpointName: 'RIVAL1',
          frame: 312,
        },
      },
      { type: 'ironmon.checkpoint.reported', payload: { name: 'BROCK', index: 4, attempt: 812, frame: 312 } },
      { type: 'ironmon.checkpoint.reported', payload: { name: 'BROCK', index: 4, attempt: 812, frame: null } },
      { type: 'ironmon.seed.reported', payload: { attempt: 812, frame: null } },
    ])
  })

  it.each([
    [3, 'firered-leafgreen'],
    ['3', 'firered-leafgreen'],
    ['Pokemon FireRed', 'firered-leafgreen'],
    [2, 'emerald'],
    [1, 'ruby-sapphire'],
    ['Pokemon Crystal', 'unknown'],
  ])('takes the game %j as a number or a name', (game, expected) => {
    expect(eventOf({ type: 'init', data: { version: '2.2', game } }).payload).toMatchObject({ game: expected })
  })

  it('takes numbers as text', () => {
    const message = {
      type: 'team_update',
      data: { slot: '3', pokemon: { ...pokemon, id: '25', status: '6', item: '13' } },
    }
    expect(eventOf(message).payload).toMatchObject({
      slot: 3,
      pokemon: { id: 25, status: 'badly-poisoned', item: 13, hp: null, moves: [] },
    })
  })

  it('takes an empty Lua table wherever an object is meant', () => {
    const message = {
      type: 'battle_started',
      data: { isWild: true, trainerId: 414, opponent: pokemon, encounter: [], knownMoves: [], trainer: [] },
    }
    expect(eventOf(message).payload).toMatchObject({ isWild: true, trainer: null, encounter: null })
    expect(eventOf({ type: 'init', data: [] }).payload).toMatchObject({ pluginVersion: null, features: {} })
    expect(eventOf({ type: 'team_update', data: { slot: 1, pokemon: [] } }).payload).toMatchObject({ pokemon: null })
    const damage = { type: 'battle_damage', data: { turn: 1, playerMon: [], effectiveness: [] } }
    expect(eventOf(damage).payload).toMatchObject({ player: null, effectiveness: {} })
  })

  it('does not believe the trainer number of a wild battle', () => {
    expect(eventOf({ type: 'battle_started', data: { isWild: true, trainerId: 414 } }).payload).toMatchObject({
      trainer: null,
    })
    expect(eventOf({ type: 'battle_started', data: { isWild: false, trainerId: 414 } }).payload).toMatchObject({
      trainer: { id: 414 },
    })
  })

  it.each([
    [{ playerLost: true, outcome: 'Victory' }, 'lost'],
    [{ battleOutcome: 7 }, 'caught'],
    [{ outcome: 'Fled' }, 'fled'],
    [{ outcome: 'Unknown' }, 'unknown'],
    [{ outcome: 'constructor' }, 'unknown'],
    [{}, 'unknown'],
  ])('reads how a battle ended from %j', (data, outcome) => {
    expect(eventOf({ type: 'battle_ended', data }).payload).toMatchObject({ outcome })
  })

  it.each([
    [
      { type: 'item_usage', data: { item: { id: 13 }, action: 'used', context: 'battle', location: { mapId: 1 } } },
      'ironmon.item.used',
    ],
    [{ type: 'item_usage', data: { item: { id: 13 }, action: 'gained' } }, 'ironmon.item.gained'],
    [
      { type: 'healing_summary', data: { totalHealing: 40, items: [{ id: 13, quantity: 2 }] } },
      'ironmon.healing.changed',
    ],
    [
      {
        type: 'battle_action',
        data: { turn: 1, attacker: 'player', damageDealt: -5, playerMon: { ...pokemon, hp: 3, maxHP: 20 } },
      },
      'ironmon.battle.turn.played',
    ],
    [
      { type: 'encounter', data: { pokemon, location: { mapId: 1, routeEncounters: [] } } },
      'ironmon.pokemon.encountered',
    ],
    [{ type: 'move_history', data: { pokemon, moves: [{ id: 1, power: '40' }] } }, 'ironmon.moves.seen'],
    [{ type: 'move_effectiveness', data: { attacker: pokemon, effectiveness: [] } }, 'ironmon.effectiveness.seen'],
    [{ type: 'battle_start', metadata: { trainer: 'BROCK', pokemon: [] } }, 'ironmon.battle.started'],
    [{ type: 'battle_end', metadata: { result: 'loss', pokemon: [] } }, 'ironmon.battle.ended'],
    [{ type: 'pokemon_update', metadata: { team: [{ species: 1 }] } }, 'ironmon.team.listed'],
    [{ type: 'item_update', metadata: { items: [] } }, 'ironmon.items.listed'],
    [{ type: 'stats_update', metadata: { stats: [] } }, 'ironmon.stats.reported'],
    [{ type: 'error', metadata: { code: 5, message: 'no' } }, 'ironmon.plugin.failed'],
    [{ type: 'location', metadata: { id: 7 } }, 'ironmon.location.entered'],
  ])('reads %j', (message, type) => {
    expect(eventOf(message).type).toBe(type)
  })

  it('says nothing of a heartbeat', () => {
    expect(read({ type: 'heartbeat', metadata: [] })).toEqual({ drafts: [], refusals: [] })
  })

  it('takes a batch apart, and no batch in it', () => {
    const seed = { type: 'seed', data: { value: 3 } }
    const { drafts, refusals } = read({
      type: 'batch',
      data: { events: [seed, { type: 'batch', data: [] }], count: 2 },
    })
    expect(drafts.map(({ type }) => type)).toEqual(['ironmon.seed.reported', 'ironmon.unknown'])
    expect(refusals).toMatchObject([{ reason: 'unknown-type' }])
    expect(read({ type: 'batch', events: [seed] }).drafts).toHaveLength(1)
    expect(read({ type: 'batch', data: { events: 5 } }).refusals).toMatchObject([{ reason: 'wrong-shape' }])
  })

  it('keeps what it does not know, with its body', () => {
    const { drafts, refusals } = read({ type: 'weather', data: { rain: true } })
    expect(drafts).toMatchObject([{ type: 'ironmon.unknown', payload: { rawType: 'weather', body: { rain: true } } }])
    expect(refusals).toMatchObject([{ reason: 'unknown-type' }])
    expect(read({ type: 'toString', data: {} }).refusals).toMatchObject([{ reason: 'unknown-type' }])
  })

  it('keeps what breaks its shape, and says where', () => {
    const { drafts, refusals } = read({ type: 'team_update', data: { slot: 9 } })
    expect(drafts).toMatchObject([{ type: 'ironmon.unknown', payload: { rawType: 'team_update', body: { slot: 9 } } }])
    expect(refusals).toMatchObject([{ reason: 'wrong-shape', detail: expect.stringContaining('slot') }])
    for (const message of [
      { type: 'seed', data: { value: -1 } },
      { type: 'seed', data: {} },
      { type: 'location', data: {} },
      { type: 'trainer_defeated', data: 'yes' },
    ])
      expect(read(message).refusals).toMatchObject([{ reason: 'wrong-shape' }])
  })

  it('leaves out a body that is too large to keep', () => {
    const { drafts } = read({ type: 'weather', data: { rain: 'x'.repeat(100_000) } })
    expect(drafts).toMatchObject([{ payload: { body: {} } }])
  })

  it.each([
    ['{"type":', 'not-json'],
    ['[]', 'no-type'],
    ['null', 'no-type'],
    ['{"data":{}}', 'no-type'],
    ['{"type":5}', 'no-type'],
    [`{"type":"seed","data":${'['.repeat(10_000)}`, 'not-json'],
  ])('refuses %.20s', (text, reason) => {
    const { drafts, refusals } = readMessage(text)
    expect(drafts).toEqual([])
    expect(refusals).toMatchObject([{ reason }])
  })

  it('cuts absurd names and lists', () => {
    const event = eventOf({
      type: 'trainer_defeated',
      data: { id: 1, fullName: 'x'.repeat(10_000), party: Array.from({ length: 5000 }, () => ({ species: 1 })) },
    })
    const { fullName, party } = event.payload as { fullName: string; party: unknown[] }
    expect([fullName.length, party.length]).toEqual([200, 200])
  })
})

describe('whatever stands in a field', () => {
  const ODD = [null, [], {}, '', 'x', '7', 0, -1, 1.5, 1e308, true, 'é'.repeat(5000), [[]], [null], { id: null }, ['x']]

  /** The message with each of its values in turn, at any depth, replaced by `odd`, and with each left out. */
  function* variants(value: unknown, odd: unknown): Generator<unknown> {
    yield odd
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) {
      const copy = (replaced: unknown) =>
        Array.isArray(value) ? value.with(Number(key), replaced) : { ...value, [key]: replaced }
      yield copy(undefined)
      for (const variant of variants(inner, odd)) yield copy(variant)
    }
  }

  const bodies = [
    ...ironmonFrames.map((frame) => JSON.parse(frame.slice(frame.indexOf(' ') + 1)) as object),
    {
      type: 'battle_started',
      data: {
        isWild: false,
        trainerId: 414,
        opponent: { ...pokemon, hp: { current: 1, max: 2 } },
        encounter: { location: 'x' },
        knownMoves: [{ id: 1 }],
        trainer: { id: 414, className: 'LEADER', fullName: 'BROCK', partySize: 1, party: [{ species: 95, level: 14 }] },
      },
    },
    {
      type: 'battle_action',
      data: {
        turn: 1,
        attacker: 'player',
        damageDealt: 5,
        playerMon: { ...pokemon, hp: 3, maxHP: 20, status: 0 },
        enemyMon: { ...pokemon, hp: 3, maxHP: 20, status: 0 },
        move: { id: 1, name: 'Pound', type: 'normal', power: '40', effectiveness: 1, stab: false },
      },
    },
    { type: 'healing_summary', data: { items: [{ id: 13, quantity: 1 }], leadPokemon: { ...pokemon, maxHP: 20 } } },
  ]

  it.each(bodies.map((body) => [(body as { type: string }).type, body] as const))(
    '%s becomes an event fit for the log, or is refused',
    (_, body) => {
      let count = 0
      for (const odd of ODD) {
        for (const variant of variants(body, odd)) {
          const { drafts, refusals } = read(variant)
          expect(drafts.length + refusals.length).toBeGreaterThan(0)
          count += 1
        }
      }
      expect(count).toBeGreaterThan(ODD.length)
    },
  )
})
