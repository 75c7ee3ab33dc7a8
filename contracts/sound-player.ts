/** What whoever plays sounds must know of them. Without schemas, which are larger than a whole page that only plays. */

/** Made on the spot by whoever plays; nothing to load. */
export const builtInSounds = ['chime', 'rise', 'fanfare'] as const
export type BuiltInSound = (typeof builtInSounds)[number]

export function isBuiltInSound(name: string): name is BuiltInSound {
  return (builtInSounds as readonly string[]).includes(name)
}

/** Hz, of every import. */
export const SOUND_SAMPLE_RATE = 48_000

/** `POST` one here, `GET` one below it. */
export const SOUNDS_PATH = '/api/sounds'
