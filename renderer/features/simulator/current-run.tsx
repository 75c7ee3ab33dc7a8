/** The run going on: where it is, held, moved in, sped up, stopped. */
import { createSignal, Show } from 'solid-js'
import type { SimulatorState } from '../../../contracts/state/simulator.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import type { Commander } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { clockDuration, count, counted } from '../../state/format.ts'
import { SpeedChoice } from './speed-choice.tsx'

type Run = NonNullable<SimulatorState['run']>

const kindWords: Record<Run['kind'], string> = { burst: 'burst', demo: 'demo', replay: 'replay' }

export function CurrentRun(props: { run: Run; command: Commander }) {
  const { now } = useDashboard()
  /** Where the hand is, until it lets go. */
  const [held, setHeld] = createSignal<number | null>(null)
  const position = () => held() ?? positionAt(props.run, now())
  const seek = (positionMs: number) => {
    setHeld(null)
    void props.command.run('simulator.seek', { positionMs: Math.round(positionMs) })
  }
  const done = () => {
    const { done: number, total } = props.run
    return total === null ? counted(number, 'event') : `${count(number)} of ${counted(total, 'event')}`
  }
  return (
    <section class="simulator-run" aria-label="What is played">
      <div class="form-row">
        <Button onClick={() => void props.command.run(props.run.paused ? 'simulator.resume' : 'simulator.pause', {})}>
          <Icon name={props.run.paused ? 'play' : 'pause'} /> {props.run.paused ? 'Resume' : 'Pause'}
        </Button>
        <Button onClick={() => void props.command.run('simulator.stop', {})}>
          <Icon name="stop" /> Stop the {kindWords[props.run.kind]}
        </Button>
        <SpeedChoice
          value={props.run.speed}
          onChange={(speed) => void props.command.run('simulator.speed.set', { speed })}
        />
        <Show when={props.run.counted}>
          <b class="simulator-counted">It counts</b>
        </Show>
      </div>
      <input
        class="simulator-place"
        type="range"
        min="0"
        max={props.run.lengthMs}
        step="1000"
        aria-label={`Place in the ${kindWords[props.run.kind]}`}
        aria-valuetext={`${clockDuration(position())} of ${clockDuration(props.run.lengthMs)}`}
        value={position()}
        onInput={(event) => setHeld(event.currentTarget.valueAsNumber)}
        onChange={(event) => seek(event.currentTarget.valueAsNumber)}
      />
      <p class="muted simulator-where">
        {clockDuration(position())} of {clockDuration(props.run.lengthMs)} · {done()}
      </p>
    </section>
  )
}

/** ms at the run's own pace. */
export function positionAt({ positionMs, toldAt, paused, speed, lengthMs }: Run, now: number): number {
  return Math.min(lengthMs, paused ? positionMs : positionMs + Math.max(0, now - toldAt) * speed)
}
