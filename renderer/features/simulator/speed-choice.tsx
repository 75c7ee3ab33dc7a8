/** How many times as fast as it was. */
import { For } from 'solid-js'

const SPEEDS = [1, 2, 5, 10, 20, 50, 100] as const

export function SpeedChoice(props: { value: number; onChange: (speed: number) => void }) {
  return (
    <label class="check">
      Speed
      <select class="input" data-small="" onChange={(event) => props.onChange(Number(event.currentTarget.value))}>
        <For each={SPEEDS}>
          {(speed) => (
            <option value={speed} selected={speed === props.value}>
              {speed === 1 ? 'as live' : `${speed} times`}
            </option>
          )}
        </For>
      </select>
    </label>
  )
}
