/** What a show wears, as the variables of `tokens.css`, for an element that has its theme as `data-show`. Pure. */
import { accentTokens } from '../contracts/accent.ts'
import type { CurrentShow } from '../contracts/state/producer.ts'

/** Nothing where the show has no accent of its own: then the theme's counts. */
export function accentStyle(show: Pick<CurrentShow, 'accent'> | undefined): Record<string, string> {
  // A hub of another age tells of none.
  if (!show?.accent) return {}
  const { accent, ink, bright } = accentTokens(show.accent)
  return { '--accent': accent, '--accent-ink': ink, '--accent-bright': bright }
}
