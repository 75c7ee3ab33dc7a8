/**
 * What the rules do about what dies, as one pure state machine: a state, an input and the time in, a new state and what is
 * to be done out. Owns every decision (does a rule apply, is it started again, when is the picture covered and uncovered);
 * knows no clock, no store, no command and no socket.
 *
 * An incident begins with a death that a rule waits for and ends when the process has been well for a moment. It is kept
 * before anything is done about it, so that after a crash of the hub nothing is done twice. Events come in order, each
 * once. Each death is answered by one start at most, and none at all while the machine itself is bringing it back.
 */
import { assertNever } from '../../../../base/result.ts'
import type { FleetRule, FleetTrigger, ProcessState } from '../../../../contracts/fleet.ts'
import type { StoredEvent } from '../../../kernel/bus.ts'

export const INCIDENT_EVENTS = [
  'agent.process.state',
  'agent.process.exited',
  'agent.process.health',
  'agent.definitions.changed',
  'agent.connected',
  'agent.lost',
  'agent.revoked',
  'producer.takeover.cleared',
] as const
export type IncidentEvent = StoredEvent<(typeof INCIDENT_EVENTS)[number]>

/** What happened longer ago, ms, was told late: the moment to do something about it has passed. */
export const STALE_MS = 60_000
/** How long it must be well before the picture is uncovered, ms: scenes load, sources connect. */
export const SETTLE_MS = 5_000
/** How long a machine that checks its processes itself has to act on a failed check, ms. */
const DECIDE_MS = 2_000
/** How long a machine has after the hub's own restart to tell what became of an order, ms. */
const RESUME_MS = 3_000
/** OBS is taken for part of an incident when the hub loses it at most so long before, ms. */
const WITH_OBS_MS = 10_000
/** How often within the window a rule starts one process, and covers for it. */
const MOST_ACTS = 3
export const ACTS_WINDOW_MS = 10 * 60_000
/** An incident of which nothing more is heard is over after this, ms. */
const LONGEST_MS = 30 * 60_000
const MOST_INCIDENTS = 200

type RestartStep =
  | 'none'
  /** The machine may bring it back itself. */
  | 'waiting'
  /** A check fails: is the machine doing something about it? */
  | 'deciding'
  /** Kept; whether the order went out is not known. */
  | 'ordering'
  | 'ordered'
  | 'given-up'

interface Incident {
  /** The agent's id and the process's; the process is empty for the machine itself. */
  readonly key: string
  readonly agent: string
  readonly machine: string
  readonly process: string | null
  readonly name: string
  /** The newest death, ms epoch. */
  readonly since: number
  /** In words, e.g. `OBS Studio on demi has ended (exit code 1)`. */
  readonly what: string
  readonly state: ProcessState | 'gone'
  readonly isUnhealthy: boolean
  readonly restart: RestartStep
  readonly restartRule: string | null
  /** `restart` ends what hangs; `start` never touches what runs. */
  readonly order: 'start' | 'restart'
  /** When the next decision about a restart falls due, ms epoch. */
  readonly decideAt: number | null
  readonly cover: { readonly id: string; readonly until: number } | null
  readonly coverRule: string | null
  /** The hub lost OBS with it. */
  readonly tookObs: boolean
  /** Since when it is well again, ms epoch. */
  readonly wellAt: number | null
}

export interface IncidentsState {
  readonly incidents: readonly Incident[]
  /** When rules did something about a process lately, by incident key. */
  readonly acts: Readonly<Record<string, { readonly starts: readonly number[]; readonly covers: readonly number[] }>>
  /** Machines that a rule waits for and whose link is lost. */
  readonly away: readonly { agent: string; machine: string; at: number; reason: string; event: Cause }[]
}

/** What led to it, for the log. */
interface Cause {
  id: string
  correlationId: string
}

export type IncidentInput =
  | { kind: 'event'; event: IncidentEvent }
  /** Time has passed, or OBS came or went. */
  | { kind: 'tick' }
  /** The hub was started anew. */
  | { kind: 'resumed' }
  | { kind: 'order-refused'; key: string; reason: string }
  | { kind: 'cover-refused'; id: string }

export type IncidentEffect =
  | { kind: 'order'; order: 'start' | 'restart'; key: string; agent: string; process: string }
  | { kind: 'cover'; id: string; message: string; durationMs: number }
  | { kind: 'uncover'; id: string }
  | { kind: 'applied'; rule: string; incident: Incident; reason: string; cause: Cause | undefined }
  | { kind: 'alarm'; key: string; message: string | null }
  /** A rule waited for it, but it is told too late. */
  | { kind: 'too-late'; rule: string; what: string; at: number }

export interface IncidentContext {
  /** ms epoch. */
  now: number
  rules: readonly FleetRule[]
  /** Whether the stream was on at that moment. */
  wasOn: (at: number) => boolean
  isObsAway: boolean
  /** When the hub last lost OBS. */
  obsLostAt: number | null
  /** How long a machine may be away without being missed, ms. */
  graceMs: number
  /** By its agent's id. */
  isConnected: (agent: string) => boolean
  newId: () => string
}

export const NO_INCIDENTS: IncidentsState = { incidents: [], acts: {}, away: [] }

export interface IncidentsStep {
  state: IncidentsState
  effects: IncidentEffect[]
}

export function step(state: IncidentsState, input: IncidentInput, context: IncidentContext): IncidentsStep {
  const turn = new Turn(state, context)
  turn.take(input)
  return { state: turn.state, effects: turn.effects }
}

/** The next moment at which time alone changes something, ms epoch; null when none will. */
export function nextDue({ incidents, away }: IncidentsState, graceMs: number): number | null {
  const moments = incidents.flatMap(({ since, decideAt, cover, wellAt }) => [
    since + LONGEST_MS,
    ...(decideAt === null ? [] : [decideAt]),
    ...(cover === null ? [] : [cover.until]),
    ...(wellAt === null ? [] : [wellAt + SETTLE_MS]),
  ])
  const missing = away.map(({ at }) => at + graceMs)
  const all = [...moments, ...missing]
  return all.length === 0 ? null : Math.min(...all)
}

/** A death, as rules are asked about it. */
interface Death {
  agent: string
  machine: string
  process: string | null
  name: string
  trigger: FleetTrigger
  at: number
  /** When a hub that was there all the time would have heard of it. */
  toldBy: number
  what: string
  state: Incident['state']
  isUnhealthy: boolean
}

/** One step under way: a working copy and what is to be done so far. Lives only inside `step`. */
class Turn {
  state: IncidentsState
  readonly effects: IncidentEffect[] = []
  readonly #context: IncidentContext
  #cause: Cause | undefined

  constructor(state: IncidentsState, context: IncidentContext) {
    this.state = state
    this.#context = context
  }

  take(input: IncidentInput): void {
    switch (input.kind) {
      case 'event':
        this.#cause = { id: input.event.id, correlationId: input.event.correlationId }
        this.#hear(input.event)
        break
      case 'tick':
        break
      case 'resumed':
        this.#resume()
        break
      case 'order-refused':
        this.#refused(input.key, input.reason)
        break
      case 'cover-refused':
        this.#dropCover(input.id)
        break
      default:
        assertNever(input)
    }
    this.#settle()
  }

  #hear(event: IncidentEvent): void {
    switch (event.type) {
      case 'agent.process.exited':
        this.#exited(event)
        return
      case 'agent.process.state':
        this.#stateTold(event)
        return
      case 'agent.process.health':
        this.#healthTold(event)
        return
      case 'agent.definitions.changed':
        for (const process of event.payload.removed) this.#end(keyOf(event.payload.agent, process))
        return
      case 'agent.lost':
        this.#lost(event)
        return
      case 'agent.connected':
        this.#connected(event.payload.agent)
        return
      case 'agent.revoked':
        this.#set({ away: this.state.away.filter(({ agent }) => agent !== event.payload.agent) })
        for (const { agent, key } of this.state.incidents) if (agent === event.payload.agent) this.#end(key)
        return
      case 'producer.takeover.cleared':
        this.#dropCover(event.payload.takeoverId)
        return
      default:
        assertNever(event)
    }
  }

  #exited({ payload, at }: StoredEvent<'agent.process.exited'>): void {
    const { agent, machine, process, name, code, signal, expected } = payload
    const key = keyOf(agent, process)
    if (expected) {
      this.#change(key, { state: 'gone', wellAt: null })
      return
    }
    const what = `${name} on ${machine} has ended (${exitWords(code, signal)})`
    const before = this.#find(key)
    // A death of its own, whatever was done about the one before.
    if (before) {
      const isLeftAlone = before.restart === 'given-up'
      this.#change(key, { since: at, what, state: 'gone', isUnhealthy: false, wellAt: null, decideAt: null })
      if (!isLeftAlone) this.#change(key, { restart: 'none', restartRule: null, order: 'start' })
    }
    this.#die({ ...this.#death(payload, at), trigger: 'exited', what, state: 'gone', isUnhealthy: false })
  }

  #stateTold(event: StoredEvent<'agent.process.state'>): void {
    const { payload, at } = event
    const { agent, machine, process, name, to, from, reason } = payload
    const key = keyOf(agent, process)
    const incident = this.#find(key)
    const before = incident?.state
    this.#change(key, { state: to, ...(to === 'running' ? {} : { wellAt: null, isUnhealthy: false }) })
    switch (to) {
      case 'failed': {
        const what = `${name} on ${machine} has failed${reason === '' ? '' : ` (${reason})`}`
        this.#die({ ...this.#death(payload, at), trigger: 'failed', what, state: 'failed', isUnhealthy: false })
        this.#bringBack(key, at)
        return
      }
      case 'stopped':
        // Without a reason somebody asked for it; and a machine that was bringing it back does not stop by itself.
        if (reason === '' || from === 'stopping' || before === 'backoff' || before === 'waiting') this.#end(key)
        else this.#bringBack(key, at)
        return
      case 'done':
        this.#end(key)
        return
      case 'stopping':
      case 'backoff':
      case 'waiting':
      case 'starting':
        // The machine is doing something about the failed check.
        if (incident?.restart === 'deciding') this.#change(key, { restart: 'waiting', order: 'start', decideAt: null })
        return
      case 'running':
        if (incident?.restart === 'waiting' || incident?.restart === 'ordering') {
          this.#change(key, { restart: 'ordered', decideAt: null })
        }
        return
      default:
        assertNever(to)
    }
  }

  #healthTold({ payload, at }: StoredEvent<'agent.process.health'>): void {
    const { agent, machine, process, name, health, reason } = payload
    const key = keyOf(agent, process)
    if (health !== 'unhealthy') {
      this.#change(key, { isUnhealthy: false, ...(this.#find(key)?.restart === 'deciding' ? NO_RESTART : {}) })
      return
    }
    const what = `${name} on ${machine} is unhealthy${reason === '' ? '' : ` (${reason})`}`
    this.#change(key, { isUnhealthy: true, wellAt: null })
    this.#die({ ...this.#death(payload, at), trigger: 'unhealthy', what, state: 'running', isUnhealthy: true })
  }

  #lost({ payload, at }: StoredEvent<'agent.lost'>): void {
    const { agent, machine, reason } = payload
    const { rules } = this.#context
    this.#change(keyOf(agent, null), { state: 'gone', wellAt: null })
    const isAwaited = rules.some(
      (rule) => rule.enabled && rule.trigger === 'unreachable' && isSame(rule.machine, machine),
    )
    if (!isAwaited || this.state.away.some((other) => other.agent === agent) || !this.#cause) return
    this.#set({ away: [...this.state.away, { agent, machine, at, reason, event: this.#cause }] })
  }

  #connected(agent: string): void {
    this.#set({ away: this.state.away.filter((other) => other.agent !== agent) })
    this.#ask(agent)
    this.#change(keyOf(agent, null), { state: 'running' })
  }

  /** It tells within moments what became of an order, if anything did. */
  #ask(agent: string): void {
    for (const { key, restart, decideAt } of this.state.incidents.filter((other) => other.agent === agent)) {
      const isOpen = restart === 'ordering' || restart === 'deciding'
      if (isOpen && decideAt === null) this.#change(key, { decideAt: this.#context.now + RESUME_MS })
    }
  }

  /** What was to be decided waits for its machine. An order that ends a process is not given twice, even if it never went out. */
  #resume(): void {
    for (const { key, agent, restart, order } of this.state.incidents) {
      this.#change(key, { decideAt: null })
      if (restart === 'ordering' && order === 'restart') this.#change(key, { restart: 'ordered' })
      if (this.#context.isConnected(agent)) this.#ask(agent)
    }
  }

  #refused(key: string, reason: string): void {
    const incident = this.#find(key)
    if (incident?.restart !== 'ordering' && incident?.restart !== 'ordered') return
    this.#change(key, { restart: 'none' })
    const { order, name, machine } = incident
    const message = `${name} on ${machine} could not be ${order}ed by a rule: ${reason}. Look at it on the machines’ page.`
    this.effects.push({ kind: 'alarm', key, message })
  }

  /** Whatever comes later, it is not shown again for this incident. */
  #dropCover(id: string): void {
    for (const { key, cover } of this.state.incidents) if (cover?.id === id) this.#change(key, { cover: null })
  }

  #death({ agent, machine, process, name }: Pick<Death, 'agent' | 'machine' | 'process' | 'name'>, at: number) {
    return { agent, machine, process, name, at, toldBy: at }
  }

  /** Does what the rules say that wait for this. */
  #die(death: Death): void {
    const rules = this.#context.rules.filter((rule) => isAbout(rule, death))
    if (rules.length === 0) return
    if (this.#context.now - death.toldBy > STALE_MS) {
      for (const { id } of rules) this.effects.push({ kind: 'too-late', rule: id, what: death.what, at: death.at })
      return
    }
    const isOn = this.#context.wasOn(death.at)
    for (const rule of rules) if (isOn || !rule.onlyLive) this.#apply(rule, death)
  }

  #apply(rule: FleetRule, death: Death): void {
    const key = keyOf(death.agent, death.process)
    if (!this.#find(key)) this.#open(key, death)
    const incident = this.#find(key)
    if (!incident) return
    if (rule.restart && death.process !== null && incident.restartRule === null) {
      const isHung = death.isUnhealthy
      const decideAt = isHung ? this.#context.now + DECIDE_MS : null
      const order = isHung ? ('restart' as const) : ('start' as const)
      this.#change(key, { restart: isHung ? 'deciding' : 'waiting', restartRule: rule.id, decideAt, order })
    } else if (rule.restart && death.isUnhealthy && (incident.restart === 'ordered' || incident.restart === 'none')) {
      this.#change(key, { restart: 'deciding', decideAt: this.#context.now + DECIDE_MS, order: 'restart' })
    }
    if (rule.cover && incident.coverRule === null) this.#cover(key, rule.id, rule.cover)
    if (!rule.cover && (!rule.restart || death.process === null)) this.#applied(key, rule.id, 'noted')
  }

  #open(key: string, { agent, machine, process, name, at, what, state, isUnhealthy }: Death): void {
    const [oldest] = this.state.incidents
    if (oldest && this.state.incidents.length >= MOST_INCIDENTS) this.#end(oldest.key)
    const incident: Incident = {
      ...{ key, agent, machine, process, name, since: at, what, state, isUnhealthy },
      ...{ restart: 'none', restartRule: null, order: 'start', decideAt: null },
      ...{ cover: null, coverRule: null, tookObs: false, wellAt: null },
    }
    this.#set({ incidents: [...this.state.incidents, incident] })
  }

  #cover(key: string, rule: string, { message, forMs }: NonNullable<FleetRule['cover']>): void {
    const { now, newId } = this.#context
    if (!this.#mayAct(key, 'covers')) {
      this.#change(key, { coverRule: rule })
      this.#applied(key, rule, `the picture is not covered again: it was ${MOST_ACTS} times in ten minutes`)
      return
    }
    const id = newId()
    this.#change(key, { cover: { id, until: now + forMs }, coverRule: rule })
    this.effects.push({ kind: 'cover', id, message, durationMs: forMs })
    this.#applied(key, rule, 'the picture is covered')
  }

  /** Now that the machine does not do it itself. `at`: when that was. */
  #bringBack(key: string, at: number): void {
    const incident = this.#find(key)
    if (incident?.restart !== 'waiting') return
    if (this.#context.now - at <= STALE_MS) {
      this.#order(incident)
      return
    }
    this.effects.push({ kind: 'too-late', rule: incident.restartRule ?? '', what: incident.what, at })
    this.#change(key, { restart: 'none' })
  }

  #order(incident: Incident): void {
    const { key, agent, machine, process, name, order, restartRule } = incident
    if (process === null || restartRule === null) return
    const isWanted = this.#context.rules.some(({ id, enabled, restart }) => id === restartRule && enabled && restart)
    if (!isWanted) {
      this.#change(key, { restart: 'none', decideAt: null })
      return
    }
    if (!this.#mayAct(key, 'starts')) {
      this.#change(key, { restart: 'given-up', decideAt: null })
      const often = `${MOST_ACTS} times in ten minutes`
      const message = `${name} on ${machine} keeps dying: it was ${order}ed ${often} and is left alone now. Find out why, then start it yourself.`
      this.effects.push({ kind: 'alarm', key, message })
      this.#applied(key, restartRule, `it is not ${order}ed again: it was ${often}`)
      return
    }
    this.#change(key, { restart: 'ordering', decideAt: null })
    this.effects.push({ kind: 'order', order, key, agent, process })
    this.#applied(key, restartRule, order === 'start' ? 'it is started again' : 'it is restarted')
  }

  #applied(key: string, rule: string, done: string): void {
    const incident = this.#find(key)
    if (!incident) return
    this.effects.push({ kind: 'applied', rule, incident, reason: `${incident.what}: ${done}`, cause: this.#cause })
  }

  /** Whether it was not done too often lately; counts it. */
  #mayAct(key: string, what: 'starts' | 'covers'): boolean {
    const { now } = this.#context
    const acts = this.state.acts[key] ?? { starts: [], covers: [] }
    const lately = acts[what].filter((at) => now - at < ACTS_WINDOW_MS)
    if (lately.length >= MOST_ACTS) return false
    this.#set({ acts: { ...this.state.acts, [key]: { ...acts, [what]: [...lately, now] } } })
    return true
  }

  /** All that time alone decides. */
  #settle(): void {
    const { now, graceMs } = this.#context
    for (const { key } of this.state.incidents) this.#settleOne(key)
    const missing = this.state.away.filter(({ at }) => now - at >= graceMs)
    if (missing.length === 0) return
    this.#set({ away: this.state.away.filter((other) => !missing.includes(other)) })
    for (const { agent, machine, at, reason, event } of missing) {
      this.#cause = event
      const what = `${machine} is unreachable${reason === '' ? '' : ` (${reason})`}`
      const death = { agent, machine, process: null, name: machine, at, toldBy: at + graceMs, what }
      this.#die({ ...death, trigger: 'unreachable', state: 'gone', isUnhealthy: false })
    }
  }

  #settleOne(key: string): void {
    const { now, obsLostAt, isObsAway } = this.#context
    const first = this.#find(key)
    if (!first) return
    if (obsLostAt !== null && obsLostAt >= first.since - WITH_OBS_MS) this.#change(key, { tookObs: true })
    if (first.cover && first.cover.until <= now) this.#change(key, { cover: null })
    if (first.decideAt !== null && first.decideAt <= now) this.#decide(key)
    const incident = this.#find(key)
    if (!incident) return
    const awaitsObs = incident.cover !== null && incident.tookObs && isObsAway
    const isWell = incident.state === 'running' && !incident.isUnhealthy && !awaitsObs
    const wellAt = isWell ? (incident.wellAt ?? now) : null
    this.#change(key, { wellAt })
    const isOver = (wellAt !== null && now - wellAt >= SETTLE_MS) || now - incident.since >= LONGEST_MS
    if (isOver) this.#end(key)
  }

  #decide(key: string): void {
    this.#change(key, { decideAt: null })
    const incident = this.#find(key)
    if (!incident) return
    if (incident.restart === 'deciding') {
      if (incident.isUnhealthy && incident.state === 'running') this.#order(incident)
      else this.#change(key, NO_RESTART)
      return
    }
    // The hub was started anew in the middle: a start does no harm to what runs after all.
    const isDown = incident.state === 'gone' || incident.state === 'failed' || incident.state === 'stopped'
    const isFresh = this.#context.now - incident.since <= STALE_MS
    if (incident.restart !== 'ordering' || !isDown || !isFresh) return
    const { agent, process } = incident
    if (process !== null) this.effects.push({ kind: 'order', order: 'start', key, agent, process })
    this.#change(key, { restart: 'ordered' })
  }

  /** Nothing is left of it but how often something was done. */
  #end(key: string): void {
    const incident = this.#find(key)
    if (!incident) return
    const { now } = this.#context
    const isRecent = (times: readonly number[]) => times.some((at) => now - at < ACTS_WINDOW_MS)
    const acts = Object.entries(this.state.acts).filter(
      ([, { starts, covers }]) => isRecent(starts) || isRecent(covers),
    )
    const incidents = this.state.incidents.filter((other) => other !== incident)
    this.#set({ incidents, acts: Object.fromEntries(acts) })
    if (incident.cover) this.effects.push({ kind: 'uncover', id: incident.cover.id })
    this.effects.push({ kind: 'alarm', key, message: null })
  }

  #find(key: string): Incident | undefined {
    return this.state.incidents.find((incident) => incident.key === key)
  }

  /** Changes nothing where there is no such incident. */
  #change(key: string, change: Partial<Incident>): void {
    const before = this.#find(key)
    if (!before || Object.entries(change).every(([name, value]) => before[name as keyof Incident] === value)) return
    const changed = { ...before, ...change }
    this.#set({ incidents: this.state.incidents.map((incident) => (incident === before ? changed : incident)) })
  }

  #set(change: Partial<IncidentsState>): void {
    this.state = { ...this.state, ...change }
  }
}

const NO_RESTART = { restart: 'none', decideAt: null } as const

function keyOf(agent: string, process: string | null): string {
  return `${agent}/${process ?? ''}`
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function isAbout(rule: FleetRule, { trigger, machine, process, name }: Death): boolean {
  if (!rule.enabled || rule.trigger !== trigger || !isSame(rule.machine, machine)) return false
  if (trigger === 'unreachable' || rule.process === null) return true
  return process !== null && (isSame(rule.process, process) || isSame(rule.process, name))
}

function exitWords(code: number | null, signal: string | null): string {
  if (signal !== null) return signal
  return code === null ? 'how is not known' : `exit code ${code}`
}
