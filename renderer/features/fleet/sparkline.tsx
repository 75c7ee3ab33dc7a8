/** Ten minutes as a curve. Shows only what the words beside it say, so it is hidden from those who don't see it. */
import { createMemo } from 'solid-js'
import { useDashboard } from '../../state/dashboard.tsx'
import { type Point, SPAN_MS } from './samples.ts'

/** No sample for longer than this is a hole, not a slope. */
const HOLE_MS = 20_000
const WIDTH = 120
const HEIGHT = 24

interface SparklineProps {
  points: readonly Point[]
  pick: (point: Point) => number | null
  /** What the top is; without it the most there was. */
  top?: number | undefined
}

export function Sparkline(props: SparklineProps) {
  const { now } = useDashboard()
  const path = createMemo(() => pathOf(props.points, props.pick, props.top, now()))
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path()} />
    </svg>
  )
}

/** `now`: at the right edge, ms epoch by the hub's clock. Pure. */
export function pathOf(
  points: readonly Point[],
  pick: (point: Point) => number | null,
  top: number | undefined,
  now: number,
): string {
  const seen = points.flatMap((point) => {
    const value = pick(point)
    return value === null || point.at < now - SPAN_MS ? [] : [{ at: point.at, value }]
  })
  // A list may have hundreds: never spread into an argument list.
  const most = top ?? Math.max(1, seen.reduce((high, { value }) => Math.max(high, value), 0) * 1.1)
  let before = Number.NEGATIVE_INFINITY
  return seen
    .map(({ at, value }) => {
      const x = WIDTH * (1 - Math.max(0, now - at) / SPAN_MS)
      const y = (HEIGHT - 2) * (1 - Math.min(1, Math.max(0, value / most))) + 1
      const begins = at - before > HOLE_MS
      before = at
      return `${begins ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`
    })
    .join('')
}
