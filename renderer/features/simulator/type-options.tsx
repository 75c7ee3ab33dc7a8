/** Event types as the options of a list, by who tells them. */
import { For } from 'solid-js'
import { eventTypeFor } from '../alerts/test-event.ts'

const GROUPS: readonly [string, string][] = [
  ['twitch.', 'Twitch'],
  ['ironmon.', 'IronMON'],
  ['obs.', 'OBS'],
]

export function TypeOptions(props: { types: readonly string[]; chosen?: string }) {
  const chosen = () => props.chosen ?? eventTypeFor('follow')
  return (
    <For each={GROUPS}>
      {([prefix, name]) => (
        <optgroup label={name}>
          <For each={props.types.filter((type) => type.startsWith(prefix))}>
            {(type) => (
              <option value={type} selected={type === chosen()}>
                {type}
              </option>
            )}
          </For>
        </optgroup>
      )}
    </For>
  )
}
