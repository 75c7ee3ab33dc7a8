/**
 * Tells the streamer what is wrong on the other machines: what has lasted, until it has been good for a while, so that nothing
 * flaps; and of many of one kind in one sentence, so that a thousand machines are not a thousand alarms. Looks at what the fleet
 * shows every two seconds. Knows no wire and no rule.
 */
import type { Clock } from '../../../../base/clock.ts'
import { DisposableStore } from '../../../../base/lifecycle.ts'
import type { FleetMachine, FleetSample } from '../../../../contracts/state/fleet.ts'
import type { Alarms } from '../../../kernel/alarms.ts'
import type { Bus } from '../../../kernel/bus.ts'
import { ALWAYS_HEALTHY, type Service, untilAborted } from '../../../kernel/service.ts'
import type { FleetAlarmSettings } from './alarm-settings.ts'
import { type Condition, type ConditionKind, conditionKinds, conditionsOf } from './conditions.ts'

const LOOK_EVERY_MS = 2000
/** How long it must be good again, ms; a processor's load is good only after as long as it had to be bad. */
const CLEAR_MS = 5000
/** How long it must be bad, ms, where nothing else is said. */
const RAISE_MS: Partial<Record<ConditionKind, number>> = {
  // A rule may be starting it already.
  failed: 4000,
  ended: 4000,
  unhealthy: 10_000,
  disk: 10_000,
}
/** More of one kind are told in one alarm. */
const MOST_OF_A_KIND = 3

export interface FleetAlarmsOptions {
  /** As shown. */
  machines: () => readonly FleetMachine[]
  /** The newest of each machine, by its id. */
  sampleOf: (machine: string) => FleetSample | null
  isLive: () => boolean
  settings: FleetAlarmSettings
  alarms: Pick<Alarms, 'raise' | 'clear'>
  bus: Pick<Bus, 'on'>
  clock: Clock
}

interface Watched {
  condition: Condition
  isRaised: boolean
  /** Since when it has been the other way than it is told, ms epoch; null while it is as told. */
  since: number | null
}

export function createFleetAlarms(options: FleetAlarmsOptions): Service {
  return {
    id: 'fleet-alarms',
    ...ALWAYS_HEALTHY,
    async run(signal) {
      const watch = new FleetWatch(options)
      try {
        await untilAborted(signal)
      } finally {
        watch.dispose()
      }
    },
  }
}

class FleetWatch extends DisposableStore {
  readonly #options: FleetAlarmsOptions
  #watched = new Map<string, Watched>()
  /** Alarm ids that stand. */
  #raised = new Set<string>()
  /** Agents that were ended in good order: nobody misses them. */
  readonly #leaving = new Set<string>()

  constructor(options: FleetAlarmsOptions) {
    super()
    this.#options = options
    const { bus, clock } = options
    this.add(
      bus.on(['agent.stopping'], ({ payload }) => {
        // One that goes in the middle of a stream is missed, goodbye or not.
        if (!options.isLive()) this.#leaving.add(payload.agent)
      }),
    )
    this.add(bus.on(['agent.started', 'agent.revoked'], ({ payload }) => this.#leaving.delete(payload.agent)))
    this.add(clock.setInterval(() => this.#look(), LOOK_EVERY_MS))
    this.defer(() => {
      for (const id of this.#raised) options.alarms.clear(id)
    })
  }

  #look(): void {
    const { machines, sampleOf, settings, isLive, clock } = this.#options
    const now = clock.now()
    const isExpectedAway = ({ id }: FleetMachine) => this.#leaving.has(id)
    const look = { now, settings, isLive: isLive(), isExpectedAway }
    const before = this.#watched
    this.#watched = new Map()
    for (const machine of machines()) {
      for (const condition of conditionsOf(machine, sampleOf(machine.id), look)) {
        const id = `${condition.kind}:${condition.key}`
        this.#keep(id, this.#found(before.get(id), condition, now))
        before.delete(id)
      }
    }
    for (const [id, watched] of before) this.#keep(id, this.#gone(watched, now))
    this.#tell()
  }

  #keep(id: string, watched: Watched | null): void {
    if (watched) this.#watched.set(id, watched)
  }

  #found(before: Watched | undefined, condition: Condition, now: number): Watched | null {
    if (before?.isRaised) {
      // The words are those of when it began: figures that change with every look are no news.
      return { condition: { ...before.condition, level: condition.level }, isRaised: true, since: null }
    }
    if (condition.is === 'held') return null
    const since = before?.since ?? now
    const isRaised = now - since >= this.#raiseMs(condition)
    return { condition, isRaised, since: isRaised ? null : since }
  }

  /** It is good, or no longer there. */
  #gone({ condition, isRaised, since }: Watched, now: number): Watched | null {
    const goodSince = since ?? now
    if (!isRaised || now - goodSince >= this.#clearMs(condition)) return null
    return { condition, isRaised, since: goodSince }
  }

  #raiseMs({ kind }: Condition): number {
    if (kind === 'cpu' || kind === 'memory') return this.#options.settings.lastingSeconds * 1000
    return RAISE_MS[kind] ?? 0
  }

  #clearMs({ kind }: Condition): number {
    return kind === 'cpu' ? this.#options.settings.lastingSeconds * 1000 : CLEAR_MS
  }

  #tell(): void {
    const { alarms } = this.#options
    const standing = [...this.#watched.values()].filter(({ isRaised }) => isRaised).map(({ condition }) => condition)
    const told = conditionKinds.flatMap((kind) =>
      toldOf(
        kind,
        standing.filter((other) => other.kind === kind),
      ),
    )
    for (const { id, level, message } of told) alarms.raise(id, level, message)
    const ids = new Set(told.map(({ id }) => id))
    for (const id of this.#raised) if (!ids.has(id)) alarms.clear(id)
    this.#raised = ids
  }
}

interface Told {
  id: string
  level: Condition['level']
  message: string
}

function toldOf(kind: ConditionKind, conditions: readonly Condition[]): Told[] {
  if (conditions.length <= MOST_OF_A_KIND) {
    return conditions.map(({ key, level, message }) => ({ id: `fleet:${kind}:${key}`, level, message }))
  }
  const level = conditions.some((condition) => condition.level === 'critical') ? 'critical' : 'warning'
  const names = conditions.slice(0, MOST_OF_A_KIND).map(({ who }) => who)
  const message = `${conditions.length} ${MANY[kind]}: ${names.join(', ')} and ${conditions.length - names.length} more.`
  return [{ id: `fleet:${kind}`, level, message }]
}

const MANY: Record<ConditionKind, string> = {
  unreachable: 'machines are unreachable',
  failed: 'processes have failed',
  unhealthy: 'processes run but are not well',
  ended: 'processes have ended by themselves',
  cpu: 'machines or processes use nearly the whole processor',
  memory: 'machines or processes use nearly the whole memory',
  disk: 'disks are nearly full',
}
