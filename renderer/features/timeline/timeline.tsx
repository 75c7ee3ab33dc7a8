/** What happened and what happens, newest first, with search. At most 200 rows are in the page at a time. */
import { createEffect, createMemo, createSignal, For, on, onCleanup, onMount, Show } from 'solid-js'
import type { Disposable } from '../../../base/lifecycle.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Icon } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { counted } from '../../state/format.ts'
import { createTimeline, type TimelineFilter, type Timeline as TimelineModel } from './create-timeline.ts'
import { EventRow } from './event-row.tsx'
import { HighlightLine } from './highlight-line.tsx'
import { TimelineSearch } from './timeline-search.tsx'
import './timeline.css'

/** Rows in the page at once, and how far the window moves when its edge comes near. */
const WINDOW_ROWS = 200
const WINDOW_STEP = 80

export function Timeline() {
  const [filter, setFilter] = createSignal<TimelineFilter>({ group: 'activity', q: '', user: '' })
  const timeline = createTimeline(filter)
  const command = createCommand()
  return (
    <Panel
      title="Timeline"
      area="timeline"
      command={command}
      actions={<TimelineSearch filter={filter()} onChange={(part) => setFilter({ ...filter(), ...part })} />}
    >
      <Show when={timeline.problem()}>
        {(problem) => (
          <p class="timeline-problem" role="status">
            {problem()}{' '}
            <Button small onClick={timeline.backToNow}>
              Try again
            </Button>
          </p>
        )}
      </Show>
      <HighlightLine command={command} />
      <Rows
        timeline={timeline}
        filter={filter()}
        onShow={(seq) => void command.run('chat.highlight', { seq })}
        onUser={(user) => setFilter({ ...filter(), user })}
        onClear={() => setFilter({ ...filter(), q: '', user: '' })}
      />
    </Panel>
  )
}

interface RowsProps {
  timeline: TimelineModel
  filter: TimelineFilter
  onUser: (login: string) => void
  onShow: (seq: number) => void
  onClear: () => void
}

function Rows(props: RowsProps) {
  const [start, setStart] = createSignal(0)
  const [away, setAway] = createSignal(0)
  let list: HTMLDivElement | undefined
  let top: HTMLElement | undefined
  let bottom: HTMLElement | undefined
  const total = () => props.timeline.rows().length
  const shown = createMemo(() => props.timeline.rows().slice(start(), start() + WINDOW_ROWS))

  const older = () => {
    if (start() + WINDOW_ROWS < total()) setStart(Math.min(total() - WINDOW_ROWS, start() + WINDOW_STEP))
    else props.timeline.loadOlder()
  }
  const newer = () => setStart(Math.max(0, start() - WINDOW_STEP))
  const toTop = () => {
    setStart(0)
    setAway(0)
    if (props.timeline.missed() > 0) props.timeline.backToNow()
    if (list) list.scrollTop = 0
  }
  onMount(() => {
    const edges = watchEdges(list, [top, newer], [bottom, older])
    onCleanup(() => edges.dispose())
    // An edge that stays near says nothing by itself: with each change it is looked at anew.
    createEffect(on([total, start, props.timeline.loading], () => edges.look(), { defer: true }))
  })
  createEffect(on(() => props.filter, toTop, { defer: true }))
  /** While somebody reads further down, what comes is counted instead of pushing the text about. */
  createEffect(
    on(total, (now, before = 0) => {
      if (list && list.scrollTop > 8 && now > before) setAway(away() + now - before)
    }),
  )
  const waiting = () => away() + props.timeline.missed()
  return (
    <>
      <Show when={waiting() > 0}>
        <Button small class="timeline-new" tone="primary" onClick={toTop}>
          <Icon name="up" /> {counted(waiting(), 'new event')}
        </Button>
      </Show>
      <div
        ref={list}
        class="timeline scroll"
        role="log"
        aria-label="Events, newest first"
        aria-live="off"
        tabindex="0"
        onScroll={() => list && list.scrollTop <= 8 && setAway(0)}
      >
        <i ref={top} class="timeline-edge" />
        <For each={shown()}>{(event) => <EventRow event={event} onUser={props.onUser} onShow={props.onShow} />}</For>
        <i ref={bottom} class="timeline-edge" />
        <End timeline={props.timeline} filter={props.filter} onClear={props.onClear} />
      </div>
    </>
  )
}

function End(props: { timeline: TimelineModel; filter: TimelineFilter; onClear: () => void }) {
  const { online } = useDashboard()
  const isEmpty = () => props.timeline.rows().length === 0
  const isFiltered = () => props.filter.q !== '' || props.filter.user !== ''
  return (
    <Show
      when={!props.timeline.loading()}
      fallback={<p class="timeline-end muted">{isEmpty() ? 'Reading the log…' : 'Reading further back…'}</p>}
    >
      <Show when={isEmpty() && !online()}>
        <p class="timeline-end muted">The log is read when the hub is back.</p>
      </Show>
      <Show when={isEmpty() && online() && !props.timeline.problem()}>
        <Show
          when={isFiltered()}
          fallback={
            <EmptyState title="Nothing has happened yet" action={<a href="#simulator">Send a test event</a>}>
              Chat, follows, scene changes and all else that Landale sees is written here and kept.
            </EmptyState>
          }
        >
          <EmptyState title="Nothing found" action={<Button onClick={props.onClear}>Clear the search</Button>}>
            No event of this kind has those words.
          </EmptyState>
        </Show>
      </Show>
      <Show when={!isEmpty() && !props.timeline.hasOlder()}>
        <p class="timeline-end muted">That is the beginning.</p>
      </Show>
    </Show>
  )
}

interface Edges extends Disposable {
  look(): void
}

/** Calls an action when its edge is within a screen of what is seen, and again at each `look` while it still is. */
function watchEdges(root: Element | undefined, ...edges: [Element | undefined, () => void][]): Edges {
  if (!root || typeof IntersectionObserver === 'undefined') return { look: () => undefined, dispose: () => undefined }
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) edges.find(([edge]) => edge === entry.target)?.[1]()
      }
    },
    { root, rootMargin: '400px 0px' },
  )
  const look = () => {
    observer.disconnect()
    for (const [edge] of edges) if (edge) observer.observe(edge)
  }
  look()
  return { look, dispose: () => observer.disconnect() }
}
