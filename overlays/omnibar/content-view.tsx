/** One content in the bar: the tab that names it, and its cells. */
import { Match, Show, Switch } from 'solid-js'
import type { Content, ContentOf, ContentType, LayerItem } from '../../contracts/content.ts'
import { FittedText } from '../text/fitted-text.tsx'
import { StreamGoals } from './goals-content.tsx'
import { Message } from './message-content.tsx'
import { OmnibarIcon } from './omnibar-icon.tsx'
import { figure, latestWords } from './omnibar-words.ts'
import { RunProgression, RunStatistics } from './run-contents.tsx'
import { DailyStats, EmoteStats, RecentFollows } from './statistics-contents.tsx'
import { TimeLine } from './time-line.tsx'
import { LatestEvent, RecentEvents, SubTrain } from './viewer-contents.tsx'

export interface ContentViewProps {
  item: LayerItem
  /** Hub time, ms epoch. */
  hubNow: () => number
}

const LABEL_WIDTH = 420

export function ContentView(props: ContentViewProps) {
  const content = () => props.item.content
  const label = () => labelOf(content())
  const as = <T extends ContentType>(type: T) => {
    const given = content()
    return isOf(given, type) ? given : undefined
  }
  return (
    <>
      <div class="tab" data-level={levelOf(content())}>
        <OmnibarIcon content={content()} />
        <Show when={label()}>{(text) => <FittedText text={text()} maxWidth={LABEL_WIDTH} sizePx={30} />}</Show>
      </div>
      <div class="cells">
        <Show when={as('sub-train') && props.item.endsAt}>
          {(endsAt) => <TimeLine startedAt={props.item.startedAt} endsAt={endsAt()} hubNow={props.hubNow} />}
        </Show>
        <Switch>
          <Match when={as('emote-stats')}>{(of) => <EmoteStats content={of()} />}</Match>
          <Match when={as('recent-follows')}>{(of) => <RecentFollows content={of()} />}</Match>
          <Match when={as('daily-stats')}>{(of) => <DailyStats content={of()} />}</Match>
          <Match when={as('stream-goals')}>{(of) => <StreamGoals content={of()} />}</Match>
          <Match when={as('latest-event')}>{(of) => <LatestEvent content={of()} />}</Match>
          <Match when={as('recent-events')}>{(of) => <RecentEvents content={of()} />}</Match>
          <Match when={as('sub-train')}>
            {(of) => <SubTrain content={of()} endsAt={props.item.endsAt} hubNow={props.hubNow} />}
          </Match>
          <Match when={as('message')}>{(of) => <Message content={of()} />}</Match>
          <Match when={as('run-statistics')}>{(of) => <RunStatistics content={of()} />}</Match>
          <Match when={as('run-progression')}>{(of) => <RunProgression content={of()} />}</Match>
        </Switch>
      </div>
    </>
  )
}

function isOf<T extends ContentType>(content: Content, type: T): content is ContentOf<T> {
  return content.type === type
}

function levelOf(content: Content): string | undefined {
  return content.type === 'message' ? content.level : undefined
}

/** What the tab says; null where its shape says enough. */
function labelOf(content: Content): string | null {
  switch (content.type) {
    case 'emote-stats':
      return content.today.length > 0 ? 'Emotes today' : 'Top emotes'
    case 'recent-follows':
      return 'New followers'
    case 'daily-stats':
      return 'Today'
    case 'stream-goals':
      return content.goals.length === 1 ? 'Goal' : 'Goals'
    case 'latest-event':
      return content.latest ? latestWords(content.latest).label : 'Latest'
    case 'recent-events':
      return 'Latest'
    case 'sub-train':
      return 'Sub train'
    case 'message':
      return content.title
    case 'run-statistics':
      return content.run_number === null ? 'No run yet' : `Run ${figure(content.run_number)}`
    case 'run-progression':
      return content.has_active_run ? 'Checkpoints' : 'Runs'
  }
}
