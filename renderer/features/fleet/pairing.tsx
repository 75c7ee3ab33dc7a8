/** Pairs a machine: shows the code and what to type on the machine, until the machine is there or the code is void. */
import { type Accessor, createEffect, createSignal, For, on, Show } from 'solid-js'
import type { CommandResult } from '../../../contracts/commands.ts'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { clockDuration, timeOfDay } from '../../state/format.ts'
import { hubUnavailable } from '../status/obs-unavailable.ts'

/** Stands in the address where a machine's id would. */
export const PAIRING = 'pair'

type Code = CommandResult<'agent.pairing.open'>

export interface Pairing {
  command: Commander
  /** The code that is shown; null while there is none, or none any more. */
  code: Accessor<Code | null>
  /** Why there is none any more. */
  ended: Accessor<string | null>
  /** The id of the machine that came by the code. */
  paired: Accessor<string | null>
  open(): Promise<void>
  close(): Promise<void>
}

/** Kept above the panel, so that a look at a log meanwhile does not lose the code. */
export function createPairing(): Pairing {
  const { fleet, now } = useDashboard()
  const command = createCommand()
  const [code, setCode] = createSignal<Code | null>(null)
  const [ended, setEnded] = createSignal<string | null>(null)
  const [paired, setPaired] = createSignal<string | null>(null)
  /** Those that were there before; null while no newcomer is waited for. */
  let known: ReadonlySet<string> | null = null
  const ids = () => (fleet()?.machines ?? []).map(({ id }) => id)
  const end = (why: string | null) => {
    setCode(null)
    setEnded(why)
  }
  // The code is void a moment before the machine that took it is told of.
  createEffect(
    on(ids, (all) => {
      const newcomer = known && all.find((id) => !known?.has(id))
      if (!newcomer) return
      known = null
      end(null)
      setPaired(newcomer)
    }),
  )
  createEffect(
    on(
      () => fleet()?.pairing?.expiresAt ?? null,
      (until, before) => {
        const held = code()
        if (!held || before === undefined) return
        if (until === null && before !== null)
          end('The code was taken, or is void: it was tried wrongly too often, or taken back.')
        else if (until !== null && until !== held.expiresAt) end('Another code was shown since: this one is void.')
      },
    ),
  )
  createEffect(() => {
    const held = code()
    if (held && now() >= held.expiresAt) end('The code has expired.')
  })
  return {
    command,
    code,
    ended,
    paired,
    async open() {
      known = new Set(ids())
      setPaired(null)
      const answer = await command.run('agent.pairing.open', {})
      if (!answer) return
      setEnded(null)
      setCode(answer)
    },
    async close() {
      if (!(await command.run('agent.pairing.close', {}))) return
      known = null
      end(null)
    },
  }
}

export function PairingPanel(props: { pairing: Pairing }) {
  const { fleet } = useDashboard()
  const unavailable = hubUnavailable()
  const isBusy = () => props.pairing.command.pending() === 'agent.pairing.open'
  return (
    <Panel title="Add a machine" area="details" unavailable={unavailable()} command={props.pairing.command}>
      <div class="pairing scroll">
        <Show
          when={props.pairing.code()}
          fallback={<Before pairing={props.pairing} openUntil={fleet()?.pairing?.expiresAt} isBusy={isBusy()} />}
        >
          {(code) => <Shown code={code()} pairing={props.pairing} />}
        </Show>
      </div>
    </Panel>
  )
}

function Before(props: { pairing: Pairing; openUntil: number | undefined; isBusy: boolean }) {
  return (
    <>
      <Show when={props.pairing.ended()}>{(why) => <p role="status">{why()}</p>}</Show>
      <ol class="pairing-steps">
        <li>Put the agent on the machine: its installer is in docs/agents.md.</li>
        <li>Show a code here. It is good for one machine, for ten minutes.</li>
        <li>Type the line that stands below the code on the machine.</li>
      </ol>
      <Show when={props.openUntil}>
        {(until) => <p class="muted">A code is being shown already, until {timeOfDay(until())}. A new one voids it.</p>}
      </Show>
      <div class="form-row">
        <Button tone="primary" busy={props.isBusy} onClick={() => void props.pairing.open()}>
          {props.pairing.ended() || props.openUntil ? 'Show a new code' : 'Show a code'}
        </Button>
        <Show when={props.openUntil}>
          <Button onClick={() => void props.pairing.close()}>Void the other code</Button>
        </Show>
      </div>
    </>
  )
}

function Shown(props: { code: Code; pairing: Pairing }) {
  const { now } = useDashboard()
  const code = () => withHyphen(props.code.code)
  return (
    <>
      <p class="pairing-code" role="status" aria-label={`The code is ${[...code()].join(' ')}`}>
        {code()}
      </p>
      <p class="muted">
        Valid for another <b class="pairing-left">{clockDuration(props.code.expiresAt - now())}</b>, for one machine.
        This closes when the machine is there.
      </p>
      <Show when={props.code.hubUrls.every(isLoopback)}>
        <p class="pairing-warn">
          The hub listens on its own machine only, so no other one can reach it yet: set “bind” in its config.json to an
          address on your private network, and start it again.
        </p>
      </Show>
      <For each={props.code.hubUrls}>
        {(url, index) => (
          <div class="pairing-line">
            <p class="field-label">{index() === 0 ? 'On the machine, type' : 'Or, if it does not get there'}</p>
            <div class="pairing-command">
              <code>{pairLine(url, code())}</code>
              <CopyButton small text={pairLine(url, code())} />
            </div>
          </div>
        )}
      </For>
      <div class="form-row">
        <Button
          busy={props.pairing.command.pending() === 'agent.pairing.close'}
          onClick={() => void props.pairing.close()}
        >
          Void this code
        </Button>
        <Button tone="quiet" onClick={() => void props.pairing.open()}>
          Show another
        </Button>
      </div>
    </>
  )
}

function isLoopback(url: string): boolean {
  return /^\w+:\/\/(localhost|127\.|\[::1\])/.test(url)
}

function pairLine(url: string, code: string): string {
  return `landale-agent pair ${url} ${code}`
}

function withHyphen(code: string): string {
  return /^[^-]{8}$/.test(code) ? `${code.slice(0, 4)}-${code.slice(4)}` : code
}
