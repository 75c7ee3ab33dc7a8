/** Many events: so many a second, for so long, of a mix. */
import { createSignal, Index, Show } from 'solid-js'
import type { BurstMixEntry } from '../../../contracts/commands/simulator.ts'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import type { Commander } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { TypeOptions } from './type-options.tsx'

const MAX_KINDS = 8
const CHAT = 'twitch.channel.chat.message'
const FOLLOW = 'twitch.channel.follow'

export function Burst(props: { command: Commander }) {
  const { simulator } = useDashboard()
  const [mix, setMix] = createSignal<readonly BurstMixEntry[]>([
    { type: CHAT, weight: 9 },
    { type: FOLLOW, weight: 1 },
  ])
  const types = () => simulator()?.types ?? []
  const change = (index: number, part: Partial<BurstMixEntry>) =>
    setMix(mix().map((entry, at) => (at === index ? { ...entry, ...part } : entry)))
  const start = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const seconds = Number(data.get('seconds'))
    void props.command.run('simulator.burst', { mix: [...mix()], perSecond: Number(data.get('rate')), seconds })
  }
  return (
    <section>
      <h3 class="simulator-title">Burst</h3>
      <form onSubmit={start}>
        <ul>
          <Index each={mix()}>
            {(entry, index) => (
              <li class="simulator-mix">
                <select
                  class="input"
                  aria-label={`Event ${index + 1}`}
                  onChange={(event) => change(index, { type: event.currentTarget.value })}
                >
                  <TypeOptions types={types()} chosen={entry().type} />
                </select>
                <label class="simulator-share">
                  <span class="muted">Share</span>
                  <input
                    class="input"
                    type="number"
                    min="1"
                    max="100"
                    required
                    aria-label={`Share of event ${index + 1}`}
                    value={entry().weight}
                    onInput={({ currentTarget: { valueAsNumber } }) => {
                      if (Number.isInteger(valueAsNumber)) change(index, { weight: valueAsNumber })
                    }}
                  />
                </label>
                <Show when={mix().length > 1}>
                  <Button
                    tone="quiet"
                    small
                    aria-label={`Leave out event ${index + 1}`}
                    onClick={() => setMix(mix().filter((_, at) => at !== index))}
                  >
                    <Icon name="cross" />
                  </Button>
                </Show>
              </li>
            )}
          </Index>
        </ul>
        <div class="simulator-burst">
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
          <Field
            label="Seconds"
            control={(ids) => (
              <input
                {...ids}
                class="input"
                name="seconds"
                type="number"
                min="0.1"
                max="600"
                step="0.1"
                value="10"
                required
              />
            )}
          />
          <Button disabled={mix().length >= MAX_KINDS} onClick={() => setMix([...mix(), { type: FOLLOW, weight: 1 }])}>
            <Icon name="plus" /> Add to the mix
          </Button>
          <Button type="submit">Start the burst</Button>
        </div>
      </form>
    </section>
  )
}
