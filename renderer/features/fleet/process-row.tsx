/** One process of a machine in a row: how it stands, why, what it takes, and what can be done. */
import { Show } from 'solid-js'
import type { FleetMachine, FleetProcess } from '../../../contracts/state/fleet.ts'
import { StatusMark } from '../../components/status-mark.tsx'
import { useDashboard } from '../../state/dashboard.tsx'
import { bytes, counted, shortDuration } from '../../state/format.ts'
import { machineHref } from '../../state/route.ts'
import type { Asks } from './create-asks.ts'
import { exitWords, formerWords, machineTime, processWords } from './fleet-words.ts'
import { ProcessAnswer, ProcessButtons } from './process-controls.tsx'
import type { Samples } from './samples.ts'

interface ProcessRowProps {
  machine: FleetMachine
  process: FleetProcess
  asks: Asks
  samples: Samples
  isCurrent: boolean
}

export function ProcessRow(props: ProcessRowProps) {
  return (
    <li class="process" data-current={props.isCurrent ? '' : undefined}>
      <a
        class="process-link"
        href={machineHref(props.machine.id, props.process.id)}
        aria-current={props.isCurrent ? 'true' : undefined}
        title="Its log and details"
      >
        <span class="process-name clip">
          <bdi>{props.process.name}</bdi>
        </span>
        <ProcessState machine={props.machine} process={props.process} />
      </a>
      <ProcessUse machine={props.machine} process={props.process} samples={props.samples} />
      <ProcessButtons machine={props.machine} process={props.process} asks={props.asks} />
      <Show when={props.process.reason}>
        <p class="process-reason">{props.process.reason}</p>
      </Show>
      <ProcessAnswer machine={props.machine} process={props.process} asks={props.asks} />
    </li>
  )
}

/** The state as a shape and in words. */
export function ProcessState(props: { machine: FleetMachine; process: FleetProcess }) {
  const { now } = useDashboard()
  const words = () =>
    props.machine.link === 'away'
      ? formerWords(props.process)
      : processWords(props.process, machineTime(props.machine, now()))
  return (
    <span class="process-state" data-tone={words().tone}>
      <StatusMark tone={words().tone} />
      <span>{words().word}</span>
    </span>
  )
}

/** Uptime, restarts, CPU and memory while it runs; how it ended otherwise. */
function ProcessUse(props: { machine: FleetMachine; process: FleetProcess; samples: Samples }) {
  const { now } = useDashboard()
  const isHere = () => props.machine.link === 'connected'
  const use = () => (isHere() ? props.samples.last(props.machine.id)?.processes[props.process.id] : undefined)
  const parts = () => {
    const { startedAt, restarts } = props.process
    const isUp = startedAt !== null && isHere() && props.process.state === 'running'
    const taken = use()
    return [
      isUp ? `up ${shortDuration(machineTime(props.machine, now()) - startedAt)}` : exitWords(props.process),
      taken && isUp ? `${Math.round(taken.cpu)} % CPU` : null,
      taken && isUp ? bytes(taken.memory) : null,
      restarts > 0 ? counted(restarts, 'restart') : null,
      props.process.adopted && isUp ? 'taken over' : null,
    ].filter((part) => part !== null)
  }
  return <p class="process-use">{parts().join(' · ')}</p>
}
