/**
 * Runs the hub's services: starts, stops, restarts a crashed one with backoff and within a budget, and knows how each is
 * doing. One service's crash never touches another. Does not know what any of them does.
 */
import { Backoff } from '../../base/backoff.ts'
import { type Clock, sleep } from '../../base/clock.ts'
import { Emitter, type Event } from '../../base/emitter.ts'
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts'
import { errorMessage } from '../../base/result.ts'
import type { ModuleState } from '../../contracts/state/system.ts'
import type { Service } from './service.ts'

/** First wait after a crash, ms. */
const RESTART_INITIAL_MS = 500
/** Longest wait after a crash, ms. */
const RESTART_MAX_MS = 30_000
/** More crashes than this within the window, and the service stays down until asked: it will not heal by itself. */
const CRASH_BUDGET = 5
const CRASH_WINDOW_MS = 120_000
/** A service that has not come to rest this long after being told to stop is left behind, and said so. */
const STOP_DEADLINE_MS = 5_000

export type ModuleChange =
  | { kind: 'started' | 'stopped'; module: string }
  | { kind: 'crashed'; module: string; reason: string; attempt: number; retryInMs: number }
  | { kind: 'failed'; module: string; reason: string }

export interface Supervisor extends Disposable {
  add(service: Service): void
  readonly modules: ModuleState[]
  readonly onDidChangeModules: Event<void>
  readonly onDidChange: Event<ModuleChange>
  start(id: string): void
  /** Resolves when the service has come to rest, or was left behind. */
  stop(id: string): Promise<void>
  restart(id: string): Promise<void>
  has(id: string): boolean
  /** Last added, first stopped: what came later may lean on what came before. */
  stopAll(): Promise<void>
}

export interface SupervisorOptions {
  clock: Clock
  random: () => number
  onStuck: (module: string) => void
}

interface Entry {
  service: Service
  state: Omit<ModuleState, 'health' | 'reason'>
  /** Why it failed for good, if it did. */
  failure: string | null
  controller: AbortController | null
  done: Promise<void>
}

export function createSupervisor({ clock, random, onStuck }: SupervisorOptions): Supervisor {
  const entries = new Map<string, Entry>()
  const owned = new DisposableStore()
  const changed = owned.add(new Emitter<void>())
  const change = owned.add(new Emitter<ModuleChange>())

  function entryOf(id: string): Entry {
    const entry = entries.get(id)
    if (!entry) throw new Error(`there is no module "${id}"; known are ${[...entries.keys()].join(', ')}`)
    return entry
  }

  function setStatus(entry: Entry, status: ModuleState['status']): void {
    entry.state.status = status
    entry.state.since = clock.now()
    changed.fire()
  }

  async function keepRunning(entry: Entry, signal: AbortSignal): Promise<void> {
    const { id } = entry.service
    const backoff = new Backoff({
      initialMs: RESTART_INITIAL_MS,
      maxMs: RESTART_MAX_MS,
      factor: 2,
      jitter: 0.2,
      random,
    })
    let crashes: number[] = []
    while (!signal.aborted) {
      setStatus(entry, 'running')
      change.fire({ kind: 'started', module: id })
      try {
        await entry.service.run(signal)
        if (signal.aborted) break
        throw new Error('it returned although nobody asked it to stop')
      } catch (error) {
        if (signal.aborted) break
        const reason = errorMessage(error)
        const now = clock.now()
        crashes = [...crashes.filter((at) => now - at < CRASH_WINDOW_MS), now]
        if (crashes.length === 1) backoff.reset()
        if (crashes.length > CRASH_BUDGET) {
          entry.failure = `crashed ${crashes.length} times within ${CRASH_WINDOW_MS / 1000} s, last: ${reason}`
          setStatus(entry, 'failed')
          change.fire({ kind: 'failed', module: id, reason: entry.failure })
          return
        }
        const retryInMs = backoff.next()
        entry.state.restarts += 1
        setStatus(entry, 'restarting')
        change.fire({ kind: 'crashed', module: id, reason, attempt: crashes.length, retryInMs })
        await sleep(clock, retryInMs, signal)
      }
    }
    setStatus(entry, 'stopped')
    change.fire({ kind: 'stopped', module: id })
  }

  function start(id: string): void {
    const entry = entryOf(id)
    if (entry.controller && entry.state.status !== 'failed') return
    const controller = new AbortController()
    entry.controller = controller
    entry.failure = null
    const previous = entry.done
    entry.done = previous.then(() => keepRunning(entry, controller.signal))
    setStatus(entry, 'starting')
  }

  async function stop(id: string): Promise<void> {
    const entry = entryOf(id)
    if (!entry.controller) return
    entry.controller.abort()
    entry.controller = null
    const waiting = new AbortController()
    const overdue = sleep(clock, STOP_DEADLINE_MS, waiting.signal).then(() => 'overdue' as const)
    const outcome = await Promise.race([entry.done.then(() => 'stopped' as const), overdue])
    waiting.abort()
    if (outcome === 'overdue') onStuck(id)
    if (entry.state.status === 'failed') setStatus(entry, 'stopped')
  }

  return {
    add(service) {
      if (entries.has(service.id)) throw new Error(`module "${service.id}" was added twice`)
      const state = { id: service.id, status: 'stopped' as const, restarts: 0, since: clock.now() }
      entries.set(service.id, { service, state, failure: null, controller: null, done: Promise.resolve() })
      owned.add(service.onDidChangeHealth(() => changed.fire()))
    },
    get modules() {
      return [...entries.values()].map(stateOf)
    },
    onDidChangeModules: changed.event,
    onDidChange: change.event,
    has: (id) => entries.has(id),
    start,
    stop,
    async restart(id) {
      await stop(id)
      start(id)
    },
    async stopAll() {
      for (const id of [...entries.keys()].reverse()) await stop(id)
    },
    dispose: () => owned.dispose(),
  }
}

function stateOf({ service, state, failure }: Entry): ModuleState {
  switch (state.status) {
    case 'failed':
      return { ...state, health: 'unhealthy', reason: failure }
    case 'restarting':
      return { ...state, health: 'unhealthy', reason: 'crashed; starting again' }
    case 'stopped':
      return { ...state, health: 'degraded', reason: 'stopped' }
    case 'starting':
    case 'running':
      return { ...state, health: service.health.level, reason: service.health.reason }
  }
}
