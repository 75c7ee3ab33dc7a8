/** Goals under each other, each with its words, its figures and a track. Those not reached yet come first. */
import { createMemo, For, Show } from 'solid-js'
import type { Goal } from '../../../contracts/content.ts'
import { FittedText } from '../../text/fitted-text.tsx'
import { figure } from '../figure.ts'
import { Plate } from '../plate.tsx'
import type { WidgetProps } from '../widget-props.ts'
import './goals-widget.css'

const WORDS_WIDTH_PX = 528
/** What is left for the words where the figures stand beside them. */
const WORDS_BESIDE_FIGURES_PX = 312

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
        <ul class="goals">
          <For each={shown()}>
            {(goal) => (
              <li class="goals-goal" data-reached={isReached(goal) ? '' : undefined}>
                <p class="goals-line">
                  <FittedText
                    text={goal.description || goal.type}
                    maxWidth={props.settings.showFigures ? WORDS_BESIDE_FIGURES_PX : WORDS_WIDTH_PX}
                    sizePx={30}
                  />
                  <Show when={props.settings.showFigures}>
                    <span class="goals-figures">
                      <strong>{figure(goal.current_amount)}</strong>{' '}
                      {isReached(goal) ? 'reached' : `/ ${figure(goal.target_amount)}`}
                    </span>
                  </Show>
                </p>
                <div class="goals-track">
                  <div class="goals-done" style={{ transform: `scaleX(${shareOf(goal)})` }} />
                </div>
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

function shareOf({ current_amount, target_amount }: Goal): number {
  return target_amount > 0 ? Math.min(1, current_amount / target_amount) : 1
}
