/** The IronMON run of the demo: two attempts, as the game would tell of them. Pure. */
import { pokemon, type Trainer } from './game-payloads.ts'
import type { Stage } from './stage.ts'

const second = 1000
const FIRST_ATTEMPT = 1274

interface Fight {
  at: number
  trainer: Trainer
  opponent: { id: number; name: string; level: number }
  place: readonly [number, string]
  outcome: 'won' | 'lost'
}

const LEAD = { id: 94, name: 'Gengar' }
const SNORLAX = { id: 143, name: 'Snorlax', level: 9, hp: { current: 38, max: 41 }, item: null }
const ARCANINE = { id: 59, name: 'Arcanine', level: 12, hp: { current: 33, max: 50 }, item: null }
/** Leads the next attempt. */
const VAPOREON = { id: 134, name: 'Vaporeon', level: 5, hp: { current: 29, max: 29 }, item: null }
const GARY: Trainer = { id: 326, className: 'RIVAL', fullName: 'GARY' }

const FIGHTS: readonly Fight[] = [
  {
    at: 110,
    trainer: GARY,
    opponent: { id: 4, name: 'Charmander', level: 5 },
    place: [5, "Oak's Lab"],
    outcome: 'won',
  },
  {
    at: 128,
    trainer: { id: 102, className: 'BUG CATCHER', fullName: 'RICK' },
    opponent: { id: 127, name: 'Pinsir', level: 9 },
    place: [117, 'Viridian Forest'],
    outcome: 'won',
  },
  {
    at: 150,
    trainer: { ...GARY, id: 329 },
    opponent: { id: 149, name: 'Dragonite', level: 11 },
    place: [110, 'Route 22'],
    outcome: 'won',
  },
  {
    at: 177,
    trainer: { id: 414, className: 'LEADER', fullName: 'BROCK' },
    opponent: { id: 95, name: 'Onix', level: 14 },
    place: [28, 'Pewter City Gym'],
    outcome: 'won',
  },
  {
    at: 203,
    trainer: { ...GARY, id: 332 },
    opponent: { id: 150, name: 'Mewtwo', level: 18 },
    place: [44, 'Cerulean City'],
    outcome: 'lost',
  },
]

/** One that gets past Brock and dies, and the beginning of the next. */
export function ironmonRun(stage: Stage): void {
  stage.add(104.5 * second, 'ironmon.tracker.started')
  stage.add(105 * second, 'ironmon.seed.reported', { attempt: FIRST_ATTEMPT })
  for (const fight of FIGHTS) fightOf(stage, fight)
  for (const [index, level] of [5, 8, 12, 16, 21].entries()) {
    const hp = { current: index === 4 ? 0 : 20 + level * 2, max: 24 + level * 2 }
    const mon = pokemon(stage.maker(0), { ...LEAD, level, hp, item: index > 1 ? 139 : null })
    stage.add((106 + index * 25) * second, 'ironmon.team.changed', { slot: 1, pokemon: mon })
  }
  stage.add(138 * second, 'ironmon.pokemon.encountered')
  stage.add(140 * second, 'ironmon.team.changed', { slot: 2, pokemon: pokemon(stage.maker(0), SNORLAX) })
  stage.add(162 * second, 'ironmon.item.gained')
  stage.add(163 * second, 'ironmon.team.changed', { slot: 3, pokemon: pokemon(stage.maker(0), ARCANINE) })
  stage.add(224 * second, 'ironmon.seed.reported', { attempt: FIRST_ATTEMPT + 1 })
  stage.add(225 * second, 'ironmon.location.entered', { mapId: 5, name: "Oak's Lab" })
  stage.add(225.5 * second, 'ironmon.team.changed', { slot: 1, pokemon: pokemon(stage.maker(0), VAPOREON) })
  stage.add(
    226.5 * second,
    'ironmon.battle.started',
    battleOf(FIGHTS[0]?.trainer ?? GARY, { id: 7, name: 'Squirtle', level: 5 }),
  )
  stage.add(229.5 * second, 'ironmon.battle.ended', { outcome: 'won' })
  stage.add(229.7 * second, 'ironmon.trainer.defeated', { ...GARY, checkpointName: 'RIVAL1' })
}

function fightOf(stage: Stage, { at, trainer, opponent, place: [mapId, name], outcome }: Fight): void {
  stage.add((at - 3) * second, 'ironmon.location.entered', { mapId, name })
  stage.add(at * second, 'ironmon.battle.started', battleOf(trainer, opponent))
  const full = opponent.level * 3
  const own = 24 + opponent.level * 2
  for (let turn = 1; turn <= 3; turn++) {
    const [hp, ownHp] =
      outcome === 'won' ? [full * (1 - turn / 3), own - turn * 4] : [full - turn * 5, own * (1 - turn / 3)]
    stage.add((at + turn * 1.5) * second, 'ironmon.battle.turn.played', {
      turn,
      attacker: outcome === 'won' ? 'player' : 'enemy',
      player: { ...LEAD, level: opponent.level, hp: Math.round(ownHp), maxHp: own },
      enemy: { ...opponent, hp: Math.round(hp), maxHp: full },
    })
  }
  stage.add((at + 6) * second, 'ironmon.battle.ended', { outcome })
  if (outcome === 'won') stage.add((at + 6.2) * second, 'ironmon.trainer.defeated', trainer)
}

function battleOf(trainer: Trainer, opponent: Fight['opponent']) {
  const hp = { current: opponent.level * 3, max: opponent.level * 3 }
  return { isWild: false, trainer: { ...trainer, partySize: 1, party: [] }, opponent: { ...opponent, hp } }
}
