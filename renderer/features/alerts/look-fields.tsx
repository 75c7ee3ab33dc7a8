/** How an alert looks and sounds, as fields: of the rule of a type, and of each of its exceptions. */
import { For } from 'solid-js'
import type { AlertPriority, AlertRule } from '../../../contracts/alert.ts'
import { Field } from '../../components/field.tsx'
import { NumberField } from '../../components/number-field.tsx'
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
          isTall
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
