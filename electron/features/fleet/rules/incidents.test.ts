/** Whatever comes, in whatever order: what must hold of the rules at every moment. Single cases are in fleet-rules.test.ts. */
import { describe, expect, it } from 'vitest'
import { type FleetRule, fleetTriggers, processStates } from '../../../../contracts/fleet.ts'
import {
  ACTS_WINDOW_MS,
  type IncidentContext,
  type IncidentEffect,
  type IncidentEvent,
  type IncidentInput,
  type IncidentsState,
  NO_INCIDENTS,
  nextDue,
  step,
} from './incidents.ts'
import { incidentsSchema } from './rule-store.ts'

const GRACE_MS = 20_000
const FOR_MS = 120_000
const AGENTS = ['a1', 'a2']
const PROCESSES = ['obs', 'vts']
/** The longest that an incident can go on without a word, and the longest that what was done is remembered. */
const LONG_MS = 3_600_000

/** Repeats for the same seed. */
function chance(seed: number) {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return {
    below: (max: number) => Math.floor(next() * max),
    pick: <T>(list: readonly [T, ...T[]] | readonly T[]): T => list[Math.floor(next() * list.length)] as T,
  }
}

class World {
  readonly #chance: ReturnType<typeof chance>
  readonly #rules: FleetRule[]
  state: IncidentsState = NO_INCIDENTS
  now = Date.UTC(2026, 0, 1)
  isOn = true
  isObsAway = false
  obsLostAt: number | null = null
  readonly effects: { at: number; effect: IncidentEffect }[] = []
  deaths = 0
  #ids = 0

  constructor(seed: number) {
    this.#chance = chance(seed)
    this.#rules = fleetTriggers.map((trigger, index) => ({
      id: trigger,
      enabled: true,
      machine: 'demi',
      process: index % 2 === 0 ? 'obs' : null,
      trigger,
      onlyLive: index % 2 === 1,
      restart: true,
      cover: { message: 'One moment', forMs: FOR_MS },
    }))
  }

  put(input: IncidentInput): void {
    const context: IncidentContext = {
      now: this.now,
      rules: this.#rules,
      wasOn: () => this.isOn,
      isObsAway: this.isObsAway,
      obsLostAt: this.obsLostAt,
      graceMs: GRACE_MS,
      isConnected: () => true,
      newId: () => `cover-${++this.#ids}`,
    }
    const next = step(this.state, input, context)
    // As it would be after a crash of the hub.
    this.state = incidentsSchema.parse(JSON.parse(JSON.stringify(next.state)))
    expect(this.state).toEqual(next.state)
    this.effects.push(...next.effects.map((effect) => ({ at: this.now, effect })))
  }

  /** Lets time pass as the hub does: from one due moment to the next. */
  pass(ms: number): void {
    const until = this.now + ms
    for (let rounds = 0; rounds < 1000; rounds++) {
      const due = nextDue(this.state, GRACE_MS)
      if (due === null || due > until) break
      this.now = Math.max(this.now, due)
      this.put({ kind: 'tick' })
      // A moment that is due again at once would keep the hub busy for ever.
      expect(nextDue(this.state, GRACE_MS) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(this.now)
    }
    this.now = until
  }

  happen(): void {
    const { pick, below } = this.#chance
    const agent = pick(AGENTS)
    const machine = { agent, machine: 'Demi' }
    const process = { ...machine, process: pick(PROCESSES), name: 'A program' }
    const late = below(10) === 0 ? below(200_000) : 0
    const say = (type: IncidentEvent['type'], payload: object) => {
      const event = { id: 'e', correlationId: 'e', seq: 1, source: 'agent', at: this.now - late, type, payload }
      this.put({ kind: 'event', event: event as unknown as IncidentEvent })
    }
    const what = below(12)
    if (what < 4) {
      say('agent.process.state', {
        ...process,
        from: pick(processStates),
        to: pick(processStates),
        reason: pick(['', 'x']),
        pid: 1,
      })
      this.deaths += 1
    } else if (what < 6) {
      say('agent.process.exited', { ...process, code: 1, signal: null, ranMs: 1, expected: below(3) === 0 })
      this.deaths += 1
    } else if (what === 6) {
      say('agent.process.health', { ...process, health: pick(['healthy', 'unhealthy']), reason: 'x' })
      this.deaths += 1
    } else if (what === 7) say('agent.lost', { ...machine, reason: 'silent' })
    else if (what === 8) say('agent.connected', { ...machine, address: '', awayMs: 1 })
    else if (what === 9)
      say(pick(['agent.revoked', 'agent.definitions.changed']), {
        ...machine,
        removed: ['vts'],
        added: [],
        changed: [],
      })
    else if (what === 10) this.#aside(pick(['air', 'obs', 'resumed', 'refused', 'cover']))
    else this.pass(below(60_000))
  }

  #aside(what: 'air' | 'obs' | 'resumed' | 'refused' | 'cover'): void {
    const incident = this.state.incidents[0]
    if (what === 'air') this.isOn = !this.isOn
    else if (what === 'obs') {
      this.isObsAway = !this.isObsAway
      if (this.isObsAway) this.obsLostAt = this.now
      this.put({ kind: 'tick' })
    } else if (what === 'resumed') this.put({ kind: 'resumed' })
    else if (what === 'refused' && incident) this.put({ kind: 'order-refused', key: incident.key, reason: 'x' })
    else if (what === 'cover' && incident?.cover) this.put({ kind: 'cover-refused', id: incident.cover.id })
  }

  of<K extends IncidentEffect['kind']>(kind: K): { at: number; effect: Extract<IncidentEffect, { kind: K }> }[] {
    return this.effects.filter((each): each is never => each.effect.kind === kind)
  }
}

describe('whatever happens to the machines', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))('nothing is overdone, and nothing stays (seed %i)', (seed) => {
    const world = new World(seed)
    for (let round = 0; round < 600; round++) world.happen()

    const applied = world
      .of('applied')
      .map(({ effect, at }) => ({ at, key: effect.incident.key, reason: effect.reason }))
    const starts = applied.filter(({ reason }) => /: it is (re)?started/.test(reason))
    const covers = applied.filter(({ reason }) => reason.endsWith(': the picture is covered'))
    for (const acts of [starts, covers]) {
      for (const { key, at } of acts) {
        const lately = acts.filter((other) => other.key === key && other.at <= at && at - other.at < ACTS_WINDOW_MS)
        expect(lately.length).toBeLessThanOrEqual(3)
      }
    }
    expect(starts.length + covers.length).toBeGreaterThan(0)
    expect(world.of('order').length).toBeLessThanOrEqual(world.deaths)

    const shown = world.of('cover').map(({ effect }) => effect.id)
    const taken = world.of('uncover').map(({ effect }) => effect.id)
    expect(new Set(shown).size).toBe(shown.length)
    expect(new Set(taken).size).toBe(taken.length)
    expect(taken.filter((id) => !shown.includes(id))).toEqual([])
    for (const { effect } of world.of('cover')) expect(effect.durationMs).toBe(FOR_MS)

    world.pass(LONG_MS)
    expect(world.state).toMatchObject({ incidents: [], away: [] })
    expect(nextDue(world.state, GRACE_MS)).toBeNull()
    // Every alarm was taken back.
    const standing = new Set<string>()
    for (const { effect } of world.of('alarm')) {
      if (effect.message === null) standing.delete(effect.key)
      else standing.add(effect.key)
    }
    expect([...standing]).toEqual([])
  })
})
