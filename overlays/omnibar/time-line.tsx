/**
 * How much time something has left, as a thin line that drains along the top of the bar. It moves once a second, with the
 * clock beside it: a line that glides would have the picture painted sixty times a second for minutes.
 */
import { createMemo, untrack } from 'solid-js'
import { createHubSecond } from '../hub-tick.ts'

export interface TimeLineProps {
  /** Hub time, ms epoch; so is `endsAt`. */
  startedAt: number
  endsAt: number
  hubNow: () => number
}

export function TimeLine(props: TimeLineProps) {
  const now = createHubSecond(props.hubNow, () => props.endsAt)
  const endsAt = createMemo(() => props.endsAt)
  /** Whoever gives it more time fills it again; of one that was found in its middle only the beginning is known. */
  const wholeMs = createMemo<number | null>(
    (before) => endsAt() - (before === null ? props.startedAt : untrack(props.hubNow)),
    null,
  )
  const share = () => Math.min(1, Math.max(0, (endsAt() - now()) / Math.max(1000, wholeMs() ?? 0)))
  return (
    <div class="time-line">
      <div class="time-line-left" style={{ transform: `scaleX(${share()})` }} />
    </div>
  )
}
