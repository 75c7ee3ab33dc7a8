/** Goals side by side, each with what it is, how far it is, and a track. */
import { For } from 'solid-js'
import type { ContentOf, Goal } from '../../contracts/content.ts'
import { FittedText } from '../text/fitted-text.tsx'
import { measureText } from '../text/text-measure.ts'
import { Quiet, Track } from './cell.tsx'
import { shortFigure } from './omnibar-words.ts'

/** Side by side they can still be read; those not reached yet go first. */
const MOST_GOALS = 4
/** What the columns share, and what is between them and between the words and figures of one, px. */
const ROW_WIDTH = 1536
const GAP = 48
const INNER_GAP = 24
const FACES = '30px "Inter Variable", sans-serif'
/** A canvas measures digits as they are by nature; on the page all are as wide as the widest. */
const DIGITS_SLACK = 1.08

export function StreamGoals(props: { content: ContentOf<'stream-goals'> }) {
  const shown = () => {
    const { goals } = props.content
    const sorted = [...goals.filter((goal) => !isReached(goal)), ...goals.filter(isReached)].slice(0, MOST_GOALS)
    return goals.filter((goal) => sorted.includes(goal))
  }
  const width = () => (ROW_WIDTH - GAP * (shown().length - 1)) / shown().length
  const roomFor = (goal: Goal) => {
    const current = measureText(shortFigure(goal.current_amount), `750 ${FACES}`)
    const target = measureText(` ${targetWords(goal)}`, `500 ${FACES}`)
    const figures = current * DIGITS_SLACK + target * (isReached(goal) ? 1 : DIGITS_SLACK)
    return Math.max(0, Math.floor(width() - figures - INNER_GAP))
  }
  return (
    <For each={shown()} fallback={<Quiet>No goals yet</Quiet>}>
      {(goal) => (
        <div class="cell goal">
          <div class="goal-line">
            <FittedText text={goal.description} maxWidth={roomFor(goal)} sizePx={30} />
            <span class="goal-figures">
              <strong>{shortFigure(goal.current_amount)}</strong> {targetWords(goal)}
            </span>
          </div>
          <Track share={goal.target_amount > 0 ? goal.current_amount / goal.target_amount : 1} />
        </div>
      )}
    </For>
  )
}

function targetWords(goal: Goal): string {
  return isReached(goal) ? 'reached' : `/ ${shortFigure(goal.target_amount)}`
}

function isReached({ current_amount, target_amount }: Goal): boolean {
  return current_amount >= target_amount
}
