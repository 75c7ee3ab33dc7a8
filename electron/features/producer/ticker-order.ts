/** The rotation of a ticker as one round: every content as often as its weight says, spread as evenly as can be. Pure. */
import type { TickerEntry } from '../../../contracts/show.ts'

/** Each turn everybody gains its weight, the richest goes and pays for all: the same weight follows itself last. */
export function tickerOrder(entries: readonly TickerEntry[]): TickerEntry[] {
  const total = entries.reduce((sum, { weight }) => sum + weight, 0)
  const purses = entries.map((entry) => ({ entry, weight: entry.weight, credit: 0 }))
  return Array.from({ length: total }, () => {
    for (const purse of purses) purse.credit += purse.weight
    const richest = purses.reduce((best, purse) => (purse.credit > best.credit ? purse : best))
    richest.credit -= total
    return richest.entry
  })
}
