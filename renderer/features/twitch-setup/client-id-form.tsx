/** The client id of the streamer's own Twitch application: asked once. */
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import type { Commander } from '../../state/create-command.ts'

export function ClientIdForm(props: { command: Commander; onSaved: () => void }) {
  const save = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const clientId = String(new FormData(event.currentTarget).get('clientId') ?? '').trim()
    if (await props.command.run('twitch.configure', { clientId })) props.onSaved()
  }
  return (
    <form class="form section" onSubmit={(event) => void save(event)}>
      <p>
        Register an application at{' '}
        <a href="https://dev.twitch.tv/console/apps" target="_blank" rel="noreferrer">
          dev.twitch.tv/console
        </a>
        : type “Public”, any redirect URL. Then paste its client id. There is no secret.
      </p>
      <Field
        label="Client id"
        hint="Small letters and digits, about thirty of them."
        control={(ids) => (
          <input
            {...ids}
            class="input"
            name="clientId"
            required
            pattern="[a-z0-9]{10,64}"
            spellcheck={false}
            autocomplete="off"
          />
        )}
      />
      <div class="form-row">
        <Button tone="primary" type="submit" busy={props.command.pending() === 'twitch.configure'}>
          Save
        </Button>
      </div>
    </form>
  )
}
