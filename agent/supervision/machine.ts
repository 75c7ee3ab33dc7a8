/**
 * The life of one supervised process, as a pure function: state and input to state and effects. Owns every decision
 * (restart or not, when, how it is stopped, when it has failed); knows no clock, no system call, no other process.
 *
 * Two rules hold whatever comes: it asks for a new instance only when none is alive, and an end is followed by a sweep
 * before anything else, so that nothing of the old tree is left. Each of the effects `detect`, `spawn` and `sweep` is
 * answered by exactly one input; until then the machine stays where it is and only notes what is wanted.
 */
import { backoffMs } from '../base/backoff.ts'
import { assertNever } from '../base/errors.ts'
import type { Restart, Stop } from '../definitions/definition.ts'

/** As everybody is told. */
export type ProcessState = 'stopped' | 'waiting' | 'starting' | 'running' | 'stopping' | 'backoff' | 'failed' | 'done'

type Phase = 'idle' | 'waiting' | 'detecting' | 'spawning' | 'up' | 'stopping' | 'sweeping' | 'backoff'

/** What follows once the old tree is gone: stay down, start anew, or let the restart policy judge. */
type Next = 'stop' | 'start' | 'judge'

/** A living instance. `pid` is null where containers are watched. */
export interface Handle {
  readonly pid: number | null
  /** Tells this process from a later one with the same pid: its start, in the platform's own terms. */
  readonly token: string
  /** Wall clock, ms epoch. */
  readonly startedAt: number
  readonly adopted: boolean
}

/** Both null: how it ended is not known, as of an adopted process. */
interface Exit {
  readonly code: number | null
  readonly signal: string | null
}

type Health = 'none' | 'unknown' | 'healthy' | 'unhealthy'

export interface Supervised {
  readonly phase: Phase
  readonly state: ProcessState
  readonly reason: string
  readonly wanted: 'up' | 'down'
  readonly handle: Handle | undefined
  readonly health: Health
  /** Automatic restarts since it was last asked to start. */
  readonly restarts: number
  /** When those of the current window were, monotonic ms. */
  readonly recent: readonly number[]
  /** Delays handed out since it was last stable. */
  readonly attempt: number
  /** Which step of the stop sequence is under way. */
  readonly stopStep: number
  readonly next: Next
  readonly exit: Exit | undefined
  /** The end counts as a failure whatever the exit code: it was stopped for being unhealthy. */
  readonly faulty: string | undefined
  /** In `backoff`: the delay, ms. */
  readonly delayMs: number
}

export type Input =
  | { type: 'start' }
  | { type: 'stop' }
  | { type: 'restart' }
  /** All it depends on is there. */
  | { type: 'ready' }
  | { type: 'blocked'; reason: string }
  /** Answers `detect`. */
  | { type: 'detected'; handle: Handle | undefined }
  /** Answer `spawn`. */
  | { type: 'spawned'; handle: Handle }
  | { type: 'spawn-failed'; reason: string; permanent: boolean }
  | { type: 'exited'; handle: Handle; exit: Exit }
  /** Answers `sweep`. */
  | { type: 'swept'; survivor: Handle | undefined }
  /** Seen running. `ours`: an agent before this one was asked to keep it up; otherwise somebody started it by hand. */
  | { type: 'found'; handle: Handle; ours: boolean }
  | { type: 'health'; health: 'healthy' | 'unhealthy'; reason: string }
  | { type: 'timer'; timer: Timer }

export type Timer = 'backoff' | 'grace' | 'stable'

export type Effect =
  | { type: 'await-dependencies' }
  | { type: 'detect' }
  | { type: 'spawn' }
  | { type: 'watch'; handle: Handle }
  /** `step` counts through the stop sequence; `kill` is the end of it: the whole tree, at once. */
  | { type: 'stop-step'; handle: Handle; step: number }
  | { type: 'kill'; handle: Handle }
  /** With `keep`, a survivor is the process itself, gone to the background; otherwise all that is left is killed. */
  | { type: 'sweep'; handle: Handle; keep: boolean }
  | { type: 'start-health' }
  | { type: 'stop-health' }
  | { type: 'set-timer'; timer: Timer; ms: number }
  | { type: 'clear-timer'; timer: Timer }

export interface Rules {
  readonly oneShot: boolean
  readonly restart: Restart
  readonly stop: Stop
  readonly hasHealth: boolean
  readonly healthRestarts: boolean
  /** It may already run without the agent's doing: look before starting. */
  readonly detects: boolean
}

export interface Moment {
  /** Monotonic ms. */
  readonly now: number
  /** In [0, 1). */
  readonly random: () => number
}

export interface Step {
  readonly state: Supervised
  readonly effects: readonly Effect[]
}

/** After a kill that shows no effect it is tried again this often. */
const KILL_AGAIN_MS = 2_000

export const INITIAL: Supervised = {
  phase: 'idle',
  state: 'stopped',
  reason: '',
  wanted: 'down',
  handle: undefined,
  health: 'none',
  restarts: 0,
  recent: [],
  attempt: 0,
  stopStep: 0,
  next: 'judge',
  exit: undefined,
  faulty: undefined,
  delayMs: 0,
}

export function step(state: Supervised, input: Input, rules: Rules, moment: Moment): Step {
  switch (input.type) {
    case 'start':
      return start(state)
    case 'stop':
      return stop(state, rules)
    case 'restart':
      return restart(state, rules)
    case 'ready':
      return state.phase === 'waiting' ? launch(state, rules) : stay(state)
    case 'blocked':
      return state.phase === 'waiting' ? stay({ ...state, reason: input.reason }) : stay(state)
    case 'detected':
      return state.phase === 'detecting' ? detected(state, input.handle, rules) : stay(state)
    case 'spawned':
      return state.phase === 'spawning' ? up(state, input.handle, rules) : stay(state)
    case 'spawn-failed':
      return state.phase === 'spawning' ? spawnFailed(state, input, rules, moment) : stay(state)
    case 'exited':
      return exited(state, input)
    case 'swept':
      return state.phase === 'sweeping' ? swept(state, input.survivor, rules, moment) : stay(state)
    case 'found':
      return found(input.ours ? { ...state, wanted: 'up' } : state, input.handle, rules)
    case 'health':
      return state.phase === 'up' ? healthTold(state, input, rules) : stay(state)
    case 'timer':
      return timer(state, input.timer, rules)
    default:
      return assertNever(input)
  }
}

/** Whether what depends on it may begin. */
export function isReady({ state, health }: Pick<Supervised, 'state' | 'health'>): boolean {
  return state === 'done' || (state === 'running' && health !== 'unhealthy')
}

function stay(state: Supervised): Step {
  return { state, effects: [] }
}

function start(state: Supervised): Step {
  switch (state.phase) {
    case 'idle':
      return begin(state, [])
    case 'backoff':
      return begin(state, [{ type: 'clear-timer', timer: 'backoff' }])
    case 'stopping':
    case 'sweeping':
      return stay({ ...state, wanted: 'up', next: 'start', faulty: undefined })
    case 'detecting':
    case 'spawning':
      // A stop asked for before this is taken back.
      return stay({ ...state, wanted: 'up', next: state.next === 'stop' ? 'judge' : state.next })
    case 'waiting':
    case 'up':
      return stay({ ...state, wanted: 'up' })
    default:
      return assertNever(state.phase)
  }
}

/** Asked for by somebody: past failures no longer count. */
function begin(state: Supervised, effects: Effect[]): Step {
  return wait({ ...state, wanted: 'up', restarts: 0, recent: [], attempt: 0, faulty: undefined }, effects)
}

function wait(state: Supervised, effects: Effect[]): Step {
  return {
    state: { ...state, phase: 'waiting', state: 'waiting', reason: '', next: 'judge', delayMs: 0 },
    effects: [...effects, { type: 'await-dependencies' }],
  }
}

function launch(state: Supervised, rules: Rules): Step {
  const phase = rules.detects ? 'detecting' : 'spawning'
  return {
    state: { ...state, phase, state: 'starting', reason: '' },
    effects: [{ type: rules.detects ? 'detect' : 'spawn' }],
  }
}

function detected(state: Supervised, handle: Handle | undefined, rules: Rules): Step {
  if (handle) return up(state, handle, rules)
  if (state.next === 'stop') return idle(state, 'stopped', 'it was not running')
  return { state: { ...state, phase: 'spawning' }, effects: [{ type: 'spawn' }] }
}

/** It runs. What was asked for while it was on its way is done now. */
function up(state: Supervised, handle: Handle, rules: Rules): Step {
  const risen: Supervised = {
    ...state,
    phase: 'up',
    state: rules.hasHealth ? 'starting' : 'running',
    reason: handle.adopted ? 'it ran already and was taken over' : '',
    handle,
    health: rules.hasHealth ? 'unknown' : 'none',
    stopStep: 0,
    delayMs: 0,
    faulty: undefined,
  }
  const watch: Effect = { type: 'watch', handle }
  // A fresh instance answers a wish to restart by itself; an old one does not.
  const next = state.next === 'start' && !handle.adopted ? 'judge' : state.next
  if (next !== 'judge') return withEffects([watch], halt({ ...risen, next }, rules))
  const effects: Effect[] = [watch, { type: 'set-timer', timer: 'stable', ms: rules.restart.stableMs }]
  if (rules.hasHealth) effects.push({ type: 'start-health' })
  return { state: { ...risen, next }, effects }
}

function spawnFailed(
  state: Supervised,
  { reason, permanent }: { reason: string; permanent: boolean },
  rules: Rules,
  moment: Moment,
): Step {
  if (state.next === 'stop') return idle(state, 'stopped', '')
  if (permanent || rules.restart.policy === 'never') return idle(state, 'failed', reason)
  return again(state, reason, rules, moment)
}

function stop(state: Supervised, rules: Rules): Step {
  const down: Supervised = { ...state, wanted: 'down' }
  switch (state.phase) {
    case 'idle':
      return state.state === 'failed' ? idle(down, 'stopped', '') : stay(down)
    case 'waiting':
      return idle(down, 'stopped', '')
    case 'backoff':
      return withEffects([{ type: 'clear-timer', timer: 'backoff' }], idle(down, 'stopped', ''))
    case 'detecting':
    case 'spawning':
    case 'stopping':
    case 'sweeping':
      return stay({ ...down, next: 'stop', faulty: undefined })
    case 'up':
      return halt({ ...down, next: 'stop' }, rules)
    default:
      return assertNever(state.phase)
  }
}

function restart(state: Supervised, rules: Rules): Step {
  if (state.phase === 'up') {
    const asked: Supervised = { ...state, wanted: 'up', next: 'start', restarts: 0, recent: [], attempt: 0 }
    return halt(asked, rules)
  }
  if (state.phase === 'detecting' || state.phase === 'spawning') return stay({ ...state, wanted: 'up', next: 'start' })
  return start(state)
}

/** Begins the stop sequence. */
function halt(state: Supervised, rules: Rules): Step {
  const { handle } = state
  if (!handle) return stay(state)
  return {
    state: { ...state, phase: 'stopping', state: 'stopping', reason: state.faulty ?? '', stopStep: 0, health: 'none' },
    effects: [
      { type: 'stop-health' },
      { type: 'clear-timer', timer: 'stable' },
      { type: 'stop-step', handle, step: 0 },
      { type: 'set-timer', timer: 'grace', ms: rules.stop.graceMs },
    ],
  }
}

function timer(state: Supervised, which: Timer, rules: Rules): Step {
  if (which === 'stable') return state.phase === 'up' ? stay({ ...state, attempt: 0 }) : stay(state)
  if (which === 'backoff') return state.phase === 'backoff' ? wait(state, []) : stay(state)
  return state.phase === 'stopping' ? graceOver(state, rules) : stay(state)
}

function graceOver(state: Supervised, rules: Rules): Step {
  const { handle } = state
  if (!handle) return stay(state)
  const stepNumber = state.stopStep + 1
  const steps = rules.stop.signals.length + (rules.stop.command === undefined ? 0 : 1)
  if (stepNumber < steps) {
    return {
      state: { ...state, stopStep: stepNumber },
      effects: [
        { type: 'stop-step', handle, step: stepNumber },
        { type: 'set-timer', timer: 'grace', ms: rules.stop.graceMs },
      ],
    }
  }
  const tries = stepNumber - steps
  const reason =
    tries === 0 ? 'it did not end when asked, and is killed' : `it does not end, though killed ${tries} times`
  return {
    state: { ...state, stopStep: stepNumber, reason },
    effects: [
      { type: 'kill', handle },
      { type: 'set-timer', timer: 'grace', ms: KILL_AGAIN_MS },
    ],
  }
}

function exited(state: Supervised, { handle, exit }: { handle: Handle; exit: Exit }): Step {
  if (state.handle !== handle || (state.phase !== 'up' && state.phase !== 'stopping')) return stay(state)
  const wasUp = state.phase === 'up'
  return {
    state: {
      ...state,
      phase: 'sweeping',
      // Told at once: what the sweep takes is no part of the process's life.
      state: wasUp ? 'starting' : 'stopping',
      reason: wasUp ? exitText(exit) : state.reason,
      health: 'none',
      exit,
    },
    effects: [
      { type: 'stop-health' },
      { type: 'clear-timer', timer: 'stable' },
      { type: 'clear-timer', timer: 'grace' },
      // What ended well and left something running went to the background. After a crash, what is left is debris.
      { type: 'sweep', handle, keep: wasUp && exit.code === 0 },
    ],
  }
}

function swept(state: Supervised, survivor: Handle | undefined, rules: Rules, moment: Moment): Step {
  if (survivor) return up({ ...state, handle: undefined }, { ...survivor, adopted: true }, rules)
  const gone: Supervised = { ...state, handle: undefined }
  if (gone.next === 'stop') return idle(gone, 'stopped', '')
  if (gone.next === 'start') return begin(gone, [])
  return judge(gone, rules, moment)
}

/** It ended without being asked to. */
function judge(state: Supervised, rules: Rules, moment: Moment): Step {
  const exit = state.exit ?? { code: null, signal: null }
  const reason = state.faulty ?? exitText(exit)
  const success = state.faulty === undefined && exit.code === 0
  if (success && rules.oneShot) return idle(state, 'done', '')
  // Somebody else's, or stopped meanwhile: not ours to bring back.
  if (state.wanted === 'down') return idle(state, 'stopped', reason)
  if (rules.restart.policy === 'always' || (rules.restart.policy === 'on-failure' && !success)) {
    return again(state, reason, rules, moment)
  }
  const unknown = exit.code === null && exit.signal === null && state.faulty === undefined
  return idle(state, success || unknown ? 'stopped' : 'failed', reason)
}

function again(state: Supervised, reason: string, { restart: policy }: Rules, { now, random }: Moment): Step {
  const recent = state.recent.filter((at) => now - at < policy.windowMs)
  if (recent.length >= policy.maxRestarts) {
    const window = `${policy.windowMs / 1_000} s`
    return idle(
      { ...state, recent },
      'failed',
      `${reason}; restarted ${recent.length} times within ${window}, given up`,
    )
  }
  const options = { initialMs: policy.initialDelayMs, maxMs: policy.maxDelayMs }
  const delayMs = state.attempt === 0 ? 0 : backoffMs(options, state.attempt - 1, random)
  const counted: Supervised = {
    ...state,
    handle: undefined,
    recent: [...recent, now],
    restarts: state.restarts + 1,
    attempt: state.attempt + 1,
    faulty: undefined,
  }
  if (delayMs === 0) return wait(counted, [])
  return {
    state: { ...counted, phase: 'backoff', state: 'backoff', reason, next: 'judge', delayMs },
    effects: [{ type: 'set-timer', timer: 'backoff', ms: delayMs }],
  }
}

function idle(state: Supervised, to: 'stopped' | 'failed' | 'done', reason: string): Step {
  const wanted = to === 'stopped' ? 'down' : state.wanted
  return {
    state: {
      ...state,
      phase: 'idle',
      state: to,
      reason,
      wanted,
      handle: undefined,
      health: 'none',
      next: 'judge',
      faulty: undefined,
      delayMs: 0,
    },
    effects: [],
  }
}

/** Somebody started it by hand: it is shown, and can be stopped, but is not brought back when they close it. */
function found(state: Supervised, handle: Handle, rules: Rules): Step {
  switch (state.phase) {
    case 'idle':
      return up(state, handle, rules)
    case 'backoff':
      return withEffects([{ type: 'clear-timer', timer: 'backoff' }], up(state, handle, rules))
    case 'waiting':
      return up(state, handle, rules)
    default:
      return stay(state)
  }
}

function healthTold(
  state: Supervised,
  { health, reason }: { health: 'healthy' | 'unhealthy'; reason: string },
  rules: Rules,
): Step {
  if (health === 'healthy') return stay({ ...state, state: 'running', health, reason: '' })
  if (!rules.healthRestarts) return stay({ ...state, state: 'running', health, reason })
  return halt({ ...state, next: 'judge', faulty: `unhealthy: ${reason}` }, rules)
}

function withEffects(before: readonly Effect[], { state, effects }: Step): Step {
  return { state, effects: [...before, ...effects] }
}

function exitText({ code, signal }: Exit): string {
  if (signal !== null) return `it was ended by ${signal}`
  if (code !== null) return code === 0 ? 'it ended by itself' : `it ended with exit code ${code}`
  return 'it is gone; how it ended is not known, for it was not started here'
}
