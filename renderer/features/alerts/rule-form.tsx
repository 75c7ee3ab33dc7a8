/** The rule of one type of alert as a form. Nothing changes on stream until "Save". */
import { createSignal, For, Show } from 'solid-js'
import type { AlertPriority, AlertRule, AlertType } from '../../../contracts/alert.ts'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import type { Commander } from '../../state/create-command.ts'
import { SoundChoice } from '../sounds/sound-choice.tsx'
import { alertTypeWords, minimumWords, priorityWords } from './alert-words.ts'
import { eventTypeFor } from './test-event.ts'

interface RuleFormProps {
  type: AlertType
  rule: AlertRule
  command: Commander
}

export function RuleForm(props: RuleFormProps) {
  // The form starts from the rule as it is now; what another dashboard saves meanwhile does not overwrite typing.
  const [draft, setDraft] = createSignal<AlertRule>({ ...props.rule })
  const [saved, setSaved] = createSignal(false)
  const change = (part: Partial<AlertRule>) => {
    setSaved(false)
    setDraft({ ...draft(), ...part })
  }
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    const result = await props.command.run('alert.rule.set', { type: props.type, rule: draft() })
    setSaved(result !== undefined)
  }
  const test = () => void props.command.run('simulator.event', { type: eventTypeFor(props.type), payload: {} })
  return (
    <form class="form" onSubmit={(event) => void save(event)}>
      <label class="check">
        <input
          type="checkbox"
          checked={draft().enabled}
          onChange={(event) => change({ enabled: event.currentTarget.checked })}
        />
        Show an alert for this
      </label>
      <TextField
        label="Text"
        hint="{who}, {amount} and {message} are filled in, and so is any field of the event."
        maxLength={300}
        required
        value={draft().template}
        onChange={(template) => change({ template })}
      />
      <div class="form-pair">
        <NumberField
          label="Seconds on screen"
          min={1}
          max={120}
          step={0.5}
          value={draft().durationMs / 1000}
          onChange={(seconds) => change({ durationMs: Math.round(seconds * 1000) })}
        />
        <PriorityField value={draft().priority} onChange={(priority) => change({ priority })} />
      </div>
      <div class="form-pair">
        <SoundChoice
          value={draft().sound}
          volume={draft().volume}
          command={props.command}
          onChange={(sound) => change({ sound })}
        />
        <VolumeField value={draft().volume} onChange={(volume) => change({ volume })} />
      </div>
      <Show when={minimumWords[props.type]}>
        {(unit) => (
          <div class="form-pair">
            <NumberField
              label={`Least amount (${unit()})`}
              hint="0 shows them all."
              min={0}
              step={1}
              value={draft().minimum}
              onChange={(minimum) => change({ minimum })}
            />
          </div>
        )}
      </Show>
      <div class="form-row">
        <Button tone="primary" type="submit" busy={props.command.pending() === 'alert.rule.set'}>
          Save {alertTypeWords[props.type].toLowerCase()}
        </Button>
        <Button onClick={test}>Send a test</Button>
        <span class="muted" role="status">
          {saved() ? 'Saved. The next alert uses it.' : ''}
        </span>
      </div>
    </form>
  )
}

interface FieldOf<T> {
  value: T
  onChange: (value: T) => void
}

function TextField(props: FieldOf<string> & { label: string; hint: string; maxLength: number; required?: boolean }) {
  return (
    <Field
      label={props.label}
      hint={props.hint}
      control={(ids) => (
        <input
          {...ids}
          class="input"
          required={props.required}
          maxlength={props.maxLength}
          value={props.value}
          onInput={(event) => props.onChange(event.currentTarget.value)}
        />
      )}
    />
  )
}

interface NumberFieldProps extends FieldOf<number> {
  label: string
  hint?: string
  min: number
  max?: number
  step: number
}

/** Hands on numbers only: while the field is empty the last one stays. */
function NumberField(props: NumberFieldProps) {
  return (
    <Field
      label={props.label}
      hint={props.hint}
      control={(ids) => (
        <input
          {...ids}
          class="input"
          type="number"
          required
          min={props.min}
          max={props.max}
          step={props.step}
          value={props.value}
          onInput={({ currentTarget: { valueAsNumber } }) => {
            if (!Number.isNaN(valueAsNumber)) props.onChange(valueAsNumber)
          }}
        />
      )}
    />
  )
}

function PriorityField(props: FieldOf<AlertPriority>) {
  const priorities = Object.keys(priorityWords) as AlertPriority[]
  return (
    <Field
      label="Priority"
      control={(ids) => (
        <select {...ids} class="input" onChange={(event) => props.onChange(event.currentTarget.value as AlertPriority)}>
          <For each={priorities}>
            {(priority) => (
              <option value={priority} selected={priority === props.value}>
                {priorityWords[priority]}
              </option>
            )}
          </For>
        </select>
      )}
    />
  )
}

function VolumeField(props: FieldOf<number>) {
  return (
    <Field
      label="Volume of the sound"
      control={(ids) => (
        <input
          {...ids}
          class="rule-volume"
          type="range"
          min="0"
          max="1"
          step="0.05"
          value={props.value}
          aria-valuetext={`${Math.round(props.value * 100)} %`}
          onInput={(event) => props.onChange(event.currentTarget.valueAsNumber)}
        />
      )}
    />
  )
}
