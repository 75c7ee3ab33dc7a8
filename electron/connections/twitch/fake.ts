/**
 * Twitch on this machine, with verbs: EventSub over real WebSockets and the HTTP endpoints Landale uses, in the layout of
 * Twitch's own command-line mock and as strict as Twitch itself. Refuses what Twitch refuses: a session without a
 * subscription, a client that speaks, a wrong version or condition, a missing scope, a refresh token used twice.
 */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Clock, systemClock } from '../../../base/clock.ts'
import { DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import { createFakeChannel, type FakeChannel, type FakeUser, helixError, readHelix } from './fake-helix.ts'
import { type FakeAnswer, FakeId, type FakeToken } from './fake-id.ts'
import { fakeRules } from './fake-rules.ts'
import { SAMPLE_BROADCASTER, twitchSamples } from './samples.ts'

export const FAKE_CLIENT_ID = 'fake0client0id0of0landale0test'

const MAX_SUBSCRIPTIONS = 300
const RATE_LIMIT = 800

const CLOSE_REASONS: Readonly<Record<number, string>> = {
  4000: 'internal server error',
  4001: 'client sent inbound traffic',
  4002: 'client failed ping-pong',
  4003: 'connection unused',
  4004: 'client reconnect grace time expired',
  4005: 'network timeout',
  4006: 'network error',
  4007: 'invalid reconnect attempt',
}

export interface FakeTwitchOptions {
  /** 0, the default, takes a free one. */
  port?: number
  clock?: Clock
  user?: FakeUser
  clientId?: string
  /** What the welcome promises, s; Twitch's is 10. Fractions are fine here. */
  keepaliveSeconds?: number
  /** Time for the first subscription, ms; Twitch's is 10 s. */
  subscribeWithinMs?: number
  /** Time for a hand-over, ms; Twitch's is 30 s. */
  reconnectGraceMs?: number
  /** Between two pings, each of which wants its pong before the next, ms. */
  pingEveryMs?: number
  tokenLifeSeconds?: number
  deviceIntervalSeconds?: number
}

export interface FakeSubscription {
  id: string
  type: string
  version: string
  condition: Record<string, unknown>
  createdAt: string
}

interface Session {
  id: string
  socket: WebSocket
  connectedAt: string
  subscriptions: Map<string, FakeSubscription>
  unused: MutableDisposable
  keepalive: MutableDisposable
  grace: MutableDisposable
  /** Where its successor connects; set by `reconnectSession`. */
  reconnectKey: string | undefined
  awaitsPong: boolean
}

interface Failure {
  times: number
  status: number
}

export interface NotifyOptions {
  messageId?: string
  /** Sent as `message_timestamp`; now when left out. */
  timestamp?: string
  /** To a session that has no such subscription, too, under this subscription id. */
  subscriptionId?: string
}

export async function startFakeTwitch(options: FakeTwitchOptions = {}): Promise<FakeTwitch> {
  const fake = new FakeTwitch(options)
  await fake.listen(options.port ?? 0)
  return fake
}

export class FakeTwitch {
  readonly clientId: string
  readonly user: FakeUser
  readonly channel: FakeChannel
  readonly id: FakeId
  /** Every HTTP request, e.g. `GET mock/channels`. */
  readonly requests: string[] = []
  /** How often a socket was opened, refused ones included. */
  attempts = 0
  /** Close codes with which sessions were ended, by either side. */
  readonly closes: number[] = []
  readonly #clock: Clock
  readonly #options: Required<Omit<FakeTwitchOptions, 'port' | 'clock' | 'user' | 'clientId'>>
  readonly #owned = new DisposableStore()
  readonly #http: Server
  readonly #sockets = new WebSocketServer({ noServer: true })
  readonly #sessions = new Set<Session>()
  readonly #creationFailures = new Map<string, Failure>()
  readonly #helixFailures = new Map<string, Failure>()
  readonly #held: (IncomingMessage | Duplex)[] = []
  #reconnects = new Map<string, Session>()
  #isRefusing = false
  #isSilent = false
  #isFrozen = false
  #rateLimited = 0
  #welcomeless = 0
  #lastFrame = ''
  #restore: (() => void) | undefined

  constructor(options: FakeTwitchOptions) {
    this.#clock = options.clock ?? systemClock
    this.user = options.user ?? SAMPLE_BROADCASTER
    this.clientId = options.clientId ?? FAKE_CLIENT_ID
    this.#options = {
      keepaliveSeconds: options.keepaliveSeconds ?? 10,
      subscribeWithinMs: options.subscribeWithinMs ?? 10_000,
      reconnectGraceMs: options.reconnectGraceMs ?? 30_000,
      pingEveryMs: options.pingEveryMs ?? 10_000,
      tokenLifeSeconds: options.tokenLifeSeconds ?? 14_400,
      deviceIntervalSeconds: options.deviceIntervalSeconds ?? 5,
    }
    const { tokenLifeSeconds, deviceIntervalSeconds } = this.#options
    const { clientId, user } = this
    this.id = new FakeId({ clientId, user, clock: this.#clock, tokenLifeSeconds, deviceIntervalSeconds })
    this.channel = createFakeChannel(this.user)
    this.#http = createServer((request, response) => void this.#serve(request, response))
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    this.#owned.add(this.#clock.setInterval(() => this.#ping(), this.#options.pingEveryMs))
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject)
      this.#http.listen(port, '127.0.0.1', resolve)
    })
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port
  }

  /** Types subscribed right now, over all sessions. */
  get subscribedTypes(): string[] {
    return [...this.#sessions].flatMap(({ subscriptions }) => [...subscriptions.values()].map(({ type }) => type))
  }

  get subscriptions(): FakeSubscription[] {
    return [...this.#sessions].flatMap(({ subscriptions }) => [...subscriptions.values()])
  }

  get sessionCount(): number {
    return this.#sessions.size
  }

  // --- Verbs: what Twitch does.

  /**
   * Sends a notification to the session that has the subscription; answers its message id. Throws when nobody has it.
   * Without `event` the sample of that type is sent.
   */
  notify(type: string, event: Record<string, unknown> = sampleOf(type), options: NotifyOptions = {}): string {
    const { session, subscription } = this.#subscriberOf(type, options.subscriptionId)
    const messageId = options.messageId ?? randomUUID()
    const { id, version, condition, createdAt } = subscription
    const transport = { method: 'websocket', session_id: session.id }
    const created = { id, status: 'enabled', type, version, cost: 0, condition, transport, created_at: createdAt }
    const metadata = { subscription_type: type, subscription_version: version }
    this.#send(session, 'notification', { subscription: created, event }, { ...metadata, ...options, messageId })
    return messageId
  }

  /** Sends several events in one notification, as Twitch may where batching is on; answers their ids. */
  notifyBatch(type: string, events: readonly Record<string, unknown>[]): string[] {
    const { session, subscription } = this.#subscriberOf(type)
    const { id, version, condition, createdAt } = subscription
    const entries = events.map((data) => ({ id: randomUUID(), data }))
    const created = { id, status: 'enabled', type, version, cost: 0, condition, created_at: createdAt }
    this.#send(session, 'notification', { subscription: created, events: entries }, { subscription_type: type })
    return entries.map((entry) => entry.id)
  }

  /** Sends the last frame again, message id and all. */
  repeat(): void {
    for (const { socket } of this.#sessions) socket.send(this.#lastFrame)
  }

  /** Sends these very characters to every session. */
  sendText(text: string): void {
    for (const { socket } of this.#sessions) socket.send(text)
  }

  /** Asks every session to move to a new socket; `url` replaces the true address. */
  reconnectSession(url?: string): void {
    for (const session of this.#sessions) {
      const key = randomUUID()
      session.reconnectKey = key
      this.#reconnects.set(key, session)
      const reconnect_url = url ?? `ws://127.0.0.1:${this.port}/ws?reconnect=${key}`
      const payload = { session: { ...this.#sessionInfo(session), status: 'reconnecting', reconnect_url } }
      this.#send(session, 'session_reconnect', payload)
      session.grace.set(this.#clock.setTimeout(() => this.#close(session, 4004), this.#options.reconnectGraceMs))
    }
  }

  /** No keepalive and no ping any more, until `speak`. */
  silence(): void {
    this.#isSilent = true
    for (const { keepalive } of this.#sessions) keepalive.set(undefined)
  }

  speak(): void {
    this.#isSilent = false
    for (const session of this.#sessions) this.#scheduleKeepalive(session)
  }

  /** Half open: sockets stay, nothing is read, answered or sent any more, until `thaw`. */
  freeze(): void {
    this.#isFrozen = true
    this.silence()
    for (const { socket } of this.#sessions) socket.pause()
  }

  thaw(): void {
    this.#isFrozen = false
    for (const held of this.#held.splice(0)) held.destroy()
    for (const { socket } of this.#sessions) socket.resume()
    this.speak()
  }

  close(code: number): void {
    for (const session of this.#sessions) this.#close(session, code)
  }

  /** Every socket breaks without a word. */
  drop(): void {
    for (const { socket } of this.#sessions) socket.terminate()
  }

  /** New sockets are answered with 503. */
  refuse(): void {
    this.#isRefusing = true
  }

  /** The next `times` sockets are opened and never welcomed. */
  withholdWelcome(times: number): void {
    this.#welcomeless = times
  }

  accept(): void {
    this.#isRefusing = false
    this.#restore?.()
    this.#restore = undefined
  }

  /** Takes a subscription away. */
  revoke(type: string, status = 'version_removed'): void {
    for (const session of this.#sessions) {
      for (const subscription of [...session.subscriptions.values()].filter((one) => one.type === type)) {
        session.subscriptions.delete(subscription.id)
        const payload = { subscription: { ...subscription, status, cost: 0 } }
        this.#send(session, 'revocation', payload, { subscription_type: type })
      }
    }
  }

  /** The streamer takes the permission back: tokens and subscriptions are gone, until `accept`. */
  revokeAuthorization(): void {
    this.#restore ??= this.id.refuseAll()
    for (const type of new Set(this.subscribedTypes)) this.revoke(type, 'authorization_revoked')
  }

  /** Creating this subscription fails the next `times`. */
  failCreation(type: string, times: number, status = 400): void {
    this.#creationFailures.set(type, { times, status })
  }

  /** Reading this path, e.g. `polls`, fails the next `times`. */
  failHelix(path: string, times: number, status = 400): void {
    this.#helixFailures.set(path, { times, status })
  }

  /** The next `times` requests meet the rate limit, which ends a second later. */
  limitRate(times: number): void {
    this.#rateLimited = times
  }

  /** Tokens as a sign-in would bring them. */
  issueTokens(scopes: readonly string[] = allScopes()): FakeToken {
    return this.id.issue(scopes)
  }

  async dispose(): Promise<void> {
    this.#owned.dispose()
    for (const held of this.#held.splice(0)) held.destroy()
    for (const session of this.#sessions) {
      this.#forget(session)
      session.socket.terminate()
    }
    for (const client of this.#sockets.clients) client.terminate()
    this.#sockets.close()
    this.#http.closeAllConnections()
    await new Promise((resolve) => this.#http.close(resolve))
  }

  // --- Sockets.

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.attempts += 1
    if (this.#isFrozen) {
      this.#held.push(socket)
      return
    }
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake')
    if (pathname !== '/ws' || this.#isRefusing) {
      const status = this.#isRefusing ? '503 Service Unavailable' : '404 Not Found'
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => this.#begin(client, searchParams.get('reconnect')))
  }

  #begin(socket: WebSocket, reconnectKey: string | null): void {
    socket.on('error', () => {})
    const previous = reconnectKey === null ? undefined : this.#reconnects.get(reconnectKey)
    if (reconnectKey !== null && !previous) {
      this.closes.push(4007)
      socket.close(4007, CLOSE_REASONS[4007])
      return
    }
    if (this.#welcomeless > 0) {
      this.#welcomeless -= 1
      return
    }
    const session = this.#createSession(socket, previous)
    if (reconnectKey !== null) this.#reconnects.delete(reconnectKey)
    const payload = { session: { ...this.#sessionInfo(session), status: 'connected', reconnect_url: null } }
    this.#send(session, 'session_welcome', payload)
    if (previous) {
      // The old socket is told to end by the client; Twitch sends nothing on it any more.
      previous.subscriptions = new Map()
      previous.keepalive.set(undefined)
    } else {
      const { subscribeWithinMs } = this.#options
      session.unused.set(this.#clock.setTimeout(() => this.#close(session, 4003), subscribeWithinMs))
    }
  }

  #createSession(socket: WebSocket, previous: Session | undefined): Session {
    const session: Session = {
      // A hand-over keeps the session; only the socket is new.
      id: previous?.id ?? `AgoQ${randomUUID()}`,
      socket,
      connectedAt: this.#timestamp(),
      subscriptions: previous?.subscriptions ?? new Map(),
      unused: this.#owned.add(new MutableDisposable()),
      keepalive: this.#owned.add(new MutableDisposable()),
      grace: this.#owned.add(new MutableDisposable()),
      reconnectKey: undefined,
      awaitsPong: false,
    }
    this.#sessions.add(session)
    socket.on('message', () => this.#close(session, 4001))
    socket.on('pong', () => {
      session.awaitsPong = false
    })
    socket.on('close', (code) => {
      this.closes.push(code)
      this.#forget(session)
    })
    return session
  }

  #forget(session: Session): void {
    this.#sessions.delete(session)
    for (const timer of [session.unused, session.keepalive, session.grace]) this.#owned.delete(timer)
    if (session.reconnectKey !== undefined && session.subscriptions.size === 0) {
      this.#reconnects.delete(session.reconnectKey)
    }
  }

  #close(session: Session, code: number): void {
    session.socket.close(code, CLOSE_REASONS[code] ?? '')
  }

  #ping(): void {
    if (this.#isSilent) return
    for (const session of this.#sessions) {
      if (session.awaitsPong) {
        this.#close(session, 4002)
        continue
      }
      session.awaitsPong = true
      session.socket.ping()
    }
  }

  #scheduleKeepalive(session: Session): void {
    if (this.#isSilent) return
    const beat = () => this.#send(session, 'session_keepalive', {})
    session.keepalive.set(this.#clock.setTimeout(beat, this.#options.keepaliveSeconds * 1000))
  }

  #send(session: Session, type: string, payload: unknown, extra: NotifyOptions & Record<string, unknown> = {}): void {
    const { messageId = randomUUID(), timestamp = this.#timestamp(), subscriptionId: _, ...rest } = extra
    const metadata = { message_id: messageId, message_type: type, message_timestamp: timestamp, ...rest }
    this.#lastFrame = JSON.stringify({ metadata, payload })
    session.socket.send(this.#lastFrame)
    this.#scheduleKeepalive(session)
  }

  #subscriberOf(type: string, subscriptionId?: string): { session: Session; subscription: FakeSubscription } {
    for (const session of this.#sessions) {
      const subscription = [...session.subscriptions.values()].find((one) => one.type === type)
      if (subscription) {
        return { session, subscription: { ...subscription, id: subscriptionId ?? subscription.id } }
      }
    }
    const [session] = this.#sessions
    if (!session || subscriptionId === undefined) throw new Error(`nobody is subscribed to ${type}`)
    const version = fakeRules[type]?.version ?? '1'
    return { session, subscription: { id: subscriptionId, type, version, condition: {}, createdAt: this.#timestamp() } }
  }

  #sessionInfo({ id, connectedAt }: Session) {
    const { keepaliveSeconds } = this.#options
    return { id, keepalive_timeout_seconds: keepaliveSeconds, connected_at: connectedAt, recovery_url: null }
  }

  /** With nanoseconds, as Twitch does. */
  #timestamp(): string {
    return new Date(this.#clock.now()).toISOString().replace('Z', '456789Z')
  }

  // --- HTTP.

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#isFrozen) {
      this.#held.push(request)
      return
    }
    const body = await textOf(request)
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake')
    const path = pathname.slice(1)
    this.requests.push(`${request.method} ${path}`)
    const { status, body: answer, headers } = this.#answer(request, path, searchParams, body)
    response.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'ratelimit-limit': String(RATE_LIMIT),
      'ratelimit-remaining': String(RATE_LIMIT - 1),
      'ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 60),
      ...headers,
    })
    response.end(status === 204 ? undefined : JSON.stringify(answer))
  }

  #answer(request: IncomingMessage, path: string, query: URLSearchParams, body: string): FakeAnswer {
    const { method = 'GET' } = request
    const { authorization } = request.headers
    if (path.startsWith('auth/')) {
      return this.id.handle(method, path.slice('auth/'.length), new URLSearchParams(body), authorization)
    }
    if (this.#rateLimited > 0) {
      this.#rateLimited -= 1
      const reset = String(Math.ceil(Date.now() / 1000) + 1)
      const headers = { 'ratelimit-remaining': '0', 'ratelimit-reset': reset }
      return { ...helixError(429, 'Too Many Requests', 'Request limit exceeded'), headers }
    }
    const token = this.id.tokenOf(authorization, 'Bearer')
    if (!token) return helixError(401, 'Unauthorized', 'Invalid OAuth token')
    if (request.headers['client-id'] !== this.clientId) {
      return helixError(401, 'Unauthorized', 'Client ID and OAuth token do not match')
    }
    if (path === 'eventsub/subscriptions') return this.#subscriptionCall(method, query, body, token)
    if (!path.startsWith('mock/') || method !== 'GET') return helixError(404, 'Not Found', '')
    const name = path.slice('mock/'.length)
    const failure = useUp(this.#helixFailures, name)
    if (failure) return helixError(failure.status, 'Failed', 'as asked')
    return readHelix(name, query, { channel: this.channel, user: this.user, token })
  }

  #subscriptionCall(method: string, query: URLSearchParams, body: string, token: FakeToken): FakeAnswer {
    switch (method) {
      case 'GET':
        return { status: 200, body: { ...this.#totals(), data: this.subscriptions, pagination: {} } }
      case 'DELETE': {
        const id = query.get('id') ?? ''
        const deleted = [...this.#sessions].some(({ subscriptions }) => subscriptions.delete(id))
        return deleted ? { status: 204, body: null } : helixError(404, 'Not Found', 'subscription does not exist')
      }
      case 'POST':
        return this.#create(body, token)
      default:
        return helixError(404, 'Not Found', '')
    }
  }

  #create(body: string, token: FakeToken): FakeAnswer {
    const asked = readSubscription(body)
    if (!asked) return helixError(400, 'Bad Request', 'invalid subscription')
    const { type, version, condition, sessionId } = asked
    const failure = useUp(this.#creationFailures, type)
    if (failure) return helixError(failure.status, 'Failed', 'as asked')
    const rule = fakeRules[type]
    if (!rule || rule.version !== version) {
      return helixError(400, 'Bad Request', 'invalid subscription type and version')
    }
    const fields = Object.keys(condition).sort().join()
    if (fields !== [...rule.condition].sort().join()) return helixError(400, 'Bad Request', 'invalid condition')
    const session = [...this.#sessions].find(({ id, socket }) => id === sessionId && socket.readyState === socket.OPEN)
    if (!session) {
      const message = 'websocket transport session does not exist or has already disconnected'
      return helixError(400, 'Bad Request', message)
    }
    const isAllowed = rule.scopes.length === 0 || rule.scopes.some((scope) => token.scopes.includes(scope))
    if (!isAllowed || Object.values(condition).some((id) => id !== this.user.id)) {
      return helixError(403, 'Forbidden', 'subscription missing proper authorization')
    }
    if ([...session.subscriptions.values()].some((one) => one.type === type)) {
      return helixError(409, 'Conflict', 'subscription already exists')
    }
    if (session.subscriptions.size >= MAX_SUBSCRIPTIONS) {
      return helixError(429, 'Too Many Requests', 'number of websocket transports limit exceeded')
    }
    const created: FakeSubscription = { id: randomUUID(), type, version, condition, createdAt: this.#timestamp() }
    session.subscriptions.set(created.id, created)
    session.unused.set(undefined)
    const transport = { method: 'websocket', session_id: session.id, connected_at: session.connectedAt }
    const { createdAt, ...rest } = created
    const data = [{ ...rest, status: 'enabled', cost: 0, created_at: createdAt, transport }]
    return { status: 202, body: { ...this.#totals(), data } }
  }

  #totals() {
    return { total: this.subscriptions.length, total_cost: 0, max_total_cost: 10 }
  }
}

/** Every scope that any topic of the fake needs. */
function allScopes(): string[] {
  return [...new Set(Object.values(fakeRules).flatMap(({ scopes }) => scopes.slice(0, 1)))]
}

function sampleOf(type: string): Record<string, unknown> {
  const sample = twitchSamples[type]
  if (!sample) throw new Error(`there is no sample of ${type}`)
  return sample
}

/** One failure less to come; undefined when there are none. */
function useUp(failures: Map<string, Failure>, key: string): Failure | undefined {
  const failure = failures.get(key)
  if (!failure) return undefined
  failure.times -= 1
  if (failure.times <= 0) failures.delete(key)
  return failure
}

interface AskedSubscription {
  type: string
  version: string
  condition: Record<string, unknown>
  sessionId: string
}

function readSubscription(body: string): AskedSubscription | null {
  try {
    const { type, version, condition, transport } = JSON.parse(body)
    if (transport.method !== 'websocket' || typeof transport.session_id !== 'string') return null
    if (typeof type !== 'string' || typeof version !== 'string' || typeof condition !== 'object') return null
    return { type, version, condition: condition ?? {}, sessionId: transport.session_id }
  } catch {
    return null
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
