/** What a region says when it has nothing to show: what would be here, and how to get it. */
import { type JSX, type ParentProps, Show } from 'solid-js'
import './empty-state.css'

export function EmptyState(props: ParentProps<{ title: string; action?: JSX.Element }>) {
  return (
    <div class="empty">
      <p class="empty-title">{props.title}</p>
      <p class="muted">{props.children}</p>
      <Show when={props.action}>
        <div class="empty-action">{props.action}</div>
      </Show>
    </div>
  )
}
