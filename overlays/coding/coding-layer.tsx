/**
 * What is being coded: one bar on the top edge, the omnibar's like, so that the editor stands between the two. Task, topic
 * and how it goes as the streamer says, for how long, and quietly who came last. Drawn only while a show that wears the
 * theme is on and there is something to say.
 */
import { createMemo, Show } from 'solid-js'
import type { FinishedAlert } from '../../contracts/state/alerts.ts'
import type { CodingState } from '../../contracts/state/displays.ts'
import type { CurrentShow } from '../../contracts/state/producer.ts'
import { accentStyle } from '../accent.ts'
import { createHubMinute } from '../hub-tick.ts'
import { EdgePanel } from '../layer/edge-panel.tsx'
import { createMotionTally } from '../layer/motion-tally.ts'
import { FittedText } from '../text/fitted-text.tsx'
import { latestFollow, latestSub, sessionWords } from './coding-words.ts'
import './coding.css'

export interface CodingLayerProps {
  /** Undefined until the hub was heard once; so are the next two. */
  show: CurrentShow | undefined
  state: CodingState | undefined
  recent: readonly FinishedAlert[] | undefined
  /** Hub time, ms epoch. */
  hubNow: () => number
  onAnimating: (animating: boolean) => void
}

const TASK_WIDTH = 660
const ASIDE_WIDTH = 300
const NAME_WIDTH = 168

export function CodingLayer(props: CodingLayerProps) {
  const tally = createMotionTally((animating) => props.onAnimating(animating))
  const content = createMemo(() => {
    const { show, state } = props
    if (show?.theme !== 'coding' || !state) return null
    const isEmpty = state.task === null && state.topic === null && state.status === null && state.startedAt === null
    return isEmpty ? null : state
  })
  const follow = createMemo(() => latestFollow(props.recent ?? []))
  const sub = createMemo(() => latestSub(props.recent ?? []))
  return (
    <div data-show="coding" style={accentStyle(props.show)}>
      <EdgePanel content={content()} edge="top" class="coding" onMotion={tally.of('bar')}>
        {(state) => (
          <>
            <div class="coding-plate" />
            <div class="coding-task">
              <CodeIcon />
              <FittedText text={state().task ?? state().topic ?? 'Coding'} maxWidth={TASK_WIDTH} sizePx={36} />
            </div>
            <div class="coding-cells">
              <Show when={state().task !== null && state().topic}>
                {(topic) => <FittedText text={topic()} maxWidth={ASIDE_WIDTH} sizePx={30} weight="text" />}
              </Show>
              <Show when={state().status}>
                {(status) => (
                  <span class="coding-status">
                    <FittedText text={status()} maxWidth={ASIDE_WIDTH} sizePx={30} weight="text" />
                  </span>
                )}
              </Show>
              <Person label="New follower" who={follow()} />
              <Person label="Sub" who={sub()} />
            </div>
            <Show when={state().startedAt}>
              {(startedAt) => <SessionClock startedAt={startedAt()} hubNow={props.hubNow} />}
            </Show>
          </>
        )}
      </EdgePanel>
    </div>
  )
}

function Person(props: { label: string; who: string | null }) {
  return (
    <Show when={props.who}>
      {(who) => (
        <span class="coding-person">
          <span class="coding-label">{props.label}</span>
          <FittedText text={who()} maxWidth={NAME_WIDTH} sizePx={24} weight="text" />
        </span>
      )}
    </Show>
  )
}

function SessionClock(props: { startedAt: number; hubNow: () => number }) {
  const now = createHubMinute(props.hubNow, () => props.startedAt)
  return <span class="coding-clock">{sessionWords(now() - props.startedAt)}</span>
}

function CodeIcon() {
  return (
    <svg class="coding-icon" viewBox="0 0 24 24" aria-hidden="true">
      <path
        fill="currentColor"
        d="M8.500 5.500 10.600 7.600 6.200 12l4.400 4.400-2.100 2.100L2 12zm7 0L13.400 7.600 17.800 12l-4.400 4.400 2.100 2.100L22 12z"
      />
    </svg>
  )
}
