/**
 * One obs-websocket socket, through obs-websocket-js. Owns what that library leaves open: sockets that must end without
 * the other side's help, a catch-all for events, and a pong after each message. Knows no request or event by name.
 */
import { type OBSRequestTypes, OBSWebSocket, OBSWebSocketError } from 'obs-websocket-js/json'
import type { WebSocket } from 'ws'
import { errorMessage } from '../../../base/result.ts'

export type ObsRequestName = keyof OBSRequestTypes

/** How an OBS answered the greeting. */
export interface ObsGreeting {
  websocketVersion: string
  rpcVersion: number
}

/** A socket that could not be opened, or closed. `code` is the close code; null when there never was a connection. */
export interface ObsClose {
  code: number | null
  reason: string
}

export interface ObsSocketHandlers {
  /** Any message, whatever it says: proof of life. */
  onMessage(): void
  onEvent(type: string, data: unknown): void
  /** Called once at most, and not after `abandon`. */
  onClose(close: ObsClose): void
}

export interface ObsSocketOpening {
  url: string
  password: string | null
  eventSubscriptions: number
}

export interface ObsSocket {
  /** Connects and identifies. Rejects with an `ObsOpenError`; never settles while the other side is frozen. */
  open(opening: ObsSocketOpening): Promise<ObsGreeting>
  /** Rejects with an `OBSWebSocketError` when OBS refuses. Never settles once the socket is gone: the caller bounds it. */
  call<T extends ObsRequestName>(name: T, data?: OBSRequestTypes[T]): Promise<unknown>
  callBatch(requests: readonly ObsBatchRequest[]): Promise<unknown>
  /** Changes the event subscriptions of the open socket. Never settles once it is gone. */
  subscribe(eventSubscriptions: number): Promise<unknown>
  /** From now on nothing is sent, not even a pong. */
  hush(): void
  /** Ends the socket at once, without waiting for the other side. No handler is called any more. */
  abandon(): void
}

export interface ObsBatchRequest {
  requestType: ObsRequestName
  requestData?: Record<string, string>
}

export type ObsSocketFactory = (handlers: ObsSocketHandlers) => ObsSocket

export class ObsOpenError extends Error {
  readonly code: number | null

  constructor({ code, reason }: ObsClose) {
    super(reason)
    this.code = code
  }
}

export function createObsSocket(handlers: ObsSocketHandlers): ObsSocket {
  const client = new Client(handlers)
  return {
    async open({ url, password, eventSubscriptions }) {
      try {
        const hello = await client.connect(url, password ?? undefined, { eventSubscriptions })
        return { websocketVersion: hello.obsWebSocketVersion, rpcVersion: hello.negotiatedRpcVersion }
      } catch (error) {
        throw new ObsOpenError(closeOf(error))
      }
    },
    call: (name, data) => client.call(name, data),
    callBatch: (requests) => client.callBatch([...requests] as Parameters<typeof client.callBatch>[0]),
    subscribe: (eventSubscriptions) => client.reidentify({ eventSubscriptions }),
    hush: () => client.hush(),
    abandon: () => client.abandon(),
  }
}

class Client extends OBSWebSocket {
  readonly #handlers: ObsSocketHandlers
  #hushed = false
  #abandoned = false

  constructor(handlers: ObsSocketHandlers) {
    super()
    this.#handlers = handlers
  }

  hush(): void {
    this.#hushed = true
  }

  /** The library's `disconnect` waits for the other side's close frame, which a frozen OBS never sends. */
  abandon(): void {
    this.#abandoned = true
    const socket = this.#socket
    this.cleanup()
    if (!socket) return
    // Ending a socket that is still connecting raises an error, and one without a listener would end the process.
    socket.onerror = () => {}
    socket.terminate()
  }

  /** In Node the library's socket is one of `ws`; its types say the browser's. */
  get #socket(): WebSocket | undefined {
    return this.socket as unknown as WebSocket | undefined
  }

  protected override async onMessage(message: Parameters<OBSWebSocket['onMessage']>[0]): Promise<void> {
    await super.onMessage(message)
    // OBS leaves Nagle's algorithm on, so its next message waits for our kernel's delayed ACK of this one, about 40 ms.
    // A pong nobody asked for is legal (RFC 6455, 5.5.3), is ignored, and carries that ACK at once. It costs a call to the
    // system, and wakes OBS, which may take the core from us: so it comes after whoever waits for the message.
    if (!this.#hushed) this.#socket?.pong()
  }

  protected override async decodeMessage(data: string): ReturnType<OBSWebSocket['decodeMessage']> {
    const message = await super.decodeMessage(data)
    if (this.#abandoned) return message
    this.#handlers.onMessage()
    if (message?.op === 5) this.#handlers.onEvent(String(message.d?.eventType), message.d?.eventData)
    return message
  }

  protected override onClose(event: Parameters<OBSWebSocket['onClose']>[0]): void {
    super.onClose(event)
    if (!this.#abandoned) this.#handlers.onClose({ code: event.code, reason: event.reason })
  }
}

/** The library's -1 stands for everything but a close frame. */
function closeOf(error: unknown): ObsClose {
  const code = error instanceof OBSWebSocketError && error.code > 0 ? error.code : null
  return { code, reason: errorMessage(error) }
}
