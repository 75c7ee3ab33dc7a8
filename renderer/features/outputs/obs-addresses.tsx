/** The way into OBS: both addresses of an output with which of them to choose, and having one installed. */
import { createEffect, createSignal, on, type ParentProps, Show } from 'solid-js'
import type { Output } from '../../../contracts/output.ts'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { HoldButton } from '../../components/hold-button.tsx'
import { Panel } from '../../components/panel.tsx'
import type { Commander } from '../../state/create-command.ts'
import { counted } from '../../state/format.ts'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import type { OutputAddresses } from './create-addresses.ts'
import { InstallForm } from './install-form.tsx'
import { sizeWords } from './layer-words.ts'
import './obs-addresses.css'

export function ObsAddresses(props: { output: Output; addresses: OutputAddresses }) {
  const unavailable = hubUnavailable()
  const [shown, setShown] = createSignal(false)
  const [said, setSaid] = createSignal('')
  const { command } = props.addresses
  createEffect(
    on(
      () => props.output.id,
      () => setSaid(''),
      { defer: true },
    ),
  )
  const refresh = async () => {
    const result = await command.run('obs.browser-source.refresh', {})
    if (result) setSaid(`Refreshed ${counted(result.refreshed.length, 'source')}.`)
  }
  const renew = async () => {
    if (await props.addresses.renew())
      setSaid('Renewed. The old addresses are dead: install it again, or paste the new ones into OBS.')
  }
  return (
    <Panel
      title="Into OBS"
      area="obs"
      unavailable={unavailable()}
      command={command}
      actions={
        <Button small tone="quiet" aria-pressed={shown()} onClick={() => setShown(!shown())}>
          {shown() ? 'Hide the addresses' : 'Show the addresses'}
        </Button>
      }
    >
      <p class="muted">For a browser source of {sizeWords(props.output)}.</p>
      <Address
        name="Picture"
        path="/live"
        output={props.output}
        url={props.addresses.now()?.liveUrl}
        shown={shown()}
        command={command}
        onReadAgain={() => void props.addresses.read()}
      >
        Best for several sources: painted once for all of them, heard once, and back at once when OBS restarts.
      </Address>
      <Address
        name="Overlay"
        path="/overlay"
        output={props.output}
        url={props.addresses.now()?.url}
        shown={shown()}
        command={command}
        onReadAgain={() => void props.addresses.read()}
      >
        Cheapest for a single source: OBS draws it itself.
      </Address>
      <div class="obs-install">
        <InstallForm output={props.output.id} command={command} />
      </div>
      <div class="form-row">
        <Button small onClick={() => void refresh()}>
          Refresh our sources
        </Button>
        <HoldButton
          small
          label="Renew both addresses"
          consequence="The old ones stop working at once, in every OBS that uses them."
          onConfirmed={() => void renew()}
        >
          Hold to renew both
        </HoldButton>
      </div>
      <p class="muted obs-said" role="status">
        {said()}
      </p>
    </Panel>
  )
}

interface AddressProps {
  name: string
  path: string
  output: Output
  url: string | undefined
  shown: boolean
  command: Commander
  onReadAgain: () => void
}

/** Hidden until asked for: whoever has it sees the output, and this page may be on stream itself. */
function Address(props: ParentProps<AddressProps>) {
  return (
    <div class="obs-address">
      <p class="obs-address-name">
        {props.name} <code class="muted">{props.path}</code>
      </p>
      <Show when={props.url} fallback={<Unread command={props.command} onReadAgain={props.onReadAgain} />}>
        {(url) => (
          <>
            <input
              class="input obs-address-text"
              data-small=""
              readonly
              aria-label={`${props.name} address of ${props.output.name}`}
              value={props.shown ? url() : url().replace(/token=[^&]*/, 'token=••••••••')}
            />
            <CopyButton text={url()} small />
          </>
        )}
      </Show>
      <p class="obs-address-note">{props.children}</p>
    </div>
  )
}

function Unread(props: { command: Commander; onReadAgain: () => void }) {
  const isRefused = () => props.command.problem() !== null
  return (
    <Show when={isRefused()} fallback={<span class="muted">Reading the address…</span>}>
      <span class="muted">The hub did not give it.</span>
      <Button small onClick={() => props.onReadAgain()}>
        Read again
      </Button>
    </Show>
  )
}
