/** Medians, tails and one way to print them, so that every bench tells its figures alike. */

/** `p` from 0 to 100, nearest rank. `values` need not be sorted; not empty. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const rank = Math.min(sorted.length - 1, Math.max(0, Math.ceil((p / 100) * sorted.length) - 1))
  return sorted[rank] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

export function round(value: number, digits = 3): number {
  return Number(value.toFixed(digits))
}

/** One line of JSON for machines, then the same as a table row for people. */
export function report(bench: string, figures: Record<string, number | string>): void {
  console.log(JSON.stringify({ bench, ...figures }))
}
