/** The address and the password of OBS. */
import { createSignal } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import type { Commander } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'

export function ObsForm(props: { command: Commander }) {
  const { obs } = useDashboard()
  const [saved, setSaved] = createSignal(false)
  const save = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const form = event.currentTarget
    const data = new FormData(form)
    const password = String(data.get('password') ?? '')
    const url = String(data.get('url') ?? '').trim()
    setSaved(false)
    const result = await props.command.run('obs.configure', password === '' ? { url } : { url, password })
    setSaved(result !== undefined)
  }
  return (
    <form class="form section" onSubmit={(event) => void save(event)}>
      <Field
        label="Address"
        hint="OBS shows it under Tools, WebSocket Server Settings. On this PC it is ws://127.0.0.1:4455."
        control={(ids) => (
          <input {...ids} class="input" name="url" required value={obs()?.url || 'ws://127.0.0.1:4455'} />
        )}
      />
      <Field
        label="Password"
        hint="The server password from the same window. Left empty, the stored one stays."
        control={(ids) => <input {...ids} class="input" name="password" type="password" autocomplete="off" />}
      />
      <div class="form-row">
        <Button tone="primary" type="submit" busy={props.command.pending() === 'obs.configure'}>
          Save and connect
        </Button>
        <span class="muted" role="status">
          {saved() ? 'Saved.' : ''}
        </span>
      </div>
    </form>
  )
}
