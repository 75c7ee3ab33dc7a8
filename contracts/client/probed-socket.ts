/**
 * A WebSocket that first asks over HTTP whether the hub is there. Chromium slows down WebSockets to a host after a few
 * failed attempts, up to five seconds each, and so would find a hub that was away for a minute seconds late; requests
 * over HTTP are never slowed. An attempt that hangs is given up. A closed one is forgotten at once, so that the next
 * attempt never waits for a dead line to say goodbye. Shaped as the `phoenix` client wants its transport.
 */
import type { Clock } from '../../base/clock.ts'
import { MutableDisposable } from '../../base/lifecycle.ts'

/** What is used of a WebSocket: the browser's own, or that of `ws`. */
export interface WebSocketLike {
  binaryType: string
  readonly readyState: number
  readonly bufferedAmount: number
  onopen: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  send(data: string): void
  close(code?: number, reason?: string): void
}

export type WebSocketConstructor = new (url: string) => WebSocketLike

export interface ProbedSocketOptions {
  WebSocket: WebSocketConstructor
  /** Whether the hub answers. Must settle; a rejection counts as no. */
  probe: (signal: AbortSignal) => Promise<boolean>
  clock: Clock
}

/** Longer than any hub near by takes to answer; a line that is dead without saying so must not hold up the next try. */
const CONNECT_DEADLINE_MS = 2000

const CONNECTING = 0
const OPEN = 1
const CLOSED = 3
/** What browsers report for a connection that broke. */
const ABNORMAL_CLOSE = { code: 1006, reason: '', wasClean: false }

/** A transport class for the `phoenix` client. */
export function probedTransport(options: ProbedSocketOptions): new (url: string) => ProbedSocket {
  return class extends ProbedSocket {
    constructor(url: string) {
      super(url, options)
    }
  }
}

export class ProbedSocket {
  binaryType = 'arraybuffer'
  onopen: (event: unknown) => void = () => {}
  onerror: (event: unknown) => void = () => {}
  onmessage: (event: unknown) => void = () => {}
  onclose: (event: unknown) => void = () => {}
  #state: typeof CONNECTING | typeof OPEN | typeof CLOSED = CONNECTING
  #inner: WebSocketLike | undefined
  readonly #probing = new AbortController()
  readonly #deadline = new MutableDisposable()

  constructor(url: string, options: ProbedSocketOptions) {
    this.#deadline.set(options.clock.setTimeout(() => this.#end(ABNORMAL_CLOSE), CONNECT_DEADLINE_MS))
    void this.#connect(url, options)
  }

  /** A line on which the hub has said goodbye is closing, though its end has not been told yet. */
  get readyState(): number {
    return this.#state === OPEN && this.#inner ? this.#inner.readyState : this.#state
  }

  get bufferedAmount(): number {
    return this.#inner?.bufferedAmount ?? 0
  }

  async #connect(url: string, { WebSocket, probe }: ProbedSocketOptions): Promise<void> {
    const isThere = await probe(this.#probing.signal).catch(() => false)
    if (this.#state !== CONNECTING) return
    if (!isThere) {
      this.#end(ABNORMAL_CLOSE)
      return
    }
    const inner = new WebSocket(url)
    this.#inner = inner
    inner.binaryType = this.binaryType
    inner.onopen = (event) => {
      this.#deadline.set(undefined)
      this.#state = OPEN
      this.onopen(event)
    }
    inner.onmessage = (event) => this.onmessage(event)
    inner.onerror = (event) => this.onerror(event)
    inner.onclose = (event) => this.#end(event)
  }

  send(data: string): void {
    if (this.readyState === OPEN) this.#inner?.send(data)
  }

  close(code?: number, reason?: string): void {
    this.#end({ code: code ?? 1000, reason: reason ?? '', wasClean: true })
  }

  #end(event: unknown): void {
    if (this.#state === CLOSED) return
    this.#state = CLOSED
    this.#probing.abort()
    this.#deadline.dispose()
    forget(this.#inner)
    this.onclose(event)
  }
}

/** Late news of it concerns nobody. The error handler stays: `ws` throws errors that nobody hears. */
function forget(socket: WebSocketLike | undefined): void {
  if (!socket) return
  socket.onopen = null
  socket.onmessage = null
  socket.onclose = null
  socket.onerror = () => {}
  socket.close()
}

/** Asks the hub's `/ping`. */
export function httpProbe(pingUrl: string): (signal: AbortSignal) => Promise<boolean> {
  return async (signal) => (await fetch(pingUrl, { cache: 'no-store', signal })).ok
}
