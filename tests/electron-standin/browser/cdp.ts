/**
 * One WebSocket to Chromium's debugging port. Owns request ids and the routing of answers and events to sessions; knows
 * nothing of windows. The protocol's types are borrowed from Playwright, so a misspelt method or field does not compile.
 *
 * The Network domain is never enabled: with it Chromium mirrors every WebSocket frame of a page to us as base64.
 */
import type { CDPSession } from 'playwright'
import { WebSocket } from 'ws'
import { z } from 'zod'
// The package exports this file under no name of its own.
import type { Protocol } from '../../../node_modules/playwright-core/types/protocol.d.ts'

export type EventName = keyof Protocol.Events
export type EventPayload<E extends EventName> = Protocol.Events[E]

/** A conversation with the browser itself or with one page. */
export interface CdpSession {
  send: CDPSession['send']
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): void
}

const Message = z.object({
  id: z.number().optional(),
  method: z.string().optional(),
  sessionId: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
})

interface Waiting {
  method: string
  resolve: (result: unknown) => void
  reject: (error: Error) => void
}

type Listener = (payload: unknown) => void

const MAX_MESSAGE_BYTES = 256 * 1024 * 1024

export class CdpConnection {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners = new Map<string, Listener[]>()
  #lastId = 0

  /** Connects to a `ws://…/devtools/browser/…` address; rejects when nothing answers there. */
  static async connect(url: string): Promise<CdpConnection> {
    const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES })
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    return new CdpConnection(socket)
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data) => this.#receive(String(data)))
    socket.on('error', () => {})
    socket.on('close', () => this.#rejectAll())
  }

  /** The conversation with the browser (`sessionId` empty) or with an attached page. */
  session(sessionId = ''): CdpSession {
    return {
      send: ((method: string, params?: object) => this.#send(sessionId, method, params)) as CDPSession['send'],
      on: (event, listener) => {
        const key = `${sessionId}|${event}`
        this.#listeners.set(key, [...(this.#listeners.get(key) ?? []), listener as Listener])
      },
    }
  }

  close(): void {
    this.#socket.close()
  }

  #send(sessionId: string, method: string, params: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState !== WebSocket.OPEN) return reject(new Error(`${method}: Chromium is gone`))
      const id = ++this.#lastId
      this.#waiting.set(id, { method, resolve, reject })
      this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }))
    })
  }

  #receive(text: string): void {
    const message = Message.parse(JSON.parse(text))
    if (message.id === undefined) this.#announce(message)
    else this.#settle(message.id, message)
  }

  #announce({ sessionId = '', method, params }: z.infer<typeof Message>): void {
    for (const listener of this.#listeners.get(`${sessionId}|${method}`) ?? []) listener(params)
  }

  #settle(id: number, { error, result }: z.infer<typeof Message>): void {
    const waiting = this.#waiting.get(id)
    if (!waiting) return
    this.#waiting.delete(id)
    if (error) waiting.reject(new Error(`${waiting.method}: ${error.message}`))
    else waiting.resolve(result)
  }

  #rejectAll(): void {
    for (const { method, reject } of this.#waiting.values()) reject(new Error(`${method}: Chromium is gone`))
    this.#waiting.clear()
  }
}
