/** A labelled control with its hint and its fault, tied together for those who don't see them. */
import { createUniqueId, type JSX, Show } from 'solid-js'
import './field.css'

interface FieldProps {
  label: string
  hint?: string | undefined
  fault?: string | undefined
  /** Gets the ids to put on the control. */
  control: (ids: FieldIds) => JSX.Element
}

export interface FieldIds {
  id: string
  'aria-describedby': string
  'aria-invalid': 'true' | undefined
}

export function Field(props: FieldProps) {
  const id = createUniqueId()
  const hintId = `${id}-hint`
  // A getter, so that a fault marks the control that is there instead of making a new, empty one.
  const ids = {
    id,
    'aria-describedby': hintId,
    get 'aria-invalid'() {
      return props.fault ? ('true' as const) : undefined
    },
  }
  return (
    <div class="field">
      <label for={id} class="field-label">
        {props.label}
      </label>
      {props.control(ids)}
      <p id={hintId} class="field-hint" data-fault={props.fault ? '' : undefined}>
        <Show when={props.fault} fallback={props.hint}>
          {props.fault}
        </Show>
      </p>
    </div>
  )
}
