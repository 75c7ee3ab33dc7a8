/** The chat: newest line below, older ones above until there is no more room. Which lines are seen is said by `visible-lines.ts`. */
import { createEffect, createMemo, createSignal, For, onCleanup, Show } from 'solid-js'
import type { ChatLine } from '../../../contracts/state/chat.ts'
import { tameMarks } from '../../text/fit-text.ts'
import { figure } from '../figure.ts'
import type { WidgetProps } from '../widget-props.ts'
import { Chatter, Said } from './chatter.tsx'
import { visibleLines } from './visible-lines.ts'
import './chat-widget.css'

const NAME_WIDTH_PX = 360
/** Longest that a browser waits. */
const TIMER_MAX_MS = 3_600_000

export function ChatWidget(props: WidgetProps<'chat'>) {
  const [now, setNow] = createSignal(props.hubNow())
  // What is there when the page comes is no news.
  const openedAt = now()
  const visible = createMemo(() => {
    now()
    return visibleLines(Object.values(props.data.lines), props.settings, props.hubNow())
  })
  createEffect(() => {
    const { changesAt } = visible()
    if (changesAt === null) return
    const waitMs = Math.min(TIMER_MAX_MS, Math.max(0, changesAt - props.hubNow()))
    const timer = setTimeout(() => setNow(props.hubNow()), waitMs + 1)
    onCleanup(() => clearTimeout(timer))
  })
  return (
    <Show when={visible().lines.length > 0}>
      <ol
        class="chat"
        data-background={props.settings.background}
        style={{ 'font-size': `${props.settings.textSize}px` }}
      >
        <For each={visible().lines}>
          {(line) => (
            <Line line={line} settings={props.settings} isNews={line.at + props.settings.delay * 1000 > openedAt} />
          )}
        </For>
      </ol>
    </Show>
  )
}

function Line(props: { line: ChatLine; settings: WidgetProps<'chat'>['settings']; isNews: boolean }) {
  return (
    <li class="chat-line" data-news={props.isNews ? '' : undefined}>
      <Show when={props.settings.showReplies && props.line.reply_parent_user_name}>
        {(name) => (
          <p class="chat-reply">
            <bdi>↪ {tameMarks(name())}</bdi>
          </p>
        )}
      </Show>
      <p class="chat-words">
        <Chatter
          line={props.line}
          textSize={props.settings.textSize}
          maxWidth={NAME_WIDTH_PX}
          showBadges={props.settings.showBadges}
        />{' '}
        <Show when={props.line.cheer_bits}>{(bits) => <span class="chat-bits">{figure(bits())} bits</span>}</Show>{' '}
        <Said line={props.line} textSize={props.settings.textSize} emotes={props.settings.showEmotes} />
      </p>
    </li>
  )
}
