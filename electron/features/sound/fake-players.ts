/** Viewers of a picture, for tests: they come and leave, and start a cue when told to. */
import { Emitter } from '../../../base/emitter.ts'
import type { SoundCue } from '../../../contracts/overlay-presence.ts'
import type { SoundPlayer, SoundPlayers } from './sound-players.ts'

export class FakePlayers implements SoundPlayers {
  /** Every cue, in order. */
  readonly cues: { player: string; cue: SoundCue }[] = []
  readonly #didChange = new Emitter<void>()
  readonly #cueStarted = new Emitter<{ player: string; id: string }>()
  readonly onDidChange = this.#didChange.event
  readonly onCueStarted = this.#cueStarted.event
  readonly #players = new Map<string, SoundPlayer>()

  players(): readonly SoundPlayer[] {
    return [...this.#players.values()]
  }

  cue(player: string, cue: SoundCue): void {
    if (this.#players.has(player)) this.cues.push({ player, cue })
  }

  come(player: SoundPlayer): void {
    this.#players.set(player.id, player)
    this.#didChange.fire()
  }

  leave(id: string): void {
    this.#players.delete(id)
    this.#didChange.fire()
  }

  /** It says that it has started its last cue. */
  startCue(player: string): void {
    const last = this.cues.findLast((each) => each.player === player)
    if (!last) throw new Error(`${player} was sent no cue`)
    this.#cueStarted.fire({ player, id: last.cue.id })
  }
}
