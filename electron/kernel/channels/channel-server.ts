/**
 * The Phoenix Channels server: sockets on one side, topics on the other. Owns who is connected and what they have
 * joined; the topics' own ways (state, news, signals) are in their sources. `docs/wire.md` has the rules by id.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../../../base/clock.ts'
import { withDeadline } from '../../../base/deadline.ts'
import { type Disposable, DisposableStore, toDisposable } from '../../../base/lifecycle.ts'
import { allows, type Scope } from '../../../contracts/scopes.ts'
import { COMMANDS_TOPIC, type StateTopic, type StateTopics, stateTopicScopes } from '../../../contracts/topics.ts'
import {
  HEARTBEAT_TOPIC,
  phoenixEvents,
  type WireError,
  type WireMessage,
  type WireVersion,
} from '../../../contracts/wire.ts'
import type { StoredEvent } from '../bus.ts'
import { CommandError, type Commands, pathText } from '../commands.ts'
import type { Logger } from '../log.ts'
import { newId } from '../new-id.ts'
import type { Store } from '../store/store.ts'
import type { TokenActor, Tokens } from '../tokens.ts'
import type {
  Channels,
  MessageHandler,
  NewsTopic,
  PresenceTopic,
  SignalHandle,
  SignalTopic,
  StateHandle,
} from './channels.ts'
import { ClientSocket } from './client-socket.ts'
import { EndOfTick } from './end-of-tick.ts'
import { decodeFrame, wireVersionOf } from './frame-codec.ts'
import { joinParamsSchema } from './join-params.ts'
import { Joined } from './joined.ts'
import { type ChannelLimits, DEFAULT_CHANNEL_LIMITS } from './limits.ts'
import { NewestSeq } from './newest-seq.ts'
import { NewsSource } from './news-source.ts'
import { PresenceGuest } from './presence-guest.ts'
import { PresenceSource } from './presence-source.ts'
import { SignalSource } from './signal-source.ts'
import { jsonObject, StateSource } from './state-source.ts'
import { covers } from './topic-pattern.ts'
import type { ReplyParts, TopicSource } from './topic-source.ts'

interface ChannelStats {
  sockets: number
  /** Of those, without a valid token. */
  strangers: number
  messages: number
  /** Incoming frames that were no message. */
  malformed: number
  refusedSockets: number
  refusedJoins: number
}

export interface ChannelServer extends Channels, Disposable {
  readonly stats: ChannelStats
  /** Tells the news topics of a stored event; to be called for every event, in the order of `seq`. */
  publish(event: StoredEvent): void
  /** For the HTTP server's upgrade; the Host and Origin have been checked. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Says goodbye to every client; they come back on their own when the hub does. */
  dispose(): void
}

export interface ChannelsOptions {
  store: Pick<Store, 'eventsAfter'>
  tokens: Pick<Tokens, 'verify' | 'onDidRevoke'>
  commands: Pick<Commands, 'invoke'>
  clock: Clock
  log: Logger
  limits?: Partial<ChannelLimits> | undefined
}

/** How often sockets are looked at for silence. */
const SWEEP_MS = 5000

/** Of a User-Agent: the longest of any browser, and then some. */
const MAX_AGENT_LENGTH = 200

const CLOSE_GOING_AWAY = 1001
const CLOSE_POLICY = 1008

/** Anyone with a token may join to give commands: each command has its own scope. */
const COMMANDS_SOURCE: TopicSource = { scopes: [], join: () => ({}), leave: () => {} }

/** A client's line once it is open. */
interface Line {
  socket: WebSocket
  connection: Duplex
  version: WireVersion
  actor: TokenActor | null
}

class Refusal extends Error {
  readonly wire: WireError

  constructor(reason: WireError['reason'], message: string, path?: string) {
    super(message)
    this.wire = path === undefined ? { reason, message } : { reason, message, path }
  }
}

export function createChannels(options: ChannelsOptions): ChannelServer {
  const { store, tokens, commands, clock, log } = options
  const limits: ChannelLimits = { ...DEFAULT_CHANNEL_LIMITS, ...options.limits }
  const owned = new DisposableStore()
  const clients = new Set<ClientSocket>()
  const sources = new Map<string, TopicSource[]>([[COMMANDS_TOPIC, [COMMANDS_SOURCE]]])
  const newsSources = new Set<NewsSource>()
  const presences = new Set<PresenceSource>()
  const guests = new WeakMap<Joined, PresenceGuest>()
  const handlers = new Map<string, MessageHandler>()
  const newest = new NewestSeq(store)
  const endOfTick = new EndOfTick()
  const counts = { messages: 0, malformed: 0, refusedSockets: 0, refusedJoins: 0 }

  const webSockets = webSocketServer(limits.maxFrameBytes)
  const strangersWebSockets = webSocketServer(Math.min(limits.maxFrameBytes, limits.maxStrangerFrameBytes))

  owned.add(tokens.onDidRevoke(closeSocketsOf))
  owned.add(clock.setInterval(sweep, SWEEP_MS))

  function publish(event: StoredEvent): void {
    newest.hear(event.seq)
    for (const source of newsSources) source.announce(event)
  }

  function closeSocketsOf(tokenId: string): void {
    for (const client of [...clients]) {
      if (client.actor?.tokenId !== tokenId) continue
      // Nothing more may reach it, not even while it says goodbye.
      leaveAll(client)
      client.close(CLOSE_POLICY, 'token revoked')
    }
  }

  function sweep(): void {
    for (const client of [...clients]) {
      const silentMs = client.silentMs()
      if (silentMs >= limits.idleMs) client.terminate()
      else if (silentMs >= limits.pingAfterMs) client.ping()
    }
  }

  // Sockets

  function handleUpgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    const query = new URL(request.url ?? '/', 'http://hub').searchParams
    const version = wireVersionOf(query.get('vsn'))
    const actor = tokens.verify(query.get('token') ?? '')
    const refusal = refusalOf(version !== null, actor)
    if (refusal || version === null) {
      counts.refusedSockets += 1
      connection.end(`HTTP/1.1 ${refusal ?? '400 Bad Request'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    const server = actor ? webSockets : strangersWebSockets
    server.handleUpgrade(request, connection, head, (socket) => accept(request, { socket, connection, version, actor }))
  }

  function refusalOf(versionKnown: boolean, actor: TokenActor | null): string | null {
    if (!versionKnown) return '400 Bad Request'
    const full = clients.size >= limits.maxSockets || (!actor && strangerCount() >= limits.maxStrangers)
    return full ? '503 Service Unavailable' : null
  }

  function strangerCount(): number {
    let count = 0
    for (const client of clients) if (!client.actor) count += 1
    return count
  }

  function accept(request: IncomingMessage, line: Line): void {
    const address = request.socket.remoteAddress ?? ''
    const agent = request.headers['user-agent']?.slice(0, MAX_AGENT_LENGTH) ?? null
    const client = new ClientSocket(
      { ...line, address, agent, clock, limits, endOfTick },
      { onText, onBinary, onDrained, onClosed },
    )
    clients.add(client)
  }

  function onClosed(client: ClientSocket): void {
    leaveAll(client)
    clients.delete(client)
  }

  function onDrained(client: ClientSocket): void {
    for (const joined of client.joined.values()) {
      for (const source of sourcesOf(joined)) source.drained?.(joined)
    }
  }

  function onBinary(client: ClientSocket): void {
    counts.malformed += 1
    replyError(
      client,
      { joinRef: null, ref: null, topic: HEARTBEAT_TOPIC },
      new Refusal('malformed', 'binary frames are not spoken here'),
    )
  }

  function onText(client: ClientSocket, text: string): void {
    const decoded = decodeFrame(client.version, text)
    if (decoded.ok) {
      counts.messages += 1
      onMessage(client, decoded.message)
      return
    }
    counts.malformed += 1
    const { joinRef, ref, topic, fault, path } = decoded
    replyError(client, { joinRef, ref, topic }, new Refusal('malformed', fault, path))
  }

  // Messages

  function onMessage(client: ClientSocket, message: WireMessage): void {
    const { topic, event } = message
    if (topic === HEARTBEAT_TOPIC) onPhoenix(client, message)
    else if (event === phoenixEvents.join) void join(client, message)
    else if (event === phoenixEvents.leave) leave(client, message)
    else void onPush(client, message)
  }

  function onPhoenix(client: ClientSocket, message: WireMessage): void {
    if (message.event === phoenixEvents.heartbeat) reply(client, message, 'ok', '{}')
    else replyError(client, message, unmatchedTopic(message.topic))
  }

  async function join(client: ClientSocket, message: WireMessage): Promise<void> {
    let joined: Joined | undefined
    try {
      const topicSources = sourcesFor(client, message.topic)
      const params = parseJoin(message.payload)
      closePrevious(client, message.topic)
      joined = new Joined(client, message.topic, message.joinRef)
      client.joined.set(message.topic, joined)
      joinedSources.set(joined, topicSources)
      if (topicSources.some((source) => source instanceof PresenceSource)) welcome(joined, message.payload)
      for (const source of topicSources) if (source.prepare) await source.prepare(joined, params)
      if (client.joined.get(message.topic) !== joined) return
      const parts: ReplyParts = {}
      for (const source of topicSources) Object.assign(parts, source.join(joined, params))
      reply(client, message, 'ok', jsonObject(parts))
      guests.get(joined)?.open()
      for (const source of topicSources) source.start?.(joined)
    } catch (error) {
      if (joined) drop(joined)
      counts.refusedJoins += 1
      replyError(client, message, error)
    }
  }

  /** What serves the topic for this client. Throws a refusal; a stranger is told nothing of what exists. */
  function sourcesFor(client: ClientSocket, topic: string): TopicSource[] {
    const { actor } = client
    if (!actor) {
      throw new Refusal('unauthorized', 'connect with a valid token in the URL: …/socket/websocket?token=<token>')
    }
    const all = sources.get(topic) ?? presencesOf(topic)
    const asked = [...handlers.values()].filter((handler) => covers(handler.topic, topic))
    if (all.length === 0 && asked.length === 0) throw unmatchedTopic(topic)
    const allowed = all.filter((source) => source === COMMANDS_SOURCE || allowsAny(actor, source.scopes))
    if (allowed.length === 0 && !asked.some((handler) => allowsAny(actor, handler.scopes))) {
      throw new Refusal('forbidden', `the token "${actor.name}" has no scope for "${topic}"; make a token that has one`)
    }
    if (!client.joined.has(topic) && client.joined.size >= limits.maxTopicsPerSocket) {
      throw new Refusal('too_many_topics', `one socket may join ${limits.maxTopicsPerSocket} topics; open another`)
    }
    return allowed
  }

  function presencesOf(topic: string): PresenceSource[] {
    return [...presences].filter((source) => covers(source.pattern, topic))
  }

  function welcome(joined: Joined, payload: unknown): void {
    const { actor } = joined.client
    if (!actor) return
    const params = (payload ?? {}) as Record<string, unknown>
    if (JSON.stringify(params).length > limits.maxGuestParams) {
      const text = `payload: more than ${limits.maxGuestParams} characters; say less when joining`
      throw new Refusal('invalid_payload', text, 'payload')
    }
    guests.set(joined, new PresenceGuest({ id: newId(), joined, actor, since: clock.now(), params }))
  }

  /** A client that joins again has forgotten its first join: that one is closed, as Phoenix does. */
  function closePrevious(client: ClientSocket, topic: string): void {
    const previous = client.joined.get(topic)
    if (!previous) return
    drop(previous)
    sendEnd(previous, phoenixEvents.close)
  }

  function leave(client: ClientSocket, message: WireMessage): void {
    const joined = client.joined.get(message.topic)
    // A late leave of an earlier join must not end the present one.
    const outdated = joined && message.joinRef !== null && joined.joinRef !== null && message.joinRef !== joined.joinRef
    if (joined && !outdated) drop(joined)
    reply(client, message, 'ok', '{}')
    if (joined && !outdated) sendEnd(joined, phoenixEvents.close)
  }

  function sendEnd(joined: Joined, event: string): void {
    const { client, topic, joinRef } = joined
    client.send({ joinRef, ref: joinRef, topic, event, payloadJson: '{}' })
  }

  const joinedSources = new WeakMap<Joined, readonly TopicSource[]>()

  function sourcesOf(joined: Joined): readonly TopicSource[] {
    return joinedSources.get(joined) ?? []
  }

  function drop(joined: Joined): void {
    if (joined.client.joined.get(joined.topic) === joined) joined.client.joined.delete(joined.topic)
    guests.get(joined)?.close()
    for (const source of sourcesOf(joined)) source.leave(joined)
  }

  /** Ends a join of which the client knows nothing. Clients take it for a crash of the topic and join again. */
  function dismiss(joined: Joined): void {
    drop(joined)
    sendEnd(joined, phoenixEvents.error)
  }

  function leaveAll(client: ClientSocket): void {
    for (const joined of [...client.joined.values()]) drop(joined)
  }

  async function onPush(client: ClientSocket, message: WireMessage): Promise<void> {
    const { actor } = client
    const joined = client.joined.get(message.topic)
    if (!actor || !joined) {
      replyError(client, message, unmatchedTopic(message.topic))
      return
    }
    if (client.pendingRequests >= limits.maxPendingRequests) {
      const text = `${limits.maxPendingRequests} requests wait for an answer already; wait for some`
      replyError(client, message, new Refusal('too_many_requests', text))
      return
    }
    client.pendingRequests += 1
    try {
      if (message.topic === COMMANDS_TOPIC) await runCommand(client, message, actor)
      else reply(client, message, 'ok', jsonOf(await ask(message, actor, guests.get(joined)?.id)))
    } catch (error) {
      replyError(client, message, error)
    } finally {
      client.pendingRequests -= 1
    }
  }

  async function runCommand(client: ClientSocket, message: WireMessage, actor: TokenActor): Promise<void> {
    const answer = await commands.invoke(message.event, message.payload, actor)
    reply(client, message, answer.status === 'committed' ? 'ok' : 'error', jsonOf(answer))
  }

  function ask({ topic, event, payload }: WireMessage, actor: TokenActor, guestId?: string): Promise<unknown> {
    const handler = [...handlers.values()].find((each) => each.event === event && covers(each.topic, topic))
    if (!handler) throw new Refusal('unknown_command', `"${topic}" does not know "${event}"`)
    if (!allowsAny(actor, handler.scopes)) {
      throw new Refusal('forbidden', `the token "${actor.name}" has no scope for "${event}" on "${topic}"`)
    }
    const ms = limits.questionDeadlineMs
    const error = new Refusal('timeout', `"${event}" was not answered within ${ms / 1000} s`)
    const answer = Promise.resolve().then(() => handler.handle(payload, { topic, actor, guestId }))
    return withDeadline(answer, { clock, ms, error })
  }

  // Answers

  type Asked = Pick<WireMessage, 'joinRef' | 'ref' | 'topic'>

  function reply(
    client: ClientSocket,
    { joinRef, ref, topic }: Asked,
    status: 'ok' | 'error',
    responseJson: string,
  ): void {
    // Who gives no ref wants no answer.
    if (ref === null) return
    const payloadJson = `{"status":"${status}","response":${responseJson}}`
    client.send({ joinRef, ref, topic, event: phoenixEvents.reply, payloadJson })
  }

  function replyError(client: ClientSocket, asked: Asked, error: unknown): void {
    reply(client, asked, 'error', JSON.stringify(wireErrorOf(error)))
  }

  function wireErrorOf(error: unknown): WireError {
    if (error instanceof Refusal) return error.wire
    if (error instanceof CommandError) {
      const { code: reason, message, path } = error
      return path === undefined ? { reason, message } : { reason, message, path }
    }
    log.error({ err: error }, 'channel handler failed')
    return { reason: 'internal', message: 'this failed inside Landale; the log has the details' }
  }

  // Topics

  function addSource(topic: string, source: TopicSource, end: () => Iterable<Joined>): Disposable {
    sources.set(topic, [...(sources.get(topic) ?? []), source])
    return toDisposable(() => {
      const rest = (sources.get(topic) ?? []).filter((other) => other !== source)
      if (rest.length > 0) sources.set(topic, rest)
      else sources.delete(topic)
      for (const joined of [...end()]) dismiss(joined)
    })
  }

  function state<K extends StateTopic>(topic: K, initial: StateTopics[K]): StateHandle<StateTopics[K]> {
    if (sources.has(topic)) throw new Error(`topic "${topic}" is already served`)
    const source = new StateSource({ topic, scopes: stateTopicScopes[topic], initial, epoch: newId(), clock, limits })
    const registration = addSource(topic, source, () => source.followers)
    return {
      get value() {
        return source.value
      },
      update: (recipe) => source.update(recipe),
      dispose: () => registration.dispose(),
    }
  }

  function news(topic: NewsTopic): Disposable {
    const registrations = new DisposableStore()
    for (const name of topic.topics) {
      const onBug = (error: unknown) => log.error({ err: error, topic: name }, 'news topic failed')
      const head = () => newest.read()
      const source = new NewsSource({ name, topic, store, head, clock, limits, onBug })
      newsSources.add(source)
      registrations.defer(() => {
        newsSources.delete(source)
        source.dispose()
      })
      registrations.add(addSource(name, source, () => source.followers))
    }
    return registrations
  }

  function signal(topic: SignalTopic): SignalHandle {
    const source = new SignalSource(topic)
    const registration = addSource(topic.topic, source, () => source.followers)
    return { push: (event, payload) => source.push(event, payload), dispose: () => registration.dispose() }
  }

  function presence(topic: PresenceTopic): Disposable {
    const onBug = (error: unknown) => log.error({ err: error, topic: topic.topic }, 'presence topic failed')
    const source = new PresenceSource({ topic, guestOf, onBug })
    presences.add(source)
    for (const client of clients) {
      for (const joined of [...client.joined.values()]) {
        if (covers(source.pattern, joined.topic) && !sources.has(joined.topic)) dismiss(joined)
      }
    }
    return toDisposable(() => {
      presences.delete(source)
      for (const joined of [...source.followers]) dismiss(joined)
    })
  }

  function guestOf(joined: Joined): PresenceGuest {
    const guest = guests.get(joined)
    if (!guest) throw new Error(`nobody was welcomed to "${joined.topic}"`)
    return guest
  }

  function onMessageHandler(handler: MessageHandler): Disposable {
    const key = `${handler.topic} ${handler.event}`
    if (handlers.has(key)) throw new Error(`"${handler.event}" on "${handler.topic}" already has a handler`)
    handlers.set(key, handler)
    return toDisposable(() => handlers.delete(key))
  }

  return {
    state,
    news,
    signal,
    presence,
    onMessage: onMessageHandler,
    get clientCount() {
      let count = 0
      for (const client of clients) if (client.joined.size > 0) count += 1
      return count
    },
    get stats() {
      return { sockets: clients.size, strangers: strangerCount(), ...counts }
    },
    publish,
    handleUpgrade,
    dispose() {
      owned.dispose()
      for (const client of [...clients]) {
        leaveAll(client)
        client.close(CLOSE_GOING_AWAY, 'hub is stopping')
      }
    },
  }
}

function webSocketServer(maxPayload: number): WebSocketServer {
  return new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload })
}

function allowsAny(actor: TokenActor, scopes: readonly Scope[]): boolean {
  return actor.scopes.includes('admin') || scopes.some((scope) => allows(actor.scopes, scope))
}

function unmatchedTopic(topic: string): Refusal {
  return new Refusal('unmatched topic', `"${topic}" is not joined, or there is no such topic`)
}

function parseJoin(payload: unknown) {
  const parsed = joinParamsSchema.safeParse(payload ?? {})
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = pathText(['payload', ...(issue?.path ?? [])])
  throw new Refusal('invalid_payload', `${path}: ${issue?.message ?? 'not valid'}`, path)
}

function jsonOf(value: unknown): string {
  return JSON.stringify(value ?? {}) ?? '{}'
}
