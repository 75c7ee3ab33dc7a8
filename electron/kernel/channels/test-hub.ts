/** The two servers and nothing else, on a free port, for tests: real sockets, a fake event log, three tokens. */
import pino from 'pino'
import { WebSocket } from 'ws'
import { type Clock, systemClock } from '../../../base/clock.ts'
import { Emitter } from '../../../base/emitter.ts'
import type { CommandAnswer } from '../../../contracts/command.ts'
import type { Scope } from '../../../contracts/scopes.ts'
import { SOCKET_WEBSOCKET_PATH } from '../../../contracts/wire.ts'
import type { Actor } from '../commands.ts'
import { createHttpServer, type HttpLimits, type HttpServer } from '../http/http-server.ts'
import type { TokenActor } from '../tokens.ts'
import { type ChannelServer, createChannels } from './channel-server.ts'
import { FakeEvents } from './fake-events.ts'
import type { ChannelLimits } from './limits.ts'

export interface TestHubOptions {
  port?: number | undefined
  /** Of the channels. */
  clock?: Clock | undefined
  limits?: Partial<ChannelLimits> | undefined
  httpLimits?: Partial<HttpLimits> | undefined
  allowedHosts?: readonly string[] | undefined
  staticRoot?: string | undefined
  /** Hears every line of the log, the smallest ones too. */
  onLog?: ((line: string) => void) | undefined
  onCommand?: ((name: string, args: unknown, actor: Actor) => Promise<CommandAnswer>) | undefined
}

export class TestHub {
  readonly channels: ChannelServer
  readonly http: HttpServer
  readonly events: FakeEvents
  /** Every command that came in, by whatever door. */
  readonly invoked: { name: string; args: unknown; actor: string }[] = []
  port = 0
  readonly #didRevoke = new Emitter<string>()
  readonly #actors = new Map<string, TokenActor>()

  constructor({
    port = 0,
    limits,
    httpLimits,
    allowedHosts = [],
    staticRoot,
    onCommand,
    onLog,
    clock = systemClock,
  }: TestHubOptions = {}) {
    this.allow('control-secret', ['admin'])
    this.allow('read-secret', ['read'])
    this.allow('overlay-secret', ['overlay'])
    const tokens = {
      verify: (secret: string) => this.#actors.get(secret) ?? null,
      onDidRevoke: this.#didRevoke.event,
    }
    const commands = {
      invoke: async (name: string, args: unknown, actor: Actor): Promise<CommandAnswer> => {
        this.invoked.push({ name, args, actor: actor.name })
        return onCommand ? onCommand(name, args, actor) : { status: 'committed', result: { name, args } }
      },
    }
    const log = onLog ? pino({ level: 'trace' }, { write: onLog }) : pino({ level: 'silent' })
    const store = { eventsAfter: (seq: number, limit: number) => this.events.eventsAfter(seq, limit) }
    this.channels = createChannels({ store, tokens, commands, clock, log, limits })
    this.events = new FakeEvents((event) => this.channels.publish(event))
    this.http = createHttpServer({
      port,
      bind: '127.0.0.1',
      allowedHosts,
      tokens,
      commands,
      clock: systemClock,
      log,
      staticRoot: staticRoot ?? null,
      limits: { closeGraceMs: 50, ...httpLimits },
    })
    this.http.upgrade(SOCKET_WEBSOCKET_PATH, this.channels.handleUpgrade)
  }

  allow(secret: string, scopes: readonly Scope[]): void {
    const name = secret.replace('-secret', '')
    this.#actors.set(secret, { name, scopes, tokenId: name })
  }

  revoke(secret: string): void {
    const actor = this.#actors.get(secret)
    this.#actors.delete(secret)
    if (actor) this.#didRevoke.fire(actor.tokenId)
  }

  async start(): Promise<this> {
    this.port = (await this.http.listen()).port
    return this
  }

  async stop(): Promise<void> {
    this.channels.dispose()
    await this.http.close()
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get socketUrl(): string {
    return `ws://127.0.0.1:${this.port}/socket`
  }

  /** A bare WebSocket, opened. */
  async connect(query = 'vsn=2.0.0&token=control-secret'): Promise<RawClient> {
    const client = new RawClient(`${this.socketUrl}/websocket?${query}`)
    await client.opened
    return client
  }
}

/** A client with no manners of its own: sends what it is told, remembers what it got. */
export class RawClient {
  readonly socket: WebSocket
  readonly received: unknown[] = []
  readonly opened: Promise<void>
  /** Resolves with the close code. */
  readonly closed: Promise<number>
  #waiters: { accept: (message: unknown) => boolean; resolve: (message: unknown) => void }[] = []

  constructor(url: string, options: { headers?: Record<string, string> } = {}) {
    this.socket = new WebSocket(url, options)
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('open', () => resolve())
      this.socket.once('error', reject)
    })
    this.closed = new Promise((resolve) => this.socket.once('close', resolve))
    this.socket.on('error', () => {})
    this.socket.on('message', (data) => this.#take(JSON.parse(data.toString())))
  }

  #take(message: unknown): void {
    this.received.push(message)
    const waiter = this.#waiters.find(({ accept }) => accept(message))
    if (!waiter) return
    this.#waiters = this.#waiters.filter((other) => other !== waiter)
    waiter.resolve(message)
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  /** Resolves with the first message from now on that `accept` takes. */
  next(accept: (message: unknown) => boolean = () => true): Promise<unknown> {
    return new Promise((resolve) => this.#waiters.push({ accept, resolve }))
  }

  /** Sends a V2 message and resolves with the payload of its reply. */
  async request(topic: string, event: string, payload: unknown = {}, ref = `${Math.random()}`): Promise<Reply> {
    const answer = this.next((message) => Array.isArray(message) && message[1] === ref && message[3] === 'phx_reply')
    this.send([event === 'phx_join' ? ref : null, ref, topic, event, payload])
    return ((await answer) as unknown[])[4] as Reply
  }

  join(topic: string, params: unknown = {}): Promise<Reply> {
    return this.request(topic, 'phx_join', params)
  }

  /** V2 pushes of a topic, as `[event, payload]`. */
  pushes(topic: string): [string, Record<string, unknown>][] {
    const frames = this.received as [unknown, unknown, string, string, Record<string, unknown>][]
    return frames
      .filter(([, ref, on]) => ref === null && on === topic)
      .map(([, , , event, payload]) => [event, payload])
  }

  close(): void {
    this.socket.terminate()
  }
}

export interface Reply {
  status: 'ok' | 'error'
  response: Record<string, unknown>
}
