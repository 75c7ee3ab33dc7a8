/** Makes things happen without Twitch: one event, a burst, or the scripted demo. They travel the real path. */
import { createSignal, For, Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { clockDuration, counted } from '../../state/format.ts'
import { alertTypeWords } from '../alerts/alert-words.ts'
import { eventTypeFor } from '../alerts/test-event.ts'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import './simulator-panel.css'

/** The ones tried most; the rest is in the list below them. */
const FAVOURITES = ['follow', 'sub', 'resub', 'gift', 'cheer', 'raid', 'redemption', 'hype-train'] as const

export function SimulatorPanel() {
  const { simulator } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  const [sent, setSent] = createSignal('')
  const send = async (type: string) => {
    setSent('')
    const result = await command.run('simulator.event', { type, payload: {} })
    if (result) setSent('Sent. It is in the timeline, and on stream if its alert is on.')
  }
  return (
    <Panel title="Simulator" area="simulator" unavailable={unavailable()} command={command}>
      <div class="simulator scroll">
        <Demo command={command} />
        <section>
          <h3 class="simulator-title">One event</h3>
          <div class="simulator-grid">
            <For each={FAVOURITES}>
              {(type) => <Button onClick={() => void send(eventTypeFor(type))}>{alertTypeWords[type]}</Button>}
            </For>
            <Button onClick={() => void send('twitch.channel.chat.message')}>Chat message</Button>
          </div>
          <OtherEvent types={simulator()?.types ?? []} onSend={(type) => void send(type)} />
          <p class="muted" role="status">
            {sent()}
          </p>
        </section>
        <Burst types={simulator()?.types ?? []} command={command} />
      </div>
    </Panel>
  )
}

function Demo(props: { command: Commander }) {
  const { simulator, now } = useDashboard()
  const [speed, setSpeed] = createSignal(1)
  return (
    <section>
      <h3 class="simulator-title">Demo broadcast</h3>
      <Show
        when={simulator()?.run}
        fallback={
          <div class="form-row">
            <Button tone="primary" onClick={() => void props.command.run('simulator.demo.start', { speed: speed() })}>
              <Icon name="play" /> Play the demo
            </Button>
            <label class="check">
              Speed
              <select class="input" data-small="" onChange={(event) => setSpeed(Number(event.currentTarget.value))}>
                <option value="1">as live</option>
                <option value="4">4 times</option>
                <option value="20">20 times</option>
              </select>
            </label>
            <span class="muted">Five minutes of chat, follows, subs, a raid, a hype train. Same every time.</span>
          </div>
        }
      >
        {(run) => (
          <div class="form-row">
            <Button onClick={() => void props.command.run('simulator.stop', {})}>
              <Icon name="stop" /> Stop the {run().kind}
            </Button>
            <progress value={run().done} max={Math.max(1, run().total)} aria-label={`Progress of the ${run().kind}`} />
            <span class="muted">
              {run().done} of {counted(run().total, 'event')},{' '}
              {clockDuration(run().durationMs - (now() - run().startedAt))} left
            </span>
          </div>
        )}
      </Show>
    </section>
  )
}

function OtherEvent(props: { types: readonly string[]; onSend: (type: string) => void }) {
  let select: HTMLSelectElement | undefined
  return (
    <div class="form-row">
      <select ref={select} class="input simulator-type" aria-label="Any other event">
        <TypeOptions types={props.types} />
      </select>
      <Button onClick={() => select?.value && props.onSend(select.value)}>Send</Button>
    </div>
  )
}

function TypeOptions(props: { types: readonly string[] }) {
  return (
    <For each={props.types}>
      {(type) => (
        <option value={type} selected={type === eventTypeFor('follow')}>
          {type}
        </option>
      )}
    </For>
  )
}

function Burst(props: { types: readonly string[]; command: Commander }) {
  const start = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const type = String(data.get('type'))
    void props.command.run('simulator.burst', {
      type,
      count: Number(data.get('count')),
      perSecond: Number(data.get('rate')),
    })
  }
  return (
    <section>
      <h3 class="simulator-title">Burst</h3>
      <form class="simulator-burst" onSubmit={start}>
        <Field
          label="Event"
          control={(ids) => (
            <select {...ids} class="input" name="type">
              <TypeOptions types={props.types} />
            </select>
          )}
        />
        <Field
          label="How many"
          control={(ids) => (
            <input {...ids} class="input" name="count" type="number" min="1" max="10000" value="50" required />
          )}
        />
        <Field
          label="Per second"
          control={(ids) => (
            <input
              {...ids}
              class="input"
              name="rate"
              type="number"
              min="0.1"
              max="1000"
              step="0.1"
              value="10"
              required
            />
          )}
        />
        <Button type="submit">Start the burst</Button>
      </form>
    </section>
  )
}
