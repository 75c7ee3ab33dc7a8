/** Plays the cues of the hub, where the browser lets the page speak. Decides nothing: the hub elects who is sent cues. */
import type { Disposable } from '../../base/lifecycle.ts'
import type { SoundCue } from '../../contracts/overlay-presence.ts'
import { isBuiltInSound } from '../../contracts/sound-player.ts'
import { mayBeHeard } from './autoplay.ts'
import { createImportedSounds, type ImportedSoundsOptions } from './imported-sounds.ts'
import { playTones } from './tones.ts'

export interface SoundPlayer extends Disposable {
  /** Has these imports ready from now on, and no others. */
  prepare(sounds: readonly string[]): void
  /** Whether it plays: false where the page may not be heard, so that another one is asked. */
  play(cue: SoundCue): Promise<boolean>
}

/** Longer than this to start, and the hub has asked somebody else: two would play. Its own patience is 400 ms. */
const START_DEADLINE_MS = 300

export function createSoundPlayer(options: ImportedSoundsOptions): SoundPlayer {
  const imported = createImportedSounds(options)
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
    prepare: (sounds) => imported.prepare(sounds),
    async play({ sound, volume }) {
      const asked = performance.now()
      const loading = isBuiltInSound(sound) ? null : imported.get(sound)
      const audio = await start().catch(() => null)
      const buffer = await loading
      if (!audio || disposed || performance.now() - asked > START_DEADLINE_MS) return false
      const level = Math.min(1, volume)
      if (isBuiltInSound(sound)) {
        if (level > 0) playTones(audio, sound, level)
      } else {
        if (!buffer) return false
        playBuffer(audio, buffer, level)
      }
      return true
    },
    dispose() {
      disposed = true
      imported.prepare([])
      void context?.close().catch(() => {})
      context = undefined
    },
  }
}

function playBuffer(audio: AudioContext, buffer: AudioBuffer, volume: number): void {
  const source = new AudioBufferSourceNode(audio, { buffer })
  source.connect(new GainNode(audio, { gain: volume })).connect(audio.destination)
  source.start()
}
