/** One setting of a widget as the control that its field asks for. Knows no widget. */
import { createSignal, For, Match, Show, Switch } from 'solid-js'
import type { Control, FieldWords } from '../../../contracts/widgets/fields.ts'
import { Field } from '../../components/field.tsx'
import { linesOf, TextLine, TextLines } from './text-fields.tsx'

interface SettingFieldProps {
  field: FieldWords & { control: Control }
  value: unknown
  fault: string | undefined
  onChange: (value: unknown) => void
  onLeave: () => void
}

export function SettingField(props: SettingFieldProps) {
  const control = () => props.field.control
  const of = <K extends Control['kind']>(kind: K) =>
    (control().kind === kind ? control() : undefined) as Extract<Control, { kind: K }> | undefined
  return (
    <Switch>
      <Match when={of('toggle')}>
        <Toggle {...props} />
      </Match>
      <Match when={of('colour')}>{(colour) => <Colour {...props} none={colour().none} />}</Match>
      <Match when={of('list')}>
        <List {...props} />
      </Match>
      <Match when={of('choice')}>{(choice) => <Choice {...props} options={choice().options} />}</Match>
      <Match when={of('range')}>{(range) => <Range {...props} control={range()} />}</Match>
      <Match when={of('number')}>{(number) => <NumberInput {...props} control={number()} />}</Match>
      <Match when={of('text')}>{(text) => <Text {...props} maxLength={text().maxLength} />}</Match>
    </Switch>
  )
}

function Text(props: SettingFieldProps & { maxLength: number }) {
  return (
    <TextLine
      label={props.field.label}
      hint={props.field.hint}
      fault={props.fault}
      maxLength={props.maxLength}
      value={String(props.value ?? '')}
      onInput={props.onChange}
    />
  )
}

type NumberControl = Extract<Control, { kind: 'number' | 'range' }>

function NumberInput(props: SettingFieldProps & { control: NumberControl }) {
  const label = () => (props.control.unit === '' ? props.field.label : `${props.field.label} (${props.control.unit})`)
  return (
    <Field
      label={label()}
      hint={props.field.hint}
      fault={props.fault}
      control={(ids) => (
        <input
          {...ids}
          class="input"
          type="number"
          inputmode={Number.isInteger(props.control.step) ? 'numeric' : 'decimal'}
          min={props.control.min}
          max={props.control.max}
          step={props.control.step}
          value={Number.isFinite(props.value) ? Number(props.value) : ''}
          onInput={(event) => props.onChange(event.currentTarget.valueAsNumber)}
          onBlur={() => props.onLeave()}
        />
      )}
    />
  )
}

function Range(props: SettingFieldProps & { control: NumberControl }) {
  return (
    <Field
      label={props.field.label}
      hint={props.field.hint}
      fault={props.fault}
      control={(ids) => (
        <div class="setting-range">
          <input
            {...ids}
            type="range"
            min={props.control.min}
            max={props.control.max}
            step={props.control.step}
            value={Number(props.value)}
            onInput={(event) => props.onChange(event.currentTarget.valueAsNumber)}
          />
          <output for={ids.id}>
            {String(props.value)}
            {props.control.unit === '' ? '' : ` ${props.control.unit}`}
          </output>
        </div>
      )}
    />
  )
}

function Toggle(props: SettingFieldProps) {
  return (
    <div class="field">
      <label class="check">
        <input
          type="checkbox"
          checked={props.value === true}
          onChange={(event) => props.onChange(event.currentTarget.checked)}
        />
        {props.field.label}
      </label>
      <Show when={props.field.hint}>
        <p class="field-hint">{props.field.hint}</p>
      </Show>
    </div>
  )
}

/** What the picker opens with where no colour is chosen yet. */
const FIRST_COLOUR = '#7c4dff'

function Colour(props: SettingFieldProps & { none: string }) {
  const colour = () => (typeof props.value === 'string' ? props.value : null)
  return (
    <Field
      label={props.field.label}
      hint={props.field.hint}
      fault={props.fault}
      control={(ids) => (
        <div class="setting-colour">
          <input
            {...ids}
            type="color"
            data-unset={colour() === null ? '' : undefined}
            value={colour() ?? FIRST_COLOUR}
            onInput={(event) => props.onChange(event.currentTarget.value)}
          />
          <label class="check">
            <input
              type="checkbox"
              checked={colour() === null}
              onChange={(event) => props.onChange(event.currentTarget.checked ? null : FIRST_COLOUR)}
            />
            {props.none}
          </label>
        </div>
      )}
    />
  )
}

function Choice(props: SettingFieldProps & { options: readonly { value: string; label: string }[] }) {
  return (
    <Field
      label={props.field.label}
      hint={props.field.hint}
      fault={props.fault}
      control={(ids) => (
        <select {...ids} class="input" onChange={(event) => props.onChange(event.currentTarget.value)}>
          <For each={props.options}>
            {({ value, label }) => (
              <option value={value} selected={props.value === value}>
                {label}
              </option>
            )}
          </For>
        </select>
      )}
    />
  )
}

function List(props: SettingFieldProps) {
  // While it is typed in, an empty line is there to be written on.
  const [draft, setDraft] = createSignal<string>()
  const lines = () => (Array.isArray(props.value) ? props.value : []).join('\n')
  const change = (text: string) => {
    setDraft(text)
    props.onChange(linesOf(text))
  }
  return (
    <TextLines
      label={props.field.label}
      hint={props.field.hint ?? 'One in each line.'}
      fault={props.fault}
      rows={4}
      value={draft() ?? lines()}
      onInput={change}
      onBlur={() => setDraft(undefined)}
    />
  )
}
