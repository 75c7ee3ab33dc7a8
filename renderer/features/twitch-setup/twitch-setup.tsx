/** Signing in to Twitch by device code: the client id, the code to confirm, and which topics lack a permission. */
import { Show } from 'solid-js'
import type { TwitchState } from '../../../contracts/state/twitch.ts'
import { Button } from '../../components/button.tsx'
import { LinkLine } from '../../components/link-line.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { twitchWords } from '../status/link-words.ts'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { TwitchAccount } from './twitch-account.tsx'

export function TwitchSetup() {
  const { twitch, now } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  return (
    <Panel title="Twitch" unavailable={unavailable()} command={command}>
      <Show when={twitch()} fallback={<p class="muted">Waiting for the state of Twitch…</p>}>
        {(state) => (
          <>
            <LinkLine words={twitchWords(state(), now())}>
              <LinkAction state={state()} command={command} />
            </LinkLine>
            <TwitchAccount state={state()} command={command} />
          </>
        )}
      </Show>
    </Panel>
  )
}

function LinkAction(props: { state: TwitchState; command: Commander }) {
  const lost = () =>
    props.state.signIn.status === 'signed-in' &&
    (props.state.connection.status !== 'connected' || props.state.silentSince !== null)
  return (
    <Show when={lost()}>
      <Button onClick={() => void props.command.run('twitch.connect', {})}>Retry now</Button>
    </Show>
  )
}
