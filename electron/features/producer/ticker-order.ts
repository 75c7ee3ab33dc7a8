/** The rotation of a ticker as one round: every content as often as its weight says, spread as evenly as can be. Pure. */
import type { StandingContentType } from '../../../contracts/content.ts'
import type { TickerEntry } from '../../../contracts/show.ts'

/** Each turn everybody gains its weight, the richest goes and pays for all: the same weight follows itself last. */
export function tickerOrder(entries: readonly TickerEntry[]): StandingContentType[] {
  const total = entries.reduce((sum, { weight }) => sum + weight, 0)
  const purses = entries.map(({ type, weight }) => ({ type, weight, credit: 0 }))
  return Array.from({ length: total }, () => {
    for (const purse of purses) purse.credit += purse.weight
    const richest = purses.reduce((best, purse) => (purse.credit > best.credit ? purse : best))
    richest.credit -= total
    return richest.type
  })
}
