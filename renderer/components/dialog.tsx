/** A modal question. Native `<dialog>`: focus is trapped, Escape cancels, and focus goes back where it was. */
import { createEffect, createUniqueId, onCleanup, type ParentProps, Show } from 'solid-js'
import { Button } from './button.tsx'
import './dialog.css'

interface DialogProps {
  open: boolean
  title: string
  onClose: () => void
}

function Dialog(props: ParentProps<DialogProps>) {
  return (
    <Show when={props.open}>
      <OpenDialog title={props.title} onClose={props.onClose}>
        {props.children}
      </OpenDialog>
    </Show>
  )
}

function OpenDialog(props: ParentProps<Omit<DialogProps, 'open'>>) {
  const titleId = createUniqueId()
  const before = document.activeElement
  let dialog: HTMLDialogElement | undefined
  createEffect(() => dialog?.showModal())
  onCleanup(() => before instanceof HTMLElement && before.focus())
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={titleId} onClose={() => props.onClose()}>
      <h2 id={titleId} class="dialog-title">
        {props.title}
      </h2>
      {props.children}
    </dialog>
  )
}

interface ConfirmProps extends DialogProps {
  /** What happens, in the words of the button: "End the stream". */
  confirm: string
  body: string
  onConfirm: () => void
}

/** "Cancel" has the focus at first: Enter twice by accident does nothing. */
export function ConfirmDialog(props: ConfirmProps) {
  return (
    <Dialog open={props.open} title={props.title} onClose={props.onClose}>
      <p class="muted">{props.body}</p>
      <div class="dialog-actions">
        <Button onClick={() => props.onClose()} autofocus>
          Cancel
        </Button>
        <Button
          tone="danger"
          onClick={() => {
            props.onClose()
            props.onConfirm()
          }}
        >
          {props.confirm}
        </Button>
      </div>
    </Dialog>
  )
}
