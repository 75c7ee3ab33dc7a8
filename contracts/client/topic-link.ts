/**
 * One topic of the socket, shared by all who follow it: the `phoenix` client leaves a topic when it is joined a second
 * time. Joins again when a follower says that it has lost its place. Knows nothing of what the pushes mean.
 */
import type { Channel, Socket } from 'phoenix'
import { type Disposable, toDisposable } from '../../base/lifecycle.ts'
import type { WireError } from '../wire.ts'

/** Someone who follows a topic. */
export interface TopicFollower {
  /** What to say when joining; asked for each time. */
  params(): object
  /** False when the reply does not fit what is held: the topic is joined again. */
  joined(reply: unknown): boolean
  /** False when the place is lost: the topic is joined again, and nothing more comes until then. */
  pushed(event: string, payload: unknown): boolean
  /** The link is gone; `joined` is called when it is back. */
  lost?(): void
}

export interface TopicLinkOptions {
  socket: Socket
  topic: string
  onRefused: (topic: string, error: WireError) => void
  /** Hears each reply to a join with the time at which the join was sent, ms of the page's clock. */
  onReply: (reply: unknown, sentAt: number) => void
  now: () => number
}

export class TopicLink {
  readonly #options: TopicLinkOptions
  readonly #followers = new Set<TopicFollower>()
  #channel: Channel | undefined

  constructor(options: TopicLinkOptions) {
    this.#options = options
  }

  get isUsed(): boolean {
    return this.#followers.size > 0
  }

  add(follower: TopicFollower): Disposable {
    this.#followers.add(follower)
    this.reopen()
    return toDisposable(() => {
      this.#followers.delete(follower)
      if (!this.isUsed) this.close()
    })
  }

  /** Sends on the topic; the channel is there as long as somebody follows. */
  push(event: string, payload: object, timeoutMs: number) {
    if (!this.#channel) throw new Error(`topic "${this.#options.topic}" is not followed`)
    return this.#channel.push(event, payload, timeoutMs)
  }

  /** Joins anew; what was on its way for the join before is not heard any more. */
  reopen(): void {
    this.close()
    if (!this.isUsed) return
    const { socket, topic, onRefused, onReply, now } = this.#options
    let sentAt = 0
    const channel = socket.channel(topic, () => {
      sentAt = now()
      return Object.assign({}, ...[...this.#followers].map((follower) => follower.params()))
    })
    this.#channel = channel
    const isCurrent = () => this.#channel === channel
    channel.onMessage = (event: string, payload: unknown) => {
      if (isCurrent() && channel.state === 'joined' && isPush(event)) this.#pushed(event, payload)
      return payload
    }
    channel.onError(() => {
      if (isCurrent()) for (const follower of this.#followers) follower.lost?.()
    })
    channel
      .join()
      .receive('ok', (reply: unknown) => {
        if (!isCurrent()) return
        onReply(reply, sentAt)
        const fits = [...this.#followers].every((follower) => follower.joined(reply))
        if (!fits) this.reopen()
      })
      .receive('error', (error: WireError) => {
        if (isCurrent()) onRefused(topic, error)
      })
  }

  #pushed(event: string, payload: unknown): void {
    for (const follower of [...this.#followers]) {
      if (!follower.pushed(event, payload)) {
        this.reopen()
        return
      }
    }
  }

  close(): void {
    const channel = this.#channel
    this.#channel = undefined
    channel?.leave()
  }
}

/** Neither the protocol's own events nor the client's inner ones. */
function isPush(event: string): boolean {
  return !event.startsWith('phx_') && !event.startsWith('chan_reply_')
}
