/** Times in buckets, as Prometheus counts them. A plain object, so that it can be handed from thread to thread. */

/** Upper bounds, ms. A frame of 60 a second lasts 16.7. */
export const HISTOGRAM_BOUNDS_MS = [1, 2, 5, 10, 17, 33, 50, 100, 250, 500, 1000] as const

export interface Histogram {
  /** How many fell into each bucket, not cumulative; one more than there are bounds, for what is above the last. */
  counts: number[]
  /** ms */
  sum: number
  count: number
}

export function emptyHistogram(): Histogram {
  return { counts: [...HISTOGRAM_BOUNDS_MS, 0].fill(0) as number[], sum: 0, count: 0 }
}

/** A time below zero, which two clocks may give, counts as none. */
export function observe(histogram: Histogram, ms: number): void {
  const time = Math.max(0, ms)
  const index = HISTOGRAM_BOUNDS_MS.findIndex((bound) => time <= bound)
  const bucket = index === -1 ? HISTOGRAM_BOUNDS_MS.length : index
  histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1
  histogram.sum += time
  histogram.count += 1
}
