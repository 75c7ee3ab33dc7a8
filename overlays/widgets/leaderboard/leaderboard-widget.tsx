/** Who wrote or spent the most. */
import { Ranks } from '../ranks.tsx'
import type { WidgetProps } from '../widget-props.ts'

const units = { messages: 'lines', points: 'points' } as const

export function LeaderboardWidget(props: WidgetProps<'leaderboard'>) {
  return (
    <Ranks
      settings={props.settings}
      measure={props.settings.measure}
      boards={props.data}
      unit={units[props.settings.measure]}
    />
  )
}
