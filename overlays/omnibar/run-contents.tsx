/** A run of a game: its figures, and the way it has to go. */
import { For, Show } from 'solid-js'
import type { ContentOf } from '../../contracts/content.ts'
import { FittedText } from '../text/fitted-text.tsx'
import { Cell, Figure, Quiet, Track } from './cell.tsx'
import { counted, figure, percent } from './omnibar-words.ts'

const CHECKPOINT_WIDTH = 300
const TRAINER_WIDTH = 168
/** More would be stripes too fine for an encoder: then they are one track. */
const MOST_STEPS = 30

export function RunStatistics(props: { content: ContentOf<'run-statistics'> }) {
  return (
    <>
      <Show when={props.content.run_number !== null}>
        <div class="cell run-way">
          <div class="goal-line">
            <Next {...props.content} />
            <span class="goal-figures">
              <strong>{figure(props.content.checkpoints_cleared)}</strong> / {figure(props.content.total_checkpoints)}
            </span>
          </div>
          <Track share={props.content.progress_percentage / 100} />
        </div>
      </Show>
      <ClearRate {...props.content} />
    </>
  )
}

export function RunProgression(props: { content: ContentOf<'run-progression'> }) {
  const cleared = () => props.content.checkpoints.filter(({ status }) => status === 'cleared').length
  return (
    <>
      <Show when={props.content.has_active_run && props.content.checkpoints.length > 0}>
        <div class="cell run-steps">
          <Next {...props.content} />
          <Show
            when={props.content.checkpoints.length <= MOST_STEPS}
            fallback={
              <div class="steps-track">
                <Track share={cleared() / props.content.checkpoints.length} />
              </div>
            }
          >
            <div class="steps">
              <For each={props.content.checkpoints}>{({ status }) => <i class="step" data-status={status} />}</For>
            </div>
          </Show>
        </div>
      </Show>
      <ClearRate {...props.content} />
      <Show when={props.content.last_cleared_seed}>
        {(seed) => (
          <Cell>
            <Quiet>last in run</Quiet>
            <Figure value={seed()} />
          </Cell>
        )}
      </Show>
      <Show when={!props.content.has_active_run}>
        <Cell>
          <Quiet>{counted(props.content.attempts_on_record, 'run', 'runs')} so far</Quiet>
        </Cell>
      </Show>
    </>
  )
}

interface Checkpoint {
  current_checkpoint: string | null
  trainer: string | null
}

function Next(props: Checkpoint) {
  return (
    <span class="next">
      <Show when={props.current_checkpoint} fallback={<strong class="next-done">All cleared</strong>}>
        {(name) => (
          <>
            <Quiet>Next</Quiet>
            <FittedText text={name()} maxWidth={CHECKPOINT_WIDTH} sizePx={30} />
            <Show when={isNews(props.trainer, name()) && props.trainer}>
              {(trainer) => <FittedText text={trainer()} maxWidth={TRAINER_WIDTH} sizePx={30} weight="text" />}
            </Show>
          </>
        )}
      </Show>
    </span>
  )
}

/** Gyms are called like their leaders. */
function isNews(trainer: string | null, checkpoint: string): boolean {
  return trainer?.toLowerCase() !== checkpoint.toLowerCase()
}

function ClearRate(props: { current_checkpoint: string | null; clear_rate: number | null }) {
  return (
    <Show when={props.clear_rate !== null && props.current_checkpoint !== null}>
      <Cell>
        <span class="figure">{percent(props.clear_rate ?? 0)}</span>
        <Quiet>of runs clear it</Quiet>
      </Cell>
    </Show>
  )
}
