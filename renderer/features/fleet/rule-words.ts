/** A rule for when something dies as a sentence, and a new one to begin with. Pure. */
import type { FleetRule, FleetTrigger } from '../../../contracts/fleet.ts'
import type { FleetMachine, FleetProcess } from '../../../contracts/state/fleet.ts'

export const triggerWords: Record<FleetTrigger, string> = {
  exited: 'ends by itself',
  failed: 'fails for good',
  unhealthy: 'is unhealthy',
  unreachable: 'is out of reach',
}

/** Whom a rule is for; undefined while no machine of this name is paired. The hub asks for no capitals either. */
export function machineOf(
  rule: Pick<FleetRule, 'machine'>,
  machines: readonly FleetMachine[],
): FleetMachine | undefined {
  return machines.find(({ name }) => isSame(name, rule.machine))
}

export function processOf(
  rule: Pick<FleetRule, 'process'>,
  machine: FleetMachine | undefined,
): FleetProcess | undefined {
  const { process } = rule
  if (process === null) return undefined
  return machine?.processes.find(({ id, name }) => isSame(id, process) || isSame(name, process))
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

const MINUTE_MS = 60_000

/** `machines`: for the names of processes; a rule may outlive them. */
export function ruleInWords(rule: FleetRule, machines: readonly FleetMachine[]): string {
  const machine = machineOf(rule, machines)
  const name = machine?.name ?? rule.machine
  const process = processOf(rule, machine)?.name ?? rule.process ?? 'anything'
  const what = rule.trigger === 'unreachable' ? name : `${process} on ${name}`
  const does = [
    rule.restart && rule.trigger !== 'unreachable' ? 'restart it' : null,
    rule.cover
      ? `cover the picture with “${rule.cover.message}” until it is back, ${lengthWords(rule.cover.forMs)} at most`
      : null,
  ].filter((part) => part !== null)
  const live = rule.onlyLive ? ' during a stream' : ''
  return `When ${what} ${triggerWords[rule.trigger]}${live}, ${does.length > 0 ? does.join(' and ') : 'only note it'}.`
}

function lengthWords(ms: number): string {
  return ms % MINUTE_MS === 0 ? `${ms / MINUTE_MS} min` : `${Math.round(ms / 1000)} s`
}

/** The one most wanted: OBS dies during a stream. `random`: a number in [0, 1). */
export function newRule(machines: readonly FleetMachine[], random: () => number = Math.random): FleetRule {
  const isObs = ({ name }: { name: string }) => /\bobs\b/i.test(name)
  const machine = machines.find(({ processes }) => processes.some(isObs)) ?? machines[0]
  const process = machine?.processes.find(isObs) ?? machine?.processes[0]
  return {
    id: `rule-${Math.floor(random() * 36 ** 8).toString(36)}`,
    enabled: true,
    machine: machine?.name ?? '',
    process: process?.id ?? null,
    trigger: 'exited',
    onlyLive: true,
    restart: true,
    cover: { message: 'Please stand by', forMs: 3 * MINUTE_MS },
  }
}
