/**
 * One connection to OBS from opening to end: every request in it settles, silence is noticed, and nothing is sent once
 * OBS is leaving. Owns the deadlines. Does not know what requests and events mean, save the event that says goodbye.
 */
import { type OBSRequestTypes, OBSWebSocketError } from 'obs-websocket-js/json'
import { z } from 'zod'
import type { Clock } from '../../../base/clock.ts'
import { withDeadline } from '../../../base/deadline.ts'
import { type Disposable, DisposableStore, MutableDisposable } from '../../../base/lifecycle.ts'
import {
  type ObsBatchRequest,
  type ObsClose,
  type ObsGreeting,
  ObsOpenError,
  type ObsRequestName,
  type ObsSocketFactory,
  type ObsSocketOpening,
} from './socket.ts'

/** A request unanswered for this long is given up, ms. OBS answers in under 50 ms even while it encodes. */
export const REQUEST_DEADLINE_MS = 10_000
/** Opening and greeting together, ms. A frozen OBS lets the kernel accept and then says nothing. */
const OPEN_DEADLINE_MS = 10_000
/** A beat without any message by then means that OBS is frozen, ms. Shorter than the time between two beats. */
export const HEARTBEAT_DEADLINE_MS = 4000
/** An OBS that said goodbye and is still there after this hangs in its quit (about 1 in 10 do), ms. */
const EXIT_DEADLINE_MS = 30_000
/** More requests than this without an answer means that something asks in a loop. */
const MAX_PENDING = 256

export type ObsCallFault = 'refused' | 'timeout' | 'disconnected' | 'exiting' | 'unreadable' | 'overloaded'

/** A request that was not answered with what was asked for. */
export class ObsCallError extends Error {
  readonly fault: ObsCallFault
  /** OBS's request status, when it refused. */
  readonly code: number | null

  constructor(fault: ObsCallFault, message: string, code: number | null = null) {
    super(message)
    this.fault = fault
    this.code = code
  }
}

/** How a session ended. */
export type ObsEnd =
  | { kind: 'closed'; close: ObsClose; exiting: boolean }
  | { kind: 'not-opened'; close: ObsClose }
  | { kind: 'silent' }
  | { kind: 'asked' }

export interface ObsSessionOptions {
  clock: Clock
  createSocket: ObsSocketFactory
  onEvent(type: string, data: unknown): void
}

export interface BatchAnswer {
  ok: boolean
  code: number
  data: unknown
}

const batchSchema = z.array(
  z.object({
    requestStatus: z.object({ result: z.boolean(), code: z.number() }),
    responseData: z.unknown().optional(),
  }),
)

export class ObsSession implements Disposable {
  readonly #clock: Clock
  readonly #socket
  readonly #owned = new DisposableStore()
  /** Ends what waits for the session as a whole; its reason is the error of calls in flight. */
  readonly #over = new AbortController()
  readonly #beat = this.#owned.add(new MutableDisposable())
  readonly #ended = Promise.withResolvers<ObsEnd>()
  readonly #onEvent: (type: string, data: unknown) => void
  /** Events that came in behind an answer that is still on its way to who asked. */
  #behindAnswers: { type: string; data: unknown }[] = []
  #opened = false
  #close: ObsClose | null = null
  #exiting = false
  #expecting = false
  #pending = 0

  constructor({ clock, createSocket, onEvent }: ObsSessionOptions) {
    this.#clock = clock
    this.#onEvent = onEvent
    this.#socket = createSocket({
      onMessage: () => this.#alive(),
      onEvent: (type, data) => {
        if (type === 'ExitStarted') this.#farewell()
        this.#hear({ type, data })
      },
      onClose: (close) => {
        // Before it is open, `open` itself fails, and knows better why.
        this.#close = close
        if (this.#opened) this.#end({ kind: 'closed', close, exiting: this.#exiting })
      },
    })
  }

  /** Resolves once, with how it ended. */
  get ended(): Promise<ObsEnd> {
    return this.#ended.promise
  }

  /** Aborts when it ends. */
  get signal(): AbortSignal {
    return this.#over.signal
  }

  get isOpen(): boolean {
    return !this.#over.signal.aborted
  }

  /** OBS has said that it is quitting: requests now can crash it. */
  get isExiting(): boolean {
    return this.#exiting
  }

  /** Connects and identifies; null when that failed, and then `ended` says how. */
  async open(opening: ObsSocketOpening): Promise<ObsGreeting | null> {
    const error = new ObsOpenError({ code: null, reason: `no answer within ${OPEN_DEADLINE_MS / 1000} s` })
    try {
      const greeting = this.#socket.open(opening).then((answer) => {
        this.#opened = true
        if (this.#close) this.#end({ kind: 'closed', close: this.#close, exiting: false })
        return answer
      })
      const { signal } = this.#over
      return await withDeadline(greeting, { clock: this.#clock, ms: OPEN_DEADLINE_MS, signal, error })
    } catch (failure) {
      const { code, message } = failure instanceof ObsOpenError ? failure : { code: null, message: String(failure) }
      this.#end({ kind: 'not-opened', close: { code, reason: message } })
      return null
    }
  }

  /** Asks OBS. Rejects with an `ObsCallError`, at the latest after `REQUEST_DEADLINE_MS`. */
  ask<N extends ObsRequestName>(name: N, data?: OBSRequestTypes[N]): Promise<unknown> {
    return this.#bounded(name, () => this.#socket.call(name, data))
  }

  /** Asks OBS and reads the answer with `schema`. */
  async call<N extends ObsRequestName, S extends z.ZodType>(
    name: N,
    schema: S,
    data?: OBSRequestTypes[N],
  ): Promise<z.output<S>> {
    return read(name, schema, await this.ask(name, data))
  }

  /** Many requests in one message; an answer for each, in order. */
  async batch(requests: readonly ObsBatchRequest[]): Promise<BatchAnswer[]> {
    if (requests.length === 0) return []
    const answer = await this.#bounded('RequestBatch', () => this.#socket.callBatch(requests))
    return read('RequestBatch', batchSchema, answer).map(({ requestStatus, responseData }) => ({
      ok: requestStatus.result,
      code: requestStatus.code,
      data: responseData,
    }))
  }

  async subscribe(eventSubscriptions: number): Promise<void> {
    await this.#bounded('Reidentify', () => this.#socket.subscribe(eventSubscriptions))
  }

  /** Expects a message, any message, within `HEARTBEAT_DEADLINE_MS`; without one the session ends as silent. */
  expectLife(): void {
    if (this.#exiting || !this.isOpen || this.#expecting) return
    this.#expecting = true
    this.#beat.set(this.#clock.setTimeout(() => this.#end({ kind: 'silent' }), HEARTBEAT_DEADLINE_MS))
  }

  #alive(): void {
    if (this.#exiting || !this.#expecting) return
    this.#expecting = false
    this.#beat.set(undefined)
  }

  async #bounded<T>(name: string, send: () => Promise<T>): Promise<T> {
    if (!this.isOpen) throw this.#over.signal.reason
    if (this.#exiting) throw new ObsCallError('exiting', 'OBS is closing; it takes no requests any more')
    if (this.#pending >= MAX_PENDING) {
      throw new ObsCallError('overloaded', `OBS has ${MAX_PENDING} requests to answer already; try again in a moment`)
    }
    const seconds = REQUEST_DEADLINE_MS / 1000
    const error = new ObsCallError('timeout', `OBS did not answer ${name} within ${seconds} s; it may be frozen`)
    this.#pending += 1
    try {
      const options = { clock: this.#clock, ms: REQUEST_DEADLINE_MS, signal: this.#over.signal, error }
      return await withDeadline(send(), options)
    } catch (failure) {
      throw callErrorOf(name, failure)
    } finally {
      this.#pending -= 1
    }
  }

  /**
   * Answers reach who asked through promises, events at once; so of two messages in one packet the later would be heard
   * first, and an old answer would overwrite newer news. While anything is asked, events wait for the end of this turn.
   */
  #hear(event: { type: string; data: unknown }): void {
    if (this.#pending === 0 && this.#behindAnswers.length === 0) {
      this.#onEvent(event.type, event.data)
      return
    }
    if (this.#behindAnswers.push(event) === 1) setImmediate(() => this.#letEventsThrough())
  }

  #letEventsThrough(): void {
    for (const { type, data } of this.#behindAnswers.splice(0)) this.#onEvent(type, data)
  }

  #farewell(): void {
    this.#exiting = true
    this.#socket.hush()
    this.#beat.set(this.#clock.setTimeout(() => this.#end({ kind: 'silent' }), EXIT_DEADLINE_MS))
  }

  #end(end: ObsEnd): void {
    if (!this.isOpen) return
    this.#letEventsThrough()
    this.#over.abort(new ObsCallError('disconnected', 'the connection to OBS ended before it answered'))
    this.#socket.abandon()
    this.#owned.dispose()
    this.#ended.resolve(end)
  }

  dispose(): void {
    this.#end({ kind: 'asked' })
  }
}

function read<S extends z.ZodType>(name: string, schema: S, answer: unknown): z.output<S> {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue ? `${issue.path.join('.')}: ${issue.message}` : 'it is not as documented'
  throw new ObsCallError('unreadable', `OBS's answer to ${name} can't be read: ${where}`)
}

function callErrorOf(name: string, failure: unknown): ObsCallError {
  if (failure instanceof ObsCallError) return failure
  if (!(failure instanceof OBSWebSocketError)) return new ObsCallError('disconnected', `${name}: ${String(failure)}`)
  const comment = failure.message ? `: ${failure.message}` : ''
  return new ObsCallError('refused', `OBS refused ${name} (${failure.code})${comment}`, failure.code)
}
