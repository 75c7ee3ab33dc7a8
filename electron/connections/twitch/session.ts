/**
 * One session with EventSub, from the first welcome to its end: hand-overs to a new socket without losing or repeating
 * anything, and silence noticed in time. Owns sockets and their deadlines. Does not know what notifications mean.
 *
 * The socket is our own rather than `EventSubWsListener`'s of `@twurple/eventsub-ws`: there a malformed frame throws
 * inside the socket's listener and ends the process, a notification older than ten minutes or of an unknown subscription
 * is dropped before anything can be overridden, close codes are not told, a first connection is given up after three
 * tries, and time is not injectable. What is left of it once those are replaced is less than this file.
 */
import type { Clock } from '../../../base/clock.ts'
import { type Disposable, DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import type { TwitchEndpoints } from './endpoints.ts'
import type { TwitchClose, TwitchEnd } from './policy.ts'
import type { TwitchSocket, TwitchSocketFactory } from './socket.ts'
import { readFrame, type TwitchFrame, type TwitchSessionInfo } from './wire.ts'

/** From opening a socket to its welcome, ms. Twitch welcomes within a second. */
const WELCOME_DEADLINE_MS = 10_000
/** A hand-over that failed is tried again after this, ms; Twitch keeps the old socket for 30 s. */
const HAND_OVER_RETRY_MS = 2000
/** Share of the promised keepalive after which silence counts. */
const SILENCE_FACTOR = 1.2

/** What goes on to whoever knows what it means. */
export type TwitchNews = Extract<TwitchFrame, { kind: 'notification' | 'revocation' | 'unknown' }>

export interface TwitchSessionOptions {
  clock: Clock
  endpoints: Pick<TwitchEndpoints, 'eventSub' | 'isReconnectUrl'>
  openSocket: TwitchSocketFactory
  onNews(news: TwitchNews): void
  /** Each welcome; `resumed` when the subscriptions moved over from the socket before. */
  onWelcome(session: TwitchSessionInfo, resumed: boolean): void
  /** Anything was heard; often. */
  onLife(): void
}

interface Link {
  socket: TwitchSocket
  deadline: MutableDisposable
  welcomed: boolean
}

export class TwitchSession implements Disposable {
  readonly #options: TwitchSessionOptions
  readonly #owned = new DisposableStore()
  readonly #silence = this.#owned.add(new MutableDisposable())
  readonly #handOverRetry = this.#owned.add(new MutableDisposable())
  readonly #ended = Promise.withResolvers<TwitchEnd>()
  #current: Link | undefined
  /** The socket that takes over, once it is welcomed. */
  #next: Link | undefined
  #handOverUrl: string | undefined
  #isOver = false
  #keepaliveSeconds = 0
  #lastLife = { monotonic: 0, wall: 0 }
  #isPaused = false

  constructor(options: TwitchSessionOptions) {
    this.#options = options
    this.#current = this.#open(options.endpoints.eventSub)
  }

  /** Resolves once, with how it ended. */
  get ended(): Promise<TwitchEnd> {
    return this.#ended.promise
  }

  /** When something was heard last, ms epoch. */
  get lastHeardAt(): number {
    return this.#lastLife.wall
  }

  /** Takes nothing from Twitch until `resume`: for when the store can't keep up. */
  pause(): void {
    if (this.#isPaused || this.#isOver) return
    this.#isPaused = true
    this.#silence.set(undefined)
    for (const link of this.#links) link.socket.pause()
  }

  resume(): void {
    if (!this.#isPaused || this.#isOver) return
    this.#isPaused = false
    for (const link of this.#links) link.socket.resume()
    this.#heard()
    this.#watchSilence()
  }

  get #links(): Link[] {
    return [this.#current, this.#next].filter((link) => link !== undefined)
  }

  #open(url: string): Link {
    const { clock, openSocket } = this.#options
    const deadline = this.#owned.add(new MutableDisposable())
    const socket = openSocket(url, {
      onLife: () => this.#heard(),
      onText: (text) => this.#receive(link, text),
      onClose: (close) => this.#closed(link, close),
    })
    const link: Link = { socket, deadline, welcomed: false }
    deadline.set(clock.setTimeout(() => this.#unwelcomed(link), WELCOME_DEADLINE_MS))
    return link
  }

  #heard(): void {
    const { clock, onLife } = this.#options
    this.#lastLife = { monotonic: clock.monotonic(), wall: clock.now() }
    onLife()
  }

  #receive(link: Link, text: string): void {
    const frame = readFrame(text)
    switch (frame.kind) {
      case 'welcome':
        this.#welcomed(link, frame.session)
        break
      case 'keepalive':
        break
      case 'reconnect':
        this.#handOver(link, frame.url, text)
        break
      default:
        this.#options.onNews(frame)
    }
  }

  #welcomed(link: Link, session: TwitchSessionInfo): void {
    link.welcomed = true
    link.deadline.set(undefined)
    const previous = link === this.#next ? this.#current : undefined
    if (link === this.#next) {
      this.#current = link
      this.#next = undefined
      this.#handOverRetry.set(undefined)
      if (previous) this.#drop(previous)
    }
    this.#keepaliveSeconds = session.keepaliveSeconds
    this.#watchSilence()
    // Where the old socket was lost before this welcome, nobody can say what was missed: that is a new beginning.
    this.#options.onWelcome(session, previous !== undefined)
  }

  /** Connects anew where Twitch says; the old socket goes on until the new one is welcomed. */
  #handOver(from: Link, url: string, text: string): void {
    if (from !== this.#current || this.#next) return
    if (!this.#options.endpoints.isReconnectUrl(url)) {
      const fault = 'the hand-over address is not one of Twitch'
      this.#options.onNews({
        kind: 'unknown',
        messageId: undefined,
        rawType: 'session_reconnect',
        body: { text },
        fault,
      })
      return
    }
    this.#handOverUrl = url
    this.#next = this.#open(url)
  }

  #unwelcomed(link: Link): void {
    this.#lost(link, { kind: 'no-welcome' })
  }

  #closed(link: Link, close: TwitchClose): void {
    this.#lost(link, { kind: 'closed', close })
  }

  /** One of two sockets lost is not the end: the old one still speaks, or the new one is about to. */
  #lost(link: Link, end: TwitchEnd): void {
    this.#drop(link)
    if (link === this.#next) {
      this.#next = undefined
      this.#retryHandOver()
    } else if (link === this.#current) this.#current = undefined
    if (this.#links.length === 0) this.#end(end)
  }

  #retryHandOver(): void {
    const from = this.#current
    const url = this.#handOverUrl
    if (!from || url === undefined) return
    const again = () => {
      if (this.#current === from && !this.#next) this.#next = this.#open(url)
    }
    this.#handOverRetry.set(this.#options.clock.setTimeout(again, HAND_OVER_RETRY_MS))
  }

  #drop(link: Link): void {
    link.deadline.set(undefined)
    this.#owned.delete(link.deadline)
    link.socket.abandon()
  }

  /** One timer that looks back, rather than one set anew at each frame. */
  #watchSilence(): void {
    if (this.#isPaused || this.#isOver) return
    const { clock } = this.#options
    const limitMs = this.#keepaliveSeconds * 1000 * SILENCE_FACTOR
    const leftMs = this.#lastLife.monotonic + limitMs - clock.monotonic()
    if (leftMs <= 0) {
      this.#end({ kind: 'silent', since: this.#lastLife.wall, keepaliveSeconds: this.#keepaliveSeconds })
      return
    }
    this.#silence.set(clock.setTimeout(() => this.#watchSilence(), leftMs))
  }

  /** Ends it for a reason that is known elsewhere, e.g. that the token is no longer good. */
  end(end: TwitchEnd): void {
    this.#end(end)
  }

  #end(end: TwitchEnd): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const link of this.#links) this.#drop(link)
    this.#current = undefined
    this.#next = undefined
    this.#owned.dispose()
    this.#ended.resolve(end)
  }

  dispose(): void {
    this.#end({ kind: 'asked' })
  }
}
