/** Words that are typed: one line of them, or several. Knows no command. */
import { Field } from './field.tsx'

interface TextProps {
  label: string
  hint?: string | undefined
  value: string
  /** With every letter. */
  onChange: (value: string) => void
}

interface TextFieldProps extends TextProps {
  maxLength: number
  required?: boolean | undefined
  /** Of a `datalist`. */
  list?: string | undefined
}

export function TextField(props: TextFieldProps) {
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
          list={props.list}
          value={props.value}
          onInput={(event) => props.onChange(event.currentTarget.value)}
        />
      )}
    />
  )
}

export function LinesField(props: TextProps & { rows: number }) {
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
          onInput={(event) => props.onChange(event.currentTarget.value)}
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
