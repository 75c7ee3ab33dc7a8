/**
 * Hears of every death on the other machines and does what the rules say about it. Owns the rules, their table and the
 * commands that change them; every decision is incidents.ts's. What is decided is on disk before it is done. Knows neither the
 * wire to a machine nor who draws a cover: both are asked for by command, as a person would.
 */
import type { Clock } from '../../../../base/clock.ts'
import { Emitter, type Event } from '../../../../base/emitter.ts'
import { DisposableStore, MutableDisposable } from '../../../../base/lifecycle.ts'
import type { FleetRule } from '../../../../contracts/fleet.ts'
import { allows } from '../../../../contracts/scopes.ts'
import type { Alarms } from '../../../kernel/alarms.ts'
import type { Bus, StoredEvent } from '../../../kernel/bus.ts'
import { type Actor, CommandError, type Commands } from '../../../kernel/commands.ts'
import { EventLine } from '../../../kernel/event-line.ts'
import type { Logger } from '../../../kernel/log.ts'
import { newId } from '../../../kernel/new-id.ts'
import { ALWAYS_HEALTHY, type Service } from '../../../kernel/service.ts'
import type { Store } from '../../../kernel/store/store.ts'
import { defaultFleetRules } from './default-rules.ts'
import {
  INCIDENT_EVENTS,
  type IncidentContext,
  type IncidentEffect,
  type IncidentEvent,
  type IncidentInput,
  type IncidentsState,
  nextDue,
  step,
} from './incidents.ts'
import { OnAir } from './on-air.ts'
import { keptStatements, type LoadedRules, loadRules, ruleValues } from './rule-store.ts'

/** As the audit trail shows it. May do no more than the rules need. */
const RULE_ACTOR: Actor = { name: 'rule', scopes: ['fleet', 'producer'] }

/** More than anybody reads; each is asked about every death. */
const MOST_RULES = 100
/** A wall clock that was set back delays nothing for longer, ms. */
const LONGEST_SLEEP_MS = 30_000

export interface FleetRulesOptions {
  store: Pick<Store, 'all' | 'run' | 'eventsAfter'>
  bus: Pick<Bus, 'onEvent' | 'on' | 'publish'>
  commands: Pick<Commands, 'handle' | 'run'>
  alarms: Pick<Alarms, 'raise' | 'clear'>
  clock: Clock
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** Whether OBS streams; null while the hub is not connected to it. */
  obs: () => boolean | null
  /** Whether Twitch says that the channel is live; null while the hub can't know. */
  twitch: () => boolean | null
  /** By its agent's id. */
  isConnected: (agent: string) => boolean
  /** How long a machine may be away without being missed, ms. */
  graceMs: number
}

export interface FleetRules extends Service {
  /** In the order in which they were made. */
  readonly rules: readonly FleetRule[]
  readonly onDidChangeRules: Event<void>
  /** Whether the stream is on, as the rules see it. */
  isLive(): boolean
  /** A machine has another name: its rules go with it. */
  renamed(from: string, to: string): void
}

export function createFleetRules(options: FleetRulesOptions): FleetRules {
  const didChange = new Emitter<void>()
  let rules: readonly FleetRule[] = defaultFleetRules
  let session: RuleSession | null = null
  return {
    id: 'fleet-rules',
    ...ALWAYS_HEALTHY,
    get rules() {
      return rules
    },
    onDidChangeRules: didChange.event,
    isLive: () => session?.isLive ?? false,
    renamed: (from, to) => session?.renamed(from, to),
    async run(signal) {
      const onFault = (fault: string) =>
        options.log.warn({ fault }, 'a stored value of the fleet’s rules gives way to a fresh one')
      const loaded = await loadRules(options.store, onFault)
      const show = (changed: readonly FleetRule[]) => {
        rules = changed
        didChange.fire()
      }
      session = new RuleSession(options, loaded, show)
      try {
        show(loaded.rules)
        await session.run(signal, loaded.cursor)
      } finally {
        session = null
      }
    },
  }
}

const HEARD: ReadonlySet<string> = new Set(INCIDENT_EVENTS)

class RuleSession {
  readonly #options: FleetRulesOptions
  readonly #owned = new DisposableStore()
  readonly #timer = this.#owned.add(new MutableDisposable())
  readonly #line: EventLine
  readonly #onAir: OnAir
  readonly #show: (rules: readonly FleetRule[]) => void
  #rules: readonly FleetRule[]
  #incidents: IncidentsState
  #cursor = 0
  #wasStreaming: boolean

  constructor(options: FleetRulesOptions, loaded: LoadedRules, show: (rules: readonly FleetRule[]) => void) {
    this.#options = options
    this.#show = show
    this.#rules = loaded.rules
    this.#incidents = loaded.incidents
    this.#wasStreaming = loaded.wasStreaming
    const { store, bus, clock, obs, twitch } = options
    this.#onAir = this.#owned.add(new OnAir({ bus, clock, obs, twitch, wasStreaming: loaded.wasStreaming }))
    const wants = (type: string) => HEARD.has(type)
    const take = (events: readonly StoredEvent[], cursor: number) => this.#take(events, cursor)
    this.#line = this.#owned.add(new EventLine({ store, bus, clock, wants, take }))
  }

  async run(signal: AbortSignal, cursor: number | null): Promise<void> {
    const { commands } = this.#options
    try {
      this.#owned.add(commands.handle('agent.rule.set', ({ rule }, { actor }) => this.#set(rule, actor)))
      this.#owned.add(commands.handle('agent.rule.remove', ({ id }) => this.#edit((rules) => withoutRule(rules, id))))
      this.#owned.add(this.#onAir.onDidChange(() => void this.#line.runOrBreak(() => this.#airChanged())))
      this.#cursor = cursor ?? 0
      void this.#line.runOrBreak(() => this.#input({ kind: 'resumed' }))
      await this.#line.start(cursor)
      await this.#line.runUntil(signal)
    } finally {
      this.#owned.dispose()
    }
  }

  get isLive(): boolean {
    return this.#onAir.wasOn(this.#options.clock.now())
  }

  renamed(from: string, to: string): void {
    const isIt = ({ machine }: FleetRule) => machine.toLowerCase() === from.toLowerCase()
    if (!this.#rules.some(isIt)) return
    const change = (rules: readonly FleetRule[]) => rules.map((rule) => (isIt(rule) ? { ...rule, machine: to } : rule))
    this.#edit(change).catch((error) =>
      this.#options.log.error({ err: error, from, to }, 'the rules of a renamed machine could not be changed'),
    )
  }

  async #set(rule: FleetRule, actor: Actor): Promise<Record<string, never>> {
    // What a rule does it does as itself: nobody shows by way of a rule what he may not show.
    if (rule.cover && !allows(actor.scopes, 'producer')) {
      const text =
        'a rule that covers the picture needs the scope "producer" too; leave the cover out, or use another token'
      throw new CommandError('forbidden', text, { path: 'rule.cover' })
    }
    return this.#edit((rules) => withRule(rules, rule))
  }

  #edit(change: (rules: readonly FleetRule[]) => readonly FleetRule[]): Promise<Record<string, never>> {
    return this.#line.run(async () => {
      const rules = change(this.#rules)
      await this.#options.store.run([ruleValues.put('rules', rules)])
      this.#rules = rules
      this.#show(rules)
      return {}
    })
  }

  async #take(events: readonly StoredEvent[], cursor: number): Promise<void> {
    const inputs = events.map((event): IncidentInput => ({ kind: 'event', event: event as IncidentEvent }))
    await this.#work(inputs, cursor)
  }

  #input(input: IncidentInput): Promise<void> {
    return this.#work([input], this.#cursor)
  }

  /** Decides, keeps, and only then does it. */
  async #work(inputs: readonly IncidentInput[], cursor: number): Promise<void> {
    const context = this.#context()
    const effects: IncidentEffect[] = []
    let state = this.#incidents
    for (const input of inputs) {
      const next = step(state, input, context)
      state = next.state
      effects.push(...next.effects)
    }
    if (state !== this.#incidents || cursor !== this.#cursor) {
      await this.#options.store.run(keptStatements(state, cursor))
    }
    this.#incidents = state
    this.#cursor = cursor
    for (const effect of effects) this.#do(effect)
    this.#arm()
  }

  #context(): IncidentContext {
    const { clock, graceMs, isConnected } = this.#options
    const { isObsAway, obsLostAt } = this.#onAir
    const wasOn = (at: number) => this.#onAir.wasOn(at)
    return { now: clock.now(), rules: this.#rules, wasOn, isObsAway, obsLostAt, graceMs, isConnected, newId }
  }

  #arm(): void {
    const { clock, graceMs } = this.#options
    const due = nextDue(this.#incidents, graceMs)
    const tick = () => void this.#line.runOrBreak(() => this.#input({ kind: 'tick' }))
    const wait = due === null ? null : Math.min(Math.max(0, due - clock.now()), LONGEST_SLEEP_MS)
    this.#timer.set(wait === null ? undefined : clock.setTimeout(tick, wait))
  }

  async #airChanged(): Promise<void> {
    const { isStreaming } = this.#onAir
    if (isStreaming !== this.#wasStreaming) {
      await this.#options.store.run([ruleValues.put('was-streaming', isStreaming)])
      this.#wasStreaming = isStreaming
    }
    if (this.#incidents.incidents.length > 0) await this.#input({ kind: 'tick' })
  }

  #do(effect: IncidentEffect): void {
    const { alarms, log } = this.#options
    switch (effect.kind) {
      case 'order':
        void this.#order(effect)
        return
      case 'cover':
        void this.#cover(effect)
        return
      case 'uncover':
        // Somebody may have taken it away, or put something else there: then there is nothing to do.
        void this.#options.commands.run('takeover.clear', { id: effect.id }, RULE_ACTOR)
        return
      case 'applied':
        this.#tell(effect)
        return
      case 'alarm':
        if (effect.message === null) alarms.clear(`fleet-rule:${effect.key}`)
        else alarms.raise(`fleet-rule:${effect.key}`, 'critical', effect.message)
        return
      case 'too-late':
        log.info({ rule: effect.rule, what: effect.what, at: effect.at }, 'a rule does nothing: it was told too late')
        return
    }
  }

  async #order({ order, key, agent, process }: Extract<IncidentEffect, { kind: 'order' }>): Promise<void> {
    // By its id: its name may have changed since.
    const answer = await this.#options.commands.run(`agent.process.${order}`, { machine: agent, process }, RULE_ACTOR)
    if (answer.status === 'committed') return
    const { code, message } = answer.error
    // What takes its time, or was taken back by somebody, is told by the machine itself.
    if (code === 'timeout' || code === 'conflict') return
    await this.#line.runOrBreak(() => this.#input({ kind: 'order-refused', key, reason: message }))
  }

  async #cover({ id, message, durationMs }: Extract<IncidentEffect, { kind: 'cover' }>): Promise<void> {
    const takeover = { id, type: 'please-stand-by', message, durationMs, ifFree: true } as const
    const answer = await this.#options.commands.run('takeover.show', takeover, RULE_ACTOR)
    if (answer.status === 'committed') return
    this.#options.log.info({ reason: answer.error.message }, 'a rule did not cover the picture')
    await this.#line.runOrBreak(() => this.#input({ kind: 'cover-refused', id }))
  }

  #tell({ rule, incident, reason, cause }: Extract<IncidentEffect, { kind: 'applied' }>): void {
    const { agent, machine, process } = incident
    const { bus, log } = this.#options
    const payload = { agent, machine, rule, process, reason }
    bus
      .publish({ type: 'agent.rule.applied', source: 'landale', payload, causedBy: cause })
      .catch((error) => log.error({ err: error, rule }, 'what a rule did could not be stored'))
  }
}

function withRule(rules: readonly FleetRule[], rule: FleetRule): readonly FleetRule[] {
  if (rules.some(({ id }) => id === rule.id)) return rules.map((other) => (other.id === rule.id ? rule : other))
  if (rules.length < MOST_RULES) return [...rules, rule]
  throw new CommandError('conflict', `there are ${MOST_RULES} rules already; remove one first`)
}

function withoutRule(rules: readonly FleetRule[], id: string): readonly FleetRule[] {
  if (rules.some((rule) => rule.id === id)) return rules.filter((rule) => rule.id !== id)
  throw new CommandError('not_found', `there is no rule "${id}"`, { path: 'id' })
}
