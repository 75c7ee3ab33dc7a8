/** What the hub is made of, how each part does, and start, stop, restart. */
import { For, Show } from 'solid-js'
import type { ModuleState } from '../../../contracts/state/system.ts'
import { Button } from '../../components/button.tsx'
import { HoldButton } from '../../components/hold-button.tsx'
import { Panel } from '../../components/panel.tsx'
import { StatusMark, type Tone } from '../../components/status-mark.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { counted, shortDuration } from '../../state/format.ts'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { AppControls } from './app-controls.tsx'

export function Modules() {
  const { system, now } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  return (
    <Panel title="Hub" unavailable={unavailable()} command={command}>
      <Show when={system()} fallback={<p class="muted">Waiting for the hub…</p>}>
        {(state) => (
          <>
            <p>
              Landale {state().version}
              <span class="muted">
                , up {shortDuration(now() - state().startedAt)}, {counted(state().clients, 'page')} connected
                {state().headless ? ', without the app' : ''}
              </span>
            </p>
            <p class="muted">
              Data in <code>{state().dataDir}</code>
            </p>
            <ul class="rows section">
              <For each={state().modules}>{(module) => <ModuleRow module={module} command={command} />}</For>
            </ul>
            <Backup command={command} />
            <AppControls />
          </>
        )}
      </Show>
    </Panel>
  )
}

function ModuleRow(props: { module: ModuleState; command: Commander }) {
  const { now } = useDashboard()
  const args = () => ({ module: props.module.id })
  const running = () => props.module.status !== 'stopped' && props.module.status !== 'failed'
  return (
    <li class="row">
      <StatusMark tone={toneOf(props.module)} />
      <div class="row-main">
        <p>{props.module.id}</p>
        <p class="row-note">
          {[
            `${wordOf(props.module)} ${shortDuration(now() - props.module.since)}`,
            props.module.reason,
            props.module.restarts > 0 ? counted(props.module.restarts, 'restart') : null,
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <Show
        when={running()}
        fallback={
          <Button small onClick={() => void props.command.run('system.module.start', args())}>
            Start<span class="visually-hidden"> {props.module.id}</span>
          </Button>
        }
      >
        <HoldButton
          small
          tone="plain"
          label={`Restart ${props.module.id}`}
          consequence="It is gone for a moment; what it shows on stream may blink."
          onConfirmed={() => void props.command.run('system.module.restart', args())}
        >
          Hold to restart
        </HoldButton>
        <HoldButton
          small
          label={`Stop ${props.module.id}`}
          consequence="It does nothing until you start it again."
          onConfirmed={() => void props.command.run('system.module.stop', args())}
        >
          Hold to stop
        </HoldButton>
      </Show>
    </li>
  )
}

function Backup(props: { command: Commander }) {
  return (
    <div class="section form-row">
      <Button
        busy={props.command.pending() === 'system.store.backup'}
        onClick={() => void props.command.run('system.store.backup', {})}
      >
        Back up the store now
      </Button>
      <span class="muted">The hub makes one by itself, too.</span>
    </div>
  )
}

function toneOf({ status, health }: ModuleState): Tone {
  if (status === 'failed') return 'bad'
  if (status === 'stopped') return 'off'
  if (status !== 'running') return 'busy'
  return health === 'healthy' ? 'ok' : health === 'degraded' ? 'warn' : 'bad'
}

function wordOf({ status, health }: ModuleState): string {
  if (status !== 'running') return `${status.charAt(0).toUpperCase()}${status.slice(1)}`
  return health === 'healthy' ? 'Running' : `Running, ${health}`
}
