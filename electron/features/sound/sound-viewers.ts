/** Those who watch the picture, as far as they can be heard: handed in by whoever serves them. */
import type { Event } from '../../../base/emitter.ts'
import type { SoundCue } from '../../../contracts/overlay-presence.ts'

export interface SoundViewer {
  readonly id: string
  /** ms epoch */
  readonly since: number
  /** The User-Agent. */
  readonly agent: string | null
  readonly canPlay: boolean
}

export interface SoundViewers {
  viewers(): readonly SoundViewer[]
  readonly onDidJoin: Event<unknown>
  readonly onDidLeave: Event<unknown>
  /** To one who has left nothing is sent. */
  cue(viewer: string, cue: SoundCue): void
  /** Imports that cues may name soon, to be fetched beforehand. */
  prepare(viewer: string, sounds: readonly string[]): void
  readonly onDidStartCue: Event<{ viewer: string; id: string }>
}
