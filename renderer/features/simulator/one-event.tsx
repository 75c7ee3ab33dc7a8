/** One event: at once with made-up fields, or after a look at them and a change. */
import { batch, createSignal, For, Index, Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import type { Commander } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { alertTypeWords } from '../alerts/alert-words.ts'
import { eventTypeFor } from '../alerts/test-event.ts'
import { changesOf, type EventField, fieldsOf } from './event-fields.ts'
import { TypeOptions } from './type-options.tsx'

/** The ones tried most; the rest is in the list below them. */
const FAVOURITES = [
  ...(['follow', 'sub', 'resub', 'gift', 'cheer', 'raid', 'redemption', 'hype-train'] as const),
  ...(['poll', 'prediction', 'charity', 'goal', 'ad-break'] as const),
] as const

interface Draft {
  type: string
  seed: number
  fields: readonly EventField[]
}

export function OneEvent(props: { command: Commander }) {
  const { simulator } = useDashboard()
  const [sent, setSent] = createSignal('')
  const [draft, setDraft] = createSignal<Draft | null>(null)
  let select: HTMLSelectElement | undefined
  const send = async (type: string, more: { payload?: Record<string, unknown>; seed?: number } = {}) => {
    setSent('')
    const result = await props.command.run('simulator.event', { type, ...more })
    if (result) setSent('Sent. It is in the timeline, and on stream if its alert is on.')
  }
  const edit = async (type: string) => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const made = await props.command.run('simulator.payload', { type, seed })
    if (made) setDraft({ type, seed, fields: fieldsOf(made.payload) })
  }
  return (
    <section>
      <h3 class="simulator-title">One event</h3>
      <div class="simulator-grid">
        <For each={FAVOURITES}>
          {(type) => <Button onClick={() => void send(eventTypeFor(type))}>{alertTypeWords[type]}</Button>}
        </For>
        <Button onClick={() => void send('twitch.channel.chat.message')}>Chat message</Button>
      </div>
      <div class="form-row">
        <select ref={select} class="input simulator-type" aria-label="Any event" onChange={() => setDraft(null)}>
          <TypeOptions types={simulator()?.types ?? []} />
        </select>
        <Button onClick={() => select?.value && void send(select.value)}>Send</Button>
        <Button onClick={() => select?.value && void edit(select.value)}>Edit first</Button>
      </div>
      <Show when={draft()} keyed>
        {(open) => (
          <EventForm
            draft={open}
            onSend={(payload) => void send(open.type, { payload, seed: open.seed })}
            onClose={() => setDraft(null)}
          />
        )}
      </Show>
      <p class="muted" role="status">
        {sent()}
      </p>
    </section>
  )
}

interface EventFormProps {
  draft: Draft
  onSend: (payload: Record<string, unknown>) => void
  onClose: () => void
}

function EventForm(props: EventFormProps) {
  const { fields, type } = props.draft
  const [values, setValues] = createSignal(fields.map(({ value }) => value))
  const [fault, setFault] = createSignal('')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    batch(() => {
      setFault('')
      try {
        props.onSend(changesOf(fields, values()))
      } catch (error) {
        setFault(error instanceof Error ? error.message : String(error))
      }
    })
  }
  return (
    <form class="simulator-fields" aria-label={`Fields of ${type}`} onSubmit={submit}>
      <Index each={fields}>
        {(field, index) => (
          <FieldControl
            field={field()}
            value={values()[index] ?? ''}
            onChange={(value) => setValues(values().with(index, value))}
          />
        )}
      </Index>
      <Show when={fields.length === 0}>
        <p class="muted">This event has no fields.</p>
      </Show>
      <div class="form-row simulator-wide">
        <Button type="submit" tone="primary">
          Send this
        </Button>
        <Button onClick={() => props.onClose()}>Close</Button>
        <p class="simulator-fault" role="alert">
          {fault()}
        </p>
      </div>
    </form>
  )
}

function FieldControl(props: { field: EventField; value: string; onChange: (value: string) => void }) {
  const { kind, label, nullable } = props.field
  return (
    <div class={kind === 'json' ? 'simulator-wide' : undefined}>
      <Field
        label={label}
        hint={nullable ? 'Empty: none' : undefined}
        control={(ids) => {
          if (kind === 'yes-no') {
            return (
              <select {...ids} class="input" onChange={(event) => props.onChange(event.currentTarget.value)}>
                <option value="true" selected={props.value === 'true'}>
                  Yes
                </option>
                <option value="false" selected={props.value === 'false'}>
                  No
                </option>
              </select>
            )
          }
          if (kind === 'json') {
            return (
              <textarea
                {...ids}
                class="input simulator-json"
                rows={4}
                spellcheck={false}
                value={props.value}
                onInput={(event) => props.onChange(event.currentTarget.value)}
              />
            )
          }
          return (
            <input
              {...ids}
              class="input"
              type={kind === 'number' ? 'number' : 'text'}
              step="any"
              required={kind === 'number'}
              value={props.value}
              onInput={(event) => props.onChange(event.currentTarget.value)}
            />
          )
        }}
      />
    </div>
  )
}
