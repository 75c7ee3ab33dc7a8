/** Where OBS is, its password, and how the link stands. */
import { Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { LinkLine } from '../../components/link-line.tsx'
import { Panel } from '../../components/panel.tsx'
import { createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { obsWords } from '../status/link-words.ts'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { ObsForm } from './obs-form.tsx'

export function ObsSetup() {
  const { obs, now } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  return (
    <Panel title="OBS Studio" unavailable={unavailable()} command={command}>
      <LinkLine words={obsWords(obs(), now())}>
        <Show when={obs()?.connection.status !== 'connected'}>
          <Button onClick={() => void command.run('obs.connect', {})} busy={command.pending() === 'obs.connect'}>
            Retry now
          </Button>
        </Show>
      </LinkLine>
      <Show when={obs()?.obsVersion}>
        {(version) => (
          <p class="muted">
            OBS {version()}, obs-websocket {obs()?.websocketVersion}
          </p>
        )}
      </Show>
      <ObsForm command={command} />
    </Panel>
  )
}
