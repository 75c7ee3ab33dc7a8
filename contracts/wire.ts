/**
 * What travels on the socket: Phoenix Channels frames and the payloads of Landale's own pushes and replies. Types and
 * constants only, because pages bundle this file; the hub checks what comes in with its own schemas. `docs/wire.md` has
 * the rules.
 */

import type { RejectionCode } from './command.ts'

/**
 * Counts changes of what travels: frames, topics, events, commands. Pages and hub come from one build, so this is for
 * programs by others, and for us to notice what we change. `protocol-version.test.ts` fails until it is raised.
 *
 * 1: the first.
 */
export const PROTOCOL_VERSION = 1

/** Where the socket is; the official client adds `/websocket` to what it is given. */
export const SOCKET_PATH = '/socket'
export const SOCKET_WEBSOCKET_PATH = '/socket/websocket'
/** Answers 204 with no token: "the hub is there". Pages ask it before they open a socket. */
export const PING_PATH = '/ping'

/** 1: objects `{topic,event,payload,ref}`. 2: arrays `[join_ref,ref,topic,event,payload]`. */
export type WireVersion = 1 | 2

export type MessageRef = string | number | null

/** A frame in either version, taken apart. */
export interface WireMessage {
  joinRef: MessageRef
  ref: MessageRef
  topic: string
  event: string
  payload: unknown
}

/** Names that belong to the protocol itself. */
export const phoenixEvents = {
  join: 'phx_join',
  leave: 'phx_leave',
  reply: 'phx_reply',
  error: 'phx_error',
  close: 'phx_close',
  heartbeat: 'heartbeat',
} as const
export const HEARTBEAT_TOPIC = 'phoenix'

/** Names of the pushes that Landale's topics add. */
export const pushEvents = {
  patch: 'patch',
  snapshot: 'snapshot',
  eventBatch: 'event_batch',
  lagging: 'lagging',
} as const

/** One step of RFC 6902; only these three are ever sent. */
export type PatchOperation =
  | { op: 'add'; path: string; value: unknown }
  | { op: 'replace'; path: string; value: unknown }
  | { op: 'remove'; path: string }

export interface Patch {
  /** The revision that the state has once `ops` are applied to the revision before it. */
  rev: number
  ops: PatchOperation[]
}

/** What a replica may say when it joins a state topic: where it stopped. */
export interface StateJoin {
  rev?: number | undefined
  epoch?: string | undefined
}

export interface StateSnapshot<T = unknown> {
  snapshot: T
  rev: number
  /** Changes when the hub starts anew; revisions of different epochs have nothing to do with each other. */
  epoch: string
  /** Hub time, ms epoch. */
  now: number
}

export interface StateCatchUp {
  /** Only what is missing, oldest first. */
  patches: Patch[]
  rev: number
  epoch: string
  now: number
}

export type StateJoinReply<T = unknown> = StateSnapshot<T> | StateCatchUp

/** What a client may say when it joins a news topic. */
export interface NewsJoin {
  /** The last `seq` it has seen; what came after it is replayed. */
  after?: number | undefined
  /** Wants events gathered in windows of 50 ms as `event_batch`. */
  batch?: boolean | undefined
}

export interface NewsJoinReply {
  /** The newest event that the hub had announced; what follows has a higher one. */
  seq: number
  /** How many events follow that the client asked for with `after`. */
  replayed: number
  /** True when older ones were left out: more was missed than is replayed. */
  truncated: boolean
  now: number
}

export interface EventBatch {
  events: { event: string; payload: { seq: number } & Record<string, unknown> }[]
  batch_size: number
  /** Hub time of sending, ms epoch. */
  timestamp: number
}

/** News was dropped because the client reads too slowly. It joins again with `after: from - 1`. */
export interface Lagging {
  from: number
  to: number
}

/** A command's rejection codes, and what only the socket says. */
type WireErrorReason =
  | RejectionCode
  | 'unmatched topic'
  | 'malformed'
  | 'invalid_payload'
  | 'too_many_topics'
  | 'too_many_requests'

/** The response of every reply with the status `error`, but for those of the topic `commands`. */
export interface WireError {
  reason: WireErrorReason
  /** What happened, why, and what to do next. */
  message: string
  /** Where the fault is, as `payload.after`. */
  path?: string | undefined
}
