/**
 * Folds a wave of follows (after a raid, or of bots) into the follow that waits for its turn: the first is shown at once, the
 * next waits, and whoever follows within seconds is counted with it. Pure: nothing is held back and no time is awaited. Each
 * follow stays an event in the log.
 */
import { z } from 'zod'
import type { AlertRule } from '../../../contracts/alert.ts'
import { fillTemplate, type Wording } from './wording.ts'

/** The follow that takes others in, as it is kept on disk. Null: there is none. */
export const waveSchema = z
  .object({
    /** Of its alert. */
    alertId: z.string(),
    /** How many came with it. */
    others: z.number(),
    /** When the last of them did, ms epoch. */
    at: z.number(),
  })
  .nullable()
export type Wave = NonNullable<z.output<typeof waveSchema>>

/** Between two of one wave; who follows later is shown for themselves. */
export const WAVE_GAP_MS = 10_000

/** The wave with one more, while it can take one in; else null, and the next one begins. */
export function joined(wave: Wave | null, now: number): Wave | null {
  if (!wave || now - wave.at > WAVE_GAP_MS) return null
  return { ...wave, others: wave.others + 1, at: now }
}

/**
 * What the alert says of them, after the name of the first: `and 11 others followed`, or the name where there is one only.
 * `last`: who came last.
 */
export function waveWords(
  { others }: Pick<Wave, 'others'>,
  last: string,
  { template }: Pick<AlertRule, 'template'>,
  wording: Wording,
): string {
  const more = others === 1 ? last : wording.count(others, 'other', 'others')
  // A text that names one viewer can't speak of many.
  const words = /\{[^}]+\}/.test(template) ? '' : fillTemplate(template, {})
  return `and ${more} ${words || 'followed'}`
}
