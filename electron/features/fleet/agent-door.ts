/**
 * The door of the agents, `/agents` on the hub's port: who may connect, who has said who it is in time, and who is still
 * there. Programs only: a web page gets no further than its Origin. What an agent says once it is in is not its matter.
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../../../base/clock.ts'
import { type Disposable, MutableDisposable } from '../../../base/lifecycle.ts'
import { AgentLink } from './agent-link.ts'
import {
  type AgentFrame,
  CLOSE,
  type HelloFrame,
  MAX_FRAME_BYTES,
  type PairFrame,
  SUBPROTOCOL,
  VERSION,
} from './frames.ts'

export const AGENTS_PATH = '/agents'
/** For `hello` or `pair`, ms. */
export const HANDSHAKE_MS = 10_000
/** After this long without a word the hub asks; after two and a half times that the link is over. */
export const PING_MS = 15_000
export const SILENCE_MS = PING_MS * 2.5
/** Links that have not said who they are; the oldest goes when one more comes. */
export const MAX_STRANGERS = 256
/** All links together. */
const MAX_LINKS = 2500
/** How often all links are looked at. */
const SWEEP_MS = 1000
/** For the other end to answer a goodbye. */
const GOODBYE_MS = 2000

/** What a link was asked with, and when (ms epoch). */
export interface Challenge {
  readonly nonce: string
  readonly at: number
}

export interface DoorOptions {
  clock: Clock
  /** This hub's id. */
  hub: string
  /** Takes the link, or ends it. */
  onHello(link: AgentLink, frame: HelloFrame, challenge: Challenge): void
  /** Answers, then ends the link. */
  onPair(link: AgentLink, frame: PairFrame, challenge: Challenge): void
}

/** A frame that is too large ends the link with the protocol's own code. */
class AgentSocket extends WebSocket {
  override close(code?: number, data?: string | Buffer): void {
    super.close(code === 1009 ? CLOSE.tooLarge : code, data)
  }
}

export class AgentDoor implements Disposable {
  /** Since it was made: frames that could be read, and upgrades that were refused. */
  readonly counts = { frames: 0, refused: 0 }
  readonly #options: DoorOptions
  readonly #links = new Set<AgentLink>()
  readonly #strangers = new Set<AgentLink>()
  readonly #timer = new MutableDisposable()
  #isSweeping = false
  #isDisposed = false
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: () => SUBPROTOCOL,
    WebSocket: AgentSocket,
  })

  constructor(options: DoorOptions) {
    this.#options = options
  }

  get strangers(): number {
    return this.#strangers.size
  }

  /** For the HTTP server; the Host has been checked. */
  readonly handleUpgrade = (request: IncomingMessage, connection: Duplex, head: Buffer): void => {
    const refusal = this.#refusalOf(request)
    if (refusal) {
      this.counts.refused += 1
      const [status, text] = refusal
      const length = Buffer.byteLength(text)
      const type = 'Content-Type: text/plain; charset=utf-8'
      connection.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n${type}\r\nContent-Length: ${length}\r\n\r\n${text}`)
      return
    }
    const address = request.socket.remoteAddress ?? ''
    this.#server.handleUpgrade(request, connection, head, (socket) => this.#welcome(socket, address))
  }

  #refusalOf({ headers }: IncomingMessage): [status: string, text: string] | null {
    // Browsers always send it, programs have no reason to: no page, not even our own, has business here.
    if (headers.origin !== undefined) return ['403 Forbidden', 'web pages may not connect here']
    const spoken = (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim())
    if (!spoken.includes(SUBPROTOCOL)) return ['400 Bad Request', `speak ${SUBPROTOCOL} here`]
    if (this.#isDisposed || this.#links.size >= MAX_LINKS) return ['503 Service Unavailable', 'there is no room']
    return null
  }

  #welcome(socket: WebSocket, address: string): void {
    const { clock, hub } = this.#options
    const challenge: Challenge = { nonce: randomBytes(32).toString('base64url'), at: clock.now() }
    let hasSpoken = false
    const link: AgentLink = new AgentLink(
      socket,
      address,
      { clock, counts: this.counts },
      {
        onFrame: (frame) => {
          if (hasSpoken) return link.fault('t', `"${frame.t}" before the answer`)
          hasSpoken = true
          this.#introduce(link, frame, challenge)
        },
        onEnd: () => this.#strangers.delete(link),
      },
    )
    // Answers to what was said at once: whoever has had time for it is the one to go.
    const [oldest] = this.#strangers
    if (oldest && this.#strangers.size >= MAX_STRANGERS) this.#tooSlow(oldest)
    this.#links.add(link)
    this.#strangers.add(link)
    socket.on('close', () => this.#links.delete(link))
    link.send({ t: 'challenge', versions: [VERSION], hub, nonce: challenge.nonce, time: challenge.at })
    this.#sweepSoon()
  }

  #introduce(link: AgentLink, frame: AgentFrame, challenge: Challenge) {
    if (frame.t !== 'hello' && frame.t !== 'pair') return link.fault('t', `"${frame.t}" before "hello"`)
    if (frame.v !== VERSION) return link.fault('v', `this hub speaks version ${VERSION}`)
    if (frame.t === 'hello') this.#options.onHello(link, frame, challenge)
    else this.#options.onPair(link, frame, challenge)
    if (!link.isStranger) this.#strangers.delete(link)
  }

  #tooSlow(link: AgentLink): void {
    link.end(CLOSE.tooSlow, 'no "hello" in time')
  }

  /** One timer for all, and none while nobody is there. */
  #sweepSoon(): void {
    if (this.#isSweeping || this.#isDisposed) return
    this.#isSweeping = true
    this.#timer.set(this.#options.clock.setInterval(() => this.#sweep(), SWEEP_MS))
  }

  #sweep(): void {
    const now = this.#options.clock.monotonic()
    for (const link of this.#links) {
      const silentMs = now - link.heardAt
      if (link.endedAt !== null) {
        if (now - link.endedAt >= GOODBYE_MS) link.cut('it did not say goodbye')
      } else if (link.isStranger) {
        if (now - link.openedAt >= HANDSHAKE_MS) this.#tooSlow(link)
      } else if (silentMs >= SILENCE_MS) link.cut(`nothing was heard for ${Math.round(silentMs / 1000)} s`)
      else if (silentMs >= PING_MS && now - link.pingedAt >= PING_MS) link.ping()
    }
    if (this.#links.size > 0) return
    this.#isSweeping = false
    this.#timer.set(undefined)
  }

  dispose(): void {
    this.#isDisposed = true
    this.#timer.dispose()
    for (const link of this.#links) link.end(CLOSE.goingAway, 'the hub is stopping')
  }
}
