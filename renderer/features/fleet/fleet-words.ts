/** Machines and processes in words, for the page and for the status line. Pure: the same words for the same state. */
import type { FleetMachine, FleetProcess, FleetState } from '../../../contracts/state/fleet.ts'
import type { Tone } from '../../components/status-mark.tsx'
import { shortDuration } from '../../state/format.ts'
import { machineHref } from '../../state/route.ts'

interface Words {
  tone: Tone
  word: string
}

/** `now`: ms epoch by the hub's clock, like the machine's `since`. */
export function machineWords(machine: FleetMachine, now: number): Words {
  if (machine.link === 'away') return { tone: 'warn', word: `Away for ${shortDuration(now - machine.since)}` }
  return { tone: 'ok', word: 'Connected' }
}

/** `now`: ms epoch by the *machine's* clock, like the times of the process. */
export function processWords(process: FleetProcess, now: number): Words {
  switch (process.state) {
    case 'stopped':
      return { tone: 'off', word: 'Stopped' }
    case 'waiting':
      return { tone: 'busy', word: 'Waits for others' }
    case 'starting':
      return { tone: 'busy', word: 'Starting' }
    case 'running':
      if (process.health === 'unhealthy') return { tone: 'warn', word: 'Running, unhealthy' }
      return { tone: 'ok', word: process.health === 'healthy' ? 'Running, healthy' : 'Running' }
    case 'stopping':
      return { tone: 'busy', word: 'Stopping' }
    case 'backoff': {
      const left = process.retryAt === null ? null : process.retryAt - now
      return {
        tone: 'warn',
        word: left === null || left < 500 ? 'Restarts soon' : `Restarts in ${shortDuration(left)}`,
      }
    }
    case 'failed':
      return { tone: 'bad', word: 'Failed' }
    case 'done':
      return { tone: 'off', word: 'Done' }
    default:
      return assertNever(process.state)
  }
}

const formerly: Record<FleetProcess['state'], string> = {
  stopped: 'Was stopped',
  waiting: 'Was waiting',
  starting: 'Was starting',
  running: 'Was running',
  stopping: 'Was stopping',
  backoff: 'Was to restart',
  failed: 'Had failed',
  done: 'Was done',
}

/** What was last heard of it, from a machine that is away: nobody must take it for what is. */
export function formerWords(process: FleetProcess): Words {
  return { tone: 'off', word: formerly[process.state] }
}

/** What somebody should look at. */
export function isInTrouble(process: FleetProcess): boolean {
  const { state, health } = process
  return state === 'failed' || state === 'backoff' || (state === 'running' && health === 'unhealthy')
}

export function machineInTrouble(machine: FleetMachine): boolean {
  return machine.link === 'away' || machine.faults.length > 0 || machine.processes.some(isInTrouble)
}

/** ms epoch by the machine's clock, from the hub's. */
export function machineTime(machine: Pick<FleetMachine, 'clockAheadMs'>, hubTime: number): number {
  return hubTime + (machine.clockAheadMs ?? 0)
}

/** How it last ended: `Ended with code 1`, `Ended by SIGKILL`; null when it never did. */
export function exitWords(process: Pick<FleetProcess, 'exit'>): string | null {
  const { exit } = process
  if (!exit) return null
  if (exit.signal) return `Ended by ${exit.signal}`
  return exit.code === null ? 'Ended, nobody knows how' : `Ended with code ${exit.code}`
}

export interface FleetWords extends Words {
  reason: string | null
  /** Where it can be seen in full. */
  href: string
}

interface Trouble {
  word: string
  reason: string
  href: string
}

/** More than these in one tooltip nobody reads. */
const MAX_REASONS = 5

/** All machines in a word or two, the worst first; null while there are none. */
export function fleetWords(fleet: FleetState | undefined): FleetWords | null {
  if (!fleet || fleet.machines.length === 0) return null
  const failed: Trouble[] = []
  const away: Trouble[] = []
  const ailing: Trouble[] = []
  for (const machine of fleet.machines) {
    if (machine.link === 'away') {
      away.push({
        word: `${machine.name} away`,
        reason: `${machine.name} is away${colon(machine.reason)}`,
        href: machineHref(machine.id),
      })
      continue
    }
    for (const process of machine.processes) {
      if (!isInTrouble(process)) continue
      const isFailed = process.state === 'failed'
      const word = isFailed ? 'failed' : process.state === 'backoff' ? 'restarts' : 'unhealthy'
      const trouble = {
        word: `${process.name} ${word}`,
        reason: `${process.name} on ${machine.name}: ${process.reason || word}`,
        href: machineHref(machine.id, process.id),
      }
      if (isFailed) failed.push(trouble)
      else ailing.push(trouble)
    }
  }
  const all = [...failed, ...away, ...ailing]
  if (all.length === 0) {
    return { tone: 'ok', word: `${fleet.machines.length} connected`, reason: null, href: '#machines' }
  }
  const [worst, words]: [Trouble[], string] =
    failed.length > 0 ? [failed, 'failed'] : away.length > 0 ? [away, 'away'] : [ailing, 'ailing']
  const [first] = worst
  const reasons = all.slice(0, MAX_REASONS).map(({ reason }) => reason)
  if (all.length > MAX_REASONS) reasons.push(`and ${all.length - MAX_REASONS} more`)
  return {
    tone: failed.length > 0 ? 'bad' : 'warn',
    word: worst.length === 1 && first ? first.word : `${worst.length} ${words}`,
    reason: reasons.join('\n'),
    href: all.length === 1 && first ? first.href : '#machines',
  }
}

function colon(reason: string): string {
  return reason ? `: ${reason}` : ''
}

function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`)
}
