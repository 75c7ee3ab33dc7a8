/** The machine's moves one by one, and against a model: a world in which anything happens in any order. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RESTART_DEFAULTS } from '../definitions/definition.ts'
import { type Effect, type Handle, INITIAL, type Input, isReady, type Rules, type Supervised, step } from './machine.ts'

const RULES: Rules = {
  oneShot: false,
  restart: { ...RESTART_DEFAULTS, policy: 'on-failure' },
  stop: { args: [], signals: ['SIGTERM'], graceMs: 5_000 },
  hasHealth: false,
  healthRestarts: false,
  detects: false,
}

function handle(pid: number, adopted = false): Handle {
  return { pid, token: `t${pid}`, startedAt: pid, adopted }
}

/** Feeds inputs one after the other; `now` moves by a second between two. */
function feed(inputs: readonly Input[], rules: Rules = RULES): { state: Supervised; effects: Effect[][] } {
  let state = INITIAL
  let now = 0
  const effects = inputs.map((input) => {
    const result = step(state, input, rules, { now, random: () => 0.5 })
    now += 1_000
    state = result.state
    return [...result.effects]
  })
  return { state, effects }
}

const one = handle(1)
const risen: Input[] = [{ type: 'start' }, { type: 'ready' }, { type: 'spawned', handle: one }]
const crash = (of: Handle): Input[] => [
  { type: 'exited', handle: of, exit: { code: 1, signal: null } },
  { type: 'swept', survivor: undefined },
]

describe('machine', () => {
  it('rises through its dependencies', () => {
    const { state, effects } = feed(risen)
    expect(effects.map((list) => list.map(({ type }) => type))).toEqual([
      ['await-dependencies'],
      ['spawn'],
      ['watch', 'set-timer'],
    ])
    expect(state).toMatchObject({ state: 'running', wanted: 'up', handle: one })
    expect(isReady(state)).toBe(true)
  })

  it('says what it waits for', () => {
    const { state } = feed([{ type: 'start' }, { type: 'blocked', reason: 'waits for "db", which has failed' }])
    expect(state).toMatchObject({ state: 'waiting', reason: 'waits for "db", which has failed' })
  })

  it('is ready only when its health check says so', () => {
    const rules = { ...RULES, hasHealth: true }
    const before = feed(risen, rules).state
    expect(before.state).toBe('starting')
    expect(isReady(before)).toBe(false)
    const { state } = feed([...risen, { type: 'health', health: 'healthy', reason: '' }], rules)
    expect(isReady(state)).toBe(true)
  })

  it('restarts at once after the first crash, later after a growing delay, and gives up within the window', () => {
    const script: Input[] = [...risen]
    const delays: number[] = []
    let last = one
    for (let pid = 2; pid < 5; pid++) {
      script.push(...crash(last))
      const { state } = feed(script)
      delays.push(state.delayMs)
      if (state.phase === 'backoff') script.push({ type: 'timer', timer: 'backoff' })
      last = handle(pid)
      script.push({ type: 'ready' }, { type: 'spawned', handle: last })
    }
    expect(delays).toEqual([0, 375, 750])
    const { state } = feed([...script, ...crash(last)])
    expect(state).toMatchObject({ state: 'failed', restarts: 3, wanted: 'up' })
    expect(state.reason).toBe('it ended with exit code 1; restarted 3 times within 60 s, given up')
    expect(feed([...script, ...crash(last), { type: 'start' }]).state).toMatchObject({ state: 'waiting', restarts: 0 })
  })

  it('a stable run makes the next restart immediate again', () => {
    const two = handle(2)
    const { state } = feed([
      ...risen,
      ...crash(one),
      { type: 'ready' },
      { type: 'spawned', handle: two },
      { type: 'timer', timer: 'stable' },
      ...crash(two),
    ])
    expect(state).toMatchObject({ phase: 'waiting', restarts: 2, attempt: 1 })
  })

  it.each([
    ['never', 0, 'stopped'],
    ['never', 1, 'failed'],
    ['on-failure', 0, 'stopped'],
    ['on-failure', 1, 'waiting'],
    ['always', 0, 'waiting'],
    ['always', 1, 'waiting'],
  ] as const)('policy %s, exit code %i: %s', (policy, code, expected) => {
    const rules = { ...RULES, restart: { ...RULES.restart, policy } }
    const { state } = feed(
      [...risen, { type: 'exited', handle: one, exit: { code, signal: null } }, { type: 'swept', survivor: undefined }],
      rules,
    )
    expect(state.state).toBe(expected)
  })

  it('a one-shot that succeeds is done, one that fails is not', () => {
    const rules: Rules = { ...RULES, oneShot: true, restart: { ...RULES.restart, policy: 'never' } }
    const end = (code: number): Input[] => [
      ...risen,
      { type: 'exited', handle: one, exit: { code, signal: null } },
      { type: 'swept', survivor: undefined },
    ]
    expect(feed(end(0), rules).state.state).toBe('done')
    expect(feed(end(3), rules).state).toMatchObject({ state: 'failed', reason: 'it ended with exit code 3' })
  })

  it('stops by the sequence, then kills, and says when even that does not help', () => {
    const rules: Rules = { ...RULES, stop: { args: [], signals: ['SIGINT', 'SIGTERM'], graceMs: 100 } }
    const grace: Input = { type: 'timer', timer: 'grace' }
    const { state, effects } = feed([...risen, { type: 'stop' }, grace, grace, grace], rules)
    expect(effects.slice(3).map((list) => list.find(({ type }) => type === 'stop-step' || type === 'kill'))).toEqual([
      { type: 'stop-step', handle: one, step: 0 },
      { type: 'stop-step', handle: one, step: 1 },
      { type: 'kill', handle: one },
      { type: 'kill', handle: one },
    ])
    expect(state).toMatchObject({ state: 'stopping', reason: 'it does not end, though killed 1 times' })
  })

  it('what goes to the background after a good end is the process itself', () => {
    const daemon = handle(9)
    const { state, effects } = feed([
      ...risen,
      { type: 'exited', handle: one, exit: { code: 0, signal: null } },
      { type: 'swept', survivor: daemon },
    ])
    expect(effects[3]).toContainEqual({ type: 'sweep', handle: one, keep: true })
    expect(state).toMatchObject({ state: 'running', handle: { pid: 9, adopted: true } })
  })

  it('takes over what runs already instead of starting a second', () => {
    const rules = { ...RULES, detects: true }
    const { state, effects } = feed(
      [{ type: 'start' }, { type: 'ready' }, { type: 'detected', handle: handle(7, true) }],
      rules,
    )
    expect(effects.flat().some(({ type }) => type === 'spawn')).toBe(false)
    expect(state).toMatchObject({ state: 'running', handle: { pid: 7 } })
  })

  it('what a person started by hand is not brought back when they close it', () => {
    const byHand = handle(7, true)
    const { state } = feed([
      { type: 'found', handle: byHand, ours: false },
      { type: 'exited', handle: byHand, exit: { code: null, signal: null } },
      { type: 'swept', survivor: undefined },
    ])
    expect(state).toMatchObject({ state: 'stopped', wanted: 'down' })
  })

  it('an unhealthy process is restarted when its check says so, within the same budget', () => {
    const rules: Rules = { ...RULES, hasHealth: true, healthRestarts: true }
    const { state } = feed(
      [
        ...risen,
        { type: 'health', health: 'unhealthy', reason: 'no answer within 5 s' },
        { type: 'exited', handle: one, exit: { code: 0, signal: null } },
        { type: 'swept', survivor: undefined },
      ],
      rules,
    )
    expect(state).toMatchObject({ phase: 'waiting', restarts: 1 })
  })

  it('a command that does not exist is not tried again and again', () => {
    const { state } = feed([
      { type: 'start' },
      { type: 'ready' },
      { type: 'spawn-failed', reason: 'there is no command "obz"', permanent: true },
    ])
    expect(state).toMatchObject({ state: 'failed', reason: 'there is no command "obz"' })
  })

  it.each(['stop', 'restart'] as const)('a %s while it is being started is carried out, not lost', (type) => {
    const { state, effects } = feed([{ type: 'start' }, { type: 'ready' }, { type }, { type: 'spawned', handle: one }])
    expect(state.state).toBe(type === 'stop' ? 'stopping' : 'running')
    expect(effects.flat().filter((effect) => effect.type === 'spawn')).toHaveLength(1)
  })

  it('an exit of an instance before the last is nobody’s', () => {
    const { state } = feed([...risen, { type: 'exited', handle: handle(99), exit: { code: 1, signal: null } }])
    expect(state.state).toBe('running')
  })
})

type Move =
  | { do: 'ask'; what: 'start' | 'stop' | 'restart' }
  | { do: 'answer'; good: boolean }
  | { do: 'die'; code: number }
  | { do: 'fire'; timer: number }
  | { do: 'health'; healthy: boolean }
  | { do: 'by-hand'; ours: boolean }
  | { do: 'wait'; ms: number }

/** A world for one machine: processes live and die in it, and every answer comes when the schedule says so. */
class World {
  state: Supervised = INITIAL
  now = 0
  readonly alive = new Map<number, Handle>()
  readonly timers = new Set<string>()
  readonly restarts: number[] = []
  #pending: 'detect' | 'spawn' | 'sweep' | 'dependencies' | undefined
  #keep = false
  #pid = 0
  #watched: Handle | undefined
  readonly #rules: Rules

  constructor(rules: Rules) {
    this.#rules = rules
  }

  move(move: Move) {
    switch (move.do) {
      case 'ask':
        return this.#feed({ type: move.what })
      case 'answer':
        return this.#answer(move.good)
      case 'die':
        return this.#die(move.code)
      case 'fire': {
        const timer = [...this.timers][move.timer % Math.max(1, this.timers.size)]
        if (timer === undefined) return
        this.timers.delete(timer)
        return this.#feed({ type: 'timer', timer: timer as 'grace' })
      }
      case 'health':
        return this.#feed({ type: 'health', health: move.healthy ? 'healthy' : 'unhealthy', reason: 'r' })
      case 'by-hand': {
        // The platform reports only what is there, and the world starts a second one only as a person would: when none is.
        if (this.alive.size > 0 || this.#pending === 'spawn' || this.#pending === 'sweep') return
        return this.#feed({ type: 'found', handle: this.#born(true), ours: move.ours })
      }
      case 'wait':
        this.now += move.ms
    }
  }

  #born(adopted: boolean): Handle {
    const born = handle(++this.#pid, adopted)
    this.alive.set(this.#pid, born)
    return born
  }

  #answer(good: boolean) {
    const pending = this.#pending
    this.#pending = undefined
    if (pending === 'dependencies') {
      if (good) return this.#feed({ type: 'ready' })
      this.#pending = 'dependencies'
      return this.#feed({ type: 'blocked', reason: 'waits' })
    }
    if (pending === 'detect') return this.#feed({ type: 'detected', handle: [...this.alive.values()][0] })
    if (pending === 'spawn') {
      if (good) return this.#feed({ type: 'spawned', handle: this.#born(false) })
      return this.#feed({ type: 'spawn-failed', reason: 'no', permanent: false })
    }
    if (pending !== 'sweep') return
    const survivor = this.#keep && good ? this.#born(true) : undefined
    if (!survivor) this.alive.clear()
    this.#feed({ type: 'swept', survivor })
  }

  #die(code: number): void {
    const watched = this.#watched
    if (!watched) return
    this.#watched = undefined
    if (watched.pid !== null) this.alive.delete(watched.pid)
    this.#feed({ type: 'exited', handle: watched, exit: { code, signal: null } })
  }

  #feed(input: Input): void {
    const before = this.state.restarts
    const { state, effects } = step(this.state, input, this.#rules, { now: this.now, random: () => 0 })
    this.state = state
    if (state.restarts > before) this.restarts.push(this.now)
    if (state.restarts < before) this.restarts.length = 0
    for (const effect of effects) this.#carryOut(effect)
    this.#check()
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'spawn':
        // The rule above all: never a second instance.
        expect([...this.alive.keys()]).toEqual([])
        expect(this.#pending).toBeUndefined()
        this.#pending = 'spawn'
        return
      case 'detect':
        expect(this.#pending).toBeUndefined()
        this.#pending = 'detect'
        return
      case 'sweep':
        expect(this.#pending).toBeUndefined()
        this.#pending = 'sweep'
        this.#keep = effect.keep
        return
      case 'await-dependencies':
        this.#pending = 'dependencies'
        return
      case 'watch':
        expect(this.alive.get(effect.handle.pid ?? -1)?.token).toBe(effect.handle.token)
        this.#watched = effect.handle
        return
      case 'set-timer':
        this.timers.add(effect.timer)
        return
      case 'clear-timer':
        this.timers.delete(effect.timer)
        return
      default:
        return
    }
  }

  #check(): void {
    const { phase, handle: held, state } = this.state
    if (phase !== 'waiting' && this.#pending === 'dependencies') this.#pending = undefined
    expect(this.alive.size).toBeLessThanOrEqual(1)
    expect(phase === 'up' || phase === 'stopping' || phase === 'sweeping').toBe(held !== undefined)
    expect(this.timers.has('grace')).toBe(phase === 'stopping')
    expect(this.timers.has('backoff')).toBe(phase === 'backoff')
    if (phase !== 'up') expect(this.timers.has('stable')).toBe(false)
    if (state === 'stopped' || state === 'failed' || state === 'done') expect(this.alive.size).toBe(0)
    const { windowMs, maxRestarts } = this.#rules.restart
    const recent = this.restarts.filter((at) => this.now - at < windowMs)
    expect(recent.length).toBeLessThanOrEqual(maxRestarts)
  }

  /** Lets everything that is under way come to its end; what is asked to end does. */
  settle(): void {
    for (let turn = 0; turn < 200; turn++) {
      if (this.#pending) this.#answer(this.#pending !== 'sweep')
      else if (this.state.phase === 'stopping') this.#die(0)
      else if (this.state.phase === 'backoff') this.move({ do: 'fire', timer: [...this.timers].indexOf('backoff') })
      else return
    }
    throw new Error(`it does not settle: ${this.state.phase}`)
  }
}

const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({
    do: fc.constant('ask' as const),
    what: fc.constantFrom('start' as const, 'stop' as const, 'restart' as const),
  }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('answer' as const), good: fc.boolean() }) },
  fc.record({ do: fc.constant('die' as const), code: fc.constantFrom(0, 1) }),
  fc.record({ do: fc.constant('fire' as const), timer: fc.nat(3) }),
  fc.record({ do: fc.constant('health' as const), healthy: fc.boolean() }),
  fc.record({ do: fc.constant('by-hand' as const), ours: fc.boolean() }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
)

const rules: fc.Arbitrary<Rules> = fc.record({
  oneShot: fc.boolean(),
  restart: fc.record({
    policy: fc.constantFrom('never' as const, 'on-failure' as const, 'always' as const),
    maxRestarts: fc.nat(4),
    windowMs: fc.constantFrom(10_000, 60_000),
    initialDelayMs: fc.constantFrom(0, 500),
    maxDelayMs: fc.constant(5_000),
    stableMs: fc.constant(1_000),
  }),
  stop: fc.constant(RULES.stop),
  hasHealth: fc.boolean(),
  healthRestarts: fc.boolean(),
  detects: fc.boolean(),
})

describe('machine, whatever happens', () => {
  it('never has two instances, keeps its budget, and ends up where it was last asked to be', () => {
    fc.assert(
      fc.property(rules, fc.array(move, { maxLength: 60 }), (given, moves) => {
        const world = new World(given)
        for (const next of moves) world.move(next)
        world.move({ do: 'ask', what: 'stop' })
        world.settle()
        expect(world.state).toMatchObject({ phase: 'idle', wanted: 'down' })
        expect(world.alive.size).toBe(0)
        world.move({ do: 'ask', what: 'start' })
        world.settle()
        expect(world.state.phase).toBe('up')
        expect(world.alive.size).toBe(1)
      }),
      { numRuns: 500 },
    )
  })
})
