/** Places where sound can be played that are no stages: the picture's viewers, handed in by whoever knows them. */
import { Emitter, type Event } from '../../../base/emitter.ts'
import type { SoundCue } from '../../../contracts/overlay-presence.ts'

/** Somewhere a sound can be heard. */
export interface SoundPlayer {
  readonly id: string
  /** ms epoch */
  readonly since: number
  /** The User-Agent. */
  readonly agent: string | null
}

export interface SoundPlayers {
  players(): readonly SoundPlayer[]
  /** One came or left. */
  readonly onDidChange: Event<void>
  /** To one who has left nothing is sent. */
  cue(player: string, cue: SoundCue): void
  readonly onCueStarted: Event<{ player: string; id: string }>
}

/** Nobody, for ever: where no picture is served. */
export const NO_PLAYERS: SoundPlayers = {
  players: () => [],
  onDidChange: new Emitter<void>().event,
  cue: () => {},
  onCueStarted: new Emitter<{ player: string; id: string }>().event,
}
