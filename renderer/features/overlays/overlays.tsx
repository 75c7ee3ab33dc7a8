/** The overlay's address for OBS: copy it, or have it installed into a scene. */
import { createEffect, createSignal, on, Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { HoldButton } from '../../components/hold-button.tsx'
import { Panel } from '../../components/panel.tsx'
import { createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { counted } from '../../state/format.ts'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { InstallForm } from './install-form.tsx'
import './overlays.css'

/** The one output there is. */
const MAIN_OUTPUT = 'main'

export function Overlays() {
  const { online } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  const [url, setUrl] = createSignal<string | null>(null)
  const [said, setSaid] = createSignal('')
  const read = async () => setUrl((await command.run('overlay.url.get', { output: MAIN_OUTPUT }))?.url ?? null)
  createEffect(on(online, (isOnline) => isOnline && url() === null && void read()))
  const refresh = async () => {
    const result = await command.run('obs.browser-source.refresh', {})
    if (result) setSaid(`Refreshed ${counted(result.refreshed.length, 'source')}.`)
  }
  const renew = async () => {
    const result = await command.run('overlay.url.renew', { output: MAIN_OUTPUT })
    if (!result) return
    setUrl(result.url)
    setSaid('Renewed. The old address is dead: install it again, or paste the new one into OBS.')
  }
  return (
    <Panel title="Overlays" unavailable={unavailable()} command={command}>
      <OverlayUrl url={url()} />
      <section class="section">
        <h3 class="section-title">Install into OBS</h3>
        <InstallForm output={MAIN_OUTPUT} command={command} />
      </section>
      <section class="section">
        <h3 class="section-title">Look after it</h3>
        <div class="form-row">
          <Button onClick={() => void refresh()}>Refresh our sources</Button>
          <HoldButton
            label="Renew the address"
            consequence="The old address stops working at once, in every OBS that uses it."
            onConfirmed={() => void renew()}
          >
            Hold to renew the address
          </HoldButton>
        </div>
        <p class="muted" role="status">
          {said()}
        </p>
      </section>
    </Panel>
  )
}

function OverlayUrl(props: { url: string | null }) {
  return (
    <section>
      <p class="muted">
        For a browser source of 1920 × 1080. Whoever has this address sees the overlay, so don’t show it on stream.
      </p>
      <Show when={props.url} fallback={<p class="muted">Reading the address…</p>}>
        {(url) => (
          <div class="overlay-url">
            <SecretText text={url()} />
            <CopyButton text={url()} label="Copy" />
          </div>
        )}
      </Show>
    </section>
  )
}

/** Hidden until asked for, because this page may be on stream itself. */
function SecretText(props: { text: string }) {
  const [shown, setShown] = createSignal(false)
  return (
    <>
      <input
        class="input overlay-text"
        readonly
        aria-label="Address of the overlay main"
        value={shown() ? props.text : props.text.replace(/token=.*/, 'token=••••••••')}
      />
      <Button aria-pressed={shown()} onClick={() => setShown(!shown())}>
        {shown() ? 'Hide' : 'Show'}
      </Button>
    </>
  )
}
