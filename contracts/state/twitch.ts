/** The state of the link to Twitch. Never holds a token. */
import type { ConnectionState } from './connection.ts'

export interface TwitchTopic {
  /** EventSub type, e.g. `channel.follow`. */
  type: string
  version: string
  status:
    | { status: 'off'; reason: 'missing-scope'; scope: string }
    | { status: 'pending' }
    | { status: 'active' }
    | { status: 'retrying'; attempt: number; retryAt: number; reason: string }
    | { status: 'revoked'; reason: string }
}

export type TwitchSignIn =
  | { status: 'signed-out' }
  /** The streamer must open `verificationUri` and confirm `userCode`. */
  | { status: 'pending'; userCode: string; verificationUri: string; expiresAt: number }
  | { status: 'failed'; reason: string }
  | { status: 'signed-in'; userId: string; login: string; displayName: string; expiresAt: number; scopes: string[] }

export interface TwitchGap {
  from: number
  to: number
  recovered: { what: string; count: number }[]
  lost: string[]
}

export interface TwitchState {
  /** False until a client id is configured. */
  configured: boolean
  connection: ConnectionState
  signIn: TwitchSignIn
  topics: TwitchTopic[]
  /** Set while nothing has been heard for longer than 1.2 x keepalive. */
  silentSince: number | null
  lastMessageAt: number | null
  lastGap: TwitchGap | null
  channel: { title: string; categoryId: string; categoryName: string; language: string } | null
  stream: { live: boolean; startedAt: number | null; viewers: number | null }
}
