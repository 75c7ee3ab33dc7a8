/** One machine in full: what it is, what it uses, what is wrong in its file, what it may run; its name, and its end. */
import { createSignal, For, Show } from 'solid-js'
import type { FleetMachine } from '../../../contracts/state/fleet.ts'
import { Button } from '../../components/button.tsx'
import { HoldButton } from '../../components/hold-button.tsx'
import { LinkLine } from '../../components/link-line.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { createDraft } from '../../state/create-draft.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { bytes, counted, dayAndTime, shortDuration } from '../../state/format.ts'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import type { Asks } from './create-asks.ts'
import { Definitions } from './definitions.tsx'
import { Figures } from './figures.tsx'
import { machineTime, machineWords } from './fleet-words.ts'
import type { Samples } from './samples.ts'

interface MachineDetailsProps {
  machine: FleetMachine
  asks: Asks
  samples: Samples
  /** A process that the address names and the machine does not have. */
  missing: string | null
}

export function MachineDetails(props: MachineDetailsProps) {
  const { now } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  const words = () => {
    const { tone, word } = machineWords(props.machine, now())
    const since = props.machine.link === 'connected' ? `for ${shortDuration(now() - props.machine.since)}` : ''
    return { tone, word, reason: props.machine.reason || since || null }
  }
  return (
    <Panel title={props.machine.name} area="details" unavailable={unavailable()} command={command} class="details">
      <div class="details-body scroll">
        <LinkLine words={words()} />
        <Show when={props.missing !== null}>
          <p class="details-missing" role="status">
            It has no process “{props.missing}” (any more).
          </p>
        </Show>
        <Hardware machine={props.machine} />
        <Figures machine={props.machine} samples={props.samples} />
        <Faults machine={props.machine} />
        <Definitions machine={props.machine} />
        <Upkeep machine={props.machine} command={command} />
      </div>
    </Panel>
  )
}

const platformNames: Record<string, string> = { win32: 'Windows', darwin: 'macOS', linux: 'Linux' }

function Hardware(props: { machine: FleetMachine }) {
  const { now } = useDashboard()
  return (
    <Show when={props.machine.hardware} fallback={<p class="muted">It has not reported what it is yet.</p>}>
      {(hardware) => (
        <p class="hardware muted">
          {[
            hardware().hostname,
            `${platformNames[hardware().platform] ?? hardware().platform} ${hardware().release} (${hardware().arch})`,
            counted(hardware().cores, 'core'),
            bytes(hardware().memoryBytes),
            props.machine.link === 'connected' && hardware().bootedAt > 0
              ? `started ${shortDuration(machineTime(props.machine, now()) - hardware().bootedAt)} ago`
              : null,
            `agent ${hardware().agentVersion} on ${hardware().runtime}`,
            `paired ${dayAndTime(props.machine.pairedAt)}`,
            clockWords(props.machine.clockAheadMs),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      )}
    </Show>
  )
}

/** A clock this far off is worth a word. */
const CLOCK_OFF_MS = 2000

function clockWords(aheadMs: number | null): string | null {
  if (aheadMs === null || Math.abs(aheadMs) < CLOCK_OFF_MS) return null
  return `its clock is ${shortDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead' : 'behind'}`
}

function Faults(props: { machine: FleetMachine }) {
  return (
    <Show when={props.machine.faults.length > 0}>
      <section class="details-section faults">
        <h3 class="details-title">Wrong in its definitions file</h3>
        <p class="muted">
          These entries are skipped; the others count. Correct the file on the machine, and it is read at once.
        </p>
        <ul>
          <For each={props.machine.faults}>
            {(fault) => (
              <li>
                <Show when={fault.path}>
                  <code>{fault.path}</code>{' '}
                </Show>
                {fault.reason}
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  )
}

function Upkeep(props: { machine: FleetMachine; command: Commander }) {
  const { words, type, taken } = createDraft(() => props.machine.name)
  const [said, setSaid] = createSignal('')
  const isSame = () => words().trim() === '' || words().trim() === props.machine.name
  const rename = async () => {
    const name = words()
    if (!(await props.command.run('agent.machine.rename', { machine: props.machine.name, name: name.trim() }))) return
    taken(name)
    setSaid('Renamed.')
  }
  const revoke = async () => {
    if (await props.command.run('agent.machine.revoke', { machine: props.machine.name })) location.hash = '#machines'
  }
  return (
    <section class="details-section">
      <h3 class="details-title">Name and pairing</h3>
      <form
        class="form-row"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isSame()) void rename()
        }}
      >
        <input
          class="input machine-rename"
          aria-label="Name of the machine"
          maxLength={60}
          value={words()}
          onInput={(event) => {
            setSaid('')
            type(event.currentTarget.value)
          }}
        />
        <Button type="submit" disabled={isSame()} busy={props.command.pending() === 'agent.machine.rename'}>
          Rename
        </Button>
        <span class="muted" role="status">
          {said()}
        </span>
      </form>
      <div class="form-row details-danger">
        <p class="muted">Its key is worth nothing from then on. Its processes run on, without the hub.</p>
        <HoldButton
          label={`Unpair ${props.machine.name}`}
          consequence="Its key is worth nothing from then on, and it has to be paired anew. Its processes run on, without the hub."
          onConfirmed={() => void revoke()}
        >
          Unpair (hold)
        </HoldButton>
      </div>
    </section>
  )
}
