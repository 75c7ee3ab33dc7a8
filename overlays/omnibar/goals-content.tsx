/** Goals side by side, each with what it is, how far it is, and a track. */
import { For } from 'solid-js'
import type { ContentOf, Goal } from '../../contracts/content.ts'
import { FittedText } from '../text/fitted-text.tsx'
import { Quiet, Track } from './cell.tsx'
import { figure } from './omnibar-words.ts'

/** Side by side they can still be read; those not reached yet go first. */
const MOST_GOALS = 4
/** What the columns share, and what a column's figures need, px. */
const ROW_WIDTH = 1488
const GAP = 48
const FIGURES_WIDTH = 204

export function StreamGoals(props: { content: ContentOf<'stream-goals'> }) {
  const shown = () => {
    const { goals } = props.content
    const sorted = [...goals.filter((goal) => !isReached(goal)), ...goals.filter(isReached)].slice(0, MOST_GOALS)
    return goals.filter((goal) => sorted.includes(goal))
  }
  const width = () => (ROW_WIDTH - GAP * (shown().length - 1)) / shown().length
  return (
    <For each={shown()} fallback={<Quiet>No goals yet</Quiet>}>
      {(goal) => (
        <div class="cell goal" data-reached={isReached(goal) ? '' : undefined}>
          <div class="goal-line">
            <FittedText text={goal.description} maxWidth={Math.floor(width() - FIGURES_WIDTH)} sizePx={30} />
            <span class="goal-figures">
              <strong>{figure(goal.current_amount)}</strong> / {figure(goal.target_amount)}
            </span>
          </div>
          <Track share={goal.target_amount > 0 ? goal.current_amount / goal.target_amount : 1} />
        </div>
      )}
    </For>
  )
}

function isReached({ current_amount, target_amount }: Goal): boolean {
  return current_amount >= target_amount
}
