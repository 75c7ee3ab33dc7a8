/**
 * The life of every connection to an outside system: try, wait, try again, give up when trying is pointless, and start
 * anew when asked. Owns the state that the dashboard shows. Does not know what is being connected to: a connection
 * hands in `attempt`, which connects once, stays until it is over, and answers what to do next.
 */
import { Backoff, type BackoffOptions } from '../../base/backoff.ts'
import { type Clock, sleep } from '../../base/clock.ts'
import { Emitter, type Event } from '../../base/emitter.ts'
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts'
import { assertNever } from '../../base/result.ts'
import type { ConnectionState } from '../../contracts/state/connection.ts'
import { HEALTHY, type Health, type Service } from '../kernel/service.ts'

/** What a lost or refused connection calls for; `reason` is shown to the streamer. */
export type Verdict =
  /** Passing trouble: try again after the backoff. */
  | { action: 'retry'; reason: string }
  /** The other side waits for us at once, e.g. after an orderly hand-over: try again without a wait. */
  | { action: 'retry-now'; reason: string }
  /** Only the streamer can help: sign in, correct a password. */
  | { action: 'reauth'; reason: string }
  /** Trying again can't help. */
  | { action: 'stop'; reason: string }
  /** There is nothing to connect to yet. */
  | { action: 'idle'; reason: string }

export interface AttemptContext {
  /** Aborts when the connection is to end: on stop, and when it is to start anew. */
  signal: AbortSignal
  /** 1 for the first try since the last proof of health. */
  attempt: number
  /** Proof of health: the state becomes `connected` and the backoff starts from its first step again. */
  didConnect(): void
}

/** A service that holds a connection. */
export interface Connection extends Service, Disposable {
  readonly state: ConnectionState
  readonly onDidChangeState: Event<ConnectionState>
  /** The "retry now" button: ends any wait, also `needs-auth`, `failed` and `idle`. Nothing while connecting or connected. */
  retryNow(): void
}

export interface ConnectionLoopOptions {
  clock: Clock
  backoff: BackoffOptions
  /** Connects once and stays. Must settle soon after its signal aborts. A rejection is a bug: it ends `run`. */
  attempt(context: AttemptContext): Promise<Verdict>
}

export class ConnectionLoop implements Disposable {
  readonly #clock: Clock
  readonly #attempt: (context: AttemptContext) => Promise<Verdict>
  readonly #backoff: Backoff
  readonly #owned = new DisposableStore()
  readonly #didChangeState = this.#owned.add(new Emitter<ConnectionState>())
  readonly #didChangeHealth = this.#owned.add(new Emitter<Health>())
  #state: ConnectionState = { status: 'closed' }
  #health: Health = healthOf({ status: 'closed' })
  /** Ends the wait under way, if any. */
  #wake: AbortController | undefined
  /** Ends the attempt under way, if any. */
  #current: AbortController | undefined
  /** Asked to start anew: what the attempt under way says about its end does not count. */
  #restartAsked = false

  constructor({ clock, backoff, attempt }: ConnectionLoopOptions) {
    this.#clock = clock
    this.#attempt = attempt
    this.#backoff = new Backoff(backoff)
  }

  get state(): ConnectionState {
    return this.#state
  }

  get health(): Health {
    return this.#health
  }

  readonly onDidChangeState: Event<ConnectionState> = (listener) => this.#didChangeState.event(listener)
  readonly onDidChangeHealth: Event<Health> = (listener) => this.#didChangeHealth.event(listener)

  /** Keeps the connection until `signal` aborts. One at a time. */
  async run(signal: AbortSignal): Promise<void> {
    this.#backoff.reset()
    try {
      while (!signal.aborted) {
        const verdict = await this.#try(signal)
        if (signal.aborted) break
        await this.#follow(verdict, signal)
      }
    } finally {
      this.#setState({ status: 'closed' })
    }
  }

  /** Ends any wait. Does nothing while connecting or connected. */
  retryNow(): void {
    this.#wake?.abort()
  }

  /** Ends the attempt or wait under way and starts anew, with whatever settings hold now. */
  restart(): void {
    this.#backoff.reset()
    this.#restartAsked = this.#wake === undefined
    this.#current?.abort()
    this.#wake?.abort()
  }

  async #try(signal: AbortSignal): Promise<Verdict> {
    const current = new AbortController()
    const end = () => current.abort()
    signal.addEventListener('abort', end)
    this.#current = current
    this.#restartAsked = false
    const attempt = this.#backoff.attempt + 1
    this.#setState({ status: 'connecting', attempt })
    try {
      return await this.#attempt({ signal: current.signal, attempt, didConnect: () => this.#didConnect(current) })
    } finally {
      signal.removeEventListener('abort', end)
      this.#current = undefined
    }
  }

  #didConnect(current: AbortController): void {
    if (this.#current !== current || current.signal.aborted) return
    this.#backoff.reset()
    this.#setState({ status: 'connected', since: this.#clock.now() })
  }

  async #follow(verdict: Verdict, signal: AbortSignal): Promise<void> {
    if (this.#restartAsked) return
    const { action, reason } = verdict
    switch (action) {
      case 'retry':
        return this.#waitToRetry(reason, signal)
      case 'retry-now':
        return
      case 'reauth':
        return this.#waitUntilAsked({ status: 'needs-auth', reason }, signal)
      case 'stop':
        return this.#waitUntilAsked({ status: 'failed', reason }, signal)
      case 'idle':
        return this.#waitUntilAsked({ status: 'idle', reason }, signal)
      default:
        return assertNever(action)
    }
  }

  async #waitToRetry(reason: string, signal: AbortSignal): Promise<void> {
    const delayMs = this.#backoff.next()
    const retryAt = this.#clock.now() + delayMs
    const wait = this.#wakeable(signal)
    this.#setState({ status: 'waiting', attempt: this.#backoff.attempt, retryAt, reason })
    await sleep(this.#clock, delayMs, wait)
    this.#wake = undefined
  }

  async #waitUntilAsked(state: ConnectionState, signal: AbortSignal): Promise<void> {
    const wait = this.#wakeable(signal)
    this.#setState(state)
    if (!wait.aborted) await new Promise<void>((resolve) => wait.addEventListener('abort', () => resolve()))
    this.#wake = undefined
    this.#backoff.reset()
  }

  /** A signal that aborts on stop and on `retryNow`. Made before the state is announced: a listener may ask at once. */
  #wakeable(signal: AbortSignal): AbortSignal {
    const wake = new AbortController()
    this.#wake = wake
    return AbortSignal.any([signal, wake.signal])
  }

  #setState(state: ConnectionState): void {
    this.#state = state
    this.#didChangeState.fire(state)
    const health = healthOf(state)
    if (health.level === this.#health.level && health.reason === this.#health.reason) return
    this.#health = health
    this.#didChangeHealth.fire(health)
  }

  dispose(): void {
    this.#owned.dispose()
  }
}

/** How a connection's state reads as health: what heals by itself is degraded, what needs the streamer is unhealthy. */
function healthOf(state: ConnectionState): Health {
  switch (state.status) {
    case 'connected':
      return HEALTHY
    case 'connecting':
      return { level: 'degraded', reason: 'connecting' }
    case 'waiting':
    case 'idle':
      return { level: 'degraded', reason: state.reason }
    case 'needs-auth':
    case 'failed':
      return { level: 'unhealthy', reason: state.reason }
    case 'closed':
      return { level: 'degraded', reason: 'stopped' }
    default:
      return assertNever(state)
  }
}
