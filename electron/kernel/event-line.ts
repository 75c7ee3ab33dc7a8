/**
 * For a feature that counts events: hears those it wants once each and in order, over a crash and a restart too, and runs its
 * commands between them. What it has heard up to is the feature's to keep, in the same transaction as what came of it. Knows no
 * event by name. What waits is bounded: beyond it, events are read from the store again, where they are safe.
 */
import type { Clock } from '../../base/clock.ts'
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts'
import { err, ok, type Result } from '../../base/result.ts'
import type { StoredEnvelope } from '../../contracts/envelope.ts'
import { type EventEnvelope, eventSchemas, isEventType } from '../../contracts/events.ts'
import type { Bus, StoredEvent } from './bus.ts'
import { CommandError, throwUnsaved } from './commands.ts'
import type { Store } from './store/store.ts'

export interface EventLineOptions {
  store: Pick<Store, 'eventsAfter'>
  bus: Pick<Bus, 'onEvent'>
  clock: Clock
  wants: (type: string) => boolean
  /**
   * Takes in these, oldest first, and keeps `cursor`, both or none. Called with no events now and then, so that after a
   * restart little has to be read again. A rejection ends the line for good.
   */
  take: (events: readonly StoredEvent[], cursor: number) => Promise<void>
  /** All that was stored has been read: after a start, and after more had come than may wait. A rejection ends the line. */
  caughtUp?: () => Promise<void>
  /** One that is wanted has another shape than today: stored by an older version, perhaps. It is passed over. */
  onUnreadable?: (event: StoredEnvelope) => void
}

/** How much is read again after a crash in which nothing that matters happened, ms. */
const KEEP_CURSOR_EVERY_MS = 60_000
const INBOX_MAX = 1000
const CATCH_UP_PAGE = 500

export class EventLine implements Disposable {
  readonly #options: EventLineOptions
  readonly #owned = new DisposableStore()
  readonly #broken = Promise.withResolvers<never>()
  #line: Promise<unknown> = Promise.resolve()
  #inbox: StoredEvent[] = []
  #overflowed = false
  /** The last event taken in, and the last heard of; those between mean nothing here or wait. */
  #cursor = 0
  #heard = 0
  #kept = 0
  #isCatchingUp = false

  constructor(options: EventLineOptions) {
    this.#options = options
    this.#broken.promise.catch(() => {})
  }

  /** Rejects with the first event that could not be taken in; never resolves. */
  get broken(): Promise<never> {
    return this.#broken.promise
  }

  /** Whether what is taken in is read from the store, some time after it happened. */
  get isCatchingUp(): boolean {
    return this.#isCatchingUp
  }

  /**
   * Reads what was stored after `cursor` and listens from then on. Null: from now on, whatever was before.
   * Resolves when it has caught up.
   */
  start(cursor: number | null): Promise<void> {
    const { bus, clock } = this.#options
    this.#cursor = cursor ?? Number.NaN
    this.#kept = cursor ?? -1
    this.#owned.add(bus.onEvent((event) => this.#hear(event)))
    this.#owned.add(clock.setInterval(() => void this.runOrBreak(() => this.#keepCursor()), KEEP_CURSOR_EVERY_MS))
    return this.#inLine(async () => {
      if (cursor !== null) await this.#catchUp()
    })
  }

  /**
   * Runs it after all that came before, and before all that comes later. A rejection is the caller's alone. When the line has
   * ended meanwhile it is not run, and rejected as `unavailable`.
   */
  run<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#line
    const turn = before.then(work, throwUnsaved)
    this.#line = before.then(() => turn.catch(() => {}))
    this.#line.catch(() => {})
    return turn
  }

  /**
   * The same for a command whose feature could not go on after a half made change: what can't be done, a `CommandError`, is
   * its answer and no more; anything else is answered with `unavailable` and ends the line for good.
   */
  async answerOrBreak<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#inLine(async (): Promise<Result<T, CommandError>> => {
      try {
        return ok(await work())
      } catch (error) {
        if (error instanceof CommandError) return err(error)
        throw error
      }
    })
    const answer = await turn.catch(throwUnsaved)
    if (!answer.ok) throw answer.error
    return answer.value
  }

  /** The same for work of the feature itself: a rejection ends the line for good. Does nothing once the line is disposed. */
  runOrBreak(work: () => Promise<void>): Promise<void> {
    return this.#inLine(async () => {
      if (!this.#owned.isDisposed) await work()
    }).catch(() => {})
  }

  /** Takes in what waits, and keeps the cursor. */
  async end(): Promise<void> {
    await this.#inLine(async () => {
      await this.#emptyInbox()
      await this.#keepCursor()
    })
  }

  dispose(): void {
    this.#owned.dispose()
  }

  /** One that fails ends the line: whatever was to follow would build on what was not kept. */
  #inLine<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#line.then(work)
    this.#line = turn
    turn.catch((error) => {
      this.#owned.dispose()
      this.#broken.reject(error)
    })
    return turn
  }

  #hear(event: StoredEvent): void {
    if (Number.isNaN(this.#cursor)) this.#cursor = event.seq - 1
    this.#heard = event.seq
    if (!this.#options.wants(event.type)) return
    if (this.#inbox.length >= INBOX_MAX) this.#overflowed = true
    else this.#inbox.push(event)
    if (this.#inbox.length === 1) void this.runOrBreak(() => this.#emptyInbox())
  }

  async #emptyInbox(): Promise<void> {
    const events = this.#inbox.filter(({ seq }) => seq > this.#cursor)
    const overflowed = this.#overflowed
    this.#inbox = []
    this.#overflowed = false
    const last = events.at(-1)
    if (last) await this.#take(events, last.seq)
    if (overflowed) await this.#catchUp()
  }

  async #catchUp(): Promise<void> {
    this.#isCatchingUp = true
    while (await this.#takePage());
    this.#isCatchingUp = false
    await this.#options.caughtUp?.()
  }

  /** Whether there may be more. */
  async #takePage(): Promise<boolean> {
    const page = await this.#options.store.eventsAfter(this.#cursor, CATCH_UP_PAGE)
    const last = page.at(-1)
    if (!last) return false
    const wanted = page.filter((event): event is StoredEnvelope & StoredEvent => this.#isWanted(event))
    if (wanted.length > 0) await this.#take(wanted, last.seq)
    this.#cursor = last.seq
    return page.length === CATCH_UP_PAGE
  }

  #isWanted(event: StoredEnvelope): event is StoredEnvelope & EventEnvelope {
    const { type, payload } = event
    if (!this.#options.wants(type)) return false
    const isReadable = isEventType(type) && eventSchemas[type].safeParse(payload).success
    if (!isReadable) this.#options.onUnreadable?.(event)
    return isReadable
  }

  async #take(events: readonly StoredEvent[], cursor: number): Promise<void> {
    await this.#options.take(events, cursor)
    this.#cursor = cursor
    this.#kept = cursor
  }

  async #keepCursor(): Promise<void> {
    // What was heard and is not in the inbox means nothing here.
    if (this.#inbox.length > 0 || Number.isNaN(this.#cursor)) return
    const cursor = Math.max(this.#cursor, this.#heard)
    if (cursor > this.#kept) await this.#take([], cursor)
  }
}
