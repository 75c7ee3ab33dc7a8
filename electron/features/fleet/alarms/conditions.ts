/** What can be wrong with a machine, as it stands now. Pure; knows neither how long it has been so nor who is told. */
import type { FleetMachine, FleetProcess, FleetSample, MachineUse } from '../../../../contracts/state/fleet.ts'
import type { FleetAlarmSettings } from './alarm-settings.ts'

export const conditionKinds = ['unreachable', 'failed', 'unhealthy', 'ended', 'cpu', 'memory', 'disk'] as const
export type ConditionKind = (typeof conditionKinds)[number]

/** What is good is none. */
export interface Condition {
  kind: ConditionKind
  /** Of this machine, process or disk; unique among those of its kind. */
  key: string
  /** `held`: between the two bounds, so as it was before. */
  is: 'bad' | 'held'
  level: 'warning' | 'critical'
  /** What it is about, for a list of many. */
  who: string
  /** One sentence, and what to do. */
  message: string
}

/** An alarm ends only this far below its bound. */
const CLEAR_PERCENT = 10
/** A disk has room again when so much more than the bound is free. */
const CLEAR_DISK = 1.2
/** Below it is no disk that anybody writes to, bytes. */
const SMALLEST_DISK = 1e9
/** The last moment to do something about a disk, bytes. */
const DISK_CRITICAL = 2e9
const GIGABYTE = 1e9
/** A process that ended by itself is news for so long, ms: whoever closes a program must not see an alarm all evening. */
const ENDED_NEWS_MS = 10 * 60_000
const LONGEST_WORDS = 120

export interface Look {
  /** ms epoch. */
  now: number
  settings: FleetAlarmSettings
  isLive: boolean
  /** It said that it would go. */
  isExpectedAway: (machine: FleetMachine) => boolean
}

/** Nothing is made for what is good: a thousand machines are looked at every two seconds. */
export function conditionsOf(machine: FleetMachine, sample: FleetSample | null, look: Look): Condition[] {
  const found: Condition[] = []
  if (machine.link === 'away') {
    lookAtAway(machine, look, found)
    return found
  }
  for (const process of machine.processes) lookAtProcess(machine, process, look, found)
  if (sample) {
    lookAtUse(machine, sample, look.settings, found)
    for (const disk of sample.machine.disks) lookAtDisk(machine, disk, look.settings, found)
  }
  return found
}

function lookAtAway(machine: FleetMachine, { now, settings, isLive, isExpectedAway }: Look, found: Condition[]): void {
  const { since, reason, hardware } = machine
  // Whoever has not been here since the hub began may well be off.
  const isMissed = hardware !== null && now - since >= settings.unreachableSeconds * 1000
  if (!isMissed || isExpectedAway(machine)) return
  const who = words(machine.name)
  const message = `${who} is unreachable${because(reason)}. See whether it is on, online, and its agent runs.`
  found.push({ kind: 'unreachable', key: machine.id, is: 'bad', level: isLive ? 'critical' : 'warning', who, message })
}

function lookAtProcess(machine: FleetMachine, process: FleetProcess, { now, isLive }: Look, found: Condition[]): void {
  const { state, health, reason, exit } = process
  const bad = (kind: ConditionKind, level: Condition['level'], what: string, then: string) => {
    const who = whoOf(machine, process)
    const message = `${who} ${what}${because(reason)}. ${then}`
    found.push({ kind, key: `${machine.id}/${process.id}`, is: 'bad', level, who, message })
  }
  if (state === 'failed') bad('failed', 'critical', 'has failed', 'Read its log, then start it again.')
  if (state === 'running' && health === 'unhealthy') {
    bad('unhealthy', 'critical', 'runs but is not well', 'Restart it if it does not recover.')
  }
  if (state === 'stopped' && reason !== '' && exit !== null) {
    const endedAt = exit.at - (machine.clockAheadMs ?? 0)
    if (now - endedAt >= ENDED_NEWS_MS) return
    bad('ended', isLive ? 'critical' : 'warning', 'has ended', 'Start it again if you did not close it.')
  }
}

function lookAtUse(
  machine: FleetMachine,
  { machine: use, processes }: FleetSample,
  settings: FleetAlarmSettings,
  found: Condition[],
): void {
  const { hardware, id } = machine
  if (!hardware) return
  const cores = Math.max(1, hardware.cores)
  const room = Math.max(1, hardware.memoryBytes) / 100
  const { cpuPercent, memoryPercent, processCpuPercent, processMemoryPercent } = settings
  const measure = (
    kind: 'cpu' | 'memory',
    process: FleetProcess | null,
    percent: number | null,
    bound: number | null,
  ) => {
    if (percent === null || bound === null || percent < bound - CLEAR_PERCENT) return
    const who = process ? whoOf(machine, process) : words(machine.name)
    const key = process ? `${id}/${process.id}` : id
    const is = percent > bound ? 'bad' : 'held'
    const what = kind === 'cpu' ? 'processor' : 'memory'
    const message = `${who} uses over ${bound} % of the ${what}. Close what is not needed before the stream stutters.`
    found.push({ kind, key, is, level: 'warning', who, message })
  }
  measure('cpu', null, use.cpu, cpuPercent)
  measure('memory', null, use.memory === null ? null : use.memory / room, memoryPercent)
  for (const process of machine.processes) {
    const own = processes[process.id]
    if (!own) continue
    measure('cpu', process, own.cpu / cores, processCpuPercent)
    measure('memory', process, own.memory / room, processMemoryPercent)
  }
}

function lookAtDisk(
  machine: FleetMachine,
  { path, used, total }: MachineUse['disks'][number],
  { diskFreeGigabytes }: FleetAlarmSettings,
  found: Condition[],
): void {
  if (diskFreeGigabytes === null || total < SMALLEST_DISK) return
  const free = Math.max(0, total - used)
  const bound = Math.min(diskFreeGigabytes * GIGABYTE, total / 10)
  if (free > bound * CLEAR_DISK) return
  const who = `${words(path)} of ${words(machine.name)}`
  const left = (free / GIGABYTE).toFixed(1)
  found.push({
    ...{ kind: 'disk', key: `${machine.id} ${path}`, who, is: free < bound ? 'bad' : 'held' },
    level: free < DISK_CRITICAL ? 'critical' : 'warning',
    message: `${who} is nearly full: ${left} GB are left. Recordings will fail; make room.`,
  })
}

function whoOf(machine: FleetMachine, process: FleetProcess): string {
  return `${words(process.name)} on ${words(machine.name)}`
}

function because(reason: string): string {
  return reason === '' ? '' : ` (${words(reason)})`
}

/** What another machine says is of any length. */
function words(text: string): string {
  const characters = [...text.slice(0, LONGEST_WORDS * 2)]
  const isWhole = text.length <= LONGEST_WORDS * 2 && characters.length <= LONGEST_WORDS
  return isWhole ? text : `${characters.slice(0, LONGEST_WORDS - 1).join('')}…`
}
