/** Words that are typed: one line of them, or several. Knows neither widget nor command. */
import { Field } from '../../components/field.tsx'

interface TextProps {
  label: string
  hint?: string | undefined
  value: string
  onInput: (value: string) => void
}

export function TextLine(props: TextProps & { maxLength: number }) {
  return (
    <Field
      label={props.label}
      hint={props.hint}
      control={(ids) => (
        <input
          {...ids}
          class="input"
          maxLength={props.maxLength}
          value={props.value}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
      )}
    />
  )
}

export function TextLines(props: TextProps & { rows: number }) {
  return (
    <Field
      label={props.label}
      hint={props.hint}
      control={(ids) => (
        <textarea
          {...ids}
          class="input"
          rows={props.rows}
          value={props.value}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
      )}
    />
  )
}

/** What was written into a field of several lines; empty ones are none. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
