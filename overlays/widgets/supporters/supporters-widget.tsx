/** Who cheered or gave away the most. */
import { Ranks } from '../ranks.tsx'
import type { WidgetProps } from '../widget-props.ts'

const units = { bits: 'bits', gifts: 'subs' } as const

export function SupportersWidget(props: WidgetProps<'supporters'>) {
  return (
    <Ranks
      settings={props.settings}
      measure={props.settings.measure}
      boards={props.data}
      unit={units[props.settings.measure]}
    />
  )
}
