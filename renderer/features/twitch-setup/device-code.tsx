/** The code to confirm at Twitch, large enough to read from the sofa, with the time it has left. */
import type { TwitchSignIn } from '../../../contracts/state/twitch.ts'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Icon } from '../../components/icon.tsx'
import type { Commander } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { clockDuration } from '../../state/format.ts'

interface DeviceCodeProps {
  signIn: Extract<TwitchSignIn, { status: 'pending' }>
  command: Commander
}

export function DeviceCode(props: DeviceCodeProps) {
  const { now } = useDashboard()
  return (
    <div class="section form">
      <p>Open Twitch, check that it shows this code, and confirm. This page goes on by itself.</p>
      <output class="device-code" aria-label="Code">
        {props.signIn.userCode}
      </output>
      <div class="form-row">
        <a class="button" data-tone="primary" href={props.signIn.verificationUri} target="_blank" rel="noreferrer">
          <Icon name="link" /> Open Twitch
        </a>
        <CopyButton text={props.signIn.userCode} label="Copy the code" />
        <Button tone="quiet" onClick={() => void props.command.run('twitch.sign-in.cancel', {})}>
          Cancel
        </Button>
      </div>
      <p class="muted">Valid for another {clockDuration(props.signIn.expiresAt - now())}</p>
    </div>
  )
}
