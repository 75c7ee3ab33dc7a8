/** Emotes that are to fall, a handful at a time. */
import type { EmoteRef } from '../pictures.ts'

export interface NamedEmote extends EmoteRef {
  name: string
}

/** Why they fall. */
export type RainCause = 'message' | 'burst' | 'raid' | 'subscription' | 'cheer' | 'hype-train'

export interface Rain {
  cause: RainCause
  /** ms epoch */
  at: number
  /** How many fall. */
  count: number
  /** Which, one after the other and again; never empty. */
  emotes: NamedEmote[]
}

export interface EmoteRainState {
  /** Under an ever growing number; the newest `RAINS_MAX`. */
  rains: Record<string, Rain>
  /** What fell up to this number is to go at once. */
  clearedUpTo: number
}

export const RAINS_MAX = 20
export const RAIN_COUNT_MAX = 300
