/** What is wrong now, the worst first, each with its next step. Empty, and of no height, when all is well. */
import { createMemo, createSignal, For, Match, type ParentProps, Show, Switch } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { StatusMark } from '../../components/status-mark.tsx'
import { createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { type NextStep, type Notice, noticesOf } from './link-words.ts'
import './notices.css'

export function Notices() {
  const { link, obs, twitch, system, now } = useDashboard()
  const [open, setOpen] = createSignal(false)
  const notices = createMemo(() =>
    noticesOf({ link: link(), obs: obs(), twitch: twitch(), system: system(), now: now() }),
  )
  const shown = () => (open() ? notices() : notices().slice(0, 1))
  return (
    <div class="notices">
      <For each={shown().map((notice) => notice.id)}>
        {(id, index) => (
          <Show when={notices().find((notice) => notice.id === id)}>
            {(notice) => (
              <NoticeLine notice={notice()}>
                <Show when={index() === 0 && notices().length > 1}>
                  <Button tone="quiet" small onClick={() => setOpen(!open())} aria-expanded={open()}>
                    {open() ? 'Show less' : `${notices().length - 1} more`}
                  </Button>
                </Show>
              </NoticeLine>
            )}
          </Show>
        )}
      </For>
      <Announcer text={notices()[0]?.level === 'critical' ? (notices()[0]?.id ?? '') : ''} notices={notices()} />
    </div>
  )
}

/** Speaks a critical notice once, when it appears, and not again with each second it counts. */
function Announcer(props: { text: string; notices: readonly Notice[] }) {
  const words = createMemo<{ id: string; text: string }>(
    (before) => {
      if (before.id === props.text) return before
      return { id: props.text, text: props.notices.find((notice) => notice.id === props.text)?.text ?? '' }
    },
    { id: '', text: '' },
  )
  return (
    <p class="visually-hidden" role="alert">
      {words().text}
    </p>
  )
}

function NoticeLine(props: ParentProps<{ notice: Notice }>) {
  return (
    <div class="notice" data-level={props.notice.level}>
      <StatusMark tone={props.notice.level === 'critical' ? 'bad' : 'warn'} />
      <p class="notice-text">{props.notice.text}</p>
      <Show when={props.notice.step}>{(step) => <Step step={step()} />}</Show>
      {props.children}
    </div>
  )
}

function Step(props: { step: NextStep }) {
  const { hub } = useDashboard()
  const command = createCommand()
  const press = () => {
    const step = props.step
    if (step.kind === 'command') void command.run(step.command, {})
    if (step.kind === 'restart') void command.run('system.module.restart', { module: step.module })
    if (step.kind === 'retry-hub') hub.retry()
  }
  return (
    <>
      <Switch>
        <Match when={props.step.kind === 'page' && props.step}>
          {(step) => (
            <a class="button" data-small href={step().href}>
              {step().label}
            </a>
          )}
        </Match>
        <Match when={props.step.kind !== 'page'}>
          <Button small busy={command.pending() !== null} onClick={press}>
            {props.step.label}
          </Button>
        </Match>
      </Switch>
      <Show when={command.problem()}>{(problem) => <span role="alert">{problem()}</span>}</Show>
    </>
  )
}
