/** Viewers by how much they did of something, under each other; the first stands out. */
import { createMemo, For, Show } from 'solid-js'
import type { AudienceBoard, AudienceRank } from '../../contracts/state/audience.ts'
import { figure } from './figure.ts'
import { Line } from './line.tsx'
import { Plate } from './plate.tsx'
import './ranks.css'

interface RanksProps {
  settings: { heading: string; period: 'today' | 'ever'; most: number; leaveOut: readonly string[] }
  measure: keyof AudienceBoard
  boards: { today: AudienceBoard; ever: AudienceBoard }
  unit: string
}

/** Beside the place. */
const WORDS_WIDTH_PX = 480

export function Ranks(props: RanksProps) {
  const shown = createMemo((): AudienceRank[] => {
    const leftOut = new Set(props.settings.leaveOut.map((name) => name.toLowerCase()))
    return props.boards[props.settings.period][props.measure]
      .filter(({ user_name }) => !leftOut.has(user_name.toLowerCase()))
      .slice(0, props.settings.most)
  })
  return (
    <Show when={shown().length > 0}>
      <Plate heading={props.settings.heading}>
        <ol class="rows ranks">
          <For each={shown()}>
            {(rank, place) => (
              <li class="rank" data-first={place() === 0 ? '' : undefined}>
                <span class="rank-place">{place() + 1}</span>
                <Line words={rank.user_name} figure={figure(rank.count)} note={props.unit} widthPx={WORDS_WIDTH_PX} />
              </li>
            )}
          </For>
        </ol>
      </Plate>
    </Show>
  )
}
