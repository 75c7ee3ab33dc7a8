/** A show's ticker: what comes, in which order, how often compared with the others, and for how long. */
import { createSignal, Index } from 'solid-js'
import { createStore, unwrap } from 'solid-js/store'
import type { Show as ShowOf } from '../../../contracts/show.ts'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { focusSoon } from '../../components/focus-soon.ts'
import { Icon } from '../../components/icon.tsx'
import type { Commander } from '../../state/create-command.ts'
import { contentTypeWords } from './producer-words.ts'
import { moved, type TickerRow, tickerOf, tickerRows } from './show-fields.ts'

const MOST_WEIGHT = 10

export function TickerForm(props: { show: ShowOf; command: Commander; onDone: () => void }) {
  const [rows, setRows] = createStore<TickerRow[]>(tickerRows(props.show.ticker))
  const [seconds, setSeconds] = createSignal(props.show.tickerMs / 1000)
  const save = async () => {
    const ticker = tickerOf(structuredClone(unwrap(rows)))
    const tickerMs = Math.round(seconds() * 1000)
    if (await props.command.run('ticker.set', { show: props.show.id, ticker, tickerMs })) props.onDone()
  }
  return (
    <form
      class="form producer-rule"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <ul>
        <Index each={rows}>
          {(row, index) => (
            <li class="producer-row">
              <label class="producer-words" for={`ticker-${row().type}`}>
                {contentTypeWords[row().type]}
              </label>
              <select
                ref={(select) => index === 0 && focusSoon(select)}
                id={`ticker-${row().type}`}
                class="input producer-weight"
                data-small=""
                onChange={(event) => setRows(index, 'weight', Number(event.currentTarget.value))}
              >
                <Index each={Array.from({ length: MOST_WEIGHT + 1 }, (_, weight) => weight)}>
                  {(weight) => (
                    <option value={weight()} selected={weight() === row().weight}>
                      {weight() === 0 ? 'Never' : `× ${weight()}`}
                    </option>
                  )}
                </Index>
              </select>
              <Button
                tone="quiet"
                small
                disabled={index === 0}
                aria-label={`${contentTypeWords[row().type]} earlier`}
                onClick={() => setRows((before) => moved(before, index, -1))}
              >
                <Icon name="up" />
              </Button>
              <Button
                tone="quiet"
                small
                disabled={index === rows.length - 1}
                aria-label={`${contentTypeWords[row().type]} later`}
                onClick={() => setRows((before) => moved(before, index, 1))}
              >
                <Icon name="down" />
              </Button>
            </li>
          )}
        </Index>
      </ul>
      <Field
        label="Seconds for each"
        control={(ids) => (
          <input
            {...ids}
            class="input"
            type="number"
            required
            min="1"
            max="3600"
            step="any"
            value={seconds()}
            onInput={(event) => setSeconds(event.currentTarget.valueAsNumber)}
          />
        )}
      />
      <div class="form-row">
        <Button tone="primary" type="submit" busy={props.command.pending() === 'ticker.set'}>
          Save the ticker
        </Button>
        <Button onClick={() => props.onDone()}>Cancel</Button>
      </div>
    </form>
  )
}
