/** Topics that are off, retried or revoked, and a button that asks for exactly the missing permissions. */
import { For, Show } from 'solid-js'
import type { TwitchState, TwitchTopic } from '../../../contracts/state/twitch.ts'
import { Button } from '../../components/button.tsx'
import { StatusMark, type Tone } from '../../components/status-mark.tsx'
import type { Commander } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { counted, shortDuration } from '../../state/format.ts'
import { missingTopics } from '../status/link-words.ts'

export function MissingTopics(props: { state: TwitchState; command: Commander }) {
  const { now } = useDashboard()
  const missing = () => missingTopics(props.state)
  const troubled = () => props.state.topics.filter((topic) => topic.status.status !== 'active')
  const active = () => props.state.topics.length - troubled().length
  return (
    <div class="section">
      <p class="muted">
        {active()} of {counted(props.state.topics.length, 'topic')} heard
      </p>
      <Show when={troubled().length > 0}>
        <ul class="topics">
          <For each={troubled()}>
            {(topic) => (
              <li>
                <StatusMark tone={toneOf(topic)} />
                <code>{topic.type}</code>
                <span class="muted">{wordsFor(topic, now())}</span>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <Show when={missing().length > 0}>
        <Button tone="primary" onClick={() => void props.command.run('twitch.sign-in', { topics: missing() })}>
          Ask Twitch for exactly these
        </Button>
      </Show>
    </div>
  )
}

function toneOf({ status }: TwitchTopic): Tone {
  if (status.status === 'off') return 'off'
  return status.status === 'revoked' ? 'bad' : 'busy'
}

function wordsFor({ status }: TwitchTopic, now: number): string {
  switch (status.status) {
    case 'off':
      return `needs ${status.scope}`
    case 'pending':
      return 'being set up'
    case 'retrying':
      return `${status.reason}, next try in ${shortDuration(status.retryAt - now)}`
    case 'revoked':
      return `revoked: ${status.reason}`
    case 'active':
      return ''
  }
}
