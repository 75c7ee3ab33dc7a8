/** What a token may do. `admin` includes all others. */
import { z } from 'zod'

export const scopes = [
  'admin',
  /** Reads every topic, the event log and the status pages. */
  'read',
  /** Joins what one overlay output needs, and nothing else. */
  'overlay',
  'obs',
  'twitch',
  'alerts',
  /** Chooses the show, its content and takeovers. */
  'producer',
  /** Edits outputs and layers, refreshes and drops watchers. */
  'overlays',
  /** Starts and stops processes on the other machines. */
  'fleet',
  'simulator',
  /** May submit transcriptions. */
  'transcription',
  'system',
] as const

export const scopeSchema = z.enum(scopes)
export type Scope = z.output<typeof scopeSchema>

export function allows(granted: readonly Scope[], needed: Scope): boolean {
  return granted.includes('admin') || granted.includes(needed)
}
