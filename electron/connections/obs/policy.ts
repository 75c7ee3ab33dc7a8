/** What the end of a connection to OBS calls for. Pure: no clock, no socket. */
import { assertNever } from '../../../base/result.ts'
import type { Verdict } from '../connection.ts'
import type { ObsEnd } from './session.ts'
import type { ObsClose } from './socket.ts'

interface Circumstances {
  url: string
  hasPassword: boolean
}

const WHERE = 'Tools > WebSocket Server Settings in OBS'

export function judge(end: ObsEnd, circumstances: Circumstances): Verdict {
  switch (end.kind) {
    case 'closed':
      if (end.exiting) return { action: 'retry', reason: 'OBS was closed; Landale connects again when it is back' }
      return judgeClose(end.close, circumstances)
    case 'not-opened':
      return judgeClose(end.close, circumstances)
    case 'silent':
      return { action: 'retry', reason: 'OBS stopped answering; it looks frozen' }
    case 'asked':
      return { action: 'retry-now', reason: 'asked to connect anew' }
    default:
      return assertNever(end)
  }
}

function judgeClose({ code, reason }: ObsClose, { url, hasPassword }: Circumstances): Verdict {
  switch (code) {
    case null:
      return { action: 'retry', reason: unreachable(reason, url) }
    case 4009:
      return { action: 'reauth', reason: passwordRefused(hasPassword) }
    case 4010:
    case 4012:
      return {
        action: 'stop',
        reason: `OBS speaks a version of obs-websocket that Landale does not (${code}); update OBS`,
      }
    case 4011:
      return { action: 'stop', reason: 'somebody disconnected Landale in OBS (Connected WebSocket Sessions)' }
    case 1001:
      return { action: 'retry', reason: 'OBS or its WebSocket server was stopped' }
    case 1006:
      return { action: 'retry', reason: 'the connection to OBS broke off' }
    default:
      return { action: 'retry', reason: `OBS closed the connection (${code}${reason ? `: ${reason}` : ''})` }
  }
}

function passwordRefused(hasPassword: boolean): string {
  if (hasPassword) return `OBS refused the password; set the one shown under ${WHERE}`
  return `OBS asks for a password and none is set; it is shown under ${WHERE}`
}

function unreachable(reason: string, url: string): string {
  if (reason.includes('ECONNREFUSED')) {
    return `nothing listens at ${url}; start OBS and enable its WebSocket server under ${WHERE}`
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(reason)) return `the host of ${url} is not known; check the address`
  if (/subprotocol|Unexpected server response/.test(reason)) {
    return `what listens at ${url} is not OBS (${reason}); check the address`
  }
  return `OBS can't be reached at ${url}: ${reason === '' ? 'the connection failed' : reason}`
}
