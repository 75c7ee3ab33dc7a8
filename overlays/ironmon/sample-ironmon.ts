/** A run in its middle, for tests and pictures. */
import { type IronmonPokemon, ironmonCheckpoints } from '../../contracts/ironmon.ts'
import type { IronmonCheckpointState, IronmonRun, IronmonState } from '../../contracts/state/ironmon.ts'

export const RUN_STARTED_AT = 1_760_000_000_000
const CLEARED = 6

const LEADERS: Partial<Record<(typeof ironmonCheckpoints)[number], string>> = {
  FIRSTTRAINER: 'First trainer',
  BROCK: 'Brock',
  MISTY: 'Misty',
  SURGE: 'Lt. Surge',
  ROCKETHIDEOUT: 'Giovanni',
  ERIKA: 'Erika',
  KOGA: 'Koga',
  SILPHCO: 'Giovanni',
  SABRINA: 'Sabrina',
  BLAINE: 'Blaine',
  GIOVANNI: 'Giovanni',
  LORELAI: 'Lorelei',
  BRUNO: 'Bruno',
  AGATHA: 'Agatha',
  LANCE: 'Lance',
  CHAMP: 'Champion',
}

export function samplePokemon(change: Partial<IronmonPokemon> = {}): IronmonPokemon {
  return {
    id: 134,
    name: 'Vaporeon',
    level: 31,
    hp: { current: 74, max: 96 },
    status: 'healthy',
    item: 200,
    moves: [],
    ...change,
  }
}

export function sampleCheckpoints(cleared = CLEARED): IronmonCheckpointState[] {
  return ironmonCheckpoints.map((name, index) => ({
    name,
    index: index + 1,
    leader: LEADERS[name] ?? 'Rival',
    clearedAt: index < cleared ? RUN_STARTED_AT + index * 600_000 : null,
    proof: index < cleared ? 'trainer' : null,
    clears: Math.max(0, 400 - index * 61),
    losses: 3,
    clearRate: index < 7 ? 49.3 / (index + 1) ** 1.4 : 0,
    lastCleared: index < 7 ? 811 - index * 3 : null,
  }))
}

export function sampleIronmon(
  change: Partial<Omit<IronmonState, 'run'>> = {},
  run: Partial<IronmonRun> = {},
): IronmonState {
  return {
    link: {
      listener: { status: 'connected', since: RUN_STARTED_AT },
      address: null,
      games: [],
      refused: { total: 0, byReason: {} as IronmonState['link']['refused']['byReason'], last: null },
    },
    profile: { id: 1, name: 'Kaizo IronMON' },
    profiles: [],
    game: 'firered-leafgreen',
    run: {
      attempt: 812,
      startedAt: RUN_STARTED_AT,
      endedAt: null,
      outcome: null,
      endReason: null,
      cleared: CLEARED,
      current: 'MISTY',
      ...run,
    },
    checkpoints: sampleCheckpoints(),
    team: [
      samplePokemon(),
      samplePokemon({ id: 18, name: 'Pidgeot', level: 24, hp: { current: 21, max: 70 }, item: 139 }),
      samplePokemon({ id: 27, name: 'Sandshrew', level: 12, hp: { current: 0, max: 33 }, item: null }),
      null,
      null,
      null,
    ],
    location: { mapId: 5, name: 'Cerulean Gym' },
    battle: null,
    statistics: { runs: 811, lost: 810, won: 0, best: null },
    ...change,
  }
}

export const SAMPLE_BATTLE: NonNullable<IronmonState['battle']> = {
  startedAt: RUN_STARTED_AT,
  isWild: false,
  trainer: { id: 415, name: 'MISTY', checkpoint: 'MISTY' },
  opponent: { id: 121, name: 'Starmie', level: 29, hp: { current: 33, max: 84 } },
}
