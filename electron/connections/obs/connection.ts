/**
 * Landale's connection to OBS Studio: connects, reads all there is, keeps it by events, announces what happens, and comes
 * back by itself. Composes the parts of this folder. Does not know what anybody does with scenes or streams.
 */
import type { Clock } from '../../../base/clock.ts'
import type { Event } from '../../../base/emitter.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import { errorMessage } from '../../../base/result.ts'
import type { ConnectionState } from '../../../contracts/state/connection.ts'
import type { ObsState } from '../../../contracts/state/obs.ts'
import type { Bus } from '../../kernel/bus.ts'
import type { Channels, SignalHandle } from '../../kernel/channels/channels.ts'
import type { Commands } from '../../kernel/commands.ts'
import type { Routes } from '../../kernel/http/routes.ts'
import type { Logger } from '../../kernel/log.ts'
import type { Secrets } from '../../kernel/secrets.ts'
import type { Health } from '../../kernel/service.ts'
import { type AttemptContext, type Connection, ConnectionLoop, type Verdict } from '../connection.ts'
import { createBrowserSources, type OverlayUrl } from './browser-sources.ts'
import { handleObsCommands } from './commands.ts'
import { createObsAddressBook, type ObsConfig, type ObsEnvironment, publicUrl } from './config.ts'
import { announcements, apply, differences, goOffline, initialObsState, type ObsAnnouncement } from './machine.ts'
import { judge } from './policy.ts'
import { type Reading, readEverything, readRecording, readStats, readStream } from './reading.ts'
import { createRefresher, type Refresher } from './refresher.ts'
import { addObsRoutes } from './routes.ts'
import { type ObsEnd, ObsSession } from './session.ts'
import { createObsSocket, type ObsSocketFactory } from './socket.ts'
import { EVENTS, EVENTS_AND_METERS, type ObsNews, readEvent } from './wire.ts'

/** Statistics are read, and life is checked, this often, ms. */
export const HEARTBEAT_INTERVAL_MS = 5000

/** A refused connection on the same machine costs next to nothing: try soon, then settle at a pace nobody waits for. */
const BACKOFF = { initialMs: 250, maxMs: 10_000, factor: 2, jitter: 0.2 }

/** So many tries in a row are worth a line in the log. */
const LOGGED_TRIES = 3

export interface ObsConnectionOptions {
  /** From the settings file; the environment's values may be in it as well. */
  config: ObsConfig
  /** What the environment set: it beats what was set from the dashboard. */
  environment?: ObsEnvironment | undefined
  bus: Bus
  commands: Commands
  channels: Channels
  routes: Routes
  secrets: Secrets
  clock: Clock
  log: Logger
  /** In [0, 1). */
  random: () => number
  /** The URL under which OBS renders this output. */
  overlayUrl: OverlayUrl
  /** Said in HTTP answers. */
  version: string
  socketFactory?: ObsSocketFactory | undefined
}

export interface ObsConnection extends Connection {
  readonly obs: ObsState
  /** Null while the hub is not connected to it. */
  isStreaming(): boolean | null
}

export function createObsConnection(options: ObsConnectionOptions): ObsConnection {
  return new ObsConnectionService(options)
}

class ObsConnectionService implements ObsConnection {
  readonly id = 'obs'
  readonly #options: ObsConnectionOptions
  readonly #owned = new DisposableStore()
  readonly #loop: ConnectionLoop
  readonly #state
  readonly #addresses
  #session: ObsSession | null = null
  /** The state while it is being read for the first time in a session; shown to others only when it is whole. */
  #draft: ObsState | null = null
  /** How things stood when the last session ended. */
  #lastKnown: ObsState | null = null
  #meters: SignalHandle | null = null
  #metersWatched = false

  constructor(options: ObsConnectionOptions) {
    this.#options = options
    const { clock, random, channels, config, environment, secrets } = options
    this.#addresses = createObsAddressBook(secrets, config, environment ?? {})
    this.#state = this.#owned.add(channels.state('state:obs', initialObsState(publicUrl(config.url))))
    const attempt = (context: AttemptContext) => this.#attempt(context)
    this.#loop = this.#owned.add(new ConnectionLoop({ clock, backoff: { ...BACKOFF, random }, attempt }))
    this.#owned.add(this.#loop.onDidChangeState((connection) => this.#showConnection(connection)))
  }

  get obs(): ObsState {
    return this.#state.value
  }

  isStreaming(): boolean | null {
    return this.state.status === 'connected' ? this.obs.streaming.active : null
  }

  get state(): ConnectionState {
    return this.#loop.state
  }

  get health(): Health {
    return this.#loop.health
  }

  readonly onDidChangeState: Event<ConnectionState> = (listener) => this.#loop.onDidChangeState(listener)
  readonly onDidChangeHealth: Event<Health> = (listener) => this.#loop.onDidChangeHealth(listener)

  retryNow(): void {
    this.#loop.retryNow()
  }

  async run(signal: AbortSignal): Promise<void> {
    const running = new DisposableStore()
    try {
      this.#open(running)
      await this.#loop.run(signal)
    } finally {
      running.dispose()
    }
  }

  dispose(): void {
    this.#owned.dispose()
  }

  /** What is there while the service runs. */
  #open(running: DisposableStore): void {
    const { channels, commands, routes, clock, version, overlayUrl, environment } = this.#options
    const session = () => this.#session
    this.#meters = running.add(
      channels.signal({
        topic: 'meters:obs',
        scopes: ['read', 'obs'],
        onWatched: (watched) => this.#watchMeters(watched),
      }),
    )
    running.defer(() => {
      this.#meters = null
      this.#metersWatched = false
    })
    running.add(
      handleObsCommands({
        commands,
        session,
        state: () => this.#state.value,
        addresses: this.#addresses,
        environment: environment ?? {},
        retryNow: () => this.#loop.retryNow(),
        restart: () => this.#loop.restart(),
        browserSources: createBrowserSources(overlayUrl),
      }),
    )
    running.add(addObsRoutes({ routes, commands, session, state: () => this.#state.value, clock, version }))
  }

  async #attempt(context: AttemptContext): Promise<Verdict> {
    if (!this.#options.config.enabled) {
      return { action: 'idle', reason: 'OBS is switched off in the settings ("obs.enabled")' }
    }
    const address = await this.#addresses.read().catch((error: unknown) => errorMessage(error))
    if (typeof address === 'string') {
      return { action: 'reauth', reason: `the kept address of OBS can't be read (${address}); set it again` }
    }
    const { url, password } = address
    this.#state.update((state) => {
      state.url = publicUrl(url)
    })
    const owned = new DisposableStore()
    const session = this.#createSession(owned)
    const end = () => session.dispose()
    context.signal.addEventListener('abort', end)
    owned.defer(() => context.signal.removeEventListener('abort', end))
    if (context.signal.aborted) end()
    try {
      const stayed = await this.#stay({ session, owned, context, opening: { url, password } })
      const ended = await session.ended
      const verdict = judge(ended, { url: publicUrl(url), hasPassword: password !== null })
      if (stayed) this.#leave(ended, verdict)
      return verdict
    } finally {
      this.#session = null
      this.#draft = null
      owned.dispose()
    }
  }

  #createSession(owned: DisposableStore): ObsSession {
    const { clock, socketFactory } = this.#options
    const session: ObsSession = owned.add(
      new ObsSession({
        clock,
        createSocket: socketFactory ?? createObsSocket,
        onEvent: (type, data) => {
          try {
            this.#hear(readEvent(type, data), refresher)
          } catch (error) {
            // A fault of ours with one event must not cost the ones behind it.
            this.#options.log.error({ type, reason: errorMessage(error) }, 'OBS: an event was not understood')
          }
        },
      }),
    )
    const refresher = owned.add(createRefresher(clock, this.#reading(session)))
    return session
  }

  /** Opens the session and reads everything; answers whether it came to be connected. */
  async #stay(stay: {
    session: ObsSession
    owned: DisposableStore
    context: AttemptContext
    opening: { url: string; password: string | null }
  }): Promise<boolean> {
    const { session, owned, context, opening } = stay
    const subscribedToMeters = this.#metersWatched
    const greeting = await session.open({ ...opening, eventSubscriptions: this.#subscriptions() })
    if (!greeting) return false
    this.#draft = structuredClone(this.#state.value)
    this.#beat(session, owned)
    await readEverything(this.#reading(session))
    if (!session.isOpen) return false
    this.#session = session
    this.#showDraft()
    context.didConnect()
    const { obsVersion } = this.#state.value
    this.#announce({ type: 'obs.connected', payload: { obsVersion: obsVersion ?? 'unknown', ...greeting } })
    if (this.#lastKnown) for (const missed of differences(this.#lastKnown, this.#state.value)) this.#announce(missed)
    if (subscribedToMeters !== this.#metersWatched) this.#watchMeters(this.#metersWatched)
    await session.ended
    return true
  }

  #leave(end: ObsEnd, verdict: Verdict): void {
    this.#lastKnown = structuredClone(this.#state.value)
    this.#state.update(goOffline)
    const code = end.kind === 'closed' ? end.close.code : null
    const willRetry = verdict.action === 'retry' || verdict.action === 'retry-now'
    this.#announce({ type: 'obs.disconnected', payload: { reason: verdict.reason, code, willRetry } })
  }

  #reading(session: ObsSession): Reading {
    const { clock, log } = this.#options
    return {
      session,
      write: (change) => this.#write(change),
      clock,
      onFault: (part, error) =>
        log.warn({ part, reason: errorMessage(error) }, 'OBS: a part of its state was not read'),
    }
  }

  /** Every few seconds: statistics, which are proof of life as well, and the counters of what runs. */
  #beat(session: ObsSession, owned: DisposableStore): void {
    const reading = this.#reading(session)
    let busy = false
    const beat = async () => {
      session.expectLife()
      if (busy || session.isExiting || !session.isOpen) return
      busy = true
      const { streaming, recording } = this.#state.value
      const reads = [readStats(reading)]
      if (streaming.active) reads.push(readStream(reading))
      if (recording.active) reads.push(readRecording(reading))
      for (const outcome of await Promise.allSettled(reads)) {
        if (outcome.status === 'rejected' && session.isOpen) reading.onFault('statistics', outcome.reason)
      }
      busy = false
    }
    owned.add(this.#options.clock.setInterval(() => void beat(), HEARTBEAT_INTERVAL_MS))
  }

  #hear(news: ObsNews, refresher: Refresher): void {
    if (news.kind === 'meters') {
      this.#meters?.push('meters', news.meters)
      return
    }
    const before = this.#draft ?? this.#state.value
    const announced = announcements(news, before)
    this.#write((state) => apply(state, news, this.#options.clock.now()))
    for (const announcement of announced) this.#announce(announcement)
    refresher.note(news)
  }

  #write(change: (state: ObsState) => void): void {
    if (this.#draft) change(this.#draft)
    else this.#state.update(change)
  }

  #showDraft(): void {
    const draft = this.#draft
    if (!draft) return
    this.#draft = null
    this.#state.update((state) => Object.assign(state, draft))
  }

  #showConnection(connection: ConnectionState): void {
    // OBS may be off for days: after a few tries the log has heard enough.
    const known = connection.status === 'connecting' || ('attempt' in connection && connection.attempt > LOGGED_TRIES)
    this.#options.log[known ? 'debug' : 'info']({ connection }, `OBS: ${connection.status}`)
    this.#state.update((state) => {
      state.connection = connection
    })
  }

  #subscriptions(): number {
    return this.#metersWatched ? EVENTS_AND_METERS : EVENTS
  }

  #watchMeters(watched: boolean): void {
    this.#metersWatched = watched
    this.#session?.subscribe(this.#subscriptions()).catch((error: unknown) => {
      this.#options.log.warn({ reason: errorMessage(error) }, 'OBS: the sound meters were not switched')
    })
  }

  #announce(announcement: ObsAnnouncement): void {
    this.#options.bus.publish({ source: 'obs', ...announcement }).catch((error: unknown) => {
      this.#options.log.error({ type: announcement.type, reason: errorMessage(error) }, 'OBS: an event was not stored')
    })
  }
}
