/** What the game tells of an IronMON run, made up. Pure: everything random comes from the maker. */
import type { EventPayload, EventType } from '../../../contracts/events.ts'
import type { IronmonPokemon } from '../../../contracts/ironmon.ts'
import type { Maker } from './maker.ts'

/** All that the tracker's plugin tells of a run; not the link to the game, which is no part of a broadcast. */
export type GameType = Exclude<
  Extract<EventType, `ironmon.${string}`>,
  | `ironmon.run.${string}`
  | 'ironmon.checkpoint.cleared'
  | 'ironmon.checkpoint.taken-back'
  | 'ironmon.profile.changed'
  | 'ironmon.connected'
  | 'ironmon.disconnected'
  | 'ironmon.unknown'
>

interface Species {
  id: number
  name: string
  moves: readonly [string, ...string[]]
}

const SPECIES: readonly [Species, ...Species[]] = [
  { id: 94, name: 'Gengar', moves: ['Shadow Ball', 'Hypnosis', 'Ice Punch', 'Psychic'] },
  { id: 143, name: 'Snorlax', moves: ['Body Slam', 'Rest', 'Earthquake', 'Yawn'] },
  { id: 59, name: 'Arcanine', moves: ['Flamethrower', 'Bite', 'ExtremeSpeed'] },
  { id: 134, name: 'Vaporeon', moves: ['Surf', 'Acid Armor', 'Bite', 'Aurora Beam'] },
  { id: 129, name: 'Magikarp', moves: ['Splash'] },
  { id: 112, name: 'Rhydon', moves: ['Rock Blast', 'Stomp', 'Megahorn'] },
]

const PLACES: readonly [readonly [number, string], ...(readonly [number, string])[]] = [
  [5, "Oak's Lab"],
  [89, 'Route 1'],
  [117, 'Viridian Forest'],
  [28, 'Pewter City Gym'],
  [114, 'Mt. Moon 1F'],
]

export interface Trainer {
  id: number
  className: string
  fullName: string
}

const TRAINERS: readonly [Trainer, ...Trainer[]] = [
  { id: 326, className: 'RIVAL', fullName: 'GARY' },
  { id: 102, className: 'BUG CATCHER', fullName: 'RICK' },
  { id: 329, className: 'RIVAL', fullName: 'GARY' },
  { id: 414, className: 'LEADER', fullName: 'BROCK' },
]

/** A Pokémon of the team; what is not given is made up. */
export function pokemon({ random }: Maker, part: Partial<IronmonPokemon> = {}): IronmonPokemon {
  const { id, name, moves } = random.pick(SPECIES)
  const level = random.int(5, 40)
  const max = 14 + level * 3
  return {
    id,
    name,
    level,
    hp: { current: random.int(1, max), max },
    status: 'healthy',
    item: random.chance(0.3) ? 139 : null,
    moves: moves.map((move, index) => ({ id: index + 1, name: move, pp: random.int(1, 15) })),
    ...part,
  }
}

export const gamePayloads: { [T in GameType]: (make: Maker) => EventPayload<T> } = {
  'ironmon.tracker.started': (make) => ({
    pluginVersion: '2.2',
    trackerVersion: '8.8.1',
    game: 'firered-leafgreen',
    features: { runTracking: true, battleEvents: true, teamUpdates: true },
    frame: frameOf(make),
  }),
  'ironmon.seed.reported': (make) => ({ attempt: make.random.int(800, 1800), frame: frameOf(make) }),
  'ironmon.checkpoint.reported': (make) => ({ name: 'BROCK', index: 4, attempt: null, frame: frameOf(make) }),
  'ironmon.team.changed': (make) => ({ slot: make.random.int(1, 6), pokemon: pokemon(make), frame: frameOf(make) }),
  'ironmon.location.entered': (make) => {
    const [mapId, name] = make.random.pick(PLACES)
    return { mapId, name, trainers: { total: 3, undefeated: [] }, wildEncounters: {}, frame: frameOf(make) }
  },
  'ironmon.item.used': itemEvent,
  'ironmon.item.gained': itemEvent,
  'ironmon.healing.changed': (make) => ({
    totalHealing: 120,
    healingPercentage: 96.5,
    items: [{ id: 13, name: 'Potion', quantity: 6, healAmount: 20, totalHeal: 120 }],
    leadPokemon: { id: 94, name: 'Gengar', maxHp: 124 },
    frame: frameOf(make),
  }),
  'ironmon.battle.started': (make) => {
    const trainer = make.random.pick(TRAINERS)
    const level = make.random.int(4, 30)
    const { id, name } = make.random.pick(SPECIES)
    return {
      isWild: false,
      trainer: { ...trainer, partySize: 2, party: [] },
      opponent: { id, name, level, hp: { current: level * 3, max: level * 3 } },
      encounter: null,
      knownMoves: [],
      frame: frameOf(make),
    }
  },
  'ironmon.battle.ended': (make) => ({
    outcome: 'won',
    durationFrames: make.random.int(600, 9000),
    frame: frameOf(make),
  }),
  'ironmon.battle.turn.played': (make) => ({
    turn: make.random.int(1, 12),
    attacker: 'player',
    damage: make.random.int(3, 60),
    player: { id: 94, name: 'Gengar', level: 22, hp: 61, maxHp: 80 },
    enemy: { id: 112, name: 'Rhydon', level: 20, hp: 12, maxHp: 66 },
    move: { id: 247, name: 'Shadow Ball', type: 'ghost', power: '80', effectiveness: 1, stab: true },
    frame: frameOf(make),
  }),
  'ironmon.battle.damage.dealt': (make) => ({
    turn: make.random.int(1, 12),
    playerDamage: make.random.int(0, 30),
    enemyDamage: make.random.int(0, 60),
    player: { id: 94, name: 'Gengar', level: 22, hp: 61, maxHp: 80 },
    enemy: { id: 112, name: 'Rhydon', level: 20, hp: 12, maxHp: 66 },
    effectiveness: {},
    frame: frameOf(make),
  }),
  'ironmon.trainer.defeated': (make) => {
    const trainer = make.random.pick(TRAINERS)
    return { ...trainer, location: placeOf(make), party: [], checkpointName: null, frame: frameOf(make) }
  },
  'ironmon.pokemon.encountered': (make) => {
    const { id, name } = make.random.pick(SPECIES)
    return {
      pokemon: { id, name, level: make.random.int(2, 30) },
      location: placeOf(make),
      totalWildEncounters: make.random.int(1, 9),
      totalTrainerEncounters: 0,
      isFirstEncounter: true,
      frame: frameOf(make),
    }
  },
  'ironmon.moves.seen': (make) => {
    const { id, name, moves } = make.random.pick(SPECIES)
    return {
      pokemon: { id, name, level: 20 },
      moves: [{ name: moves[0] }],
      totalMovesKnown: 1,
      allMovesKnown: false,
      frame: frameOf(make),
    }
  },
  'ironmon.effectiveness.seen': (make) => ({
    attacker: {},
    defender: {},
    move: {},
    effectiveness: {},
    frame: frameOf(make),
  }),
  'ironmon.team.listed': (make) => ({ team: [], frame: frameOf(make) }),
  'ironmon.items.listed': (make) => ({ items: [], frame: frameOf(make) }),
  'ironmon.stats.reported': (make) => ({ stats: {}, frame: frameOf(make) }),
  'ironmon.plugin.failed': (make) => ({ code: 'read', message: 'the memory could not be read', frame: frameOf(make) }),
}

function itemEvent(make: Maker): EventPayload<'ironmon.item.used'> {
  return { item: { id: 13, name: 'Potion' }, context: 'battle', location: placeOf(make), frame: frameOf(make) }
}

function placeOf({ random }: Maker): { mapId: number; name: string } {
  const [mapId, name] = random.pick(PLACES)
  return { mapId, name }
}

/** Sixty a second since the emulator was started. */
function frameOf({ random }: Maker): number {
  return random.int(1000, 500_000)
}
