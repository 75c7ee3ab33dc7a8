/** Reads the emotes of the services again, for somebody who has just added one there. */
import { createSignal, Show } from 'solid-js'
import { Button } from '../../../components/button.tsx'
import { useDashboard } from '../../../state/dashboard.tsx'
import { counted } from '../../../state/format.ts'
import type { ControlProps } from '../widget-controls.ts'

export function ChatControl(props: ControlProps) {
  const { online } = useDashboard()
  const [known, setKnown] = createSignal<number | null>(null)
  const read = async () => {
    setKnown(null)
    const result = await props.command.run('emotes.refresh', {})
    if (result) setKnown(result.words)
  }
  return (
    <>
      <p class="muted">Emotes of 7TV, BetterTTV and FrankerFaceZ are read every six hours.</p>
      <div class="form-row">
        <Button disabled={!online()} busy={props.command.pending() === 'emotes.refresh'} onClick={() => void read()}>
          Read them now
        </Button>
        <Show when={known() !== null}>
          <span class="muted" role="status">
            {counted(known() ?? 0, 'word')} known
          </span>
        </Show>
      </div>
    </>
  )
}
