/** Goals under each other, each with its words, its figures and a track. Those not reached yet come first. */
import { createMemo, For, Show } from 'solid-js'
import type { Goal } from '../../../contracts/content.ts'
import { figure } from '../figure.ts'
import { Line } from '../line.tsx'
import { Plate } from '../plate.tsx'
import { Track } from '../track.tsx'
import type { WidgetProps } from '../widget-props.ts'
import './goals-widget.css'

const ROW_WIDTH_PX = 528

export function GoalsWidget(props: WidgetProps<'goals'>) {
  const shown = createMemo(() => {
    const { goals } = props.data
    const open = goals.filter((goal) => !isReached(goal))
    const reached = props.settings.showReached ? goals.filter(isReached) : []
    return [...open, ...reached].slice(0, props.settings.most)
  })
  return (
    <Show when={shown().length > 0}>
      <Plate heading={props.settings.heading}>
        <ul class="rows goals">
          <For each={shown()}>
            {(goal) => (
              <li class="goals-goal" data-reached={isReached(goal) ? '' : undefined}>
                <Line
                  words={goal.description || goal.type}
                  figure={props.settings.showFigures ? figure(goal.current_amount) : ''}
                  note={isReached(goal) ? 'reached' : `/ ${figure(goal.target_amount)}`}
                  widthPx={ROW_WIDTH_PX}
                />
                <Track share={goal.target_amount > 0 ? goal.current_amount / goal.target_amount : 1} />
              </li>
            )}
          </For>
        </ul>
      </Plate>
    </Show>
  )
}

function isReached({ current_amount, target_amount }: Goal): boolean {
  return current_amount >= target_amount
}
