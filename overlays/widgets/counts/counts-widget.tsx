/** How many watch and follow, side by side; what is not known is not there. */
import { Show } from 'solid-js'
import { figure } from '../figure.ts'
import { Plate } from '../plate.tsx'
import type { WidgetProps } from '../widget-props.ts'
import './counts-widget.css'

export function CountsWidget(props: WidgetProps<'counts'>) {
  const viewers = () => (props.settings.viewers ? props.data.viewers : null)
  const followers = () => (props.settings.followers ? props.data.followers : null)
  return (
    <Show when={viewers() !== null || followers() !== null}>
      <Plate>
        <div class="counts">
          <Count value={viewers()} word={props.settings.viewersWord} />
          <Count value={followers()} word={props.settings.followersWord} />
        </div>
      </Plate>
    </Show>
  )
}

function Count(props: { value: number | null; word: string }) {
  return (
    <Show when={props.value !== null}>
      <p class="count">
        <strong>{figure(props.value ?? 0)}</strong>
        <span>{props.word}</span>
      </p>
    </Show>
  )
}
