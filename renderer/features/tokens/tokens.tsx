/** Tokens with narrower rights than the control token: made, shown once, revoked. */
import { createSignal, For, Show } from 'solid-js'
import type { CommandResult } from '../../../contracts/commands.ts'
import type { Scope } from '../../../contracts/scopes.ts'
import type { TokenInfo } from '../../../contracts/state/system.ts'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Field } from '../../components/field.tsx'
import { HoldButton } from '../../components/hold-button.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { dayAndTime } from '../../state/format.ts'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import './tokens.css'

export function Tokens() {
  const { system } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  return (
    <Panel title="Tokens" unavailable={unavailable()} command={command}>
      <p class="muted">For a Stream Deck, a script, another page. Each can do only what its scopes say.</p>
      <ul class="rows">
        <For each={system()?.tokens ?? []}>{(token) => <TokenRow token={token} command={command} />}</For>
      </ul>
      <section class="section">
        <h3 class="section-title">Make a token</h3>
        <CreateForm command={command} />
      </section>
    </Panel>
  )
}

function TokenRow(props: { token: TokenInfo; command: Commander }) {
  return (
    <li class="row">
      <div class="row-main">
        <p class="clip">{props.token.name}</p>
        <p class="row-note">
          {props.token.scopes.join(', ')} ·{' '}
          {props.token.lastUsedAt === null ? 'never used' : `last used ${dayAndTime(props.token.lastUsedAt)}`}
        </p>
      </div>
      <HoldButton
        small
        label={`Revoke ${props.token.name}`}
        consequence="Whatever uses it is locked out at once."
        onConfirmed={() => void props.command.run('system.token.revoke', { tokenId: props.token.tokenId })}
      >
        Hold to revoke
      </HoldButton>
    </li>
  )
}

/** Every scope that a token of this kind can use, with what it opens. `overlay` tokens are made with the overlay's URL. */
const scopeWords: Partial<Record<Scope, string>> = {
  read: 'See everything',
  obs: 'Control OBS',
  alerts: 'Control alerts',
  producer: 'Choose the show and what it says',
  overlays: 'Edit outputs',
  fleet: 'Start and stop programs',
  simulator: 'Simulate events',
  twitch: 'Retry Twitch',
  transcription: 'Send transcriptions',
  system: 'Restart modules',
  admin: 'Everything, settings too',
}

function CreateForm(props: { command: Commander }) {
  const [made, setMade] = createSignal<CommandResult<'system.token.create'> | null>(null)
  const [fault, setFault] = createSignal<string>()
  const create = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const form = event.currentTarget
    const data = new FormData(form)
    const scopes = data.getAll('scope') as Scope[]
    setFault(scopes.length === 0 ? 'Choose at least one scope.' : undefined)
    if (scopes.length === 0) return
    const result = await props.command.run('system.token.create', { name: String(data.get('name')), scopes })
    setMade(result ?? null)
    if (result) form.reset()
  }
  return (
    <form class="form" onSubmit={(event) => void create(event)}>
      <Field
        label="Name"
        hint="Who will use it, e.g. Stream Deck."
        control={(ids) => <input {...ids} class="input" name="name" required maxlength="100" />}
      />
      <fieldset class="scopes">
        <legend class="field-label">May</legend>
        <For each={Object.entries(scopeWords)}>
          {([scope, words]) => (
            <label class="check">
              <input type="checkbox" name="scope" value={scope} />
              {words}
            </label>
          )}
        </For>
        <p class="field-hint" data-fault={fault() ? '' : undefined}>
          {fault()}
        </p>
      </fieldset>
      <div class="form-row">
        <Button tone="primary" type="submit" busy={props.command.pending() === 'system.token.create'}>
          Make the token
        </Button>
      </div>
      <Show when={made()}>
        {(token) => (
          <div class="made" role="status">
            <p>Copy it now: it is shown this once.</p>
            <div class="form-row">
              <code class="made-token">{token().token}</code>
              <CopyButton text={token().token} />
              <Button tone="quiet" onClick={() => setMade(null)}>
                Done
              </Button>
            </div>
          </div>
        )}
      </Show>
    </form>
  )
}
