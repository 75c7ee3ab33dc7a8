/** What is left, large; below it what adds time, or for a while who just did. It counts by the hub's clock, not by its own. */
import { createMemo, Show } from 'solid-js'
import type { WidgetSettings } from '../../../contracts/widgets.ts'
import { createHubSecond } from '../../hub-tick.ts'
import { FittedText } from '../../text/fitted-text.tsx'
import { addedTime, clockTime } from '../duration.ts'
import { Plate } from '../plate.tsx'
import type { WidgetProps } from '../widget-props.ts'
import './timer-widget.css'

const WORDS_WIDTH_PX = 528
/** Who added time stands there so long before the rules are back. */
const LAST_SHOWN_MS = 8000

export function TimerWidget(props: WidgetProps<'timer'>) {
  const now = createHubSecond(props.hubNow, () => props.data.timer?.endsAt ?? 0)
  const leftMs = () => {
    const { timer } = props.data
    if (!timer) return props.settings.minutes * 60_000
    return timer.endsAt === null ? timer.leftMs : Math.max(0, timer.endsAt - now())
  }
  const status = () => props.data.timer?.status ?? 'idle'
  const isOver = () => status() === 'running' && leftMs() === 0
  const last = createMemo(() => {
    const added = props.data.timer?.last
    return props.settings.showLast && added && now() - added.at < LAST_SHOWN_MS ? added : null
  })
  const rules = createMemo(() => (props.settings.showRules ? rulesInWords(props.settings) : ''))
  return (
    <Plate heading={props.settings.heading}>
      <div class="timer" data-status={isOver() ? 'over' : status()}>
        <Show
          when={!isOver()}
          fallback={
            <p class="timer-over">
              <FittedText text={props.settings.atEnd || '0:00'} maxWidth={WORDS_WIDTH_PX} sizePx={60} />
            </p>
          }
        >
          <p class="timer-left">
            {clockTime(leftMs() / 1000)}
            <Show when={status() === 'paused'}>
              <span class="timer-paused">paused</span>
            </Show>
          </p>
        </Show>
        <Show
          when={last()}
          fallback={
            <Show when={rules() !== ''}>
              <p class="timer-note">
                <FittedText text={rules()} maxWidth={WORDS_WIDTH_PX} sizePx={24} weight="text" />
              </p>
            </Show>
          }
        >
          {(added) => (
            <p class="timer-note" data-added="">
              <b>{addedTime(added().ms)}</b>
              <FittedText text={added().who ?? 'Anonymous'} maxWidth={WORDS_WIDTH_PX - 180} sizePx={30} />
            </p>
          )}
        </Show>
      </div>
    </Plate>
  )
}

/** `Sub +5 min · 100 bits +1 min`; what adds nothing is not said. */
function rulesInWords({ tier1, bits, follow }: WidgetSettings<'timer'>): string {
  const rules = [
    ['Sub', tier1],
    ['100 bits', bits],
    ['Follow', follow],
  ] as const
  return rules
    .filter(([, seconds]) => seconds > 0)
    .map(([what, seconds]) => `${what} ${addedTime(seconds * 1000)}`)
    .join('  ·  ')
}
