/** What serves a topic, as the socket side sees it. A topic may have several sources: news and signals, say. */
import type { Scope } from '../../../contracts/scopes.ts'
import type { JoinParams } from './join-params.ts'
import type { Joined } from './joined.ts'

/** The parts of a join's reply, each already JSON text. */
export type ReplyParts = Record<string, string>

export interface TopicSource {
  /** A token with any one of these may join. */
  readonly scopes: readonly Scope[]
  /** Reads what the reply needs. May take its time; `leave` is called if the client is gone meanwhile. */
  prepare?(joined: Joined, params: JoinParams): Promise<void>
  /** From here on pushes may be written: the reply is written in the same tick, before any of them. */
  join(joined: Joined, params: JoinParams): ReplyParts
  /** Right after the reply. */
  start?(joined: Joined): void
  leave(joined: Joined): void
  /** The client has read everything that was waiting for it. */
  drained?(joined: Joined): void
}
