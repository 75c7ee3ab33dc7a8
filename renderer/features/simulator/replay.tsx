/** A broadcast out of the event log, played again: chosen from a list, or by its times. */
import { createSignal, For, onMount, Show } from 'solid-js'
import type { Recording } from '../../../contracts/commands/simulator.ts'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import type { Commander } from '../../state/create-command.ts'
import { dayAndTime, shortDuration } from '../../state/format.ts'
import { SpeedChoice } from './speed-choice.tsx'

/** In the list of recordings: the times are typed in. */
const BY_TIMES = 'times'

export function Replay(props: { command: Commander }) {
  const [recordings, setRecordings] = createSignal<readonly Recording[] | null>(null)
  const [chosen, setChosen] = createSignal(BY_TIMES)
  const [speed, setSpeed] = createSignal(10)
  const [fault, setFault] = createSignal('')
  const look = async () => {
    const found = await props.command.run('simulator.recordings', {})
    if (!found) return
    setRecordings(found.recordings)
    setChosen(found.recordings.length > 0 ? '0' : BY_TIMES)
  }
  onMount(() => void look())
  const start = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const recording = recordings()?.[Number(chosen())]
    const from = recording?.from ?? Date.parse(String(data.get('from')))
    const to = recording?.to ?? Date.parse(String(data.get('to')))
    setFault(from < to ? '' : 'The end must come after the beginning.')
    const counted = data.get('counted') === 'on'
    if (from < to) void props.command.run('simulator.replay', { from, to, speed: speed(), counted })
  }
  return (
    <section>
      <h3 class="simulator-title">Recorded broadcast</h3>
      <form class="simulator-replay" onSubmit={start}>
        <Field
          label="Broadcast"
          hint={
            recordings()?.length === 0 ? 'The log has no broadcast yet. Any stretch of time can be played.' : undefined
          }
          control={(ids) => (
            <select {...ids} class="input" onChange={(event) => setChosen(event.currentTarget.value)}>
              <For each={recordings() ?? []}>
                {(recording, index) => (
                  <option value={String(index())} selected={chosen() === String(index())}>
                    {recordingWords(recording)}
                  </option>
                )}
              </For>
              <option value={BY_TIMES} selected={chosen() === BY_TIMES}>
                From … to …
              </option>
            </select>
          )}
        />
        <Show when={chosen() === BY_TIMES}>
          <div class="form-pair">
            <Field
              label="From"
              control={(ids) => <input {...ids} class="input" type="datetime-local" step="1" name="from" required />}
            />
            <Field
              label="To"
              fault={fault() || undefined}
              control={(ids) => <input {...ids} class="input" type="datetime-local" step="1" name="to" required />}
            />
          </div>
        </Show>
        <div class="form-row">
          <Button type="submit" tone="primary">
            <Icon name="play" /> Play it again
          </Button>
          <SpeedChoice value={speed()} onChange={setSpeed} />
          <label class="check">
            <input type="checkbox" name="counted" />
            Count it as if it happened now
          </label>
        </div>
        <p class="muted">
          It is shown like the first time. Unless it counts, no figure and no IronMON run is changed by it.
        </p>
      </form>
    </section>
  )
}

function recordingWords({ from, to, title, category, isRunning }: Recording): string {
  const length = isRunning ? 'still live' : shortDuration(to - from)
  return [dayAndTime(from), length, title, category].filter(Boolean).join(' · ')
}
