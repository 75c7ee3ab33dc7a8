/** The IronMON run as the hub sees it, with everything that can be corrected by hand, and the link to the game. */
import { createSignal, For, Show } from 'solid-js'
import { checkpointName } from '../../../contracts/ironmon-names.ts'
import type {
  IronmonCheckpointState,
  IronmonLink,
  IronmonRefusal,
  IronmonState,
} from '../../../contracts/state/ironmon.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Field } from '../../components/field.tsx'
import { HoldButton } from '../../components/hold-button.tsx'
import { LinkLine } from '../../components/link-line.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { count, counted, timeOfDay } from '../../state/format.ts'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { gameWords, refusalWords, runWords } from './ironmon-words.ts'
import './ironmon.css'

export function Ironmon() {
  const { ironmon, now } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  return (
    <Panel title="IronMON" unavailable={unavailable()} command={command}>
      <LinkLine words={gameWords(ironmon(), now())}>
        <Show when={ironmon()?.link.listener.status === 'waiting' || ironmon()?.link.listener.status === 'failed'}>
          <Button onClick={() => void command.run('ironmon.listen', {})} busy={command.pending() === 'ironmon.listen'}>
            Retry now
          </Button>
        </Show>
      </LinkLine>
      <Show when={ironmon()}>
        {(state) => (
          <>
            <Refused refused={state().link.refused} />
            <Run state={state()} command={command} />
            <Corrections state={state()} command={command} />
          </>
        )}
      </Show>
    </Panel>
  )
}

function Refused(props: { refused: IronmonLink['refused'] }) {
  const kinds = () =>
    Object.entries(props.refused.byReason)
      .filter(([, times]) => times > 0)
      .map(([reason, times]) => `${count(times)} ${refusalWords[reason as IronmonRefusal]}`)
  return (
    <Show when={props.refused.last}>
      {(last) => (
        <p class="muted">
          {counted(props.refused.total, 'thing')} refused: {kinds().join(', ')}. Last at {timeOfDay(last().at)} from{' '}
          {last().address}: {last().detail}.
        </p>
      )}
    </Show>
  )
}

function Run(props: { state: IronmonState; command: Commander }) {
  const current = () => props.state.checkpoints.find(({ name }) => name === props.state.run?.current)
  return (
    <section class="section">
      <Show
        when={props.state.run}
        fallback={
          <EmptyState title="No run yet">
            Start BizHawk with <code>{startFlags(props.state.link)}</code> and the IronMON Connect plugin; the run
            appears with its attempt number. Or set the number below.
          </EmptyState>
        }
      >
        {(run) => (
          <>
            <div class="run-head">
              <p class="run-attempt">#{count(run().attempt)}</p>
              <div>
                <p>{runWords(run())}</p>
                <Show when={current()}>{(next) => <p class="muted">Next: {nextWords(next())}</p>}</Show>
              </div>
              <Show
                when={run().outcome === null}
                fallback={
                  <Show when={run().outcome === 'lost'}>
                    <Button onClick={() => void props.command.run('ironmon.run.reopen', {})}>Go on with it</Button>
                  </Show>
                }
              >
                <HoldButton
                  label="End the run as lost"
                  consequence="It counts as a loss where it stands. You can go on with it afterwards."
                  tone="plain"
                  onConfirmed={() => void props.command.run('ironmon.run.end', {})}
                />
              </Show>
            </div>
            <ul class="checkpoints" aria-label="Checkpoints">
              <For each={props.state.checkpoints}>
                {(checkpoint) => (
                  <CheckpointMark
                    checkpoint={checkpoint}
                    isCurrent={checkpoint.name === run().current}
                    command={props.command}
                  />
                )}
              </For>
            </ul>
            <p class="muted">Press a checkpoint to mark it as cleared, or to take that back.</p>
          </>
        )}
      </Show>
      <p class="muted">{totalWords(props.state)}</p>
    </section>
  )
}

function CheckpointMark(props: { checkpoint: IronmonCheckpointState; isCurrent: boolean; command: Commander }) {
  const name = () => checkpointName(props.checkpoint.name, props.checkpoint.leader)
  const isCleared = () => props.checkpoint.clearedAt !== null
  const press = () =>
    props.command.run('ironmon.checkpoint.set', { checkpoint: props.checkpoint.name, cleared: !isCleared() })
  return (
    <li>
      <Button
        small
        class="checkpoint"
        aria-pressed={isCleared()}
        aria-current={props.isCurrent ? 'step' : undefined}
        title={nextWords(props.checkpoint)}
        onClick={() => void press()}
      >
        {isCleared() ? '✓ ' : ''}
        {name()}
      </Button>
    </li>
  )
}

function Corrections(props: { state: IronmonState; command: Commander }) {
  const [moveRun, setMoveRun] = createSignal(false)
  const setAttempt = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const attempt = Number(new FormData(event.currentTarget).get('attempt'))
    void props.command.run('ironmon.attempt.set', { attempt })
  }
  const setProfile = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const profile = String(new FormData(event.currentTarget).get('profile'))
    await props.command.run('ironmon.profile.set', { profile, moveRun: moveRun() })
    setMoveRun(false)
  }
  return (
    <section class="section corrections">
      <form class="form" onSubmit={setAttempt}>
        <Field
          label="Attempt number"
          hint="As the tracker shows it, should it ever be another here."
          control={(ids) => (
            <div class="form-row correction">
              <input
                {...ids}
                class="input"
                name="attempt"
                type="number"
                min="0"
                max="10000000"
                required
                value={props.state.run?.attempt ?? ''}
              />
              <Button type="submit">Correct</Button>
            </div>
          )}
        />
      </form>
      <form class="form" onSubmit={(event) => void setProfile(event)}>
        <Field
          label="Profile"
          hint="Attempts count from the start again with each randomizer profile. A new name makes a new profile."
          control={(ids) => (
            <div class="form-row correction">
              <input
                {...ids}
                class="input"
                name="profile"
                list="ironmon-profiles"
                required
                maxlength="60"
                value={props.state.profile.name}
              />
              <datalist id="ironmon-profiles">
                <For each={props.state.profiles}>{({ name }) => <option value={name} />}</For>
              </datalist>
              <Button type="submit">Choose</Button>
            </div>
          )}
        />
        <Show when={props.state.run}>
          <label class="check">
            <input type="checkbox" checked={moveRun()} onChange={(event) => setMoveRun(event.currentTarget.checked)} />
            The run shown belongs to that profile
          </label>
        </Show>
      </form>
    </section>
  )
}

/** What the emulator must be told; the address is another where it runs on another machine. */
function startFlags({ address }: IronmonLink): string {
  return `--socket_ip=${address?.host ?? '127.0.0.1'} --socket_port=${address?.port ?? 8080}`
}

/** The next one as the original's first overlay had it. */
function nextWords({ name, leader, clearRate, lastCleared }: IronmonCheckpointState): string {
  const rate = clearRate === null ? '' : `, cleared in ${clearRate} % of runs`
  const last = lastCleared === null ? '' : `, last in #${count(lastCleared)}`
  return `${checkpointName(name, leader)}${rate}${last}`
}

function totalWords({ profile, statistics: { runs, lost, won, best }, checkpoints }: IronmonState): string {
  if (runs === 0) return `${profile.name}: no runs yet.`
  const furthest = checkpoints.find(({ name }) => name === best?.checkpoint)
  const reached =
    furthest && best ? ` Furthest: ${checkpointName(furthest.name, furthest.leader)} in #${count(best.attempt)}.` : ''
  return `${profile.name}: ${counted(runs, 'run')}, ${count(lost)} lost, ${count(won)} won.${reached}`
}
