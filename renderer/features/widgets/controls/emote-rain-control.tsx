/** Lets emotes rain now, few or many, and clears them. */
import { For } from 'solid-js'
import { Button } from '../../../components/button.tsx'
import { useDashboard } from '../../../state/dashboard.tsx'
import type { ControlProps } from '../widget-controls.ts'

const SHOWERS = [
  { label: 'A few', count: 10 },
  { label: 'A shower', count: 50 },
  { label: 'A storm', count: 200 },
] as const

export function EmoteRainControl(props: ControlProps) {
  const { online } = useDashboard()
  return (
    <>
      <p class="muted">Of the emotes that the chat used last, in every emote rain there is.</p>
      <div class="form-row">
        <For each={SHOWERS}>
          {({ label, count }) => (
            <Button disabled={!online()} onClick={() => void props.command.run('emote-rain.burst', { count })}>
              {label}
            </Button>
          )}
        </For>
        <Button tone="quiet" disabled={!online()} onClick={() => void props.command.run('emote-rain.clear', {})}>
          Clear
        </Button>
      </div>
    </>
  )
}
