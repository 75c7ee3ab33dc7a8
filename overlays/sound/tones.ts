/**
 * The tones: a few short sounds, made on the spot, so that there is nothing to load and nothing that can be missing. Knows
 * nobody who wants them: the hub says what is played, and where.
 */
import type { BuiltInSound } from '../../contracts/sound-player.ts'

interface Note {
  /** From the start of the sound, s. */
  at: number
  hertz: number
  /** s */
  length: number
}

const TONES: Readonly<Record<BuiltInSound, readonly Note[]>> = {
  chime: [
    { at: 0, hertz: 880, length: 0.5 },
    { at: 0.09, hertz: 1318.5, length: 0.7 },
  ],
  rise: [
    { at: 0, hertz: 523.3, length: 0.35 },
    { at: 0.11, hertz: 659.3, length: 0.35 },
    { at: 0.22, hertz: 784, length: 0.8 },
  ],
  fanfare: [
    { at: 0, hertz: 523.3, length: 0.22 },
    { at: 0.14, hertz: 523.3, length: 0.22 },
    { at: 0.28, hertz: 784, length: 0.5 },
    { at: 0.28, hertz: 1046.5, length: 1.1 },
    { at: 0.42, hertz: 1318.5, length: 1.1 },
  ],
}

/** Notes overlap; together they must not clip. */
const HEADROOM = 0.35
/** Starts without a click. */
const ATTACK_S = 0.008

/** `volume`: 0 to 1. */
export function playTones(audio: AudioContext, name: BuiltInSound, volume: number): void {
  for (const note of TONES[name]) playNote(audio, note, volume)
}

function playNote(audio: AudioContext, { at, hertz, length }: Note, volume: number): void {
  const start = audio.currentTime + at
  const tone = new OscillatorNode(audio, { type: 'triangle', frequency: hertz })
  const loudness = new GainNode(audio, { gain: 0 })
  loudness.gain.setValueAtTime(0, start)
  loudness.gain.linearRampToValueAtTime(volume * HEADROOM, start + ATTACK_S)
  loudness.gain.exponentialRampToValueAtTime(0.0001, start + length)
  tone.connect(loudness).connect(audio.destination)
  tone.start(start)
  tone.stop(start + length)
}
