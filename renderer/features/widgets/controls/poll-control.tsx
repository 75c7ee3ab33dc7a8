/** The vote by hand: begin one of the chat, end it, take it away. One of Twitch comes and ends by itself. */
import { createSignal, For, Show } from 'solid-js'
import type { Poll } from '../../../../contracts/state/poll.ts'
import { Button } from '../../../components/button.tsx'
import { LinesField, linesOf, TextField } from '../../../components/text-field.tsx'
import { useDashboard } from '../../../state/dashboard.tsx'
import { clockDuration, counted } from '../../../state/format.ts'
import type { ControlProps } from '../widget-controls.ts'

export function PollControl(props: ControlProps) {
  const { poll, now } = useDashboard()
  const running = () => {
    const there = poll()?.poll
    return there && there.endsAt > now() ? there : null
  }
  return (
    <>
      <Show when={poll()?.poll}>{(there) => <There poll={there()} {...props} />}</Show>
      <Show when={!running()}>
        <NewPoll {...props} />
      </Show>
    </>
  )
}

function There(props: ControlProps & { poll: Poll }) {
  const { now } = useDashboard()
  const leftMs = () => props.poll.endsAt - now()
  const by = () => (props.poll.source === 'chat' ? 'the chat' : 'Twitch')
  return (
    <>
      <p>
        <b>{props.poll.title}</b>{' '}
        <span class="muted">{leftMs() > 0 ? `by ${by()}, ${clockDuration(leftMs())} left` : `by ${by()}, over`}</span>
      </p>
      <ol>
        <For each={props.poll.choices}>
          {(choice) => (
            <li class="control-row">
              <span class="clip">{choice.title}</span>
              <span class="muted">{counted(choice.votes, 'vote')}</span>
            </li>
          )}
        </For>
      </ol>
      <div class="form-row">
        <Show when={leftMs() > 0 && props.poll.source === 'chat'}>
          <Button onClick={() => void props.command.run('poll.end', {})}>End it now</Button>
        </Show>
        <Button tone="quiet" onClick={() => void props.command.run('poll.clear', {})}>
          Take it away
        </Button>
      </div>
    </>
  )
}

function NewPoll(props: ControlProps) {
  const [title, setTitle] = createSignal('')
  const [choices, setChoices] = createSignal('')
  const [seconds, setSeconds] = createSignal(60)
  const fits = () => title().trim() !== '' && linesOf(choices()).length >= 2 && linesOf(choices()).length <= 5
  const start = async () => {
    const wanted = { title: title().trim(), choices: linesOf(choices()), durationMs: seconds() * 1000 }
    if (!(await props.command.run('poll.start', wanted))) return
    setTitle('')
    setChoices('')
  }
  return (
    <form
      class="control-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (fits()) void start()
      }}
    >
      <TextField label="Question" maxLength={60} value={title()} onChange={setTitle} />
      <LinesField
        label="Choices"
        hint="Two to five, one in each line. Viewers write the number."
        rows={3}
        value={choices()}
        onChange={setChoices}
      />
      <div class="form-row">
        <input
          class="input control-short"
          type="number"
          inputmode="numeric"
          min="10"
          max="3600"
          required
          aria-label="Seconds to vote"
          value={seconds()}
          onInput={(event) => setSeconds(event.currentTarget.valueAsNumber)}
        />
        <span class="muted">seconds</span>
        <Button type="submit" tone="primary" disabled={!fits()}>
          Let the chat vote
        </Button>
      </div>
    </form>
  )
}
