/** Asks for the control token, where neither the app nor the address brought one, and says where to find it. */
import { createSignal, Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import './sign-in.css'

interface SignInProps {
  /** True after the hub refused the token that was tried. */
  refused: boolean
  onToken: (token: string) => void
}

export function SignIn(props: SignInProps) {
  const [fault, setFault] = createSignal<string>()
  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const token = String(new FormData(event.currentTarget).get('token') ?? '').trim()
    if (token === '') setFault('Paste the token first.')
    else props.onToken(token)
  }
  return (
    <main class="sign-in">
      <h1 class="sign-in-title">Landale</h1>
      <p>
        This browser has no control token. Paste the one line of the file <code>control-token</code>, which is in
        Landale’s data folder.
      </p>
      <form class="form" onSubmit={submit} novalidate>
        <Field
          label="Control token"
          hint="It stays in this tab, and is forgotten when the tab is closed."
          fault={fault() ?? (props.refused ? 'The hub refused this token. Was it renewed since?' : undefined)}
          control={(ids) => (
            <input
              {...ids}
              class="input"
              name="token"
              type="password"
              autocomplete="off"
              spellcheck={false}
              autofocus
            />
          )}
        />
        <Button tone="primary" type="submit">
          Open the dashboard
        </Button>
      </form>
      <details class="sign-in-help">
        <summary>Where is the data folder?</summary>
        <p>
          The hub names it when it starts: the line that begins with <code>Data</code>, or <code>"data"</code> in the
          JSON that <code>npm run headless</code> prints. The line <code>Dashboard</code> above it is a full address
          that signs in by itself.
        </p>
      </details>
      <Show when={props.refused}>
        <p class="visually-hidden" role="alert">
          The hub refused this token.
        </p>
      </Show>
    </main>
  )
}
