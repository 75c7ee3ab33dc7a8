/** How one scene becomes the next: which transition, how long; and in studio mode, doing it. */
import { For, Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { Panel } from '../../components/panel.tsx'
import { createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { obsMendHref, obsUnavailable } from '../status/obs-unavailable.ts'

/** What OBS takes, ms. */
const SHORTEST_MS = 50
const LONGEST_MS = 20_000

export function TransitionPanel() {
  const { obs } = useDashboard()
  const unavailable = obsUnavailable()
  const mend = obsMendHref()
  const command = createCommand()
  const transition = () => obs()?.transition
  const isStudio = () => obs()?.studioMode.enabled ?? false
  const choose = async (select: HTMLSelectElement) => {
    const done = await command.run('obs.transition.set', { transition: select.value })
    if (!done) select.value = transition()?.current ?? ''
  }
  return (
    <Panel title="Transition" area="transition" unavailable={unavailable()} mendHref={mend()} command={command}>
      <div class="transition">
        <div class="transition-take">
          <Button
            disabled={!isStudio()}
            onClick={() => void command.run('obs.preview.take', { cut: true })}
            busy={command.pending() === 'obs.preview.take'}
          >
            Cut
          </Button>
          <Button
            tone="primary"
            disabled={!isStudio()}
            onClick={() => void command.run('obs.preview.take', {})}
            busy={command.pending() === 'obs.preview.take'}
          >
            Transition
          </Button>
        </div>
        <Field
          label="Kind"
          hint={(transition()?.list.length ?? 0) === 0 ? 'OBS has told of none yet.' : undefined}
          control={(ids) => (
            <select
              {...ids}
              class="input"
              disabled={(transition()?.list.length ?? 0) === 0}
              onChange={(event) => void choose(event.currentTarget)}
            >
              <For each={transition()?.list ?? []}>
                {(name) => (
                  <option value={name} selected={transition()?.current === name}>
                    {name}
                  </option>
                )}
              </For>
            </select>
          )}
        />
        <Show
          when={transition()?.durationMs !== null && transition()?.current}
          fallback={
            <Show when={transition()?.current}>{(name) => <p class="muted">{name()} has no duration to set.</p>}</Show>
          }
        >
          {(current) => (
            <NumberField
              label="Duration, ms"
              value={transition()?.durationMs ?? SHORTEST_MS}
              min={SHORTEST_MS}
              max={LONGEST_MS}
              onChange={(durationMs) => void command.run('obs.transition.set', { transition: current(), durationMs })}
            />
          )}
        </Show>
      </div>
    </Panel>
  )
}
