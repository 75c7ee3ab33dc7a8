/** Going live, recording, replay buffer and virtual camera; and how the machine bears it. */
import { Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { HoldButton } from '../../components/hold-button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { megabytes, percent } from '../../state/format.ts'
import { obsMendHref, obsUnavailable } from '../status/obs-unavailable.ts'
import './output-panel.css'

export function OutputPanel() {
  const unavailable = obsUnavailable()
  const mend = obsMendHref()
  const command = createCommand()
  return (
    <Panel title="Output" area="output" unavailable={unavailable()} mendHref={mend()} command={command}>
      <div class="output">
        <StreamControl command={command} />
        <RecordControl command={command} />
        <div class="output-pair">
          <Extras command={command} />
        </div>
      </div>
      <Machine />
    </Panel>
  )
}

function StreamControl(props: { command: Commander }) {
  const { obs } = useDashboard()
  return (
    <Show
      when={obs()?.streaming.active}
      fallback={
        <HoldButton
          class="output-main"
          tone="live"
          label="Go live"
          consequence="OBS starts to stream with the scene that is on program."
          onConfirmed={() => void props.command.run('obs.stream.start', {})}
        >
          <Icon name="play" /> Hold to go live
        </HoldButton>
      }
    >
      <HoldButton
        class="output-main"
        label="End the stream"
        consequence="OBS stops streaming at once. Viewers see the stream end."
        onConfirmed={() => void props.command.run('obs.stream.stop', {})}
      >
        <Icon name="stop" /> Hold to end stream
      </HoldButton>
    </Show>
  )
}

function RecordControl(props: { command: Commander }) {
  const { obs } = useDashboard()
  const paused = () => obs()?.recording.paused ?? false
  return (
    <Show
      when={obs()?.recording.active}
      fallback={
        <Button class="output-main" onClick={() => void props.command.run('obs.recording.start', {})}>
          <Icon name="record" /> Record
        </Button>
      }
    >
      <div class="output-pair">
        <Button onClick={() => void props.command.run(paused() ? 'obs.recording.resume' : 'obs.recording.pause', {})}>
          <Icon name={paused() ? 'play' : 'pause'} /> {paused() ? 'Resume' : 'Pause'}
        </Button>
        <HoldButton
          label="Stop recording"
          consequence="OBS closes the file. A new recording starts a new one."
          onConfirmed={() => void props.command.run('obs.recording.stop', {})}
        >
          <Icon name="stop" /> Hold to stop
        </HoldButton>
      </div>
    </Show>
  )
}

function Extras(props: { command: Commander }) {
  const { obs } = useDashboard()
  return (
    <>
      <Show when={obs()?.replayBuffer.available}>
        <Show
          when={obs()?.replayBuffer.active}
          fallback={
            <Button onClick={() => void props.command.run('obs.replay-buffer.set', { active: true })}>
              <Icon name="replay" /> Start replay
            </Button>
          }
        >
          <Button onClick={() => void props.command.run('obs.replay-buffer.save', {})}>
            <Icon name="replay" /> Save replay
          </Button>
        </Show>
      </Show>
      <Show when={obs()?.virtualCamera.available}>
        <Button
          aria-pressed={obs()?.virtualCamera.active ?? false}
          onClick={() =>
            void props.command.run('obs.virtual-camera.set', { active: !(obs()?.virtualCamera.active ?? false) })
          }
        >
          {obs()?.virtualCamera.active ? 'Stop virtual cam' : 'Virtual cam'}
        </Button>
      </Show>
    </>
  )
}

/** Below this a long recording may not fit, MB. */
const LITTLE_DISK_MB = 20 * 1024

function Machine() {
  const { obs } = useDashboard()
  return (
    <Show when={obs()?.stats}>
      {(stats) => (
        <dl class="machine">
          <Figure name="FPS" value={String(Math.round(stats().activeFps))} />
          <Figure name="CPU" value={`${stats().cpuUsagePercent.toFixed(0)} %`} />
          <Figure name="Render lag" value={percent(stats().renderSkippedFrames, stats().renderTotalFrames)} />
          <Figure
            name="Disk left"
            value={megabytes(stats().availableDiskMb)}
            warn={stats().availableDiskMb < LITTLE_DISK_MB}
          />
        </dl>
      )}
    </Show>
  )
}

function Figure(props: { name: string; value: string; warn?: boolean }) {
  return (
    <div data-warn={props.warn ? '' : undefined}>
      <dt>{props.name}</dt>
      <dd>
        {props.warn ? 'Low: ' : ''}
        {props.value}
      </dd>
    </div>
  )
}
