/** Plays the cues of the hub, where the browser lets the page speak. Decides nothing: the hub elects who is sent cues. */
import type { Disposable } from '../../base/lifecycle.ts'
import type { SoundCue } from '../../contracts/overlay-presence.ts'
import { mayBeHeard } from './autoplay.ts'
import { playSound } from './sounds.ts'

export interface SoundPlayer extends Disposable {
  /** Whether it plays: false where the page may not be heard, so that another one is asked. */
  play(cue: SoundCue): Promise<boolean>
}

/** Longer than this to start, and the hub has asked somebody else: two would play. Its own patience is 400 ms. */
const START_DEADLINE_MS = 300

export function createSoundPlayer(): SoundPlayer {
  let context: AudioContext | undefined
  let disposed = false

  async function start(): Promise<AudioContext | null> {
    if (context?.state === 'running') return context
    if (disposed || typeof AudioContext === 'undefined' || !(await mayBeHeard())) return null
    context ??= new AudioContext()
    await context.resume()
    return context
  }

  return {
    async play({ sound, volume }) {
      const asked = performance.now()
      const audio = await start().catch(() => null)
      if (!audio || disposed || performance.now() - asked > START_DEADLINE_MS) return false
      if (volume > 0) playSound(audio, sound, Math.min(1, volume))
      return true
    },
    dispose() {
      disposed = true
      void context?.close().catch(() => {})
      context = undefined
    },
  }
}
