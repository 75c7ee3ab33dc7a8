/**
 * What one agent was asked and has not answered. Each is answered once: by the agent, or for it when its time is up. What
 * changes something is asked again, under the same id, when the agent comes back; it does it once.
 */
import type { Clock } from '../../../base/clock.ts'
import type { Disposable } from '../../../base/lifecycle.ts'
import { err, ok, type Result } from '../../../base/result.ts'
import type { Rejection } from '../../../contracts/command.ts'
import { CommandError } from '../../kernel/commands.ts'
import { newId } from '../../kernel/new-id.ts'
import { type FailureCode, type HubFrame, MAX_FRAME_BYTES, type ResultFrame } from './frames.ts'

/** What the agent has is on the way for this long beyond its own limit, ms. */
export const ANSWER_MARGIN_MS = 3000
/** An agent takes 32 at a time. */
const MAX_PENDING = 32
/** The rest of a frame takes less than the difference. */
const MAX_ARGS_BYTES = MAX_FRAME_BYTES - 4096

export interface Order {
  readonly name: string
  readonly args: Record<string, unknown>
  /** For the agent, ms. */
  readonly timeoutMs: number
  /** Is asked again after a reconnect; what only reads is not. */
  readonly repeats: boolean
}

export type Answer = Result<unknown, CommandError>

interface Pending {
  readonly order: Order
  readonly timer: Disposable
  readonly answered: (answer: Answer) => void
}

const REJECTIONS: Record<FailureCode, Rejection['code']> = {
  'unknown-command': 'unavailable',
  invalid: 'invalid_args',
  'not-found': 'not_found',
  refused: 'forbidden',
  conflict: 'conflict',
  failed: 'vendor_error',
  timeout: 'timeout',
  busy: 'unavailable',
  interrupted: 'unavailable',
}

export class AgentOrders {
  readonly #clock: Clock
  readonly #machineName: () => string
  readonly #pending = new Map<string, Pending>()
  #send: ((frame: HubFrame) => void) | null = null

  constructor(clock: Clock, machineName: () => string) {
    this.#clock = clock
    this.#machineName = machineName
  }

  /** `answered` is called once, within the tick in which the answer comes. */
  give(order: Order, answered: (answer: Answer) => void) {
    if (!this.#send) return answered(err(this.#unavailable('is away')))
    if (this.#pending.size >= MAX_PENDING) return answered(err(this.#unavailable('is busy; try again in a moment')))
    if (Buffer.byteLength(JSON.stringify(order.args)) > MAX_ARGS_BYTES) {
      const text = `more than ${MAX_ARGS_BYTES / 1024} KiB can't be told to a machine; make it smaller`
      return answered(err(new CommandError('invalid_args', text)))
    }
    const id = newId()
    const timer = this.#clock.setTimeout(() => this.#late(id), order.timeoutMs + ANSWER_MARGIN_MS)
    this.#pending.set(id, { order, timer, answered })
    this.#ask(id, order)
  }

  /** The agent is there: what it may not have heard is asked again. */
  attach(send: (frame: HubFrame) => void): void {
    this.#send = send
    for (const [id, { order }] of [...this.#pending]) this.#ask(id, order)
  }

  /** The agent is gone; what it was to do may be done all the same. */
  detach(): void {
    this.#send = null
    for (const [id, { order }] of [...this.#pending]) {
      if (!order.repeats) this.#settle(id, err(this.#unavailable('went away before it answered')))
    }
  }

  answer(frame: ResultFrame) {
    if (frame.ok) return this.#settle(frame.id, ok(frame.value))
    const options = frame.path === undefined ? {} : { path: frame.path }
    const text = `"${this.#machineName()}": ${frame.reason}`
    this.#settle(frame.id, err(new CommandError(REJECTIONS[frame.code], text, options)))
  }

  /** Answers all that is pending; `why` goes on after the machine's name. */
  dropAll(why: string): void {
    this.#send = null
    for (const id of [...this.#pending.keys()]) this.#settle(id, err(this.#unavailable(why)))
  }

  #ask(id: string, { name, args, timeoutMs }: Order): void {
    this.#send?.({ t: 'command', id, name, args, timeoutMs })
  }

  #late(id: string): void {
    const pending = this.#pending.get(id)
    if (!pending) return
    const seconds = Math.round((pending.order.timeoutMs + ANSWER_MARGIN_MS) / 1000)
    const gone = this.#send === null ? 'went away and has not come back' : 'has not answered'
    const text = `"${this.#machineName()}" ${gone} within ${seconds} s; look at its state before you try again`
    this.#settle(id, err(new CommandError('timeout', text)))
  }

  #settle(id: string, answer: Answer): void {
    const pending = this.#pending.get(id)
    if (!pending) return
    this.#pending.delete(id)
    pending.timer.dispose()
    pending.answered(answer)
  }

  #unavailable(why: string): CommandError {
    return new CommandError('unavailable', `"${this.#machineName()}" ${why}`)
  }
}
