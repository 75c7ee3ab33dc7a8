/** Viewers of a picture, for tests: they come and leave, and start a cue when told to. */
import { Emitter } from '../../../base/emitter.ts'
import type { SoundCue } from '../../../contracts/overlay-presence.ts'
import type { SoundViewer, SoundViewers } from './sound-viewers.ts'

export class FakeViewers implements SoundViewers {
  /** Every cue, in order. */
  readonly cues: { viewer: string; cue: SoundCue }[] = []
  /** What each was last told to prepare. */
  readonly prepared = new Map<string, readonly string[]>()
  readonly #joined = new Emitter<SoundViewer>()
  readonly #left = new Emitter<SoundViewer>()
  readonly #cueStarted = new Emitter<{ viewer: string; id: string }>()
  readonly onDidJoin = this.#joined.event
  readonly onDidLeave = this.#left.event
  readonly onDidStartCue = this.#cueStarted.event
  readonly #viewers = new Map<string, SoundViewer>()

  viewers(): readonly SoundViewer[] {
    return [...this.#viewers.values()]
  }

  cue(viewer: string, cue: SoundCue): void {
    if (this.#viewers.has(viewer)) this.cues.push({ viewer, cue })
  }

  prepare(viewer: string, sounds: readonly string[]): void {
    if (this.#viewers.has(viewer)) this.prepared.set(viewer, sounds)
  }

  come({ canPlay = true, ...viewer }: Omit<SoundViewer, 'canPlay'> & { canPlay?: boolean }): void {
    this.#viewers.set(viewer.id, { canPlay, ...viewer })
    this.#joined.fire({ canPlay, ...viewer })
  }

  leave(id: string): void {
    const viewer = this.#viewers.get(id)
    this.#viewers.delete(id)
    if (viewer) this.#left.fire(viewer)
  }

  /** It says that it has started its last cue. */
  startCue(viewer: string): void {
    const last = this.cues.findLast((each) => each.viewer === viewer)
    if (!last) throw new Error(`${viewer} was sent no cue`)
    this.#cueStarted.fire({ viewer, id: last.cue.id })
  }
}
