/** What only the app's own window can do: full screen, and quitting. Nothing in a browser. */
import { Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { HoldButton } from '../../components/hold-button.tsx'

export function AppControls() {
  return (
    <Show when={window.landale}>
      {(app) => (
        <div class="section form-row">
          <Button onClick={() => void app().toggleKiosk()}>Full screen on or off</Button>
          <HoldButton
            label="Quit Landale"
            consequence="Overlays go dark and alerts stop until it is started again. OBS goes on by itself."
            onConfirmed={() => void app().quit()}
          >
            Hold to quit
          </HoldButton>
        </div>
      )}
    </Show>
  )
}
