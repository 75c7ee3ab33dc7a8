/** Starts, stops and restarts one process, and says in place how that goes. What is dangerous is asked about first. */
import { createMemo, Show } from 'solid-js'
import type { FleetMachine, FleetProcess } from '../../../contracts/state/fleet.ts'
import { Button } from '../../components/button.tsx'
import { ConfirmDialog } from '../../components/dialog.tsx'
import { Icon } from '../../components/icon.tsx'
import { useDashboard } from '../../state/dashboard.tsx'
import type { Asks, Verb, Wish } from './create-asks.ts'

interface ProcessProps {
  machine: FleetMachine
  process: FleetProcess
  asks: Asks
}

const verbWords: Record<Verb, string> = { start: 'Start', stop: 'Stop', restart: 'Restart' }
const doingWords: Record<Verb, string> = { start: 'Starting…', stop: 'Stopping…', restart: 'Restarting…' }

export function ProcessButtons(props: ProcessProps) {
  const { online } = useDashboard()
  const isUp = () => props.process.state === 'running' || props.process.state === 'starting'
  /** It would come up by itself, or is about to. */
  const isComing = () => props.process.state === 'waiting' || props.process.state === 'backoff'
  return (
    <div class="process-buttons">
      <Show when={!isUp()}>
        <AskButton {...props} verb="start" disabled={!online() || props.process.state === 'stopping'} />
      </Show>
      <Show when={isUp()}>
        <AskButton {...props} verb="restart" disabled={!online()} />
      </Show>
      <Show when={isUp() || isComing()}>
        <AskButton {...props} verb="stop" disabled={!online()} />
      </Show>
    </div>
  )
}

function AskButton(props: ProcessProps & { verb: Verb; disabled: boolean }) {
  const pending = () => {
    const ask = props.asks.of(props.machine.id, props.process.id)
    return ask?.status === 'pending' ? ask.verb : null
  }
  return (
    <Button
      small
      tone={props.verb === 'stop' ? 'danger' : 'plain'}
      aria-label={`${verbWords[props.verb]} ${props.process.name} on ${props.machine.name}`}
      disabled={props.disabled || props.machine.link === 'away' || (pending() !== null && pending() !== props.verb)}
      busy={pending() === props.verb}
      onClick={() => props.asks.want({ verb: props.verb, machine: props.machine, process: props.process })}
    >
      {pending() === props.verb ? doingWords[props.verb] : verbWords[props.verb]}
    </Button>
  )
}

/** Why it was refused, or that it takes long. */
export function ProcessAnswer(props: ProcessProps) {
  const ask = () => props.asks.of(props.machine.id, props.process.id)
  const dismiss = () => props.asks.dismiss(props.machine.id, props.process.id)
  return (
    <>
      <Show when={ask()?.status === 'refused' && ask()}>
        {(refused) => (
          <div class="problem process-answer" role="alert">
            <Icon name="warning" />
            <p>
              <b>{verbWords[refused().verb]} was refused.</b> {refused().words}
            </p>
            <Button tone="quiet" small aria-label={`Dismiss, about ${props.process.name}`} onClick={dismiss}>
              <Icon name="cross" />
            </Button>
          </div>
        )}
      </Show>
      <Show when={ask()?.status === 'slow'}>
        <div class="process-slow process-answer" role="status">
          <p>{props.machine.name} has not answered yet. It may still do it: the state here tells.</p>
          <Button tone="quiet" small aria-label={`Dismiss, about ${props.process.name}`} onClick={dismiss}>
            <Icon name="cross" />
          </Button>
        </div>
      </Show>
    </>
  )
}

/** One for the page, so that it stays open when the row it was asked in goes out of sight. */
export function AskDialog(props: { asks: Asks }) {
  const { obs } = useDashboard()
  const isLive = () => obs()?.connection.status === 'connected' && obs()?.streaming.active === true
  // The dialog closes before it confirms: what it was about must outlive the question.
  const held = createMemo<Wish | null>((before) => props.asks.wish() ?? before, null)
  const confirm = () => {
    const wish = held()
    if (wish) props.asks.confirm(wish)
  }
  const words = () => {
    const wish = held()
    return wish ? `${verbWords[wish.verb]} ${wish.process.name} on ${wish.machine.name}` : ''
  }
  const consequence = () => {
    const isRestart = held()?.verb === 'restart'
    const what = isRestart
      ? 'It is stopped with all it started, and started again.'
      : 'It is stopped with all it started, and stays so until it is started.'
    return isLive() ? `You are on air. ${what}` : what
  }
  return (
    <ConfirmDialog
      open={props.asks.wish() !== null}
      title={`${words()}?`}
      body={consequence()}
      confirm={words()}
      onClose={props.asks.cancel}
      onConfirm={confirm}
    />
  )
}
