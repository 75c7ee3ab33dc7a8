/** The chat message that stands on stream now, for how long still, and the way to take it off. */
import { Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import type { Commander } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'

/** What "Longer" gives it from now on, ms. */
const LONGER_MS = 60_000

export function HighlightLine(props: { command: Commander }) {
  const { chat, widgets, now, online } = useDashboard()
  const isSeen = () => widgets()?.widgets.some(({ kind }) => kind === 'highlight') ?? true
  return (
    <Show when={chat()?.highlight}>
      {(highlight) => {
        const secondsLeft = () => Math.max(0, Math.ceil((highlight().endsAt - now()) / 1000))
        const said = () =>
          highlight()
            .line.fragments.map(({ text }) => text)
            .join('')
        return (
          <div class="highlight-line" role="status">
            <Show
              when={isSeen()}
              fallback={
                <p class="highlight-line-words">
                  Nobody sees it yet: <a href="#widgets">add the widget Message highlight</a>
                </p>
              }
            >
              <p class="highlight-line-words">
                On stream: <b>{highlight().line.user_name}</b> {said()}
              </p>
            </Show>
            <span class="muted" aria-hidden="true">
              {secondsLeft()} s
            </span>
            <Button
              small
              disabled={!online()}
              onClick={() =>
                void props.command.run('chat.highlight', { seq: highlight().line.seq, durationMs: LONGER_MS })
              }
            >
              Longer
            </Button>
            <Button small disabled={!online()} onClick={() => void props.command.run('chat.highlight.clear', {})}>
              Take off
            </Button>
          </div>
        )
      }}
    </Show>
  )
}
