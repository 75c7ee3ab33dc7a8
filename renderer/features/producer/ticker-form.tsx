/** A show's ticker: what comes, words of the streamer's own too, in which order, how often compared with the others, and for how long. */
import { createSignal, For, Index, Show } from 'solid-js'
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
const MOST_ENTRIES = 20
const weights = Array.from({ length: MOST_WEIGHT + 1 }, (_, weight) => weight)

export function TickerForm(props: { show: ShowOf; command: Commander; onDone: () => void }) {
  const [rows, setRows] = createStore<TickerRow[]>(tickerRows(props.show.ticker))
  const [seconds, setSeconds] = createSignal(props.show.tickerMs / 1000)
  const save = async () => {
    const ticker = tickerOf(structuredClone(unwrap(rows)))
    const tickerMs = Math.round(seconds() * 1000)
    if (await props.command.run('ticker.set', { show: props.show.id, ticker, tickerMs })) props.onDone()
  }
  /** Messages by their place, for they are all called alike. */
  const nameOf = (index: number) => {
    const type = rows[index]?.type ?? 'message'
    return type === 'message' ? `message ${index + 1}` : contentTypeWords[type]
  }
  const setMessage = (index: number, message: string) =>
    setRows((before) => before.map((row, at) => (at === index && row.type === 'message' ? { ...row, message } : row)))
  /** The button that was pressed is that of another entry now: the keyboard goes with the one that was moved. */
  const move = (button: HTMLButtonElement, index: number, by: -1 | 1) => {
    setRows((before) => moved(before, index, by))
    const row = button.closest('li')
    const there = by < 0 ? row?.previousElementSibling : row?.nextElementSibling
    const same = there?.querySelector<HTMLButtonElement>(`[data-move="${by}"]`)
    const usable = same?.disabled ? there?.querySelector<HTMLButtonElement>(`[data-move="${-by}"]`) : same
    usable?.focus()
  }
  const add = () => setRows((before) => [{ type: 'message', title: null, message: '', weight: 1 }, ...before])
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
              <Show
                when={messageOf(row())}
                fallback={<span class="producer-words">{contentTypeWords[row().type]}</span>}
              >
                {(message) => (
                  <>
                    <input
                      class="input producer-message"
                      data-small=""
                      aria-label={nameOf(index)}
                      maxLength={300}
                      placeholder="Words on the bar"
                      value={message().message}
                      onInput={(event) => setMessage(index, event.currentTarget.value)}
                    />
                    <Button
                      tone="quiet"
                      small
                      aria-label={`Remove ${nameOf(index)}`}
                      onClick={() => setRows((before) => before.toSpliced(index, 1))}
                    >
                      <Icon name="cross" />
                    </Button>
                  </>
                )}
              </Show>
              <select
                ref={(select) => index === 0 && focusSoon(select)}
                aria-label={`How often ${nameOf(index)}`}
                class="input producer-weight"
                data-small=""
                onChange={(event) => setRows(index, 'weight', Number(event.currentTarget.value))}
              >
                <For each={weights.slice(row().type === 'message' ? 1 : 0)}>
                  {(weight) => (
                    <option value={weight} selected={weight === row().weight}>
                      {weight === 0 ? 'Never' : `× ${weight}`}
                    </option>
                  )}
                </For>
              </select>
              <Button
                tone="quiet"
                small
                disabled={index === 0}
                aria-label={`${nameOf(index)} earlier`}
                data-move="-1"
                onClick={(event) => move(event.currentTarget, index, -1)}
              >
                <Icon name="up" />
              </Button>
              <Button
                tone="quiet"
                small
                disabled={index === rows.length - 1}
                aria-label={`${nameOf(index)} later`}
                data-move="1"
                onClick={(event) => move(event.currentTarget, index, 1)}
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
        <Button disabled={rows.length >= MOST_ENTRIES} onClick={add}>
          Add a message
        </Button>
        <Button onClick={() => props.onDone()}>Cancel</Button>
      </div>
    </form>
  )
}

function messageOf(row: TickerRow): Extract<TickerRow, { type: 'message' }> | null {
  return row.type === 'message' ? row : null
}
