/**
 * Stored events as pushes on one topic. Every client gets them in the order of their `seq`, each at most once: what it
 * missed is read from the store when it joins, and what is announced meanwhile waits behind. A client that asked for
 * batches gets windows of 50 ms; a critical event sends what waits ahead of it and then goes at once.
 */
import type { Clock } from '../../../base/clock.ts'
import { MutableDisposable } from '../../../base/lifecycle.ts'
import type { Scope } from '../../../contracts/scopes.ts'
import { type Lagging, pushEvents } from '../../../contracts/wire.ts'
import type { StoredEvent } from '../bus.ts'
import type { Store } from '../store/store.ts'
import { Broadcast } from './broadcast.ts'
import type { NewsTopic } from './channels.ts'
import type { JoinParams } from './join-params.ts'
import type { Joined } from './joined.ts'
import type { ChannelLimits } from './limits.ts'
import type { ReplyParts, TopicSource } from './topic-source.ts'

const BATCH_WINDOW_MS = 50
/** A window that fills up goes early: it bounds what waits, and the size of a frame. */
const MAX_BATCH_EVENTS = 100
/** Events read from the store at a time. */
const REPLAY_PAGE = 1000

interface Item {
  seq: number
  event: string
  payloadJson: string
  critical: boolean
}

interface Follower {
  joined: Joined
  batch: boolean
  /** The newest event it was sent, or has no claim to because it joined later. */
  lastSeq: number
  /** Announced while the join is still being prepared; null once pushes may be written. */
  waiting: Item[] | null
  waitingBytes: number
  replay: Item[]
  truncated: boolean
  /** Dropped because the client reads too slowly. */
  lag: Lagging | null
}

export interface NewsSourceOptions {
  name: string
  topic: NewsTopic
  store: Pick<Store, 'eventsAfter'>
  /** The `seq` of the newest event that has been announced. */
  head: () => Promise<number>
  clock: Clock
  limits: Pick<ChannelLimits, 'maxReplay' | 'maxReplayBytes' | 'maxReplayScan'>
  onBug: (error: unknown) => void
}

export class NewsSource implements TopicSource {
  readonly scopes: readonly Scope[]
  readonly #options: NewsSourceOptions
  readonly #followers = new Map<Joined, Follower>()
  #window: Item[] = []
  readonly #windowTimer = new MutableDisposable()

  constructor(options: NewsSourceOptions) {
    this.#options = options
    this.scopes = options.topic.scopes
  }

  announce(event: StoredEvent): void {
    if (this.#followers.size === 0) return
    const item = this.#itemOf(event)
    if (!item) return
    const broadcast = new Broadcast(this.#options.name, item.event, item.payloadJson)
    let wantsBatch = false
    if (item.critical) this.#flushWindow()
    for (const follower of this.#followers.values()) {
      if (item.seq <= follower.lastSeq) continue
      if (follower.waiting) this.#keepWaiting(follower, item)
      else if (follower.batch && !item.critical) wantsBatch = true
      else this.#deliver(follower, item.seq, item.seq, broadcast)
    }
    if (wantsBatch) this.#intoWindow(item)
  }

  #itemOf(event: StoredEvent): Item | null {
    try {
      const push = this.#options.topic.push(event, this.#options.name)
      if (!push) return null
      return {
        seq: event.seq,
        event: push.event,
        payloadJson: withSeq(push.payload, event.seq),
        critical: push.critical,
      }
    } catch (error) {
      this.#options.onBug(error)
      return null
    }
  }

  /** Bounded as a replay is: the oldest go, and the reply will say so. */
  #keepWaiting(follower: Follower, item: Item): void {
    const { maxReplay, maxReplayBytes } = this.#options.limits
    follower.waiting?.push(item)
    follower.waitingBytes += item.payloadJson.length
    while ((follower.waiting?.length ?? 0) > maxReplay || follower.waitingBytes > maxReplayBytes / 2) {
      follower.waitingBytes -= follower.waiting?.shift()?.payloadJson.length ?? 0
      follower.truncated = true
    }
  }

  #deliver(follower: Follower, from: number, to: number, broadcast: Broadcast): void {
    follower.lastSeq = to
    if (follower.lag) follower.lag.to = to
    else if (follower.joined.client.isBehind) follower.lag = { from, to }
    else follower.joined.send(broadcast)
  }

  #intoWindow(item: Item): void {
    this.#window.push(item)
    if (this.#window.length >= MAX_BATCH_EVENTS) this.#flushWindow()
    else if (this.#window.length === 1) {
      this.#windowTimer.set(this.#options.clock.setTimeout(() => this.#flushWindow(), BATCH_WINDOW_MS))
    }
  }

  #flushWindow(): void {
    this.#windowTimer.set(undefined)
    const items = this.#window
    this.#window = []
    const [first, last] = [items[0], items.at(-1)]
    if (!first || !last) return
    const whole = this.#batchOf(items)
    for (const follower of this.#followers.values()) {
      if (!follower.batch || follower.waiting || follower.lastSeq >= last.seq) continue
      if (follower.lastSeq < first.seq) this.#deliver(follower, first.seq, last.seq, whole)
      else this.#deliverRest(follower, items)
    }
  }

  /** For who joined in the middle of a window. */
  #deliverRest(follower: Follower, items: readonly Item[]): void {
    const rest = items.filter((item) => item.seq > follower.lastSeq)
    const [first, last] = [rest[0], rest.at(-1)]
    if (first && last) this.#deliver(follower, first.seq, last.seq, this.#batchOf(rest))
  }

  #batchOf(items: readonly Item[]): Broadcast {
    const events = items.map(({ event, payloadJson }) => `{"event":${JSON.stringify(event)},"payload":${payloadJson}}`)
    const about = `"batch_size":${items.length},"timestamp":${this.#options.clock.now()}`
    return new Broadcast(this.#options.name, pushEvents.eventBatch, `{"events":[${events.join(',')}],${about}}`)
  }

  async prepare(joined: Joined, params: JoinParams): Promise<void> {
    const follower: Follower = {
      joined,
      batch: params.batch ?? false,
      lastSeq: 0,
      waiting: [],
      waitingBytes: 0,
      replay: [],
      truncated: false,
      lag: null,
    }
    this.#followers.set(joined, follower)
    const head = await this.#options.head()
    if (params.after === undefined || params.after > head) {
      follower.lastSeq = head
      return
    }
    await this.#readMissed(follower, params.after, head)
  }

  /** The newest of what came after `after`, as far as the bounds allow. */
  async #readMissed(follower: Follower, after: number, head: number): Promise<void> {
    const { maxReplay, maxReplayBytes, maxReplayScan } = this.#options.limits
    let at = Math.max(after, head - maxReplayScan)
    if (at > after) follower.truncated = true
    let bytes = 0
    const items = follower.replay
    // What is stored while this goes on is read too or waits its turn; only what is there now has to be read.
    while (at < head && this.#followers.has(follower.joined)) {
      const page = await this.#options.store.eventsAfter(at, REPLAY_PAGE)
      for (const event of page) {
        at = event.seq
        const item = this.#itemOf(event as StoredEvent)
        if (!item) continue
        items.push(item)
        bytes += item.payloadJson.length
        while (items.length > maxReplay || bytes > maxReplayBytes) {
          bytes -= items.shift()?.payloadJson.length ?? 0
          follower.truncated = true
        }
      }
      if (page.length === 0) break
    }
    follower.lastSeq = Math.max(at, head)
  }

  join(joined: Joined): ReplyParts {
    const follower = this.#followers.get(joined)
    const { clock } = this.#options
    const parts: ReplyParts = { seq: String(follower?.lastSeq ?? 0), now: String(clock.now()) }
    return { ...parts, replayed: String(follower?.replay.length ?? 0), truncated: String(follower?.truncated ?? false) }
  }

  start(joined: Joined): void {
    const follower = this.#followers.get(joined)
    if (!follower) return
    const { replay, lastSeq } = follower
    const announced = (follower.waiting ?? []).filter((item) => item.seq > lastSeq)
    follower.waiting = null
    follower.replay = []
    this.#sendAll(follower, replay)
    this.#sendAll(follower, announced)
    follower.lastSeq = Math.max(lastSeq, follower.lastSeq)
  }

  /** Sends what a join brings, whatever waits already: it is bounded by itself, and leaving it out would lead nowhere. */
  #sendAll(follower: Follower, items: readonly Item[]): void {
    const size = follower.batch ? MAX_BATCH_EVENTS : 1
    for (let at = 0; at < items.length; at += size) {
      const part = items.slice(at, at + size)
      const [first, last] = [part[0], part.at(-1)]
      if (!first || !last) return
      const single = new Broadcast(this.#options.name, first.event, first.payloadJson)
      follower.joined.send(follower.batch ? this.#batchOf(part) : single)
      follower.lastSeq = last.seq
    }
  }

  leave(joined: Joined): void {
    this.#followers.delete(joined)
    if (this.#followers.size > 0) return
    this.#window = []
    this.#windowTimer.set(undefined)
  }

  drained(joined: Joined): void {
    const follower = this.#followers.get(joined)
    if (!follower?.lag) return
    joined.push(pushEvents.lagging, JSON.stringify(follower.lag))
    follower.lag = null
  }

  /** Everyone who follows; for the end of the topic. */
  get followers(): Iterable<Joined> {
    return this.#followers.keys()
  }

  dispose(): void {
    this.#windowTimer.dispose()
  }
}

/** The payload as JSON with its event's `seq` in it, as its last key. What is no object becomes the `value` of one. */
function withSeq(payload: unknown, seq: number): string {
  const json = JSON.stringify(payload ?? {})
  if (json === '{}') return `{"seq":${seq}}`
  // Spliced into the text: a copy of the payload would cost as much again as making the text.
  return json.startsWith('{') ? `${json.slice(0, -1)},"seq":${seq}}` : `{"value":${json},"seq":${seq}}`
}
