/** The IronMON run as pages see it, the statistics of its profile, and the link to the game. Times are ms epoch. */
import type { IronmonCheckpoint, IronmonEndReason, IronmonGame, IronmonPokemon, IronmonProof } from '../ironmon.ts'
import type { ConnectionState } from './connection.ts'

export const ironmonRefusals = [
  /** It did not begin with a length and a `{`: not a game, a web page for instance. Closed at once. */
  'not-a-game',
  /** More connections than are kept; the most silent one was closed. */
  'too-many-connections',
  'bad-framing',
  'too-large',
  'not-json',
  'no-type',
  /** The next two are kept in the log as `ironmon.unknown`. */
  'wrong-shape',
  'unknown-type',
] as const
export type IronmonRefusal = (typeof ironmonRefusals)[number]

export interface IronmonGameLink {
  id: string
  address: string
  since: number
  lastMessageAt: number | null
  messages: number
  refused: number
  pluginVersion: string | null
  game: IronmonGame | null
}

export interface IronmonLink {
  /** Of the port itself: `connected` means that games can connect. */
  listener: ConnectionState
  /** Where games connect, e.g. `127.0.0.1` and 8080; null while it is not open. */
  address: { host: string; port: number } | null
  games: IronmonGameLink[]
  /** Since the hub started. */
  refused: {
    total: number
    byReason: Record<IronmonRefusal, number>
    last: { at: number; reason: IronmonRefusal; detail: string; address: string } | null
  }
}

export interface IronmonProfile {
  id: number
  name: string
}

export interface IronmonRun {
  attempt: number
  startedAt: number
  endedAt: number | null
  outcome: 'lost' | 'won' | null
  endReason: IronmonEndReason | null
  cleared: number
  /** The next one after the furthest that was cleared; null when all is done. */
  current: IronmonCheckpoint | null
}

export interface IronmonCheckpointState {
  name: IronmonCheckpoint
  /** 1 to 23. */
  index: number
  /** Who stands there, e.g. `Misty`. */
  leader: string
  clearedAt: number | null
  proof: IronmonProof | null
  /** Of all runs of the profile. */
  clears: number
  losses: number
  /** Clears of all runs, in percent with 2 decimals; null while there is no run. */
  clearRate: number | null
  /** The highest attempt that cleared it. */
  lastCleared: number | null
}

export interface IronmonBattle {
  startedAt: number
  isWild: boolean | null
  trainer: { id: number | null; name: string | null; checkpoint: IronmonCheckpoint | null } | null
  /** `hp`: as of the last turn. */
  opponent: {
    id: number | null
    name: string | null
    level: number | null
    hp: { current: number; max: number } | null
  } | null
}

export interface IronmonState {
  link: IronmonLink
  profile: IronmonProfile
  profiles: IronmonProfile[]
  game: IronmonGame | null
  run: IronmonRun | null
  checkpoints: IronmonCheckpointState[]
  /** Six places. */
  team: (IronmonPokemon | null)[]
  location: { mapId: number; name: string | null } | null
  battle: IronmonBattle | null
  statistics: {
    runs: number
    lost: number
    won: number
    /** The furthest that any run has come, and the last that came there. */
    best: { checkpoint: IronmonCheckpoint; attempt: number } | null
  }
}
