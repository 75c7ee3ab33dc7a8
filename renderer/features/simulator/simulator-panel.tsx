/** Makes things happen without Twitch: one event, a burst, the scripted demo, or a broadcast of before. They travel the real path. */
import { createSignal, Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { Burst } from './burst.tsx'
import { CurrentRun } from './current-run.tsx'
import { OneEvent } from './one-event.tsx'
import { Replay } from './replay.tsx'
import { SpeedChoice } from './speed-choice.tsx'
import './simulator-panel.css'

export function SimulatorPanel() {
  const { simulator } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  return (
    <Panel title="Simulator" area="simulator" unavailable={unavailable()} command={command}>
      <div class="simulator scroll">
        <Show when={simulator()?.run} fallback={<Demo command={command} />}>
          {(run) => <CurrentRun run={run()} command={command} />}
        </Show>
        <OneEvent command={command} />
        <Burst command={command} />
        <Replay command={command} />
      </div>
    </Panel>
  )
}

function Demo(props: { command: Commander }) {
  const [speed, setSpeed] = createSignal(1)
  return (
    <section>
      <h3 class="simulator-title">Demo broadcast</h3>
      <div class="form-row">
        <Button tone="primary" onClick={() => void props.command.run('simulator.demo.start', { speed: speed() })}>
          <Icon name="play" /> Play the demo
        </Button>
        <SpeedChoice value={speed()} onChange={setSpeed} />
        <span class="muted">Five minutes with everything an overlay can show. Same every time.</span>
      </div>
    </section>
  )
}
