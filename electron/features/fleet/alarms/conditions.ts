/** What can be wrong with a machine, as it stands now. Pure; knows neither how long it has been so nor who is told. */
import type { FleetMachine, FleetProcess, FleetSample } from '../../../../contracts/state/fleet.ts'
import type { FleetAlarmSettings } from './alarm-settings.ts'

export const conditionKinds = ['unreachable', 'failed', 'unhealthy', 'ended', 'cpu', 'memory', 'disk'] as const
export type ConditionKind = (typeof conditionKinds)[number]

export interface Condition {
  kind: ConditionKind
  /** Of this machine, process or disk; unique among those of its kind. */
  key: string
  /** `held`: between the two bounds, so as it was before. */
  is: 'bad' | 'held' | 'good'
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

export function conditionsOf(machine: FleetMachine, sample: FleetSample | null, look: Look): Condition[] {
  if (machine.link === 'away') return [unreachable(machine, look)]
  const used = sample ? [...useOf(machine, sample, look.settings), ...disksOf(machine, sample, look.settings)] : []
  return [unreachable(machine, look), ...machine.processes.flatMap((each) => processOf(machine, each, look)), ...used]
}

function unreachable(machine: FleetMachine, look: Look): Condition {
  const { now, settings, isLive } = look
  const { link, since, reason, hardware } = machine
  // Whoever has not been here since the hub began may well be off.
  const isMissed = hardware !== null && now - since >= settings.unreachableSeconds * 1000
  const isBad = link === 'away' && isMissed && !look.isExpectedAway(machine)
  const who = words(machine.name)
  return {
    ...{ kind: 'unreachable', key: machine.id, is: isBad ? 'bad' : 'good', who },
    level: isLive ? 'critical' : 'warning',
    message: `${who} is unreachable${because(reason)}. See whether it is on, online, and its agent runs.`,
  }
}

function processOf(machine: FleetMachine, process: FleetProcess, { now, isLive }: Look): Condition[] {
  const { state, health, reason, exit } = process
  const who = `${words(process.name)} on ${words(machine.name)}`
  const key = `${machine.id}/${process.id}`
  const endedAt = exit === null ? null : exit.at - (machine.clockAheadMs ?? 0)
  const hasEnded = state === 'stopped' && reason !== '' && endedAt !== null && now - endedAt < ENDED_NEWS_MS
  const is = (isBad: boolean) => (isBad ? 'bad' : 'good')
  return [
    {
      ...{ kind: 'failed', key, who, is: is(state === 'failed'), level: 'critical' },
      message: `${who} has failed${because(reason)}. Read its log, then start it again.`,
    },
    {
      ...{ kind: 'unhealthy', key, who, is: is(state === 'running' && health === 'unhealthy'), level: 'critical' },
      message: `${who} runs but is not well${because(reason)}. Restart it if it does not recover.`,
    },
    {
      ...{ kind: 'ended', key, who, is: is(hasEnded), level: isLive ? 'critical' : 'warning' },
      message: `${who} has ended${because(reason)}. Start it again if you did not close it.`,
    },
  ]
}

function useOf(machine: FleetMachine, { machine: use, processes }: FleetSample, settings: FleetAlarmSettings) {
  const { hardware, name, id } = machine
  if (!hardware) return []
  const all = Math.max(1, hardware.cores)
  const room = Math.max(1, hardware.memoryBytes)
  const many: Condition[] = [
    measured('cpu', id, words(name), use.cpu, settings.cpuPercent),
    measured('memory', id, words(name), use.memory === null ? null : (use.memory / room) * 100, settings.memoryPercent),
  ].flatMap((condition) => condition ?? [])
  for (const process of machine.processes) {
    const own = processes[process.id]
    if (!own) continue
    const who = `${words(process.name)} on ${words(name)}`
    const key = `${id}/${process.id}`
    const cpu = measured('cpu', key, who, own.cpu / all, settings.processCpuPercent)
    const memory = measured('memory', key, who, (own.memory / room) * 100, settings.processMemoryPercent)
    if (cpu) many.push(cpu)
    if (memory) many.push(memory)
  }
  return many
}

function measured(
  kind: 'cpu' | 'memory',
  key: string,
  who: string,
  value: number | null,
  bound: number | null,
): Condition | null {
  if (value === null || bound === null) return null
  const is = value > bound ? 'bad' : value < bound - CLEAR_PERCENT ? 'good' : 'held'
  const what = kind === 'cpu' ? 'of the processor' : 'of the memory'
  const message = `${who} uses over ${bound} % ${what}. Close what is not needed before the stream stutters.`
  return { kind, key, who, is, level: 'warning', message }
}

function disksOf(machine: FleetMachine, { machine: use }: FleetSample, settings: FleetAlarmSettings): Condition[] {
  const { diskFreeGigabytes } = settings
  if (diskFreeGigabytes === null) return []
  return use.disks
    .filter(({ total }) => total >= SMALLEST_DISK)
    .map(({ path, used, total }): Condition => {
      const free = Math.max(0, total - used)
      const bound = Math.min(diskFreeGigabytes * GIGABYTE, total / 10)
      const who = `${words(path)} of ${words(machine.name)}`
      return {
        ...{ kind: 'disk', key: `${machine.id} ${path}`, who },
        is: free < bound ? 'bad' : free > bound * CLEAR_DISK ? 'good' : 'held',
        level: free < DISK_CRITICAL ? 'critical' : 'warning',
        message: `${who} is nearly full: ${(free / GIGABYTE).toFixed(1)} GB are left. Recordings will fail; make room.`,
      }
    })
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
