/** How an alert looks and sounds, as fields: of the rule of a type, and of each of its exceptions. */
import { For } from 'solid-js'
import type { AlertPriority, AlertRule } from '../../../contracts/alert.ts'
import { Field } from '../../components/field.tsx'
import { TextField } from '../../components/text-field.tsx'
import type { Commander } from '../../state/create-command.ts'
import { SoundChoice } from '../sounds/sound-choice.tsx'
import { priorityWords } from './alert-words.ts'

type Look = Pick<AlertRule, 'template' | 'durationMs' | 'priority' | 'sound' | 'volume'>

interface LookFieldsProps {
  look: Look
  command: Commander
  onChange: (change: Partial<Look>) => void
}

export function LookFields(props: LookFieldsProps) {
  return (
    <>
      <TextField
        label="Text"
        hint="{who}, {amount} and {message} are filled in, and so is any field of the event."
        maxLength={300}
        required
        value={props.look.template}
        onChange={(template) => props.onChange({ template })}
      />
      <div class="form-pair">
        <NumberField
          label="Seconds on screen"
          min={1}
          max={120}
          step={0.5}
          value={props.look.durationMs / 1000}
          onChange={(seconds) => props.onChange({ durationMs: Math.round(seconds * 1000) })}
        />
        <PriorityField value={props.look.priority} onChange={(priority) => props.onChange({ priority })} />
      </div>
      <div class="form-pair">
        <SoundChoice
          value={props.look.sound}
          volume={props.look.volume}
          command={props.command}
          onChange={(sound) => props.onChange({ sound })}
        />
        <VolumeField value={props.look.volume} onChange={(volume) => props.onChange({ volume })} />
      </div>
    </>
  )
}

interface FieldOf<T> {
  value: T
  onChange: (value: T) => void
}

interface NumberFieldProps extends FieldOf<number> {
  label: string
  hint?: string
  min: number
  max?: number
  step: number
}

/** Hands on numbers only: while the field is empty the last one stays. */
export function NumberField(props: NumberFieldProps) {
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
