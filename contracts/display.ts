/**
 * What the streamer, or a program that plays along, puts on the picture by itself: a status, a line of text, the music
 * that plays, what is being coded. Owns the schemas; who draws them and who keeps them is elsewhere.
 */
import { z } from 'zod'
import { timestampSchema } from './envelope.ts'

const edge = z.enum(['top', 'bottom'])

const statusModeSchema = z.enum(['preshow', 'soapbox', 'game', 'outro', 'break', 'custom'])

/** What part of the broadcast this is, in a word. */
export const statusBarSchema = z.strictObject({
  mode: statusModeSchema,
  /** Beside the word of the mode; for `custom` it is all there is. */
  text: z.string().trim().min(1).max(80).nullable(),
  isVisible: z.boolean(),
  position: edge,
  /** Hours and minutes of the machine that shows it. */
  hasClock: z.boolean(),
})
export type StatusBar = z.output<typeof statusBarSchema>

/** The streamer's own words, for as long as they are left there. */
export const statusTextSchema = z.strictObject({
  text: z.string().trim().max(200),
  isVisible: z.boolean(),
  position: edge,
  fontSize: z.enum(['small', 'medium', 'large']),
  /** How it comes. */
  animation: z.enum(['none', 'fade', 'slide', 'typewriter']),
})
export type StatusText = z.output<typeof statusTextSchema>

/** Base64 of a PNG, JPEG or WebP file of at most 48 KiB: with the rest it must fit a request. */
export const artworkSchema = z.base64().max(65_536)

/** A station that plays for longer stands still there. */
export const LONGEST_TRACK_MS = 86_400_000

export const trackSchema = z.strictObject({
  title: z.string().trim().min(1).max(300),
  artist: z.string().trim().max(300).nullable(),
  album: z.string().trim().max(300).nullable(),
  /** Who plays it, e.g. the name of the player or the station. */
  source: z.string().trim().max(60).nullable(),
  /** Null: endless, or not known. */
  durationMs: z.number().int().min(1).max(LONGEST_TRACK_MS).nullable(),
  /** Where it stood at `at`, hub time; while it plays it goes on by itself. */
  positionMs: z.number().int().min(0).max(LONGEST_TRACK_MS),
  at: timestampSchema,
  isPlaying: z.boolean(),
  artwork: z.strictObject({ type: z.enum(['image/png', 'image/jpeg', 'image/webp']), data: artworkSchema }).nullable(),
})
export type Track = z.output<typeof trackSchema>

const line = z.string().trim().min(1).max(120)

/** What is being coded, and since when. */
export const codingSchema = z.strictObject({
  task: line.nullable(),
  topic: line.nullable(),
  /** How it goes: `tests are red`. */
  status: line.nullable(),
  /** When the session began, ms epoch; null while none is counted. */
  startedAt: timestampSchema.nullable(),
})
export type Coding = z.output<typeof codingSchema>
