/** Search and filter of the timeline. Typing searches after a pause; Ctrl+K gets here from anywhere. */
import { For, onCleanup, onMount, Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import type { TimelineFilter } from './create-timeline.ts'
import { type EventGroup, eventGroups } from './event-groups.ts'

/** A pause in typing, not between two letters. */
const TYPING_PAUSE_MS = 250

interface TimelineSearchProps {
  filter: TimelineFilter
  onChange: (part: Partial<TimelineFilter>) => void
}

export function TimelineSearch(props: TimelineSearchProps) {
  let input: HTMLInputElement | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const type = (q: string) => {
    clearTimeout(timer)
    timer = setTimeout(() => props.onChange({ q: q.trim() }), TYPING_PAUSE_MS)
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    input?.select()
    input?.focus()
  }
  onMount(() => document.addEventListener('keydown', onKey))
  onCleanup(() => document.removeEventListener('keydown', onKey))
  onCleanup(() => clearTimeout(timer))
  const groups = Object.entries(eventGroups) as [EventGroup, { label: string }][]
  return (
    <>
      <Show when={props.filter.user}>
        <Button
          small
          onClick={() => props.onChange({ user: '' })}
          aria-label={`Show everybody, not only ${props.filter.user}`}
        >
          {props.filter.user} <Icon name="cross" />
        </Button>
      </Show>
      <select
        class="input timeline-group"
        data-small=""
        aria-label="Which events"
        onChange={(event) => props.onChange({ group: event.currentTarget.value as EventGroup })}
      >
        <For each={groups}>
          {([group, { label }]) => (
            <option value={group} selected={group === props.filter.group}>
              {label}
            </option>
          )}
        </For>
      </select>
      <input
        ref={input}
        class="input timeline-search"
        data-small=""
        type="search"
        placeholder="Search  Ctrl+K"
        aria-label="Search the timeline"
        value={props.filter.q}
        onInput={(event) => type(event.currentTarget.value)}
      />
    </>
  )
}
