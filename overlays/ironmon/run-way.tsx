/** The way of the run: all its checkpoints as steps, and in words where it stands. */
import { createMemo, Index, Show } from 'solid-js'
import type { IronmonCheckpointState, IronmonRun } from '../../contracts/state/ironmon.ts'
import { FittedText } from '../text/fitted-text.tsx'
import { isMajor, rowsAround, statusOf } from './run-words.ts'

export interface RunWayProps {
  run: IronmonRun
  checkpoints: readonly IronmonCheckpointState[]
}

const ROWS_AHEAD = 2
const ROW_WIDTH = 300
const TEXT_WIDTH = 324

export function RunWay(props: RunWayProps) {
  const rows = createMemo(() => rowsAround(props.checkpoints, props.run, ROWS_AHEAD))
  return (
    <div class="way">
      <div class="way-steps">
        <Index each={props.checkpoints}>
          {(checkpoint) => (
            <i
              class="way-step"
              data-status={statusOf(checkpoint(), props.run)}
              data-major={isMajor(checkpoint().name) ? '' : undefined}
            />
          )}
        </Index>
      </div>
      <div class="way-rows">
        <Index each={rows()}>
          {(row) => (
            <div class="way-row" data-status={row().status} data-checkpoint={row().name}>
              <i class="way-mark" />
              <Show
                when={row().status === 'current'}
                fallback={<FittedText text={row().title} maxWidth={ROW_WIDTH} sizePx={24} weight="text" />}
              >
                <div class="way-next">
                  <FittedText text={row().title} maxWidth={TEXT_WIDTH} sizePx={36} />
                  <FittedText text={row().place} maxWidth={TEXT_WIDTH} sizePx={24} weight="text" />
                  <Show when={row().fate}>
                    {(fate) => <FittedText text={fate()} maxWidth={TEXT_WIDTH} sizePx={24} weight="text" />}
                  </Show>
                </div>
              </Show>
            </div>
          )}
        </Index>
      </div>
    </div>
  )
}
