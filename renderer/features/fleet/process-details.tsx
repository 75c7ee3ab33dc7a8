/** One process in full: how it stands and why, what can be done, and what it prints. */
import { Show } from 'solid-js'
import type { FleetMachine, FleetProcess } from '../../../contracts/state/fleet.ts'
import { Panel } from '../../components/panel.tsx'
import { counted, dayAndTime, shortDuration } from '../../state/format.ts'
import { machineHref } from '../../state/route.ts'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import type { Asks } from './create-asks.ts'
import { createLog } from './create-log.ts'
import { exitWords, machineTime } from './fleet-words.ts'
import { LogView } from './log-view.tsx'
import { ProcessAnswer, ProcessButtons } from './process-controls.tsx'
import { ProcessState } from './process-row.tsx'

interface ProcessDetailsProps {
  machine: FleetMachine
  process: FleetProcess
  asks: Asks
  /** ms epoch by the hub's clock. */
  now: number
}

const healthWords: Record<FleetProcess['health'], string | null> = {
  none: null,
  unknown: 'not checked yet',
  healthy: 'healthy',
  unhealthy: 'unhealthy',
}

export function ProcessDetails(props: ProcessDetailsProps) {
  const unavailable = hubUnavailable()
  const log = createLog(
    () => props.machine,
    () => props.process,
  )
  const facts = () => {
    const { pid, startedAt, restarts, adopted, health, exit } = props.process
    const now = machineTime(props.machine, props.now)
    const ended = exitWords(props.process)
    return [
      pid === null ? null : `pid ${pid}`,
      startedAt === null ? null : `up ${shortDuration(now - startedAt)}`,
      adopted ? 'taken over, it ran already' : null,
      healthWords[health],
      restarts > 0 ? counted(restarts, 'automatic restart') : null,
      ended && exit
        ? `${ended.charAt(0).toLowerCase()}${ended.slice(1)}, ${dayAndTime(exit.at - (props.machine.clockAheadMs ?? 0))}`
        : null,
    ].filter((fact) => fact !== null)
  }
  return (
    <Panel
      title={`${props.process.name} on ${props.machine.name}`}
      area="details"
      unavailable={unavailable()}
      class="details"
    >
      <div class="process-head">
        <ProcessState machine={props.machine} process={props.process} />
        <ProcessButtons machine={props.machine} process={props.process} asks={props.asks} />
      </div>
      <Show when={props.process.reason}>
        <p class="process-reason">{props.process.reason}</p>
      </Show>
      <ProcessAnswer machine={props.machine} process={props.process} asks={props.asks} />
      <p class="muted process-facts">
        {facts().join(' · ')} <a href={machineHref(props.machine.id)}>About {props.machine.name}</a>
      </p>
      <LogView
        log={log}
        label={`Log of ${props.process.name} on ${props.machine.name}`}
        clockAheadMs={props.machine.clockAheadMs ?? 0}
        now={props.now}
        absence={props.machine.link === 'away' ? `It is read when ${props.machine.name} is back.` : null}
      />
    </Panel>
  )
}
