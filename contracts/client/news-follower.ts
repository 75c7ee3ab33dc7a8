/** Follows news: in order, nothing twice, and from where it stopped after the link was gone. */
import { type EventBatch, type NewsJoin, type NewsJoinReply, pushEvents } from '../wire.ts'
import type { TopicFollower } from './topic-link.ts'

export type NewsPayload = { seq: number } & Record<string, unknown>

export interface NewsOptions {
  /** The last `seq` that the page knows; without it news starts now. */
  after?: number | undefined
  /** Takes events in windows of 50 ms: for lists, not for what must appear at once. */
  batch?: boolean | undefined
  onEvent: (event: string, payload: NewsPayload) => void
  /** More was missed than the hub replays: read the log over HTTP. */
  onGap?: (() => void) | undefined
}

export class NewsFollower implements TopicFollower {
  readonly #options: NewsOptions
  #lastSeq: number | undefined

  constructor(options: NewsOptions) {
    this.#options = options
    this.#lastSeq = options.after
  }

  params(): NewsJoin {
    const batch = this.#options.batch ?? false
    return this.#lastSeq === undefined ? { batch } : { batch, after: this.#lastSeq }
  }

  joined(reply: unknown): boolean {
    const { seq, truncated } = reply as NewsJoinReply
    // A log that is shorter than it was has been restored from a backup: its numbers are given out again.
    if (this.#lastSeq === undefined || seq < this.#lastSeq) this.#lastSeq = seq
    if (truncated) this.#options.onGap?.()
    return true
  }

  pushed(event: string, payload: unknown): boolean {
    if (event === pushEvents.lagging) return false
    if (event === pushEvents.eventBatch) {
      for (const each of (payload as EventBatch).events) this.#take(each.event, each.payload)
    } else if (hasSeq(payload)) this.#take(event, payload)
    return true
  }

  #take(event: string, payload: NewsPayload): void {
    if (payload.seq <= (this.#lastSeq ?? 0)) return
    this.#lastSeq = payload.seq
    this.#options.onEvent(event, payload)
  }
}

/** A topic may carry signals beside its news; those have no place in the log. */
function hasSeq(payload: unknown): payload is NewsPayload {
  return typeof payload === 'object' && payload !== null && 'seq' in payload && typeof payload.seq === 'number'
}
