/** One setting of a widget as the control that its field asks for. Knows no widget. */
import { createSignal, createUniqueId, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { Control, FieldWords } from '../../../contracts/widgets/fields.ts'
import { Field, type FieldIds } from '../../components/field.tsx'
import { linesOf } from '../../components/text-field.tsx'

interface SettingFieldProps {
  field: FieldWords & { control: Control }
  value: unknown
  fault: string | undefined
  onChange: (value: unknown) => void
  onLeave: () => void
}

type ControlOf<K extends Control['kind']> = Extract<Control, { kind: K }>
type InputProps<K extends Control['kind']> = Omit<SettingFieldProps, 'field'> & { ids: FieldIds; control: ControlOf<K> }

export function SettingField(props: SettingFieldProps) {
  return (
    <Show when={props.field.control.kind !== 'toggle'} fallback={<Toggle {...props} />}>
      <Field
        label={labelOf(props.field)}
        hint={props.field.hint ?? (props.field.control.kind === 'list' ? 'One in each line.' : undefined)}
        fault={props.fault}
        control={(ids) => <Input {...props} ids={ids} />}
      />
    </Show>
  )
}

/** Where a number is typed, its unit has no place beside it. */
function labelOf({ label, control }: SettingFieldProps['field']): string {
  return control.kind === 'number' && control.unit !== '' ? `${label} (${control.unit})` : label
}

function Input(props: SettingFieldProps & { ids: FieldIds }): JSX.Element {
  const of = <K extends Control['kind']>(kind: K) =>
    (props.field.control.kind === kind ? props.field.control : undefined) as ControlOf<K> | undefined
  return (
    <Switch>
      <Match when={of('text')}>{(control) => <Text {...props} control={control()} />}</Match>
      <Match when={of('number')}>{(control) => <NumberInput {...props} control={control()} />}</Match>
      <Match when={of('range')}>{(control) => <Range {...props} control={control()} />}</Match>
      <Match when={of('colour')}>{(control) => <Colour {...props} control={control()} />}</Match>
      <Match when={of('choice')}>{(control) => <Choice {...props} control={control()} />}</Match>
      <Match when={of('list')}>{(control) => <List {...props} control={control()} />}</Match>
    </Switch>
  )
}

function Text(props: InputProps<'text'>) {
  return (
    <input
      {...props.ids}
      class="input"
      maxLength={props.control.maxLength}
      value={String(props.value ?? '')}
      onInput={(event) => props.onChange(event.currentTarget.value)}
    />
  )
}

function NumberInput(props: InputProps<'number'>) {
  return (
    <input
      {...props.ids}
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
  )
}

function Range(props: InputProps<'range'>) {
  const words = () => `${props.value}${props.control.unit === '' ? '' : ` ${props.control.unit}`}`
  return (
    <div class="setting-range">
      <input
        {...props.ids}
        type="range"
        min={props.control.min}
        max={props.control.max}
        step={props.control.step}
        value={Number(props.value)}
        aria-valuetext={words()}
        onInput={(event) => props.onChange(event.currentTarget.valueAsNumber)}
      />
      <output for={props.ids.id}>{words()}</output>
    </div>
  )
}

/** Its words are beside it, so it has no label above. */
function Toggle(props: SettingFieldProps) {
  const hintId = createUniqueId()
  return (
    <div class="field">
      <label class="check">
        <input
          type="checkbox"
          checked={props.value === true}
          aria-describedby={hintId}
          onChange={(event) => props.onChange(event.currentTarget.checked)}
        />
        {props.field.label}
      </label>
      <p id={hintId} class="field-hint">
        {props.field.hint}
      </p>
    </div>
  )
}

/** What the picker opens with where no colour is chosen yet. */
const FIRST_COLOUR = '#7c4dff'

function Colour(props: InputProps<'colour'>) {
  const colour = () => (typeof props.value === 'string' ? props.value : null)
  return (
    <div class="setting-colour">
      <input
        {...props.ids}
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
        {props.control.none}
      </label>
    </div>
  )
}

function Choice(props: InputProps<'choice'>) {
  return (
    <select {...props.ids} class="input" onChange={(event) => props.onChange(event.currentTarget.value)}>
      <For each={props.control.options}>
        {({ value, label }) => (
          <option value={value} selected={props.value === value}>
            {label}
          </option>
        )}
      </For>
    </select>
  )
}

function List(props: InputProps<'list'>) {
  // While it is typed in, an empty line is there to be written on.
  const [draft, setDraft] = createSignal<string>()
  const lines = () => (Array.isArray(props.value) ? props.value : []).join('\n')
  const change = (text: string) => {
    setDraft(text)
    props.onChange(linesOf(text))
  }
  return (
    <textarea
      {...props.ids}
      class="input"
      rows={4}
      value={draft() ?? lines()}
      onInput={(event) => change(event.currentTarget.value)}
      onBlur={() => setDraft(undefined)}
    />
  )
}
