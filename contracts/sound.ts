/**
 * Sounds: the tones that are always there, and those that the streamer imports. A rule names either by one word: a tone by
 * its name, an import by its id, which is made of its content, so a sound can be renamed without touching a rule.
 */
import { z } from 'zod'
import { SOUND_SAMPLE_RATE } from './sound-player.ts'

/** Of an import: the first half of the SHA-256 of the file as it is kept. */
export const soundIdSchema = z.string().regex(/^[0-9a-f]{32}$/, 'expected the id of an imported sound')

export const soundNameSchema = z.string().trim().min(1).max(60)

/** Every import is made as loud as every other, LUFS (EBU R 128, integrated). */
export const SOUND_TARGET_LUFS = -16
/** No import goes over it between its samples either, dBTP. */
export const SOUND_MAX_TRUE_PEAK_DB = -1
/** What is longer is cut there and faded out. */
export const MAX_SOUND_MS = 20_000
export const MAX_SOUNDS = 100

/** A page decodes what the streamer chose and sends it as this: 32-bit float PCM, one or two channels at 48 kHz. */
export const SOUND_UPLOAD_TYPE = 'audio/wav'
const UPLOAD_HEADER_BYTES = 1024
export const MAX_SOUND_UPLOAD_BYTES = UPLOAD_HEADER_BYTES + (MAX_SOUND_MS / 1000) * SOUND_SAMPLE_RATE * 2 * 4

export const importedSoundSchema = z.object({
  id: soundIdSchema,
  name: soundNameSchema,
  durationMs: z.number().int().positive(),
  /** As it is kept. Above the target never; below it where its peaks would have had to be flattened too much. */
  lufs: z.number(),
  truePeakDb: z.number(),
  /** What was done to it, dB. */
  gainDb: z.number(),
  bytes: z.number().int().positive(),
  /** ms epoch. */
  importedAt: z.number().int(),
})
export type ImportedSound = z.output<typeof importedSoundSchema>

/** Answer to an import. */
export const soundImportSchema = z.object({
  sound: importedSoundSchema,
  /** It was there already, under the name it has. */
  existed: z.boolean(),
  /** It was longer than is kept. */
  cut: z.boolean(),
})
export type SoundImport = z.output<typeof soundImportSchema>
