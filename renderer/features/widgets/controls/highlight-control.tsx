/** What stands on stream now, and how a message gets there. */
import { Show } from 'solid-js'
import { useDashboard } from '../../../state/dashboard.tsx'
import { HighlightLine } from '../../timeline/highlight-line.tsx'
import type { ControlProps } from '../widget-controls.ts'

export function HighlightControl(props: ControlProps) {
  const { chat } = useDashboard()
  return (
    <Show
      when={chat()?.highlight}
      fallback={
        <p class="muted">
          Nothing is on stream. Point at a chat message in the <a href="#live">timeline</a> and press the eye beside it.
        </p>
      }
    >
      <HighlightLine command={props.command} />
    </Show>
  )
}
