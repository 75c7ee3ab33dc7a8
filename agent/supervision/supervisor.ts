/**
 * All processes of this machine: takes over what runs, keeps dependencies and order, watches what is not a child of the
 * agent's, and carries out what is asked. Owns the managed processes; knows neither the link nor the definitions' file.
 */
import { randomBytes } from 'node:crypto'
import type { Clock, Disposable } from '../base/clock.ts'
import { errorMessage } from '../base/errors.ts'
import type { Definition } from '../definitions/definition.ts'
import type { ErrorCode, EventKind, ProcessView } from '../link/frames.ts'
import { ProcessLog } from '../logs/process-log.ts'
import { createTrees, type Platform, type ProcessRow } from '../platform/platform.ts'
import { CommandCache, detect, toHandle } from './detect.ts'
import type { DockerQuestions } from './docker.ts'
import type { Handle, Supervised } from './machine.ts'
import { isReady } from './machine.ts'
import { ManagedProcess } from './managed-process.ts'
import type { RunStore } from './run-store.ts'

/** An adopted process's death is seen within this. */
const WATCH_MS = 1_000
/** A container's within this, twice: docker itself may be restarting. */
const WATCH_DOCKER_MS = 5_000
const DOCKER_MISSES = 2
/** What a person starts by hand is seen within this; the trees of those that run are looked at as often. */
const LOOK_MS = 10_000
const ORPHAN_GRACE_MS = 5_000

export interface SupervisorOptions {
  readonly platform: Platform
  readonly clock: Clock
  readonly random: () => number
  readonly environment: NodeJS.ProcessEnv
  readonly logFolder: string
  readonly store: RunStore
  readonly docker: DockerQuestions
  /** Tells this agent's processes from another's on the same machine. */
  readonly instance: string
  readonly onDidChange: (view: ProcessView) => void
  readonly onDidRemove: (id: string) => void
  readonly onEvent: (kind: EventKind, process: string, data: Record<string, unknown>) => void
  readonly onTrouble: (what: string) => void
}

export type Asked = { ok: true; view: ProcessView } | { ok: false; code: ErrorCode; reason: string }

interface Waiter {
  readonly process: ManagedProcess
  readonly settled: (state: Supervised) => Asked | undefined
  readonly resolve: (asked: Asked) => void
}

export class Supervisor {
  readonly #processes = new Map<string, ManagedProcess>()
  readonly #leaving = new Set<ManagedProcess>()
  readonly #waiters = new Set<Waiter>()
  readonly #timers: Disposable[] = []
  #watching: Disposable | undefined
  readonly #dockerMisses = new Map<string, number>()
  /** Processor time at the last sample, by `pid token`. */
  #used = new Map<string, number>()
  #sampledAt: number | undefined
  #closed = false
  #looking = false
  readonly #commands: CommandCache
  readonly #options: SupervisorOptions

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#commands = new CommandCache(options.platform)
  }

  /**
   * Takes over what an earlier agent left and what a person started, ends what belongs to nobody any more, then starts
   * what is to run. Answers the ids taken over.
   */
  async begin(definitions: readonly Definition[]): Promise<string[]> {
    const { platform, clock, store } = this.#options
    for (const definition of definitions) this.#add(definition)
    const table = await platform.table()
    const marked = await this.#marked(table)
    for (const process of this.#processes.values()) await this.#takeOver(process, table, marked)
    for (const [id, rows] of marked) if (!this.#processes.has(id)) await this.#end(id, rows)
    for (const id of Object.keys(store.value.runs)) if (!this.#processes.has(id)) store.setRun(id, undefined)
    await this.#look()
    const adopted = [...this.#processes.values()].filter(({ state }) => state.handle).map(({ id }) => id)
    for (const process of this.#processes.values()) {
      if (process.definition.autostart && process.state.phase === 'idle') process.feed({ type: 'start' })
    }
    this.#timers.push(
      clock.setInterval(() => this.#attempt(this.#watchDocker()), WATCH_DOCKER_MS),
      clock.setInterval(() => void this.#look(), LOOK_MS),
    )
    return adopted
  }

  get ids(): string[] {
    return [...this.#processes.keys()]
  }

  views(): ProcessView[] {
    return [...this.#processes.values()].map((process) => process.view())
  }

  process(id: string): ManagedProcess | undefined {
    return this.#processes.get(id)
  }

  /** New definitions, in start order. Those gone are stopped first; those changed take effect at their next start. */
  apply(definitions: readonly Definition[]): { added: string[]; changed: string[]; removed: string[] } {
    const ids = new Set(definitions.map(({ id }) => id))
    const removed = this.ids.filter((id) => !ids.has(id))
    for (const id of removed) this.#remove(id)
    const added: string[] = []
    const changed: string[] = []
    for (const definition of definitions) {
      const process = this.#processes.get(definition.id)
      if (!process) {
        this.#add(definition)
        added.push(definition.id)
      } else if (JSON.stringify(process.definition) !== JSON.stringify(definition)) {
        process.redefine(definition)
        changed.push(definition.id)
      }
    }
    // Shown, and ended, in the file's order.
    for (const { id } of definitions) {
      const process = this.#processes.get(id)
      if (!process) continue
      this.#processes.delete(id)
      this.#processes.set(id, process)
    }
    for (const id of added) {
      const process = this.#processes.get(id)
      if (process?.definition.autostart) process.feed({ type: 'start' })
    }
    this.#reconsider()
    return { added, changed, removed }
  }

  /** Resolves once it runs, and what it depends on too; never rejects. `signal` aborts the waiting, not the starting. */
  start(id: string, signal: AbortSignal): Promise<Asked> {
    return this.#ask(id, signal, (process) => {
      this.#startWithDependencies(process, new Set())
      return (state) => risenOrFailed(process, state)
    })
  }

  /** Resolves once nothing of it is left. */
  stop(id: string, signal: AbortSignal): Promise<Asked> {
    return this.#ask(id, signal, (process) => {
      process.feed({ type: 'stop' })
      return (state) => {
        if (state.phase === 'idle') return { ok: true, view: process.view() }
        return state.wanted === 'up' ? conflict('it was asked to start meanwhile') : undefined
      }
    })
  }

  /** Resolves once a new instance runs. */
  restart(id: string, signal: AbortSignal): Promise<Asked> {
    return this.#ask(id, signal, (process) => {
      const before = process.state.handle ? process.risen : -1
      if (process.state.handle) process.feed({ type: 'restart' })
      else this.#startWithDependencies(process, new Set())
      return (state) => (process.risen > before || state.phase === 'idle' ? risenOrFailed(process, state) : undefined)
    })
  }

  /** What each one that runs uses, its tree included: percent of one core since the last call, and resident bytes. */
  async sample(): Promise<Record<string, [cpu: number, memory: number]>> {
    const { platform, clock } = this.#options
    const now = clock.monotonic()
    const elapsedMs = this.#sampledAt === undefined ? 0 : now - this.#sampledAt
    const used = new Map<string, number>()
    const asked = [...this.#processes.values()].flatMap((one) => pidsOf(one, one.state.handle?.pid ?? null))
    const alive = new Map((await platform.rows(asked)).map((row) => [row.pid, row]))
    const sample: Record<string, [number, number]> = {}
    for (const process of this.#processes.values()) {
      const { handle } = process.state
      if (!handle || handle.pid === null) continue
      let cpuMs = 0
      let memory = 0
      for (const pid of pidsOf(process, handle.pid)) {
        const row = alive.get(pid)
        if (!row || !belongs(process.tree, handle, row)) continue
        const key = `${row.pid} ${row.token}`
        used.set(key, row.cpuMs)
        cpuMs += Math.max(0, row.cpuMs - (this.#used.get(key) ?? row.cpuMs))
        memory += row.memory
      }
      sample[process.id] = [elapsedMs > 0 ? Math.round((cpuMs / elapsedMs) * 1_000) / 10 : 0, memory]
    }
    this.#used = used
    this.#sampledAt = now
    return sample
  }

  /** Reads what the processes have written; cheap when they have not. */
  readLogs(): void {
    for (const process of this.#processes.values()) if (process.state.handle) process.log.read()
  }

  /** Stops all in reverse order; resolves when they are gone or `signal` aborts. What was only taken over runs on. */
  async stopAll(signal: AbortSignal): Promise<void> {
    const ended = new Map<string, Promise<unknown>>()
    const all = [...this.#processes.values()]
    const end = (process: ManagedProcess): Promise<unknown> => {
      const before = ended.get(process.id)
      if (before) return before
      const dependents = all.filter(({ definition }) => definition.dependsOn.includes(process.id))
      const othersOwn = process.state.handle?.adopted && process.run === ''
      const ending = Promise.all(dependents.map(end)).then(() =>
        othersOwn ? undefined : this.stop(process.id, signal),
      )
      ended.set(process.id, ending)
      return ending
    }
    await Promise.all(all.map(end))
  }

  /** Ends the watching. What runs, runs on. */
  close(): void {
    this.#closed = true
    for (const timer of this.#timers) timer.dispose()
    this.#watching?.dispose()
    for (const waiter of [...this.#waiters]) this.#settle(waiter, conflict('the agent ends'))
    for (const process of [...this.#processes.values(), ...this.#leaving]) process.close()
  }

  #add(definition: Definition): void {
    const { platform, clock, random, environment, store, instance, logFolder, onEvent, onDidChange, onTrouble } =
      this.#options
    const log = new ProcessLog({
      folder: logFolder,
      id: definition.id,
      ...definition.logs,
      now: () => clock.now(),
      onTrouble: (error) => onTrouble(`the log of "${definition.id}": ${errorMessage(error)}`),
    })
    const process: ManagedProcess = new ManagedProcess({
      definition,
      platform,
      clock,
      random,
      environment,
      log,
      store,
      instance,
      newRun: () => randomBytes(6).toString('hex'),
      detect: async (current) => this.#detect(current),
      onDidWait: () => this.#mayBegin(process),
      onDidChange: () => {
        // One that is being removed was announced as gone already.
        if (!this.#leaving.has(process)) onDidChange(process.view())
        this.#changed(process)
      },
      onEvent: (kind, data) => onEvent(kind, definition.id, data),
    })
    this.#processes.set(definition.id, process)
    onDidChange(process.view())
  }

  #remove(id: string): void {
    const process = this.#processes.get(id)
    if (!process) return
    this.#processes.delete(id)
    this.#options.onDidRemove(id)
    this.#leaving.add(process)
    process.feed({ type: 'stop' })
    this.#dropIfGone(process)
  }

  #dropIfGone(process: ManagedProcess): void {
    if (process.state.phase !== 'idle' || !this.#leaving.delete(process)) return
    this.#options.store.setRun(process.id, undefined)
    process.close()
  }

  #changed(process: ManagedProcess): void {
    this.#watchIfNeeded()
    if (this.#leaving.has(process)) {
      queueMicrotask(() => this.#dropIfGone(process))
      return
    }
    for (const waiter of [...this.#waiters]) {
      if (waiter.process !== process) continue
      const asked = waiter.settled(process.state)
      if (asked) this.#settle(waiter, asked)
    }
    queueMicrotask(() => this.#reconsider())
  }

  #settle(waiter: Waiter, asked: Asked): void {
    this.#waiters.delete(waiter)
    waiter.resolve(asked)
  }

  #ask(
    id: string,
    signal: AbortSignal,
    begin: (process: ManagedProcess) => (state: Supervised) => Asked | undefined,
  ): Promise<Asked> {
    const process = this.#processes.get(id)
    if (!process) {
      const known = this.ids.join(', ')
      const reason = `there is no process "${id}" here; ${known === '' ? 'none is defined' : `there are: ${known}`}`
      return Promise.resolve({ ok: false, code: 'not-found', reason })
    }
    const settled = begin(process)
    const already = settled(process.state)
    if (already) return Promise.resolve(already)
    return new Promise((resolve) => {
      const finish = (asked: Asked) => {
        signal.removeEventListener('abort', onAbort)
        resolve(asked)
      }
      const waiter: Waiter = { process, settled, resolve: finish }
      const onAbort = () => {
        const { state, reason } = process.state
        const why = reason === '' ? '' : ` (${reason})`
        this.#settle(waiter, {
          ok: false,
          code: 'timeout',
          reason: `it is still ${state}${why}; the agent goes on with it`,
        })
      }
      this.#waiters.add(waiter)
      if (signal.aborted) onAbort()
      else signal.addEventListener('abort', onAbort)
    })
  }

  #startWithDependencies(process: ManagedProcess, seen: Set<string>): void {
    if (seen.has(process.id)) return
    seen.add(process.id)
    for (const id of process.definition.dependsOn) {
      const needed = this.#processes.get(id)
      if (needed && !isReady(needed.state)) this.#startWithDependencies(needed, seen)
    }
    process.feed({ type: 'start' })
  }

  /** Whoever waits is told whether it may begin. */
  #reconsider(): void {
    if (this.#closed) return
    for (const process of this.#processes.values()) if (process.state.phase === 'waiting') this.#mayBegin(process)
  }

  #mayBegin(process: ManagedProcess): void {
    const needed = process.definition.dependsOn.map((id) => this.#processes.get(id))
    const missing = needed.find((one) => one && !isReady(one.state))
    if (!missing) {
      process.feed({ type: 'ready' })
      return
    }
    const { state, reason } = missing.state
    const text = `waits for "${missing.id}", which is ${state}${reason === '' ? '' : `: ${reason}`}`
    if (process.state.reason !== text) process.feed({ type: 'blocked', reason: text })
  }

  /** A look that fails proves nothing of any process; the next one comes. */
  #attempt(work: Promise<void>): void {
    work.catch((error) => this.#options.onTrouble(`the processes could not be looked at: ${errorMessage(error)}`))
  }

  async #detect(definition: Definition, given?: readonly ProcessRow[]): Promise<Handle | undefined> {
    const { platform, docker } = this.#options
    const table = given ?? (definition.detect?.by === 'docker' ? [] : await platform.table())
    const others = [...this.#processes.values()].filter(({ id }) => id !== definition.id)
    const taken = new Set(others.map(({ state }) => state.handle?.pid ?? -1))
    return detect(definition, table, taken, { platform, commands: this.#commands, docker })
  }

  /** Rows that carry this agent's marker, by the id in it. */
  async #marked(table: readonly ProcessRow[]): Promise<Map<string, { row: ProcessRow; run: string }[]>> {
    const { platform, instance } = this.#options
    const marked = new Map<string, { row: ProcessRow; run: string }[]>()
    for (const row of table) {
      const [owner, id, run] = ((await platform.marker(row)) ?? '').split('/')
      // An agent started by another agent's process carries that one's marker; it is no child of its own.
      if (owner !== instance || id === undefined || run === undefined || row.pid === process.pid) continue
      const list = marked.get(id)
      if (list) list.push({ row, run })
      else marked.set(id, [{ row, run }])
    }
    return marked
  }

  async #takeOver(
    process: ManagedProcess,
    table: readonly ProcessRow[],
    marked: ReadonlyMap<string, { row: ProcessRow; run: string }[]>,
  ): Promise<void> {
    const saved = this.#options.store.value.runs[process.id]
    const mine = marked.get(process.id) ?? []
    const root = saved && table.find(({ pid, token }) => pid === saved.pid && token === saved.token)
    if (saved && root) {
      process.log.remark('the agent is back; this process ran on meanwhile')
      const handle = { pid: root.pid, token: root.token, startedAt: root.startedAt || saved.startedAt, adopted: true }
      return process.resume(handle, saved.run, saved.wanted === 'up')
    }
    // The agent was killed between starting it and noting it down.
    const unsaved = eldest(mine.filter(({ run }) => run !== saved?.run))
    if (unsaved) {
      process.log.remark('the agent is back; this process was just being started')
      const handle = toHandle(unsaved.row)
      if (handle) process.resume(handle, unsaved.run, true)
    }
    const debris = mine.filter(({ run }) => run !== unsaved?.run)
    if (debris.length > 0) await this.#end(process.id, debris)
    if (unsaved || !saved || saved.wanted === 'down') return
    const { policy } = process.definition.restart
    // A stack of containers has no pid, and is found by looking.
    if (process.definition.detect?.by === 'docker') return
    process.log.read(true)
    process.log.remark('it ended while the agent was away')
    if (saved.pid !== null) {
      this.#options.onEvent('process.exited', process.id, { code: null, signal: null, ranMs: 0, expected: false })
    }
    this.#options.store.setRun(process.id, undefined)
    if (policy !== 'never') process.feed({ type: 'start' })
  }

  /** Ends what belongs to no process any more. */
  async #end(id: string, rows: readonly { row: ProcessRow }[]): Promise<void> {
    const { platform, clock, onTrouble } = this.#options
    onTrouble(`ending what is left of "${id}": ${rows.map(({ row }) => row.pid).join(', ')}`)
    for (const { row } of rows) await platform.signal(row, 'SIGTERM').catch(() => {})
    const begun = clock.monotonic()
    for (;;) {
      const alive: ProcessRow[] = []
      for (const { row } of rows) {
        const now = await platform.row(row.pid)
        if (now?.token === row.token) alive.push(now)
      }
      if (alive.length === 0) return
      if (clock.monotonic() - begun > ORPHAN_GRACE_MS) return platform.kill(alive)
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 50))
    }
  }

  /** Children tell of their end themselves: an agent that has no others sleeps. */
  #watchIfNeeded(): void {
    const all = [...this.#processes.values(), ...this.#leaving]
    const isNeeded = !this.#closed && all.some(({ state }) => state.handle?.adopted && state.handle.pid !== null)
    if (isNeeded) this.#watching ??= this.#options.clock.setInterval(() => this.#attempt(this.#watch()), WATCH_MS)
    else {
      this.#watching?.dispose()
      this.#watching = undefined
    }
  }

  /** Those that are no children of the agent's: are they still there? */
  async #watch(): Promise<void> {
    for (const process of [...this.#processes.values(), ...this.#leaving]) {
      const { handle, phase } = process.state
      if (!handle?.adopted || handle.pid === null || (phase !== 'up' && phase !== 'stopping')) continue
      const row = await this.#options.platform.row(handle.pid)
      if (row?.token !== handle.token) process.gone(handle)
    }
  }

  async #watchDocker(): Promise<void> {
    for (const process of [...this.#processes.values(), ...this.#leaving]) {
      const { handle, phase } = process.state
      if (handle?.pid !== null || (phase !== 'up' && phase !== 'stopping')) continue
      const there = await this.#detect(process.definition)
      const misses = there ? 0 : (this.#dockerMisses.get(process.id) ?? 0) + 1
      this.#dockerMisses.set(process.id, misses)
      if (misses >= DOCKER_MISSES || (misses > 0 && phase === 'stopping')) {
        this.#dockerMisses.delete(process.id)
        process.gone(handle)
      }
    }
  }

  /** One look at all processes: trees of those that run, and those that run without the agent's doing. */
  async #look(): Promise<void> {
    if (this.#looking || this.#closed) return
    this.#looking = true
    try {
      const table = await this.#options.platform.table()
      const trees = createTrees(table)
      for (const process of this.#processes.values()) {
        const { handle, phase } = process.state
        if (handle && handle.pid !== null) process.setTree(trees(handle.pid))
        if (!process.definition.detect || (phase !== 'idle' && phase !== 'backoff')) continue
        const found = await this.#detect(process.definition, table)
        const saved = this.#options.store.value.runs[process.id]
        if (found) process.resume(found, '', saved?.wanted === 'up' || process.state.wanted === 'up')
      }
    } catch (error) {
      this.#options.onTrouble(`the processes could not be listed: ${errorMessage(error)}`)
    } finally {
      this.#looking = false
    }
  }
}

/** Its tree as last seen, or only itself. */
function pidsOf({ tree }: ManagedProcess, root: number | null): number[] {
  if (root === null) return []
  return tree.some(({ pid }) => pid === root) ? tree.map(({ pid }) => pid) : [root]
}

function eldest<T extends { row: ProcessRow }>(rows: readonly T[]): T | undefined {
  const pids = new Set(rows.map(({ row }) => row.pid))
  const roots = rows.filter(({ row }) => !pids.has(row.ppid))
  return [...roots].sort((a, b) => a.row.startedAt - b.row.startedAt || a.row.pid - b.row.pid)[0]
}

function belongs(tree: readonly ProcessRow[], handle: Handle, row: ProcessRow): boolean {
  if (row.pid === handle.pid) return row.token === handle.token
  return tree.some(({ pid, token }) => pid === row.pid && token === row.token)
}

function risenOrFailed(process: ManagedProcess, { state, phase, reason, wanted }: Supervised): Asked | undefined {
  if (state === 'running' || state === 'done') return { ok: true, view: process.view() }
  if (state === 'failed') return { ok: false, code: 'failed', reason }
  if (wanted === 'down' && phase !== 'idle') return conflict('it was asked to stop meanwhile')
  return phase === 'idle' ? conflict(reason === '' ? 'it was asked to stop meanwhile' : reason) : undefined
}

function conflict(reason: string): Asked {
  return { ok: false, code: 'conflict', reason }
}
