/**
 * The port that the game connects to: BizHawk's Lua plugin is the client. Takes the messages of every connection, each in
 * order, announces what they tell, and counts and shows what it can't take; the connection is kept. Only one that does
 * not begin as a game does, with a length, a space and `{`, is closed at once, before anything of it is read: no request of
 * a web page can begin so, and no page can speak here. Knows no run and no checkpoint.
 *
 * Nothing is queued: a connection is read on only when what it said is stored, so a flood waits in the sender's own socket.
 */
import { createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../../../base/clock.ts'
import { Emitter, type Event } from '../../../base/emitter.ts'
import { DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import {
  type IronmonGameLink,
  type IronmonLink,
  type IronmonRefusal,
  ironmonRefusals,
} from '../../../contracts/state/ironmon.ts'
import type { Bus, EventDraft } from '../../kernel/bus.ts'
import type { Commands } from '../../kernel/commands.ts'
import type { Logger } from '../../kernel/log.ts'
import { newId } from '../../kernel/new-id.ts'
import { type AttemptContext, type Connection, ConnectionLoop, type Verdict } from '../connection.ts'
import { FrameDecoder, Opening } from './frames.ts'
import { judgeListenError } from './policy.ts'
import { type IronmonDraft, readMessage } from './wire.ts'

/** Between two tries to open the port, ms. */
const BACKOFF = { initialMs: 1000, maxMs: 15_000, factor: 2, jitter: 0.2 }
/** One game, and what an emulator that crashed has left half open. */
export const MAX_CONNECTIONS = 8
/** The plugin has no heartbeat: only the system can find that the other machine is gone. */
const KEEP_ALIVE_MS = 30_000
/** However fast nonsense comes in, pages and the log hear of it no more often than this, ms. */
const NEWS_EVERY_MS = 100
const WARN_EVERY_MS = 1000
/** Small messages of one chunk that are taken before everything else has its turn. */
const MESSAGES_PER_TURN = 100

export interface IronmonConnectionOptions {
  config: { enabled: boolean; host: string; port: number }
  bus: Pick<Bus, 'publish'>
  commands: Pick<Commands, 'handle'>
  clock: Clock
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  random: () => number
}

export interface IronmonConnection extends Connection {
  readonly link: IronmonLink
  readonly onDidChangeLink: Event<void>
}

export function createIronmonConnection(options: IronmonConnectionOptions): IronmonConnection {
  return new IronmonPort(options)
}

/** One connection, from the first byte to the last. */
interface Game {
  socket: Socket
  shown: IronmonGameLink
  /** Whether a message was understood: only then is it told of in the log. */
  isGame: boolean
  /** What was last said of healing; it is said again on every poll. */
  healing: string
  endReason: string
}

class IronmonPort implements IronmonConnection {
  readonly id = 'ironmon'
  readonly #options: IronmonConnectionOptions
  readonly #owned = new DisposableStore()
  readonly #loop: ConnectionLoop
  readonly #didChangeLink = this.#owned.add(new Emitter<void>())
  readonly #games = new Map<string, Game>()
  readonly #serving = new Set<Promise<void>>()
  readonly #newsTimer = this.#owned.add(new MutableDisposable())
  #newsWaits = false
  #newsAt = Number.NEGATIVE_INFINITY
  #warnedAt = Number.NEGATIVE_INFINITY
  #address: IronmonLink['address'] = null
  #refused: IronmonLink['refused'] = {
    total: 0,
    byReason: Object.fromEntries(ironmonRefusals.map((reason) => [reason, 0])) as Record<IronmonRefusal, number>,
    last: null,
  }

  constructor(options: IronmonConnectionOptions) {
    this.#options = options
    const { clock, random, log } = options
    this.#loop = this.#owned.add(
      new ConnectionLoop({ clock, backoff: { ...BACKOFF, random }, attempt: (context) => this.#listen(context) }),
    )
    this.#owned.add(
      this.#loop.onDidChangeState((state) => {
        log.info({ port: state, address: this.#address }, `IronMON port: ${state.status}`)
        this.#tell()
      }),
    )
  }

  get state() {
    return this.#loop.state
  }

  get health() {
    return this.#loop.health
  }

  get onDidChangeState() {
    return this.#loop.onDidChangeState
  }

  get onDidChangeHealth() {
    return this.#loop.onDidChangeHealth
  }

  get onDidChangeLink() {
    return this.#didChangeLink.event
  }

  get link(): IronmonLink {
    return {
      listener: this.#loop.state,
      address: this.#address,
      games: [...this.#games.values()].map(({ shown }) => ({ ...shown })),
      refused: this.#refused,
    }
  }

  retryNow(): void {
    this.#loop.retryNow()
  }

  async run(signal: AbortSignal): Promise<void> {
    const command = this.#options.commands.handle('ironmon.listen', () => {
      this.#loop.retryNow()
      return {}
    })
    try {
      await this.#loop.run(signal)
    } finally {
      command.dispose()
    }
  }

  dispose(): void {
    this.#owned.dispose()
  }

  /** Says that the link has changed: at once, or with all else that changes until it may. */
  #tell(): void {
    if (this.#newsWaits) return
    const { clock } = this.#options
    const waitMs = this.#newsAt + NEWS_EVERY_MS - clock.monotonic()
    if (waitMs <= 0) {
      this.#tellNow()
      return
    }
    this.#newsWaits = true
    this.#newsTimer.set(clock.setTimeout(() => this.#tellNow(), waitMs))
  }

  #tellNow(): void {
    this.#newsWaits = false
    this.#newsAt = this.#options.clock.monotonic()
    this.#didChangeLink.fire()
  }

  // --- the port ---

  async #listen({ signal, didConnect }: AttemptContext): Promise<Verdict> {
    const { enabled, host, port } = this.#options.config
    if (!enabled) return { action: 'idle', reason: 'IronMON is switched off in the settings' }
    const server = createServer({ keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS })
    const ended = Promise.withResolvers<Verdict>()
    const end = () => ended.resolve({ action: 'retry', reason: 'the port was closed' })
    server.on('error', (error: NodeJS.ErrnoException) => {
      ended.resolve(judgeListenError(error.code, error.message, host, port))
    })
    server.on('connection', (socket) => this.#accept(socket))
    server.on('listening', () => {
      this.#address = addressOf(server)
      didConnect()
    })
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
    else server.listen({ host, port })
    try {
      return await ended.promise
    } finally {
      signal.removeEventListener('abort', end)
      this.#address = null
      for (const game of this.#games.values()) this.#drop(game, 'Landale closed the port')
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await Promise.all(this.#serving)
    }
  }

  #accept(socket: Socket): void {
    const { clock } = this.#options
    const address = `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`
    const shown: IronmonGameLink = {
      id: newId(),
      address,
      since: clock.now(),
      lastMessageAt: null,
      messages: 0,
      refused: 0,
      pluginVersion: null,
      game: null,
    }
    const game: Game = { socket, shown, isGame: false, healing: '', endReason: 'the game closed the connection' }
    if (this.#games.size >= MAX_CONNECTIONS) this.#makeRoom()
    this.#games.set(shown.id, game)
    const served = this.#serve(game)
    this.#serving.add(served)
    void served.then(() => this.#serving.delete(served))
    this.#tell()
  }

  /** The game itself must always come in: who has said nothing yet goes first, then who has been silent the longest. */
  #makeRoom(): void {
    const longestSilent = [...this.#games.values()].sort(
      (a, b) => (a.shown.lastMessageAt ?? 0) - (b.shown.lastMessageAt ?? 0) || a.shown.since - b.shown.since,
    )[0]
    if (!longestSilent) return
    this.#refuse(
      longestSilent,
      'too-many-connections',
      `more than ${MAX_CONNECTIONS} connections; the most silent was closed`,
    )
    this.#drop(longestSilent, 'too many connections')
  }

  #drop(game: Game, reason: string): void {
    game.endReason = reason
    this.#games.delete(game.shown.id)
    game.socket.destroy()
  }

  // --- one connection ---

  async #serve(game: Game): Promise<void> {
    const { socket, shown } = game
    // Errors end the reading below, which is where they are told; without a listener they would end the process.
    socket.on('error', (error) => {
      game.endReason = `the connection broke off: ${error.message}`
    })
    try {
      await this.#readAll(game)
    } catch (error) {
      if (!socket.destroyed) this.#options.log.error({ err: error, address: shown.address }, 'a game was dropped')
    }
    this.#drop(game, game.endReason)
    this.#tell()
    if (!game.isGame) return
    const { address, messages, refused } = shown
    await this.#publish({
      type: 'ironmon.disconnected',
      payload: { address, reason: game.endReason, messages, refused },
    })
  }

  async #readAll(game: Game): Promise<void> {
    const frames = new FrameDecoder()
    const opening = new Opening()
    let count = 0
    for await (const chunk of game.socket as AsyncIterable<Uint8Array>) {
      if (opening.judge(chunk) === false) {
        this.#refuse(game, 'not-a-game', 'it did not begin as a game does, so it was closed: a web page, perhaps')
        game.endReason = 'it was no game'
        return
      }
      for (const frame of frames.push(chunk)) {
        if (frame.kind === 'refused') this.#refuse(game, frame.reason, frame.detail)
        else await this.#take(game, frame.text)
        if (game.socket.destroyed) return
        if (++count % MESSAGES_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
      }
    }
  }

  async #take(game: Game, text: string): Promise<void> {
    const { drafts, refusals } = readMessage(text)
    for (const { reason, detail } of refusals) this.#refuse(game, reason, detail)
    if (drafts.length === 0 && refusals.length > 0) return
    game.shown.messages += 1
    game.shown.lastMessageAt = this.#options.clock.now()
    if (!game.isGame) {
      game.isGame = true
      await this.#publish({ type: 'ironmon.connected', payload: { address: game.shown.address } })
    }
    for (const draft of drafts) {
      if (draft.type === 'ironmon.tracker.started') {
        game.shown.pluginVersion = draft.payload.pluginVersion
        game.shown.game = draft.payload.game
      }
      if (!isRepetition(game, draft)) await this.#publish(draft)
    }
    this.#tell()
  }

  /** The time is that of receipt: the plugin says whole seconds of another machine's clock, and nothing waits on the way. */
  async #publish(draft: IronmonDraft): Promise<void> {
    try {
      // The draft's type ties the payload to the type; the compiler can't follow that through the union.
      await this.#options.bus.publish({ ...draft, source: 'ironmon' } as EventDraft)
    } catch (error) {
      this.#options.log.error({ err: error, type: draft.type }, 'an event could not be stored')
    }
  }

  #warn(what: object): void {
    const now = this.#options.clock.monotonic()
    if (now - this.#warnedAt < WARN_EVERY_MS) return
    this.#warnedAt = now
    this.#options.log.warn(what, 'the game port refused something')
  }

  #refuse(game: Game, reason: IronmonRefusal, detail: string): void {
    const { address } = game.shown
    game.shown.refused += 1
    const { total, byReason } = this.#refused
    this.#refused = {
      total: total + 1,
      byReason: { ...byReason, [reason]: byReason[reason] + 1 },
      last: { at: this.#options.clock.now(), reason, detail, address },
    }
    this.#warn({ reason, detail, address, total: total + 1 })
    this.#tell()
  }
}

function isRepetition(game: Game, draft: IronmonDraft): boolean {
  if (draft.type !== 'ironmon.healing.changed') return false
  const content = JSON.stringify({ ...draft.payload, frame: null })
  if (game.healing === content) return true
  game.healing = content
  return false
}

function addressOf(server: Server): IronmonLink['address'] {
  const address = server.address()
  return address === null || typeof address === 'string' ? null : { host: address.address, port: address.port }
}
