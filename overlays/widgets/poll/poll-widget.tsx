/** A vote as it goes: each choice with its share, the one ahead in the accent; then the result, for a while. */
import { createMemo, For, Show } from 'solid-js'
import type { Poll } from '../../../contracts/state/poll.ts'
import { createHubSecond } from '../../hub-tick.ts'
import { FittedText } from '../../text/fitted-text.tsx'
import { clockTime } from '../duration.ts'
import { figure } from '../figure.ts'
import { Line } from '../line.tsx'
import { Plate } from '../plate.tsx'
import { Track } from '../track.tsx'
import type { WidgetProps } from '../widget-props.ts'
import './poll-widget.css'

const WIDTH_PX = 528
const TIME_WIDTH_PX = 108
/** The choice's number stands before it in a vote of the chat. */
const NUMBER_WIDTH_PX = 48

export function PollWidget(props: WidgetProps<'poll'>) {
  const now = createHubSecond(props.hubNow, () => props.data.poll?.endsAt ?? 0)
  const leftMs = () => (props.data.poll?.endsAt ?? 0) - now()
  const shown = createMemo(() => {
    const { poll } = props.data
    return poll && leftMs() > -props.settings.keepSeconds * 1000 ? poll : null
  })
  return <Show when={shown()}>{(poll) => <Vote {...props} poll={poll()} leftMs={leftMs()} />}</Show>
}

function Vote(props: WidgetProps<'poll'> & { poll: Poll; leftMs: number }) {
  const isOver = () => props.leftMs <= 0
  const all = () => props.poll.choices.reduce((sum, { votes }) => sum + votes, 0)
  const most = () => Math.max(1, ...props.poll.choices.map(({ votes }) => votes))
  const isByChat = () => props.poll.source === 'chat'
  const hasTime = () => props.settings.showTime && !isOver()
  return (
    <Plate>
      <div class="poll-head">
        <FittedText text={props.poll.title} maxWidth={WIDTH_PX - (hasTime() ? TIME_WIDTH_PX : 0)} sizePx={36} />
        <Show when={hasTime()}>
          <span class="poll-time">{clockTime(props.leftMs / 1000)}</span>
        </Show>
      </div>
      <ol class="rows poll">
        <For each={props.poll.choices}>
          {(choice, at) => (
            <li
              class="poll-choice"
              data-numbered={isByChat() ? '' : undefined}
              data-ahead={choice.votes === most() ? '' : undefined}
              data-over={isOver() ? '' : undefined}
            >
              <Show when={isByChat()}>
                <span class="poll-number">{at() + 1}</span>
              </Show>
              <div class="poll-words">
                <Line
                  words={choice.title}
                  figure={`${all() === 0 ? 0 : Math.round((100 * choice.votes) / all())} %`}
                  note={props.settings.showVotes ? figure(choice.votes) : undefined}
                  widthPx={WIDTH_PX - (isByChat() ? NUMBER_WIDTH_PX : 0)}
                />
                <Track share={all() === 0 ? 0 : choice.votes / all()} />
              </div>
            </li>
          )}
        </For>
      </ol>
      <Show when={isByChat() && !isOver() && props.settings.hint}>
        {(hint) => (
          <p class="poll-hint">
            <FittedText text={hint()} maxWidth={WIDTH_PX} sizePx={24} weight="text" />
          </p>
        )}
      </Show>
    </Plate>
  )
}
