/**
 * For what can't be undone while live. A pointer must hold it for 800 ms, with the progress to be seen; a keyboard or a
 * screen reader, which can't hold, gets a question instead.
 */
import { createSignal, createUniqueId, type JSX, onCleanup } from 'solid-js'
import { ConfirmDialog } from './dialog.tsx'
import './button.css'
import './hold-button.css'

/** Long enough that no tap and no slip reaches it, short enough to do mid-sentence. */
export const HOLD_MS = 800

export interface HoldButtonProps {
  /** The button's words, and the dialog's: "End the stream". */
  label: string
  /** What it will do, for the dialog. */
  consequence: string
  onConfirmed: () => void
  disabled?: boolean | undefined
  small?: boolean | undefined
  /** `plain` for what only interrupts, `live` for going live. */
  tone?: 'danger' | 'plain' | 'live' | undefined
  /** What to show instead of the plain label. */
  children?: JSX.Element
  class?: string | undefined
}

export function HoldButton(props: HoldButtonProps) {
  const hintId = createUniqueId()
  const [holding, setHolding] = createSignal(false)
  const [asking, setAsking] = createSignal(false)
  const [short, setShort] = createSignal(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  const cancel = () => {
    clearTimeout(timer)
    setHolding(false)
  }
  const begin = (event: PointerEvent) => {
    if (event.button !== 0 || props.disabled) return
    setShort(false)
    setHolding(true)
    timer = setTimeout(() => {
      cancel()
      props.onConfirmed()
    }, HOLD_MS)
  }
  /** Let go too soon: say what was missing. */
  const release = () => {
    if (holding()) setShort(true)
    cancel()
  }
  /** A click with no pointer behind it comes from Enter, Space or an assistive tool. */
  const ask = (event: MouseEvent) => {
    if (event.detail === 0) setAsking(true)
  }
  onCleanup(cancel)

  return (
    <>
      <button
        type="button"
        class={`button hold ${props.class ?? ''}`}
        data-tone={props.tone ?? 'danger'}
        data-small={props.small ? '' : undefined}
        data-holding={holding() ? '' : undefined}
        aria-label={props.label}
        aria-describedby={hintId}
        disabled={props.disabled}
        onPointerDown={begin}
        onPointerUp={release}
        onPointerLeave={cancel}
        onPointerCancel={cancel}
        onContextMenu={(event) => event.preventDefault()}
        onClick={ask}
      >
        <span class="hold-words">{short() && !holding() ? 'Keep holding' : (props.children ?? props.label)}</span>
      </button>
      <span id={hintId} class="visually-hidden">
        Hold to confirm, or press Enter and answer.
      </span>
      <ConfirmDialog
        open={asking()}
        title={`${props.label}?`}
        body={props.consequence}
        confirm={props.label}
        onClose={() => setAsking(false)}
        onConfirm={props.onConfirmed}
      />
    </>
  )
}
