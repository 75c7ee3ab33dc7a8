/** The account: client id, sign-in and its code, or who is signed in and what is missing. */
import { createSignal, Match, Show, Switch } from 'solid-js'
import type { TwitchState } from '../../../contracts/state/twitch.ts'
import { Button } from '../../components/button.tsx'
import { HoldButton } from '../../components/hold-button.tsx'
import type { Commander } from '../../state/create-command.ts'
import { dayAndTime } from '../../state/format.ts'
import { ClientIdForm } from './client-id-form.tsx'
import { DeviceCode } from './device-code.tsx'
import { MissingTopics } from './missing-topics.tsx'
import './twitch-setup.css'

export function TwitchAccount(props: { state: TwitchState; command: Commander }) {
  const [editing, setEditing] = createSignal(false)
  const signIn = () => props.state.signIn
  return (
    <Show
      when={props.state.configured && !editing()}
      fallback={<ClientIdForm command={props.command} onSaved={() => setEditing(false)} />}
    >
      <Switch>
        <Match when={signIn().status === 'pending' && (signIn() as Pending)}>
          {(pending) => <DeviceCode signIn={pending()} command={props.command} />}
        </Match>
        <Match when={signIn().status === 'signed-in' && (signIn() as SignedIn)}>
          {(account) => <Account account={account()} state={props.state} command={props.command} />}
        </Match>
        <Match when={true}>
          <SignedOut command={props.command} onEdit={() => setEditing(true)} />
        </Match>
      </Switch>
    </Show>
  )
}

type Pending = Extract<TwitchState['signIn'], { status: 'pending' }>
type SignedIn = Extract<TwitchState['signIn'], { status: 'signed-in' }>

function SignedOut(props: { command: Commander; onEdit: () => void }) {
  return (
    <div class="section form">
      <p>
        Twitch shows you a page with a code to confirm. Nothing is copied by hand, and no password passes through here.
      </p>
      <div class="form-row">
        <Button
          tone="primary"
          busy={props.command.pending() === 'twitch.sign-in'}
          onClick={() => void props.command.run('twitch.sign-in', {})}
        >
          Sign in to Twitch
        </Button>
        <Button tone="quiet" onClick={() => props.onEdit()}>
          Change the client id
        </Button>
      </div>
    </div>
  )
}

function Account(props: { account: SignedIn; state: TwitchState; command: Commander }) {
  return (
    <>
      <p>
        Signed in as <b>{props.account.displayName}</b>
        <span class="muted">, {props.account.scopes.length} permissions</span>
      </p>
      <MissingTopics state={props.state} command={props.command} />
      <Show when={props.state.lastGap}>
        {(gap) => (
          <p class="section muted">
            Last gap: {dayAndTime(gap().from)} to {dayAndTime(gap().to)}.{' '}
            {gap()
              .recovered.map(({ what, count }) => `${count} ${what}`)
              .join(', ') || 'Nothing'}{' '}
            read back
            <Show when={gap().lost.length > 0}>; not to be had: {gap().lost.join(', ')}</Show>.
          </p>
        )}
      </Show>
      <div class="section form-row">
        <HoldButton
          label="Sign out"
          consequence="Events of Twitch stop until you sign in again."
          onConfirmed={() => void props.command.run('twitch.sign-out', {})}
        >
          Hold to sign out
        </HoldButton>
      </div>
    </>
  )
}
