/** From nothing to the first alert in OBS: four steps, each ticked by what really happened. */
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Icon } from '../../components/icon.tsx'
import { LinkLine } from '../../components/link-line.tsx'
import { Problem } from '../../components/panel.tsx'
import { createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { eventTypeFor } from '../alerts/test-event.ts'
import { ObsForm } from '../obs-setup/obs-form.tsx'
import { InstallForm } from '../outputs/install-form.tsx'
import { obsWords } from '../status/link-words.ts'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { TwitchAccount } from '../twitch-setup/twitch-account.tsx'
import { currentStep, type GuideStep, guideSteps, type StepId } from './guide-steps.ts'
import './guide.css'

export function Guide(props: { onDone: () => void }) {
  const { obs, twitch, alerts } = useDashboard()
  const unavailable = hubUnavailable()
  const [answered, setAnswered] = createSignal<readonly StepId[]>([])
  const [reopened, setReopened] = createSignal<StepId | null>(null)
  const steps = createMemo(() => guideSteps({ obs: obs(), twitch: twitch(), alerts: alerts(), answered: answered() }))
  const open = createMemo(() => reopened() ?? currentStep(steps()))
  const finished = () => currentStep(steps()) === null
  const answer = (id: StepId) => {
    setReopened(null)
    setAnswered([...answered(), id])
  }
  const bodies: Record<StepId, () => JSX.Element> = {
    obs: () => <ObsStep />,
    twitch: () => <TwitchStep onSkip={() => answer('twitch')} />,
    overlay: () => <OverlayStep onDone={() => answer('overlay')} />,
    alert: () => <AlertStep />,
  }
  return (
    <section class="guide scroll" aria-labelledby="guide-title">
      <header class="guide-head">
        <div>
          <h1 id="guide-title" class="guide-title">
            {finished() ? 'All set' : 'First alert in four steps'}
          </h1>
          <p class="muted">
            {finished()
              ? 'Events of Twitch now become pictures in OBS. “Guide” brings you back here.'
              : 'Each step is ticked when it really works. Leave at any time; “Guide” brings you back.'}
          </p>
        </div>
        <Button tone={finished() ? 'primary' : 'plain'} onClick={() => props.onDone()}>
          {finished() ? 'To the dashboard' : 'Leave the guide'}
        </Button>
      </header>
      <fieldset disabled={unavailable() !== null}>
        <ol class="guide-steps">
          <For each={steps().map((step) => step.id)}>
            {(id, index) => (
              <Show when={steps()[index()]}>
                {(step) => (
                  <Step step={step()} number={index() + 1} open={open() === id} onOpen={() => setReopened(id)}>
                    {bodies[id]()}
                  </Step>
                )}
              </Show>
            )}
          </For>
        </ol>
      </fieldset>
    </section>
  )
}

interface StepProps {
  step: GuideStep
  number: number
  open: boolean
  onOpen: () => void
  children: JSX.Element
}

function Step(props: StepProps) {
  const word = () => (props.step.done ? 'Done' : props.step.skipped ? 'Skipped' : props.open ? 'Now' : 'Later')
  return (
    <li class="guide-step" data-open={props.open ? '' : undefined} data-done={props.step.done ? '' : undefined}>
      <button type="button" class="guide-step-head" aria-expanded={props.open} onClick={() => props.onOpen()}>
        <span class="guide-number" aria-hidden="true">
          <Show when={props.step.done} fallback={props.number}>
            <Icon name="check" />
          </Show>
        </span>
        <span class="guide-step-title">{props.step.title}</span>
        <span class="guide-word">{word()}</span>
      </button>
      <Show when={props.open}>
        <div class="guide-body">{props.children}</div>
      </Show>
    </li>
  )
}

function ObsStep() {
  const { obs, now } = useDashboard()
  const command = createCommand()
  return (
    <>
      <p>
        In OBS open <b>Tools, WebSocket Server Settings</b>, tick <b>Enable WebSocket server</b>, then show and copy the
        password.
      </p>
      <LinkLine words={obsWords(obs(), now())}>
        <Show when={obs()?.connection.status === 'waiting'}>
          <Button small onClick={() => void command.run('obs.connect', {})}>
            Retry now
          </Button>
        </Show>
      </LinkLine>
      <ObsForm command={command} />
      <Problem command={command} />
    </>
  )
}

function TwitchStep(props: { onSkip: () => void }) {
  const { twitch } = useDashboard()
  const command = createCommand()
  return (
    <>
      <Show when={twitch()} fallback={<p class="muted">Waiting for the state of Twitch…</p>}>
        {(state) => <TwitchAccount state={state()} command={command} />}
      </Show>
      <div class="section">
        <Button tone="quiet" onClick={() => props.onSkip()}>
          Skip for now: the simulator stands in
        </Button>
      </div>
      <Problem command={command} />
    </>
  )
}

function OverlayStep(props: { onDone: () => void }) {
  const command = createCommand()
  const copy = createCommand()
  const [url, setUrl] = createSignal<string | null>(null)
  void copy.run('overlay.url.get', { output: 'main' }).then((result) => setUrl(result?.url ?? null))
  return (
    <>
      <p>Landale adds one browser source to a scene of yours. Choose the scene that viewers see most.</p>
      <InstallForm output="main" command={command} onInstalled={props.onDone} />
      <div class="section form-row">
        <span class="muted">Or by hand, as a browser source of 1920 × 1080:</span>
        <Show when={url()}>{(address) => <CopyButton text={address()} label="Copy the address" />}</Show>
        <Button tone="quiet" onClick={() => props.onDone()}>
          I have added it
        </Button>
      </div>
      <Problem command={command} />
    </>
  )
}

function AlertStep() {
  const command = createCommand()
  return (
    <>
      <p>Look at OBS, then press. A test follow takes the same way as a real one.</p>
      <Button
        tone="primary"
        busy={command.pending() === 'simulator.event'}
        onClick={() => void command.run('simulator.event', { type: eventTypeFor('follow'), payload: {} })}
      >
        Send a test alert
      </Button>
      <Problem command={command} />
    </>
  )
}
