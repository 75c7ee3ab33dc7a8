/** A number with its bounds. What is no such number is put back, and the reason said. */
import { createSignal } from 'solid-js'
import { Field } from './field.tsx'

interface NumberFieldProps {
  label: string
  hint?: string | undefined
  value: number
  min: number
  /** Without it there is none. */
  max?: number | undefined
  /** Between two numbers, from `min` on; 1 unless given. */
  step?: number | undefined
  name?: string | undefined
  /** As high as the fields of words beside it. */
  isTall?: boolean | undefined
  /** After Enter, a step, or on leaving; only with a number within the bounds. */
  onChange?: ((value: number) => void) | undefined
}

export function NumberField(props: NumberFieldProps) {
  const [fault, setFault] = createSignal<string>()
  const bounds = () => (props.max === undefined ? `at least ${props.min}` : `${props.min} to ${props.max}`)
  const change = (event: { currentTarget: HTMLInputElement }) => {
    const value = event.currentTarget.valueAsNumber
    const isStep = Number.isInteger((value - props.min) / (props.step ?? 1))
    const fits = isStep && value >= props.min && value <= (props.max ?? Number.POSITIVE_INFINITY)
    setFault(fits ? undefined : bounds())
    if (fits) props.onChange?.(value)
    else if (props.onChange) event.currentTarget.value = String(props.value)
  }
  return (
    <Field
      label={props.label}
      hint={props.hint}
      fault={fault()}
      control={(ids) => (
        <input
          {...ids}
          class="input"
          data-small={props.isTall ? undefined : ''}
          type="number"
          inputmode={Number.isInteger(props.step ?? 1) ? 'numeric' : 'decimal'}
          required
          name={props.name}
          min={props.min}
          max={props.max}
          step={props.step ?? 1}
          value={props.value}
          onChange={change}
        />
      )}
    />
  )
}
