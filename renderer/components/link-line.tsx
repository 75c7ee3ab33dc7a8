/** How a link stands, in a line: mark, word, reason, and what can be done. */
import { type ParentProps, Show } from 'solid-js'
import './link-line.css'
import { StatusMark, type Tone } from './status-mark.tsx'

export function LinkLine(props: ParentProps<{ words: { tone: Tone; word: string; reason: string | null } }>) {
  return (
    <div class="link-line">
      <StatusMark tone={props.words.tone} />
      <p class="link-line-words">
        <b>{props.words.word}</b>
        <Show when={props.words.reason}>{(reason) => <span class="muted"> {reason()}</span>}</Show>
      </p>
      {props.children}
    </div>
  )
}
