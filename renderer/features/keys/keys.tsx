/** Global keys: what each does, whether it was seen to fire, binding and unbinding. */
import { createSignal, For, Show } from 'solid-js'
import type { ShortcutBinding } from '../../../contracts/state/shortcuts.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Panel } from '../../components/panel.tsx'
import { StatusMark, type Tone } from '../../components/status-mark.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { BindForm } from './bind-form.tsx'
import { commandLabel } from './key-commands.ts'
import './keys.css'

/** Within the 10 s in which every command is answered. */
const TEST_MS = 8000

export function Keys() {
  const { shortcuts } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  return (
    <Panel title="Global keys" unavailable={unavailable()} command={command}>
      <Show when={shortcuts()} fallback={<p class="muted">Waiting for the keys…</p>}>
        {(state) => (
          <>
            <Show when={!state().available}>
              <EmptyState title="No global keys here">
                This hub runs without the app, and only the app can listen to keys in other windows. Start Landale with
                npm start on the streaming PC; the bindings below work there. A Stream Deck can send the same commands
                over HTTP.
              </EmptyState>
            </Show>
            <Bindings bindings={state().bindings} available={state().available} command={command} />
            <section class="section">
              <h3 class="section-title">Bind a key</h3>
              <BindForm command={command} />
            </section>
          </>
        )}
      </Show>
    </Panel>
  )
}

function Bindings(props: { bindings: ShortcutBinding[]; available: boolean; command: Commander }) {
  return (
    <Show
      when={props.bindings.length > 0}
      fallback={<p class="muted">No key is bound yet. One for each scene is a good beginning.</p>}
    >
      <ul class="rows">
        <For each={props.bindings}>
          {(binding) => <BindingRow binding={binding} available={props.available} command={props.command} />}
        </For>
      </ul>
    </Show>
  )
}

function BindingRow(props: { binding: ShortcutBinding; available: boolean; command: Commander }) {
  const [testing, setTesting] = createSignal(false)
  const [said, setSaid] = createSignal('')
  const test = async () => {
    setTesting(true)
    setSaid('')
    const result = await props.command.run('shortcut.test', { id: props.binding.id, timeoutMs: TEST_MS })
    setTesting(false)
    if (result) setSaid(result.fired ? 'It fired.' : 'Nothing arrived. Another program may hold this key.')
  }
  return (
    <li class="row">
      <kbd class="key">{props.binding.accelerator}</kbd>
      <div class="row-main">
        <p>{commandLabel(props.binding.command, props.binding.args)}</p>
        <Show when={props.available}>
          <p class="row-note" role="status">
            <StatusMark tone={toneOf(props.binding)} />
            {testing() ? `Press ${props.binding.accelerator} now…` : said() || wordsFor(props.binding)}
          </p>
        </Show>
      </div>
      <Show when={props.available}>
        <Button small busy={testing()} onClick={() => void test()}>
          Press it now
        </Button>
      </Show>
      <Button
        small
        tone="quiet"
        aria-label={`Unbind ${props.binding.accelerator}`}
        onClick={() => void props.command.run('shortcut.unbind', { id: props.binding.id })}
      >
        Unbind
      </Button>
    </li>
  )
}

function toneOf({ status }: ShortcutBinding): Tone {
  const tones = { registered: 'busy', verified: 'ok', refused: 'bad', unavailable: 'off' } as const
  return tones[status]
}

function wordsFor({ status, reason }: ShortcutBinding): string {
  switch (status) {
    case 'registered':
      return 'Bound, never seen to fire'
    case 'verified':
      return 'Works'
    case 'refused':
      return reason ?? 'The system refused it. Another program may hold this key.'
    case 'unavailable':
      return reason ?? 'Works in the app only'
  }
}
