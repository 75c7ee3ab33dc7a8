/**
 * Chromium's debugging protocol over any carrier of text. Owns request ids and the routing of answers and events to
 * sessions; knows nothing of pages. The protocol's types are borrowed from Playwright, so a misspelt method or field does
 * not compile.
 *
 * Whoever moves pixels never enables the Network domain: with it Chromium mirrors every WebSocket frame of a page to us as
 * base64.
 */
import type { Readable, Writable } from 'node:stream'
import type { CDPSession } from 'playwright'
import { z } from 'zod'

/** Only its types are used. */
declare const playwright: CDPSession

/** Playwright exports its table of events under no name; the first of its ways to listen takes every key of it. */
export type EventName = CDPSession['on'] extends {
  (event: infer Event, listener: never): unknown
  (event: 'close', listener: never): unknown
  (event: 'event', listener: never): unknown
}
  ? Extract<Event, string>
  : never

export type EventPayload<E extends EventName> = Parameters<Parameters<typeof playwright.on<E>>[1]>[0]

/** A conversation with the browser itself or with one page. */
export interface CdpSession {
  send: CDPSession['send']
  /** Until the session is forgotten. */
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): void
}

/** What carries the messages: a pipe or a socket. */
export interface CdpTransport {
  readonly isOpen: boolean
  send(text: string): void
  close(): void
  /** Called once, before anything can arrive. */
  listen(onMessage: (text: string) => void, onClose: () => void): void
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
  sessionId: string
  method: string
  resolve: (result: unknown) => void
  reject: (error: Error) => void
}

type Listener = (payload: unknown) => void

export class CdpConnection {
  readonly #transport: CdpTransport
  readonly #waiting = new Map<number, Waiting>()
  /** By session, then by event. */
  readonly #listeners = new Map<string, Map<string, Listener[]>>()
  #lastId = 0

  constructor(transport: CdpTransport) {
    this.#transport = transport
    transport.listen(
      (text) => this.#receive(text),
      () => this.#rejectAll(() => true),
    )
  }

  /** The conversation with the browser (`sessionId` empty) or with an attached page. */
  session(sessionId = ''): CdpSession {
    return {
      send: ((method: string, params?: object) => this.#send(sessionId, method, params)) as CDPSession['send'],
      on: (event, listener) => {
        const ofSession = this.#listeners.get(sessionId) ?? new Map<string, Listener[]>()
        this.#listeners.set(sessionId, ofSession)
        ofSession.set(event, [...(ofSession.get(event) ?? []), listener as Listener])
      },
    }
  }

  /** Drops the listeners of a session that has ended and rejects what still waits for its answer. */
  forget(sessionId: string): void {
    this.#listeners.delete(sessionId)
    this.#rejectAll((waiting) => waiting.sessionId === sessionId)
  }

  close(): void {
    this.#transport.close()
  }

  #send(sessionId: string, method: string, params: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.#transport.isOpen) return reject(goneError(method))
      const id = ++this.#lastId
      this.#waiting.set(id, { sessionId, method, resolve, reject })
      this.#transport.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }))
    })
  }

  #receive(text: string): void {
    const message = Message.parse(JSON.parse(text))
    if (message.id === undefined) this.#announce(message)
    else this.#settle(message.id, message)
  }

  #announce({ sessionId = '', method = '', params }: z.infer<typeof Message>): void {
    for (const listener of this.#listeners.get(sessionId)?.get(method) ?? []) listener(params)
  }

  #settle(id: number, { error, result }: z.infer<typeof Message>): void {
    const waiting = this.#waiting.get(id)
    if (!waiting) return
    this.#waiting.delete(id)
    if (error) waiting.reject(new Error(`${waiting.method}: ${error.message}`))
    else waiting.resolve(result)
  }

  #rejectAll(concerns: (waiting: Waiting) => boolean): void {
    for (const [id, waiting] of this.#waiting) {
      if (!concerns(waiting)) continue
      this.#waiting.delete(id)
      waiting.reject(goneError(waiting.method))
    }
  }
}

function goneError(method: string): Error {
  return new Error(`${method}: Chromium or its page is gone`)
}

/** Longer ones are an attack or a bug; the largest honest one is a screenshot. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024

/** The two ends of `--remote-debugging-pipe`: messages end with a zero byte. Unlike a port, nobody else can reach it. */
export function pipeTransport(output: Readable, input: Writable): CdpTransport {
  let isOpen = true
  let parts: Buffer[] = []
  let bytes = 0
  const close = () => {
    isOpen = false
    output.destroy()
    input.destroy()
  }
  return {
    get isOpen() {
      return isOpen
    },
    send: (text) => void input.write(`${text}\0`),
    close,
    listen(onMessage, onClose) {
      output.on('data', (chunk: Buffer) => {
        let rest = chunk
        for (let end = rest.indexOf(0); end !== -1; end = rest.indexOf(0)) {
          const whole = [...parts, rest.subarray(0, end)]
          parts = []
          bytes = 0
          rest = rest.subarray(end + 1)
          onMessage(Buffer.concat(whole).toString())
        }
        parts.push(rest)
        bytes += rest.length
        if (bytes > MAX_MESSAGE_BYTES) close()
      })
      // A broken pipe is the end of it; `close` tells.
      output.on('error', () => {})
      input.on('error', () => {})
      output.once('close', () => {
        isOpen = false
        onClose()
      })
    },
  }
}
