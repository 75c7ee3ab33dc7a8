/** One machine among the others: how its link stands, what it uses, and its processes; folded where there are many. */
import { createUniqueId, For, Show } from 'solid-js'
import type { FleetMachine } from '../../../contracts/state/fleet.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { StatusMark } from '../../components/status-mark.tsx'
import { useDashboard } from '../../state/dashboard.tsx'
import { counted } from '../../state/format.ts'
import { machineHref } from '../../state/route.ts'
import type { Asks } from './create-asks.ts'
import { Figures } from './figures.tsx'
import { isInTrouble, machineWords } from './fleet-words.ts'
import { ProcessRow } from './process-row.tsx'
import type { Samples } from './samples.ts'

interface MachineCardProps {
  machine: FleetMachine
  asks: Asks
  samples: Samples
  isOpen: boolean
  /** Whether its details are shown. */
  isCurrent: boolean
  /** The one of its processes whose details are shown. */
  process: string | null
  /** Without it, it does not fold. */
  onFold: (() => void) | undefined
}

export function MachineCard(props: MachineCardProps) {
  const { now } = useDashboard()
  const titleId = createUniqueId()
  const listId = createUniqueId()
  const words = () => machineWords(props.machine, now())
  const running = () => props.machine.processes.filter(({ state }) => state === 'running').length
  /** Folded, those in trouble are still in sight, and so is the one that is looked at. */
  const shown = () =>
    props.isOpen
      ? props.machine.processes
      : props.machine.processes.filter(
          (process) =>
            (props.machine.link === 'connected' && isInTrouble(process)) ||
            (props.isCurrent && process.id === props.process),
        )
  const total = () => props.machine.processes.length
  return (
    <article class="fleet-machine" aria-labelledby={titleId} data-away={props.machine.link === 'away' ? '' : undefined}>
      <header class="machine-head">
        <a
          class="machine-link"
          href={machineHref(props.machine.id)}
          aria-current={props.isCurrent && props.process === null ? 'true' : undefined}
          title="Its details"
        >
          <StatusMark tone={words().tone} />
          <h3 id={titleId} class="machine-name clip">
            <bdi>{props.machine.name}</bdi>
          </h3>
          <span class="machine-word" data-tone={words().tone}>
            {words().word}
          </span>
        </a>
        <Show when={props.onFold}>
          {(fold) => (
            <Button
              small
              tone="quiet"
              class="machine-fold"
              aria-expanded={props.isOpen}
              aria-controls={listId}
              aria-label={`Processes of ${props.machine.name}, ${running()} of ${total()} running`}
              onClick={() => fold()()}
            >
              {running()} of {total()} running
              <Icon name="chevron-up" />
            </Button>
          )}
        </Show>
      </header>
      <Show when={props.machine.reason}>
        <p class="machine-reason">{props.machine.reason}</p>
      </Show>
      <Show when={props.machine.faults.length > 0}>
        <p class="machine-reason">
          <a href={machineHref(props.machine.id)}>{counted(props.machine.faults.length, 'fault')} in its definitions</a>
        </p>
      </Show>
      <Show when={props.machine.link === 'connected'}>
        <Figures machine={props.machine} samples={props.samples} isShort />
      </Show>
      <ul id={listId} class="processes" aria-label={`Processes of ${props.machine.name}`}>
        <For each={shown()}>
          {(process) => (
            <ProcessRow
              machine={props.machine}
              process={process}
              asks={props.asks}
              samples={props.samples}
              isCurrent={props.isCurrent && props.process === process.id}
            />
          )}
        </For>
        <Show when={total() === 0}>
          <li class="process-none muted">
            {props.machine.hardware === null
              ? 'It has not reported yet.'
              : 'Nothing is defined to run here yet. Open the machine to add something.'}
          </li>
        </Show>
      </ul>
    </article>
  )
}
