/** The statistics of the chat and of the day: what stands in the bar's cells. */
import { For, Index, Show } from 'solid-js'
import type { ContentOf, EmoteCount } from '../../contracts/content.ts'
import type { EmoteRef } from '../../contracts/pictures.ts'
import { EmotePicture } from '../pictures/emote-picture.tsx'
import { FittedText } from '../text/fitted-text.tsx'
import { Cell, Figure, Quiet } from './cell.tsx'
import { noun } from './omnibar-words.ts'

/** More than fit even when all are short. */
const MOST_EMOTES = 8
const EMOTE_WIDTH = 276
const EMOTE_SIZE = 60
const FOLLOWER_WIDTH = 480

export function EmoteStats(props: { content: ContentOf<'emote-stats'> }) {
  const shown = () => (props.content.today.length > 0 ? props.content.today : props.content.all_time)
  return (
    <Index each={shown().slice(0, MOST_EMOTES)} fallback={<Quiet>No emotes yet</Quiet>}>
      {(emote) => (
        <Cell>
          <EmotePicture
            emote={refOf(emote())}
            name={emote().name}
            sizePx={EMOTE_SIZE}
            motion="still"
            fallback={<FittedText text={emote().name} maxWidth={EMOTE_WIDTH} sizePx={36} />}
          />
          <Figure value={emote().count} />
        </Cell>
      )}
    </Index>
  )
}

function refOf({ emote_provider: provider, emote_id: id }: EmoteCount): EmoteRef | null {
  return id === null ? null : { provider, id }
}

export function RecentFollows(props: { content: ContentOf<'recent-follows'> }) {
  return (
    <For each={props.content.follows} fallback={<Quiet>No followers yet</Quiet>}>
      {(follow, index) => (
        <Cell rank={index()}>
          <FittedText
            text={follow.user_name}
            maxWidth={FOLLOWER_WIDTH}
            sizePx={36}
            weight={index() === 0 ? 'strong' : 'text'}
          />
        </Cell>
      )}
    </For>
  )
}

export function DailyStats(props: { content: ContentOf<'daily-stats'> }) {
  return (
    <>
      <Counted value={props.content.messages} one="message" other="messages" />
      <Counted value={props.content.follows} one="new follower" other="new followers" />
      <Show when={props.content.subscriptions > 0}>
        <Counted value={props.content.subscriptions} one="sub" other="subs" />
      </Show>
      <Show when={props.content.bits > 0}>
        <Counted value={props.content.bits} one="bit" other="bits" />
      </Show>
    </>
  )
}

function Counted(props: { value: number; one: string; other: string }) {
  return (
    <Cell>
      <Figure value={props.value} />
      <Quiet>{noun(props.value, props.one, props.other)}</Quiet>
    </Cell>
  )
}
