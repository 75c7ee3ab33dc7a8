/**
 * One defined process: carries out what the machine decides, by the platform, and tells what becomes of it. Owns the
 * process's timers, health check, log and saved run. Knows no other process; the supervisor answers for dependencies.
 */
import { execFile } from 'node:child_process'
import type { Clock, Disposable } from '../base/clock.ts'
import { assertNever, errorMessage } from '../base/errors.ts'
import type { Definition } from '../definitions/definition.ts'
import type { EventKind, ExitView, ProcessView } from '../link/frames.ts'
import type { ProcessLog } from '../logs/process-log.ts'
import { type Platform, type ProcessRow, treeOf } from '../platform/platform.ts'
import { probeOf, type Verdict, watchHealth } from './health.ts'
import { environmentOf, launch } from './launch.ts'
import {
  type Effect,
  type Handle,
  INITIAL,
  type Input,
  type Rules,
  type Supervised,
  step,
  type Timer,
} from './machine.ts'
import type { RunStore } from './run-store.ts'

/** What is left of a tree is asked to end, and killed after this or the grace time, whichever is shorter. */
const DEBRIS_GRACE_MS = 3_000
const SWEEP_POLL_MS = 40
/** After this nothing can be done about what is left, a process the kernel does not let go. */
const SWEEP_LIMIT_MS = 10_000
const STOP_COMMAND_LIMIT_MS = 120_000
/** Containers need a while after `up -d` has ended. */
const BACKGROUND_WAIT_MS = 30_000
const BACKGROUND_POLL_MS = 500

export interface ManagedProcessOptions {
  readonly definition: Definition
  readonly platform: Platform
  readonly clock: Clock
  readonly random: () => number
  readonly environment: NodeJS.ProcessEnv
  readonly log: ProcessLog
  readonly store: RunStore
  /** The beginning of this agent's markers. */
  readonly instance: string
  /** A name for one run, never used before. */
  readonly newRun: () => string
  /** Looks for an instance that runs already. */
  readonly detect: (definition: Definition) => Promise<Handle | undefined>
  /** Asks for `ready` or `blocked`. */
  readonly onDidWait: () => void
  readonly onDidChange: () => void
  readonly onEvent: (kind: EventKind, data: Record<string, unknown>) => void
}

export class ManagedProcess {
  #definition: Definition
  #state: Supervised = INITIAL
  #run = ''
  #exit: ExitView | null = null
  #retryAt: number | null = null
  #queue: Input[] = []
  #busy = false
  #health: Disposable | undefined
  #closed = false
  /** The tree when it was last looked at: after the root is gone nobody can tell any more what was below it. */
  #tree: readonly ProcessRow[] = []
  /** Counts instances, so that a restart can tell the new one from the old. */
  #risen = 0
  #upSince = 0
  #child: { handle: Handle; ended: Promise<{ code: number | null; signal: string | null }> } | undefined
  readonly #timers = new Map<Timer, Disposable>()
  readonly #options: ManagedProcessOptions

  constructor(options: ManagedProcessOptions) {
    this.#options = options
    this.#definition = options.definition
  }

  get id(): string {
    return this.#definition.id
  }

  get definition(): Definition {
    return this.#definition
  }

  get state(): Supervised {
    return this.#state
  }

  get log(): ProcessLog {
    return this.#options.log
  }

  get risen(): number {
    return this.#risen
  }

  get run(): string {
    return this.#run
  }

  view(): ProcessView {
    const { state, reason, wanted, handle, restarts, health } = this.#state
    return {
      id: this.id,
      name: this.#definition.name,
      state,
      reason: reason.slice(0, 1_000),
      wanted,
      pid: handle?.pid ?? null,
      startedAt: handle?.startedAt ? Math.round(handle.startedAt) : null,
      adopted: handle?.adopted ?? false,
      restarts,
      health,
      exit: this.#exit,
      retryAt: this.#retryAt,
    }
  }

  /** What runs goes on as it was started; the next start is by the new definition. */
  redefine(definition: Definition): void {
    this.#definition = definition
    if (this.#state.handle) this.log.remark('its definition was changed; the change takes effect at its next start')
    this.#options.onDidChange()
  }

  /** An instance that an earlier agent left. */
  resume(handle: Handle, run: string, ours: boolean): void {
    this.#run = run
    this.feed({ type: 'found', handle, ours })
  }

  setTree(tree: readonly ProcessRow[]): void {
    this.#tree = tree
  }

  get tree(): readonly ProcessRow[] {
    return this.#tree
  }

  feed(input: Input): void {
    if (this.#closed) return
    this.#queue.push(input)
    if (this.#busy) return
    this.#busy = true
    const before = this.#state
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) this.#step(next)
    } finally {
      this.#busy = false
    }
    this.#tell(before)
  }

  /** Once all that follows at once has been done: what nobody could have seen is no news. */
  #tell(before: Supervised): void {
    const state = this.#state
    if (before.state !== state.state) {
      const pid = state.handle?.pid ?? null
      this.#options.onEvent('process.state', { from: before.state, to: state.state, reason: state.reason, pid })
    }
    if (before.health !== state.health && (state.health === 'healthy' || state.health === 'unhealthy')) {
      this.#options.onEvent('process.health', { health: state.health, reason: state.reason })
    }
    if (state !== before) this.#options.onDidChange()
  }

  /** The timers and checks end; what runs, runs on. */
  close(): void {
    this.#closed = true
    for (const timer of this.#timers.values()) timer.dispose()
    this.#timers.clear()
    this.#health?.dispose()
    this.log.close()
  }

  #step(input: Input): void {
    const before = this.#state
    const { clock, random } = this.#options
    const { state, effects } = step(before, input, this.#rules(), { now: clock.monotonic(), random })
    this.#state = state
    if (input.type === 'exited' && state !== before) this.#tellExit(input.exit, before)
    this.#retryAt = state.phase === 'backoff' ? (this.#retryAt ?? Math.round(clock.now() + state.delayMs)) : null
    if (before.handle && !state.handle) this.#options.store.setRun(this.id, this.#savedDown())
    else if (before.wanted !== state.wanted) this.#save()
    for (const effect of effects) this.#carryOut(effect)
  }

  #rules(): Rules {
    const { oneShot, restart, stop, health, detect } = this.#definition
    return {
      oneShot,
      restart,
      stop,
      hasHealth: health !== undefined,
      healthRestarts: health?.restart ?? false,
      detects: detect !== undefined,
    }
  }

  #tellExit({ code, signal }: { code: number | null; signal: string | null }, before: Supervised): void {
    const { clock } = this.#options
    this.#exit = { code, signal, at: clock.now() }
    const ranMs = Math.max(0, Math.round(clock.monotonic() - this.#upSince))
    const expected = before.phase === 'stopping' || (this.#definition.oneShot && code === 0)
    this.#options.onEvent('process.exited', { code, signal, ranMs, expected })
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'await-dependencies':
        this.#options.onDidWait()
        return
      case 'detect':
        void this.#answer(async () => ({ type: 'detected', handle: await this.#options.detect(this.#definition) }))
        return
      case 'spawn':
        void this.#answer(() => this.#spawn())
        return
      case 'watch':
        this.#risen += 1
        this.#upSince = this.#options.clock.monotonic()
        this.#save()
        this.#awaitEnd(effect.handle)
        // It has had time to start others, and carries no mark that they would have inherited.
        if (effect.handle.adopted) this.#attempt(this.#rememberTree(effect.handle))
        return
      case 'stop-step':
        this.#attempt(this.#stopStep(effect.handle, effect.step))
        return
      case 'kill':
        this.#attempt(this.#kill(effect.handle))
        return
      case 'sweep':
        void this.#answer(async () => ({ type: 'swept', survivor: await this.#sweep(effect.handle, effect.keep) }))
        return
      case 'start-health':
        this.#startHealth()
        return
      case 'stop-health':
        this.#health?.dispose()
        this.#health = undefined
        return
      case 'set-timer':
        this.#timers.get(effect.timer)?.dispose()
        this.#timers.set(
          effect.timer,
          this.#options.clock.setTimeout(() => {
            this.#timers.delete(effect.timer)
            this.feed({ type: 'timer', timer: effect.timer })
          }, effect.ms),
        )
        return
      case 'clear-timer':
        this.#timers.get(effect.timer)?.dispose()
        this.#timers.delete(effect.timer)
        return
      default:
        assertNever(effect)
    }
  }

  /** What fails here is tried again when the grace time is over. */
  #attempt(work: Promise<void>): void {
    work.catch((error) => {
      if (!this.#closed) this.log.remark(`the agent failed here: ${errorMessage(error)}`)
    })
  }

  /** Each of these questions must be answered, or the machine waits for ever. */
  async #answer(question: () => Promise<Input>): Promise<void> {
    let input: Input
    try {
      input = await question()
    } catch (error) {
      this.log.remark(`the agent failed here: ${errorMessage(error)}`)
      const phase = this.#state.phase
      if (phase === 'sweeping') input = { type: 'swept', survivor: undefined }
      else if (phase === 'detecting') input = { type: 'detected', handle: undefined }
      else input = { type: 'spawn-failed', reason: errorMessage(error), permanent: false }
    }
    this.feed(input)
  }

  async #spawn(): Promise<Input> {
    const { instance, environment, platform, clock, newRun } = this.#options
    const run = newRun()
    const started = await launch(this.#definition, this.log, `${instance}/${this.id}/${run}`, environment)
    if (!started.ok) {
      this.log.remark(started.reason)
      return { type: 'spawn-failed', reason: started.reason, permanent: started.permanent }
    }
    this.#run = run
    this.#tree = []
    const { child, pid } = started
    const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }))
    })
    // One that cannot be looked at is a child all the same, and must not be taken for a failure.
    const row = await platform.row(pid).catch(() => undefined)
    const handle: Handle = { pid, token: row?.token ?? '', startedAt: row?.startedAt || clock.now(), adopted: false }
    this.#child = { handle, ended }
    return { type: 'spawned', handle }
  }

  /** Only now: an end that came before the machine knew of the beginning would be nobody's. */
  #awaitEnd(handle: Handle): void {
    if (this.#child?.handle !== handle) return
    void this.#child.ended.then((exit) => this.#exited(handle, exit))
    this.#child = undefined
  }

  #exited(handle: Handle, exit: { code: number | null; signal: string | null }): void {
    if (this.#closed) return
    this.feed({ type: 'exited', handle, exit })
    this.log.read(true)
  }

  /** An adopted one is gone: nobody can say how it ended. */
  gone(handle: Handle): void {
    this.#exited(handle, { code: null, signal: null })
  }

  async #stopStep(handle: Handle, number: number): Promise<void> {
    const { command, args, signals } = this.#definition.stop
    await this.#rememberTree(handle)
    if (command !== undefined && number === 0) return this.#runStopCommand(command, args)
    const signal = signals[number - (command === undefined ? 0 : 1)]
    const row = await this.#root(handle)
    if (!signal || !row) return
    try {
      await this.#options.platform.signal(row, signal)
    } catch (error) {
      this.log.remark(`${signal} could not be sent: ${errorMessage(error)}`)
    }
  }

  #runStopCommand(command: string, args: readonly string[]): Promise<void> {
    const { cwd } = this.#definition
    const options = {
      env: environmentOf(this.#definition, this.#options.environment),
      timeout: STOP_COMMAND_LIMIT_MS,
      windowsHide: true,
    }
    return new Promise((resolve) => {
      execFile(command, [...args], cwd === undefined ? options : { ...options, cwd }, (error) => {
        if (error && !this.#closed) this.log.remark(`the stop command failed: ${errorMessage(error)}`)
        resolve()
      })
    })
  }

  async #kill(handle: Handle): Promise<void> {
    await this.#rememberTree(handle)
    const alive = await this.#leftovers(handle)
    const root = await this.#root(handle)
    await this.#options.platform.kill(root ? [root, ...alive] : alive)
  }

  async #root({ pid, token }: Handle): Promise<ProcessRow | undefined> {
    if (pid === null) return undefined
    const row = await this.#options.platform.row(pid)
    // A child's number is not given to another before its end was told here.
    return row && (token === '' || row.token === token) ? row : undefined
  }

  async #rememberTree({ pid }: Handle): Promise<void> {
    if (pid === null) return
    const now = treeOf(await this.#options.platform.table(), pid)
    if (now.length > 0) this.#tree = now
  }

  /** What belongs to this run and is alive, the root left out: by the last known tree, the session, and the marker. */
  async #leftovers(handle: Handle): Promise<ProcessRow[]> {
    const { platform } = this.#options
    if (handle.pid === null) return []
    if (await this.#leftNothing(handle)) return []
    const known = new Set(this.#tree.map(({ pid, token }) => `${pid} ${token}`))
    const marker = this.#marker
    const table = await platform.table()
    // Windows leaves the number of a parent that is gone with its children; unless it is somebody else's by now.
    const ownNumber = !table.some(
      ({ pid, token }) => pid === handle.pid && handle.token !== '' && token !== handle.token,
    )
    const found: ProcessRow[] = []
    for (const row of table) {
      if (row.pid === handle.pid || row.pid === process.pid) continue
      const young = row.startedAt >= handle.startedAt - 1_000
      const child = ownNumber && row.ppid === handle.pid && handle.startedAt > 0 && young
      // The group of one that somebody else started may be a whole desktop session's.
      const grouped = this.#run !== '' && (row.session === handle.pid || row.group === handle.pid)
      // The agent's own children are other runs: an orphan of this one is not handed to the agent, unless it is init.
      const isOther = row.ppid === process.pid && process.pid !== 1
      const isMarked = async () => this.#run !== '' && young && !isOther && (await platform.marker(row)) === marker
      if (grouped || child || known.has(`${row.pid} ${row.token}`) || (await isMarked())) {
        found.push(...treeOf(table, row.pid))
      }
    }
    return [...new Map(found.map((row) => [row.pid, row])).values()]
  }

  /** A quick look, for the next one to start at once: true only when it is certain. */
  async #leftNothing(handle: Handle): Promise<boolean> {
    const { platform } = this.#options
    // What was adopted was nobody's child here; and others that were seen below it are to be looked for by themselves.
    const wasAlone = this.#tree.every(({ pid }) => pid === handle.pid)
    if (handle.adopted || !wasAlone || this.#run === '' || (await this.#root(handle))) return false
    const orphans = await platform.orphans?.()
    if (!orphans) return false
    for (const row of orphans) {
      if (row.pid === process.pid || row.startedAt < handle.startedAt - 1_000) continue
      const isGrouped = row.session === handle.pid || row.group === handle.pid
      if (isGrouped || (await platform.marker(row)) === this.#marker) return false
    }
    return true
  }

  get #marker(): string {
    return `${this.#options.instance}/${this.id}/${this.#run}`
  }

  /** Nothing of the old tree is left when this resolves, but for a survivor that is the process itself. */
  async #sweep(handle: Handle, keep: boolean): Promise<Handle | undefined> {
    if (keep && !this.#definition.oneShot) {
      const survivor = await this.#background(handle)
      if (survivor) return survivor
    }
    const { clock, platform } = this.#options
    const begun = clock.monotonic()
    const graceMs = Math.min(DEBRIS_GRACE_MS, this.#definition.stop.graceMs)
    let asked = false
    for (;;) {
      const left = await this.#leftovers(handle)
      const spentMs = clock.monotonic() - begun
      if (left.length === 0) return undefined
      if (spentMs > SWEEP_LIMIT_MS) {
        this.log.remark(`left behind, for they cannot be killed: ${left.map(({ pid }) => pid).join(', ')}`)
        return undefined
      }
      if (spentMs >= graceMs) await platform.kill(left)
      else if (!asked) for (const row of left) await platform.signal(row, 'SIGTERM')
      asked = true
      await this.#pause(SWEEP_POLL_MS)
    }
  }

  /** The command ended well: is what it started still there? */
  async #background(handle: Handle): Promise<Handle | undefined> {
    const { detect } = this.#definition
    const { clock } = this.#options
    const begun = clock.monotonic()
    for (;;) {
      const found = detect && (await this.#options.detect(this.#definition))
      if (found) return found
      if (detect?.by !== 'docker' || clock.monotonic() - begun > BACKGROUND_WAIT_MS || this.#state.next === 'stop')
        break
      await this.#pause(BACKGROUND_POLL_MS)
    }
    const [eldest] = (await this.#leftovers(handle)).sort((a, b) => a.startedAt - b.startedAt || a.pid - b.pid)
    return eldest && { pid: eldest.pid, token: eldest.token, startedAt: eldest.startedAt, adopted: true }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.setTimeout(resolve, ms))
  }

  #startHealth(): void {
    const { health, cwd } = this.#definition
    if (!health) return
    const env = environmentOf(this.#definition, this.#options.environment)
    const probe = probeOf(health, cwd === undefined ? { env } : { cwd, env })
    this.#health?.dispose()
    this.#health = watchHealth(health, probe, this.#options.clock, ({ health: told, reason }: Verdict) =>
      this.feed({ type: 'health', health: told, reason }),
    )
  }

  #save(): void {
    const { handle, wanted, restarts } = this.#state
    if (!handle) {
      this.#options.store.setRun(this.id, this.#savedDown())
      return
    }
    const { pid, token, startedAt, adopted } = handle
    const run = { pid, token, startedAt: Math.round(startedAt), adopted, run: this.#run, wanted, restarts }
    this.#options.store.setRun(this.id, run)
  }

  /** Down for the moment, but wanted: an agent that comes after a kill starts it. */
  #savedDown() {
    if (this.#state.wanted === 'down' || this.#state.phase === 'idle') return undefined
    const { restarts } = this.#state
    return { pid: null, token: '', startedAt: 0, adopted: false, run: this.#run, wanted: 'up' as const, restarts }
  }
}
