/** A whole number with its bounds. What is no such number is put back, and the reason said. */
import { createSignal } from 'solid-js'
import { Field } from './field.tsx'

interface NumberFieldProps {
  label: string
  value: number
  min: number
  max: number
  name?: string | undefined
  /** After Enter, a step, or on leaving; only with a number within the bounds. */
  onChange?: ((value: number) => void) | undefined
}

export function NumberField(props: NumberFieldProps) {
  const [fault, setFault] = createSignal<string>()
  const change = (event: { currentTarget: HTMLInputElement }) => {
    const value = event.currentTarget.valueAsNumber
    const fits = Number.isInteger(value) && value >= props.min && value <= props.max
    setFault(fits ? undefined : `${props.min} to ${props.max}`)
    if (fits) props.onChange?.(value)
    else if (props.onChange) event.currentTarget.value = String(props.value)
  }
  return (
    <Field
      label={props.label}
      fault={fault()}
      control={(ids) => (
        <input
          {...ids}
          class="input"
          data-small=""
          type="number"
          inputmode="numeric"
          required
          name={props.name}
          min={props.min}
          max={props.max}
          step="1"
          value={props.value}
          onChange={change}
        />
      )}
    />
  )
}
