/** The run in words and figures, and which of its checkpoints are seen. Pure. */
import type { IronmonCheckpoint, IronmonPokemon } from '../../contracts/ironmon.ts'
import { checkpointName } from '../../contracts/ironmon-names.ts'
import type { IronmonBattle, IronmonCheckpointState, IronmonRun } from '../../contracts/state/ironmon.ts'
import { figure, percent } from '../omnibar/omnibar-words.ts'

export type StepStatus = 'cleared' | 'current' | 'pending'

const GYMS: readonly IronmonCheckpoint[] = [
  ...(['BROCK', 'MISTY', 'SURGE', 'ERIKA', 'KOGA', 'SABRINA', 'BLAINE', 'GIOVANNI'] as const),
]
const LEAGUE: readonly IronmonCheckpoint[] = ['LORELAI', 'BRUNO', 'AGATHA', 'LANCE', 'CHAMP']

/** Those that are drawn larger. */
export function isMajor(name: IronmonCheckpoint): boolean {
  return GYMS.includes(name) || LEAGUE.includes(name)
}

/** What kind of place it is: `Gym 2`. */
function kindWords(name: IronmonCheckpoint): string | null {
  const gym = GYMS.indexOf(name)
  if (gym !== -1) return `Gym ${gym + 1}`
  if (name === 'ROCKETHIDEOUT' || name === 'SILPHCO') return 'Giovanni'
  return LEAGUE.includes(name) && name !== 'CHAMP' ? 'Elite Four' : null
}

export function statusOf({ name, clearedAt }: IronmonCheckpointState, run: IronmonRun): StepStatus {
  if (clearedAt !== null) return 'cleared'
  return name === run.current ? 'current' : 'pending'
}

export interface WayRow {
  name: IronmonCheckpoint
  title: string
  /** Of what kind it is and how far along: `Gym 2 · 7 of 23`. */
  place: string
  /** How runs fare there; null while no run has been there to tell. */
  fate: string | null
  status: StepStatus
}

/** Rows around the one to clear next: one behind it, `ahead` after it; at the end of the way the last ones. */
export function rowsAround(
  checkpoints: readonly IronmonCheckpointState[],
  run: IronmonRun,
  ahead: number,
): readonly WayRow[] {
  const at = checkpoints.findIndex(({ name }) => name === run.current)
  const wanted = ahead + 2
  const last = Math.max(0, checkpoints.length - wanted)
  const from = at === -1 ? last : Math.min(last, Math.max(0, at - 1))
  return checkpoints.slice(from, from + wanted).map((checkpoint) => rowOf(checkpoint, run, checkpoints.length))
}

function rowOf(checkpoint: IronmonCheckpointState, run: IronmonRun, total: number): WayRow {
  const { name, leader, index } = checkpoint
  const place = [kindWords(name), `${index} of ${total}`].filter((part) => part !== null).join(' · ')
  const status = statusOf(checkpoint, run)
  return { name, title: checkpointName(name, leader), place, fate: fateWords(checkpoint), status }
}

function fateWords({ clearRate, lastCleared }: IronmonCheckpointState): string | null {
  if (clearRate === null) return null
  if (lastCleared === null) return 'Never cleared yet'
  return `${percent(clearRate)} clear it · last ${figure(lastCleared)}`
}

/** `item`: null when it holds nothing. */
export interface Health {
  /** 0 to 1. */
  share: number
  level: 'well' | 'hurt' | 'low' | 'fainted'
}

export function healthOf(hp: IronmonPokemon['hp']): Health | null {
  if (!hp || hp.max <= 0) return null
  const share = Math.min(1, Math.max(0, hp.current / hp.max))
  const level = share === 0 ? 'fainted' : share <= 0.2 ? 'low' : share <= 0.5 ? 'hurt' : 'well'
  return { share, level }
}

const STATUS_WORDS: Readonly<Record<NonNullable<IronmonPokemon['status']>, string | null>> = {
  healthy: null,
  asleep: 'Asleep',
  poisoned: 'Poisoned',
  'badly-poisoned': 'Badly poisoned',
  burned: 'Burned',
  frozen: 'Frozen',
  paralysed: 'Paralysed',
}

export function conditionOf({ hp, status }: Pick<IronmonPokemon, 'hp' | 'status'>): string | null {
  if (healthOf(hp)?.level === 'fainted') return 'Fainted'
  return status && Object.hasOwn(STATUS_WORDS, status) ? STATUS_WORDS[status] : null
}

/** Who is fought: `Misty`, or that it is a wild one. */
export function foeWords({ isWild, trainer }: IronmonBattle, checkpoints: readonly IronmonCheckpointState[]): string {
  if (isWild) return 'Wild'
  const place = checkpoints.find(({ name }) => name === trainer?.checkpoint)
  if (place) return place.leader
  const name = trainer?.name?.trim()
  return name ? titleCase(name) : 'Trainer'
}

/** The games shout: `BUG CATCHER RICK` as `Bug Catcher Rick`. What has small letters already is left alone. */
export function titleCase(name: string): string {
  if (name !== name.toUpperCase()) return name
  return name.toLowerCase().replace(/(^|[\s-])(\p{L})/gu, (match) => match.toUpperCase())
}

/** 6_130_000 as `1 h 42 min`. */
export function lengthWords(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
