/** The alert queue: what plays, what waits, what was; pause, skip, replay, clear. */
import { createSignal, For, type ParentProps, Show } from 'solid-js'
import type { Alert } from '../../../contracts/alert.ts'
import type { AlertsState, FinishedAlert } from '../../../contracts/state/alerts.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { HoldButton } from '../../components/hold-button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { timeOfDay } from '../../state/format.ts'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import './alert-queue.css'

export function AlertQueue() {
  const { alerts } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  const [list, setList] = createSignal<'next' | 'recent'>('next')
  const waiting = () => (alerts()?.waiting ?? 0) + (alerts()?.interrupted.length ?? 0)
  return (
    <Panel
      title="Alerts"
      area="alerts"
      unavailable={unavailable()}
      command={command}
      actions={
        <>
          <Show when={alerts()?.sound.muted}>
            <a href="#alerts">Sound is off</a>
          </Show>
          <Segmented
            label="Which alerts"
            value={list()}
            onChange={setList}
            options={[
              { value: 'next', label: waiting() > 0 ? `Next ${waiting()}` : 'Next' },
              { value: 'recent', label: 'Recent' },
            ]}
          />
        </>
      }
    >
      <Show when={alerts()} fallback={<p class="muted">Waiting for the alert queue…</p>}>
        {(state) => (
          <>
            <Controls state={state()} command={command} />
            <div class="alert-lists scroll" data-list={list()}>
              <section data-of="next" aria-label="Next alerts">
                <h3 class="alert-heading">Next</h3>
                <ul>
                  <Next state={state()} command={command} />
                </ul>
              </section>
              <section data-of="recent" aria-label="Recent alerts">
                <h3 class="alert-heading">Recent</h3>
                <ul>
                  <Recent alerts={state().recent} command={command} />
                </ul>
              </section>
            </div>
          </>
        )}
      </Show>
    </Panel>
  )
}

function Controls(props: { state: AlertsState; command: Commander }) {
  return (
    <div class="alert-controls">
      <Button
        tone={props.state.paused ? 'primary' : 'plain'}
        onClick={() => void props.command.run(props.state.paused ? 'alert.resume' : 'alert.pause', {})}
      >
        <Icon name={props.state.paused ? 'play' : 'pause'} />
        {props.state.paused ? 'Resume' : 'Pause'}
      </Button>
      <Button disabled={props.state.current === null} onClick={() => void props.command.run('alert.skip', {})}>
        <Icon name="skip" /> Skip
      </Button>
      <HoldButton
        label="Clear the queue"
        consequence="Every waiting alert is dropped. They stay in the timeline and under Recent, where each can be replayed."
        disabled={props.state.queue.length + props.state.interrupted.length === 0}
        onConfirmed={() => void props.command.run('alert.clear', {})}
      >
        Hold to clear
      </HoldButton>
    </div>
  )
}

function Next(props: { state: AlertsState; command: Commander }) {
  return (
    <Show
      when={props.state.queue.length + props.state.interrupted.length > 0}
      fallback={
        <EmptyState title="Nothing waits" action={<a href="#simulator">Send a test alert</a>}>
          Follows, subs, cheers and raids line up here before they are shown.
        </EmptyState>
      }
    >
      <For each={props.state.interrupted}>
        {(alert) => (
          <AlertRow alert={alert} note="Resumes next">
            <SkipButton alert={alert} command={props.command} />
          </AlertRow>
        )}
      </For>
      <For each={props.state.queue}>
        {(alert) => (
          <AlertRow alert={alert} note={alert.priority === 'normal' ? null : `${capital(alert.priority)} priority`}>
            <SkipButton alert={alert} command={props.command} />
          </AlertRow>
        )}
      </For>
    </Show>
  )
}

function SkipButton(props: { alert: Alert; command: Commander }) {
  return (
    <Button
      tone="quiet"
      small
      aria-label={`Skip ${props.alert.who}: ${props.alert.what}`}
      onClick={() => void props.command.run('alert.skip', { id: props.alert.id })}
    >
      Skip
    </Button>
  )
}

function Recent(props: { alerts: FinishedAlert[]; command: Commander }) {
  return (
    <Show
      when={props.alerts.length > 0}
      fallback={
        <EmptyState title="No alerts yet">What was shown or skipped is kept here, to be played again.</EmptyState>
      }
    >
      <For each={props.alerts}>
        {(alert) => (
          <AlertRow alert={alert} note={`${capital(alert.outcome)} ${timeOfDay(alert.finishedAt)}`}>
            <Button
              tone="quiet"
              small
              aria-label={`Play again ${alert.who}: ${alert.what}`}
              onClick={() => void props.command.run('alert.replay', { id: alert.id })}
            >
              <Icon name="replay" /> Replay
            </Button>
          </AlertRow>
        )}
      </For>
    </Show>
  )
}

function AlertRow(props: ParentProps<{ alert: Alert; note: string | null }>) {
  return (
    <li class="alert-row">
      <div class="alert-words">
        <p class="clip">
          <b>{props.alert.who}</b> {props.alert.what}
          <Show when={props.alert.amount}> · {props.alert.amount}</Show>
        </p>
        <Show when={props.note || props.alert.simulated}>
          <p class="alert-note">{[props.note, props.alert.simulated ? 'test' : null].filter(Boolean).join(' · ')}</p>
        </Show>
      </div>
      {props.children}
    </li>
  )
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
