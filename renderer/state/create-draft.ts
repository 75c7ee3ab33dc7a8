/** Words in a field: as the hub tells them until they are typed over, and again once it has taken what was typed. */
import { type Accessor, createSignal } from 'solid-js'

export interface Draft {
  words: Accessor<string>
  type(words: string): void
  /** The hub has taken these. What was typed since stays. */
  taken(words: string): void
}

/** `told`: as the hub has them. */
export function createDraft(told: Accessor<string>): Draft {
  const [typed, setTyped] = createSignal<string>()
  return {
    words: () => typed() ?? told(),
    type: setTyped,
    taken: (words) => void setTyped((now) => (now === words ? undefined : now)),
  }
}
