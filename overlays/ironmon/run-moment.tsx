/** The end of a run, as large as the rail: how it went, where, and how far it was. */
import { Show } from 'solid-js'
import { checkpointName } from '../../contracts/ironmon-names.ts'
import type { IronmonCheckpointState, IronmonRun } from '../../contracts/state/ironmon.ts'
import { figure } from '../omnibar/omnibar-words.ts'
import { FittedText } from '../text/fitted-text.tsx'
import { lengthWords } from './run-words.ts'

const WIDTH = 336

export function RunMoment(props: { run: IronmonRun; checkpoints: readonly IronmonCheckpointState[] }) {
  const isWon = () => props.run.outcome === 'won'
  const where = () => {
    const place = props.checkpoints.find(({ name }) => name === props.run.current)
    return place ? checkpointName(place.name, place.leader) : null
  }
  return (
    <div class="moment-plate" data-outcome={props.run.outcome ?? undefined}>
      <span class="moment-attempt">Attempt {figure(props.run.attempt)}</span>
      <strong class="moment-headline">
        <span>Run</span>
        <span>{isWon() ? 'won' : 'lost'}</span>
      </strong>
      <Show when={isWon() ? 'Champion beaten' : where() && `at ${where()}`}>
        {(words) => <FittedText text={words()} maxWidth={WIDTH} sizePx={36} />}
      </Show>
      <span class="moment-note">
        {props.run.cleared} of {props.checkpoints.length} cleared
      </span>
      <Show when={props.run.endedAt}>
        {(endedAt) => <span class="moment-note">after {lengthWords(endedAt() - props.run.startedAt)}</span>}
      </Show>
      <div class="moment-steps">
        <div class="moment-steps-fill" style={{ transform: `scaleX(${shareOf(props.run, props.checkpoints)})` }} />
      </div>
    </div>
  )
}

function shareOf({ cleared }: IronmonRun, checkpoints: readonly unknown[]): number {
  return checkpoints.length > 0 ? Math.min(1, cleared / checkpoints.length) : 0
}
