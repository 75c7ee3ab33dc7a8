/** What the end of a session with Twitch calls for. Pure: no clock, no socket. */
import { assertNever } from '../../../base/result.ts'
import type { Verdict } from '../connection.ts'

/** How a socket ended; `code` is null when it never opened. */
export interface TwitchClose {
  code: number | null
  reason: string
}

/** How a session ended. */
export type TwitchEnd =
  | { kind: 'closed'; close: TwitchClose }
  | { kind: 'no-welcome' }
  /** Nothing heard since `since` (ms epoch), longer than 1.2 x keepalive. */
  | { kind: 'silent'; since: number; keepaliveSeconds: number }
  /** Twitch takes our token no longer. */
  | { kind: 'signed-out'; reason: string }
  | { kind: 'asked' }

export function judge(end: TwitchEnd): Verdict {
  switch (end.kind) {
    case 'closed':
      return judgeClose(end.close)
    case 'no-welcome':
      return { action: 'retry', reason: 'Twitch took the connection and then said nothing' }
    case 'silent':
      return { action: 'retry', reason: `Twitch has been silent for longer than ${end.keepaliveSeconds} s` }
    case 'signed-out':
      return { action: 'reauth', reason: end.reason }
    case 'asked':
      return { action: 'retry-now', reason: 'asked to connect anew' }
    default:
      return assertNever(end)
  }
}

function judgeClose({ code, reason }: TwitchClose): Verdict {
  switch (code) {
    case null:
      return { action: 'retry', reason: unreachable(reason) }
    case 4000:
      return { action: 'retry', reason: 'Twitch has an internal error (4000)' }
    case 4001:
      return { action: 'retry', reason: 'Twitch says that Landale sent data, which it never does (4001); see the log' }
    case 4002:
      return { action: 'retry', reason: 'Twitch heard no answer to its ping (4002); the link or this machine is slow' }
    case 4003:
      return {
        action: 'retry',
        reason: 'Twitch closed the connection because nothing could be subscribed in time (4003)',
      }
    case 4004:
      return { action: 'retry-now', reason: 'the hand-over to a new connection took longer than Twitch allows (4004)' }
    case 4005:
      return { action: 'retry', reason: 'Twitch lost the network to us for a moment (4005)' }
    case 4006:
      return { action: 'retry', reason: 'Twitch had a network error (4006)' }
    case 4007:
      return { action: 'retry-now', reason: 'Twitch refused its own hand-over address (4007)' }
    case 1006:
      return { action: 'retry', reason: 'the connection to Twitch broke off' }
    default:
      return { action: 'retry', reason: `Twitch closed the connection (${code}${reason ? `: ${reason}` : ''})` }
  }
}

function unreachable(reason: string): string {
  if (/ENOTFOUND|EAI_AGAIN/.test(reason)) return 'Twitch is not to be found; check the internet connection'
  return `Twitch can't be reached: ${reason === '' ? 'the connection failed' : reason}`
}
