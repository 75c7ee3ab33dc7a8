/**
 * A log: the newest lines at the end, followed while they are in sight, older ones on demand, and a search in what is
 * shown. Lines are text, whatever is in them.
 */
import { createEffect, createMemo, createSignal, For, on, Show } from 'solid-js'
import type { LogLine } from '../../../contracts/fleet.ts'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Icon } from '../../components/icon.tsx'
import { count, counted, dayAndTime, timeOfDay } from '../../state/format.ts'
import type { Log } from './create-log.ts'

/** As near the end as this is at the end. px */
const END_PX = 24
const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS

interface LogViewProps {
  log: Log
  /** Whose it is, for those who don't see it. */
  label: string
  /** The machine's clock minus the hub's, ms. */
  clockAheadMs: number
  now: number
  /** Why nothing comes for now, though nothing was said of this log. */
  absence: string | null
}

export function LogView(props: LogViewProps) {
  let list: HTMLDivElement | undefined
  const [search, setSearch] = createSignal('')
  const wanted = () => search().trim().toLowerCase()
  const shown = createMemo(() => {
    const lines = props.log.lines()
    return wanted() === '' ? lines : lines.filter(({ text }) => text.toLowerCase().includes(wanted()))
  })
  const toEnd = () => {
    if (list) list.scrollTop = list.scrollHeight
  }
  createEffect(on(shown, () => props.log.isFollowing() && toEnd()))
  const onScroll = () => {
    if (list) props.log.follow(list.scrollHeight - list.scrollTop - list.clientHeight <= END_PX)
  }
  /** What is read stays where it is while older lines come above it. */
  const older = async () => {
    const before = list?.scrollHeight ?? 0
    props.log.follow(false)
    await props.log.older()
    if (list) list.scrollTop += list.scrollHeight - before
  }
  const newest = async () => {
    await props.log.toNewest()
    toEnd()
  }
  const hubTime = (at: number) => at - props.clockAheadMs
  // Once an hour is enough, and spares each line a look each second.
  const hour = createMemo(() => Math.floor(props.now / HOUR_MS) * HOUR_MS)
  const stamp = (at: number) => (hour() - hubTime(at) < DAY_MS ? timeOfDay(hubTime(at)) : dayAndTime(hubTime(at)))
  const copied = () =>
    shown()
      .map((line) => `${stamp(line.at)} ${lineText(line)}`)
      .join('\n')
  return (
    <div class="log">
      <div class="log-tools">
        <input
          class="input log-search"
          data-small=""
          type="search"
          placeholder="Search these lines"
          aria-label="Search in the lines shown"
          value={search()}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <span class="log-count muted" role="status">
          {wanted() === ''
            ? counted(props.log.lines().length, 'line')
            : `${count(shown().length)} of ${counted(props.log.lines().length, 'line')}`}
        </span>
        <CopyButton small text={copied()} />
      </div>
      <Show when={props.log.problem()}>
        {(problem) => (
          <p class="log-problem" role="alert">
            {problem()}
          </p>
        )}
      </Show>
      <div class="log-frame">
        <div
          ref={list}
          class="log-lines scroll"
          role="log"
          aria-live="off"
          aria-label={props.label}
          tabindex="0"
          onScroll={onScroll}
        >
          <Show when={props.log.hasOlder() && wanted() === ''}>
            <Button small tone="quiet" class="log-older" busy={props.log.isLoading()} onClick={() => void older()}>
              <Icon name="up" /> Older lines
            </Button>
          </Show>
          <For each={shown()} fallback={<Nothing log={props.log} isSearch={wanted() !== ''} absence={props.absence} />}>
            {(line) => <Line line={line} time={stamp(line.at)} wanted={wanted()} />}
          </For>
          <Show when={props.log.gone()}>
            {(reason) => (
              <p class="log-gone">
                <span>No more for now: {reason()}</span>{' '}
                <Button small onClick={() => props.log.again()}>
                  Try again
                </Button>
              </p>
            )}
          </Show>
        </div>
        <Show when={!props.log.isFollowing()}>
          <Button small tone="primary" class="log-newest" onClick={() => void newest()}>
            <Icon name="down" />
            {props.log.waiting() > 0 ? counted(props.log.waiting(), 'new line') : 'To the newest'}
          </Button>
        </Show>
      </div>
    </div>
  )
}

function Nothing(props: { log: Log; isSearch: boolean; absence: string | null }) {
  return (
    <p class="log-nothing muted">
      <Show when={!props.isSearch} fallback="None of these lines has those words.">
        {props.log.isNew() ? (props.absence ?? 'Reading the log…') : 'It has printed nothing yet.'}
      </Show>
    </p>
  )
}

const streamWords: Record<LogLine['stream'], string> = { out: '', err: 'err', agent: 'agent' }

function Line(props: { line: LogLine; time: string; wanted: string }) {
  return (
    <div class="log-line" data-stream={props.line.stream}>
      <time class="log-time">{props.time}</time>
      <span class="log-stream">{streamWords[props.line.stream]}</span>
      <span class="log-text" dir="auto">
        <Show when={props.wanted !== ''} fallback={lineText(props.line)}>
          <For each={marked(lineText(props.line), props.wanted)}>
            {(part) => (
              <Show when={part.isMatch} fallback={part.text}>
                <mark>{part.text}</mark>
              </Show>
            )}
          </For>
        </Show>
      </span>
    </div>
  )
}

function lineText({ text, cut }: LogLine): string {
  return cut ? `${text} …` : text
}

/** Cuts a text where the words are that are looked for; a text whose lower case is longer is left whole. */
function marked(text: string, wanted: string): { text: string; isMatch: boolean }[] {
  const lower = text.toLowerCase()
  if (wanted === '' || lower.length !== text.length) return [{ text, isMatch: false }]
  const parts: { text: string; isMatch: boolean }[] = []
  let from = 0
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    if (at > from) parts.push({ text: text.slice(from, at), isMatch: false })
    parts.push({ text: text.slice(at, at + wanted.length), isMatch: true })
    from = at + wanted.length
  }
  if (from < text.length) parts.push({ text: text.slice(from), isMatch: false })
  return parts
}
