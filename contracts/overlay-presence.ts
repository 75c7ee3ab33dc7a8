/**
 * What the stage and the hub say to each other on `overlay:<output>`, and the viewer and the picture server in text
 * messages. The hub elects one player of sound among all of them and sends each cue to that one alone, so a sound can't
 * be heard twice.
 */
import { z } from 'zod'

/** Join parameters of a stage. */
export const overlayJoinSchema = z.strictObject({
  /** It can be heard: false for the stage that is painted into the picture, whose browser is mute. */
  canPlay: z.boolean(),
})
export type OverlayJoin = z.output<typeof overlayJoinSchema>

/** A sound to be played now. */
const soundCueSchema = z.object({
  id: z.string(),
  /** A tone's name or an import's id, see `contracts/sound.ts`. */
  sound: z.string(),
  /** 0 to 1 */
  volume: z.number(),
})
export type SoundCue = z.output<typeof soundCueSchema>

/** Pushes from the hub to one stage; a viewer gets the same as text messages `{type, ...payload}`. */
export interface OverlayPushes {
  /** Answer with `cue-started` at once: a player that does not within 400 ms loses its office and the next one plays. */
  cue: SoundCue
  /** Whether it is the elected player, for the sound of its layers. */
  elected: { elected: boolean }
  /** To the elected player: imports that cues may name soon, to be fetched and decoded beforehand. */
  prepare: { sounds: string[] }
  refresh: Record<string, never>
  /** Show nothing and stay away until loaded anew. */
  drop: Record<string, never>
}

/** Message from the stage (event `cue-started`) or the viewer (`{type:'cue-started', id}`). */
export const cueStartedSchema = z.object({ id: z.string() })
