/** The goals: what they count, how far they are, and how far they go. Saved together; what counts meanwhile is kept. */
import { createSignal, For, Index, Show } from 'solid-js'
import { createStore, unwrap } from 'solid-js/store'
import { MAX_GOALS } from '../../../contracts/content.ts'
import type { ProducerState } from '../../../contracts/state/producer.ts'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { focusSoon } from '../../components/focus-soon.ts'
import { Icon } from '../../components/icon.tsx'
import type { Commander } from '../../state/create-command.ts'
import { count } from '../../state/format.ts'
import { freeGoalType, type GoalRow, goalRows, goalsOf, goalTypes } from './show-fields.ts'

export function Goals(props: { state: ProducerState; command: Commander }) {
  const [isOpen, setOpen] = createSignal(false)
  let wasOpen = false
  const close = () => {
    wasOpen = true
    setOpen(false)
  }
  return (
    <section>
      <h3 class="producer-title">Goals</h3>
      <Show
        when={isOpen()}
        fallback={
          <>
            <Show when={props.state.goals.length > 0} fallback={<p class="muted">No goal is set.</p>}>
              <ul>
                <For each={props.state.goals}>
                  {(goal) => (
                    <li class="producer-row">
                      <p class="producer-words clip">{goal.description || (goalTypes[goal.type] ?? goal.type)}</p>
                      <span class="producer-left">
                        {count(goal.current_amount)} of {count(goal.target_amount)}
                      </span>
                    </li>
                  )}
                </For>
              </ul>
            </Show>
            <Button small ref={(button) => wasOpen && focusSoon(button)} onClick={() => setOpen(true)}>
              {props.state.goals.length > 0 ? 'Edit the goals' : 'Add a goal'}
            </Button>
          </>
        }
      >
        <GoalsForm state={props.state} command={props.command} onDone={close} />
      </Show>
    </section>
  )
}

const NEW_TARGET = 100

function GoalsForm(props: { state: ProducerState; command: Commander; onDone: () => void }) {
  const [rows, setRows] = createStore<GoalRow[]>(goalRows(props.state.goals))
  const add = () => {
    if (rows.length >= MAX_GOALS) return
    const goal = { type: freeGoalType(rows), description: '', current_amount: 0, target_amount: NEW_TARGET }
    setRows(rows.length, { was: null, goal })
  }
  if (rows.length === 0) add()
  const save = async () => {
    const goals = goalsOf(structuredClone(unwrap(rows)), props.state.goals)
    if (await props.command.run('goals.set', { goals })) props.onDone()
  }
  return (
    <form
      class="form producer-rule"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Index each={rows}>
        {(row, index) => (
          <fieldset class="producer-goal">
            <legend class="visually-hidden">Goal {index + 1}</legend>
            <Field
              label="What for"
              hint={index === 0 ? 'Shown to viewers. Empty: what it counts.' : undefined}
              control={(ids) => (
                <input
                  {...ids}
                  ref={(input) => index === 0 && focusSoon(input)}
                  class="input"
                  maxLength={200}
                  value={row().goal.description}
                  onInput={(event) => setRows(index, 'goal', 'description', event.currentTarget.value)}
                />
              )}
            />
            <div class="producer-goal-figures">
              <Field
                label="Counts"
                control={(ids) => (
                  <select
                    {...ids}
                    class="input"
                    onChange={(event) => setRows(index, 'goal', 'type', event.currentTarget.value)}
                  >
                    <For each={typesFor(row().goal.type)}>
                      {([type, words]) => (
                        <option value={type} selected={type === row().goal.type}>
                          {words}
                        </option>
                      )}
                    </For>
                  </select>
                )}
              />
              <Amount
                label="Now"
                value={row().goal.current_amount}
                min={0}
                onInput={(amount) => setRows(index, 'goal', 'current_amount', amount)}
              />
              <Amount
                label="Goal"
                value={row().goal.target_amount}
                min={1}
                onInput={(amount) => setRows(index, 'goal', 'target_amount', amount)}
              />
              <Button
                tone="quiet"
                aria-label={`Remove goal ${index + 1}`}
                onClick={() => setRows((before) => before.toSpliced(index, 1))}
              >
                <Icon name="cross" />
              </Button>
            </div>
          </fieldset>
        )}
      </Index>
      <div class="form-row">
        <Button tone="primary" type="submit" busy={props.command.pending() === 'goals.set'}>
          Save the goals
        </Button>
        <Button disabled={rows.length >= MAX_GOALS} onClick={add}>
          Add a goal
        </Button>
        <Button onClick={() => props.onDone()}>Cancel</Button>
      </div>
    </form>
  )
}

/** What Landale counts, and whatever else this goal counts already. */
function typesFor(type: string): [string, string][] {
  const known = Object.entries(goalTypes)
  if (Object.hasOwn(goalTypes, type)) return [...known, ['own-1', 'Only what I type']]
  return [...known, [type, type.startsWith('own-') ? 'Only what I type' : type.replaceAll('_', ' ')]]
}

function Amount(props: { label: string; value: number; min: number; onInput: (amount: number) => void }) {
  return (
    <Field
      label={props.label}
      control={(ids) => (
        <input
          {...ids}
          class="input"
          type="number"
          inputmode="numeric"
          required
          min={props.min}
          step="1"
          value={props.value}
          onInput={(event) => props.onInput(Math.round(event.currentTarget.valueAsNumber) || 0)}
        />
      )}
    />
  )
}
