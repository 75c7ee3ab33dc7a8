/** The one button. `tone` says how much it weighs, never what it means: the words do that. */
import { type JSX, splitProps } from 'solid-js'
import './button.css'

type ButtonTone = 'plain' | 'primary' | 'quiet' | 'danger'

interface ButtonProps extends JSX.ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: ButtonTone | undefined
  small?: boolean | undefined
  /** Waits for an answer: shown as such, and not pressed twice. */
  busy?: boolean | undefined
}

export function Button(props: ButtonProps) {
  const [own, rest] = splitProps(props, ['tone', 'small', 'busy', 'class'])
  return (
    <button
      type="button"
      class={`button ${own.class ?? ''}`}
      data-tone={own.tone ?? 'plain'}
      data-small={own.small ? '' : undefined}
      aria-busy={own.busy ? 'true' : undefined}
      {...rest}
    />
  )
}
