/**
 * Captions: the last words that were said, in two lines above the omnibar, the newest at the end. They stand while there
 * is speech and fade when it has been silent for a while. What may still change is set apart from what stands. Keeps no
 * words of its own.
 */
import { createEffect, createMemo, createSignal, For, onCleanup, Show } from 'solid-js'
import type { CaptionsState, StatusState } from '../../contracts/state/displays.ts'
import type { CurrentShow } from '../../contracts/state/producer.ts'
import { EdgePanel } from '../layer/edge-panel.tsx'
import { createMotionTally } from '../layer/motion-tally.ts'
import { tameMarks } from '../text/fit-text.ts'
import './captions.css'

export interface CaptionsLayerProps {
  /** Undefined until the hub was heard once. */
  show: CurrentShow | undefined
  /** What stands at the same edge. */
  status: StatusState | undefined
  /** Undefined until the hub was heard once. */
  state: CaptionsState | undefined
  /** Hub time, ms epoch. */
  hubNow: () => number
  onAnimating: (animating: boolean) => void
}

/** Long enough to read two lines that came at once. */
export const SILENCE_MS = 6000

export function CaptionsLayer(props: CaptionsLayerProps) {
  const tally = createMotionTally((animating) => props.onAnimating(animating))
  const [isSilent, setSilent] = createSignal(true)
  let silence: ReturnType<typeof setTimeout> | undefined
  createEffect(() => {
    const heardAt = lastHeard(props.state)
    clearTimeout(silence)
    const leftMs = heardAt === null ? 0 : heardAt + SILENCE_MS - props.hubNow()
    setSilent(leftMs <= 0)
    if (leftMs > 0) silence = setTimeout(() => setSilent(true), leftMs)
  })
  onCleanup(() => clearTimeout(silence))
  const content = createMemo(() => (isSilent() ? null : (props.state ?? null)))
  const isLifted = () => {
    const { bar, text } = props.status ?? {}
    return [bar, text].some((each) => each?.isVisible && each.position === 'bottom')
  }
  return (
    <div class="captions-layer" data-show={props.show?.theme} data-lifted={isLifted() ? '' : undefined}>
      <EdgePanel content={content()} edge="none" class="captions" onMotion={tally.of('captions')}>
        {(state) => (
          <div class="captions-window">
            <p class="captions-words" dir="auto">
              <For each={sinceSilence(state().lines)}>{(line) => <span>{tameMarks(line.text)} </span>}</For>
              <Show when={state().interim}>
                {(interim) => <span class="captions-interim">{tameMarks(interim().text)}</span>}
              </Show>
            </p>
          </div>
        )}
      </EdgePanel>
    </div>
  )
}

function lastHeard(state: CaptionsState | undefined): number | null {
  const moments = [state?.interim?.at, state?.lines.at(-1)?.at].filter((at) => at !== undefined)
  return moments.length === 0 ? null : Math.max(...moments)
}

/** What was said before a silence has been read and does not come back. */
function sinceSilence<L extends { at: number }>(lines: readonly L[]): readonly L[] {
  const after = lines.findLastIndex(({ at }, index) => index > 0 && at - (lines[index - 1]?.at ?? at) > SILENCE_MS)
  return lines.slice(Math.max(0, after))
}
