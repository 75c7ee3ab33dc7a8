/** A timer by hand: start and pause, more and less, what it has left, and back to the beginning. */
import { createSignal, Show } from 'solid-js'
import { Button } from '../../../components/button.tsx'
import { HoldButton } from '../../../components/hold-button.tsx'
import { Icon } from '../../../components/icon.tsx'
import { useDashboard } from '../../../state/dashboard.tsx'
import { clockDuration } from '../../../state/format.ts'
import type { ControlProps } from '../widget-controls.ts'

const words = { idle: 'Not started', running: 'Running', paused: 'Paused' } as const

export function TimerControl(props: ControlProps) {
  const { timers, now } = useDashboard()
  const [minutes, setMinutes] = createSignal('')
  const timer = () => timers()?.timers[props.widget.id]
  const leftMs = () => {
    const { endsAt, leftMs = 0 } = timer() ?? {}
    return typeof endsAt === 'number' ? Math.max(0, endsAt - now()) : leftMs
  }
  const isOver = () => timer()?.status === 'running' && leftMs() === 0
  const widget = () => props.widget.id
  const add = (seconds: number) => void props.command.run('timer.add', { widget: widget(), seconds })
  const wanted = () => Math.round(Number.parseFloat(minutes()) * 60)
  const set = async () => {
    if (await props.command.run('timer.set', { widget: widget(), seconds: wanted() })) setMinutes('')
  }
  return (
    <Show when={timer()} fallback={<p class="muted">Waiting for the timer…</p>}>
      {(known) => (
        <>
          <div class="control-row">
            <p class="control-figure">{clockDuration(leftMs())}</p>
            <p class="muted">{isOver() ? 'Over' : words[known().status]}</p>
          </div>
          <div class="form-row">
            <Show
              when={known().status === 'running' && !isOver()}
              fallback={
                <Button
                  tone="primary"
                  disabled={isOver()}
                  onClick={() => void props.command.run('timer.start', { widget: widget() })}
                >
                  <Icon name="play" />
                  {known().status === 'paused' ? 'Go on' : 'Start'}
                </Button>
              }
            >
              <Button tone="primary" onClick={() => void props.command.run('timer.pause', { widget: widget() })}>
                <Icon name="pause" />
                Pause
              </Button>
            </Show>
            <Button aria-label="One minute more" onClick={() => add(60)}>
              +1 min
            </Button>
            <Button aria-label="Five minutes more" onClick={() => add(300)}>
              +5 min
            </Button>
            <Button aria-label="Five minutes less" onClick={() => add(-300)}>
              −5 min
            </Button>
            <HoldButton
              tone="plain"
              label="Reset"
              consequence="It stops and has the time it begins with; what viewers added is gone."
              onConfirmed={() => void props.command.run('timer.reset', { widget: widget() })}
            />
          </div>
          <form
            class="form-row"
            onSubmit={(event) => {
              event.preventDefault()
              if (wanted() >= 0) void set()
            }}
          >
            <input
              class="input control-short"
              type="number"
              inputmode="decimal"
              min="0"
              max="100000"
              step="any"
              aria-label="Minutes left"
              placeholder="Minutes"
              value={minutes()}
              onInput={(event) => setMinutes(event.currentTarget.value)}
            />
            <Button type="submit" disabled={!(wanted() >= 0)}>
              Set what is left
            </Button>
          </form>
        </>
      )}
    </Show>
  )
}
