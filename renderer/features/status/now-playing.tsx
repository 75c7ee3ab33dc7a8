/** The alert that viewers see at this moment, with the time it has left. */
import { Show } from 'solid-js'
import type { AlertsState, PlayingAlert } from '../../../contracts/state/alerts.ts'
import { createTicker, useDashboard } from '../../state/dashboard.tsx'
import { shortDuration } from '../../state/format.ts'
import './now-playing.css'

/** Smooth enough for a bar 200 px wide that empties in five seconds. */
const BAR_PERIOD_MS = 100

export function NowPlaying() {
  const { alerts } = useDashboard()
  return (
    <Show when={alerts()}>
      {(state) => (
        <div
          class="playing"
          data-empty={state().current || state().paused ? undefined : ''}
          data-paused={state().paused ? '' : undefined}
        >
          <Show when={state().current} fallback={<span class="playing-idle">{idleWords(state())}</span>}>
            {(alert) => <Playing alert={alert()} paused={state().paused} />}
          </Show>
        </div>
      )}
    </Show>
  )
}

function idleWords(state: AlertsState): string {
  if (state.paused) return state.waiting === 0 ? 'Alerts paused' : `Alerts paused, ${state.waiting} waiting`
  return 'No alert on screen'
}

function Playing(props: { alert: PlayingAlert; paused: boolean }) {
  const { hub } = useDashboard()
  const now = createTicker(hub, BAR_PERIOD_MS)
  const left = () => remainingMs(props.alert, props.paused, now())
  let bar: HTMLElement | undefined
  const width = () => {
    bar?.style.setProperty('--left', String(left() / props.alert.durationMs))
    return shortDuration(left())
  }
  return (
    <>
      <span class="playing-label">{props.paused ? 'Held' : 'On screen'}</span>
      <span class="playing-words">
        <b>{props.alert.who}</b> {props.alert.what}
        <Show when={props.alert.amount}> · {props.alert.amount}</Show>
      </span>
      <span class="playing-left">{width()}</span>
      <i ref={bar} class="playing-bar" aria-hidden="true" />
    </>
  )
}

/** ms; never below 0. */
export function remainingMs(alert: PlayingAlert, paused: boolean, now: number): number {
  const shown = alert.elapsedMs + (paused ? 0 : Math.max(0, now - alert.startedAt))
  return Math.max(0, alert.durationMs - shown)
}
