/** Copies a text and says so, or says that it could not. */
import { createSignal, onCleanup } from 'solid-js'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

/** Long enough to be seen after looking down at the keyboard. */
const SAID_MS = 2000

export function CopyButton(props: { text: string; label?: string; small?: boolean }) {
  const [said, setSaid] = createSignal<string | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const copy = async () => {
    clearTimeout(timer)
    setSaid(await write(props.text))
    timer = setTimeout(() => setSaid(null), SAID_MS)
  }
  return (
    <Button onClick={copy} small={props.small}>
      <Icon name={said() === 'Copied' ? 'check' : 'copy'} />
      <span aria-live="polite">{said() ?? props.label ?? 'Copy'}</span>
    </Button>
  )
}

async function write(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text)
    return 'Copied'
  } catch {
    return 'Select it and copy by hand'
  }
}
