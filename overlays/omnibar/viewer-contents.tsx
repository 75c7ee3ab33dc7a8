/** What viewers did: the latest of it, and the train of subscriptions. */
import { For, Show } from 'solid-js'
import type { ContentOf } from '../../contracts/content.ts'
import { createHubSecond } from '../hub-tick.ts'
import { FittedText } from '../text/fitted-text.tsx'
import { Cell, Quiet } from './cell.tsx'
import { clockWords, counted, figure, latestWords, tierWords } from './omnibar-words.ts'

const WHO_WIDTH = 720
const RECENT_WHO_WIDTH = 300
const TRAIN_WHO_WIDTH = 480

export function LatestEvent(props: { content: ContentOf<'latest-event'> }) {
  const words = () => props.content.latest && latestWords(props.content.latest)
  return (
    <Show when={words()} fallback={<Quiet>Nobody yet</Quiet>}>
      {(latest) => (
        <Cell>
          <FittedText text={latest().who} maxWidth={WHO_WIDTH} sizePx={36} />
          <Quiet>{latest().did}</Quiet>
        </Cell>
      )}
    </Show>
  )
}

/** As many as there is room for. */
export function RecentEvents(props: { content: ContentOf<'recent-events'> }) {
  return (
    <For each={props.content.events} fallback={<Quiet>Nobody yet</Quiet>}>
      {({ did }, index) => (
        <Cell rank={index()}>
          <FittedText
            text={latestWords(did).who}
            maxWidth={RECENT_WHO_WIDTH}
            sizePx={30}
            weight={index() === 0 ? 'strong' : 'text'}
          />
          <Quiet>{latestWords(did).did}</Quiet>
        </Cell>
      )}
    </For>
  )
}

export interface SubTrainProps {
  content: ContentOf<'sub-train'>
  /** Hub time, ms epoch; null while its time stands still. */
  endsAt: number | null
  hubNow: () => number
}

export function SubTrain(props: SubTrainProps) {
  return (
    <>
      <Cell>
        <span class="train-count">×{figure(props.content.count)}</span>
        <FittedText text={props.content.latest_user_name} maxWidth={TRAIN_WHO_WIDTH} sizePx={36} />
        <Quiet>{tierWords(props.content.latest_tier)}</Quiet>
      </Cell>
      <Show when={props.endsAt}>
        {(endsAt) => (
          <Cell>
            <Quiet>ends in</Quiet>
            <TimeLeft endsAt={endsAt()} hubNow={props.hubNow} />
          </Cell>
        )}
      </Show>
      <Cell>
        <Quiet>{counted(props.content.total_months, 'month', 'months')} together</Quiet>
      </Cell>
      <Show when={props.content.count > 1}>
        <Cell>
          <Quiet>begun by</Quiet>
          <FittedText text={props.content.user_name} maxWidth={300} sizePx={30} weight="text" />
        </Cell>
      </Show>
    </>
  )
}

function TimeLeft(props: { endsAt: number; hubNow: () => number }) {
  const now = createHubSecond(props.hubNow, () => props.endsAt)
  return <span class="figure">{clockWords(props.endsAt - now())}</span>
}
