/**
 * Each link in words: one for the chip, and where something is wrong a sentence with its reason and the next step.
 * Pure: the same words for the same state, whoever shows them.
 */
import type { CommandName } from '../../../contracts/commands.ts'
import type { ConnectionState } from '../../../contracts/state/connection.ts'
import type { ObsState } from '../../../contracts/state/obs.ts'
import type { SystemState } from '../../../contracts/state/system.ts'
import type { TwitchState } from '../../../contracts/state/twitch.ts'
import type { Tone } from '../../components/status-mark.tsx'
import { shortDuration } from '../../state/format.ts'
import type { HubLink } from '../../state/hub-port.ts'

export interface LinkWords {
  tone: Tone
  /** One or two words. */
  word: string
  /** Why, where there is a why. */
  reason: string | null
}

/** What the streamer can do about it. */
export type NextStep =
  | {
      kind: 'command'
      label: string
      command: Extract<CommandName, 'obs.connect' | 'twitch.connect' | 'twitch.sign-in'>
    }
  | { kind: 'restart'; label: string; module: string }
  | { kind: 'page'; label: string; href: string }
  | { kind: 'retry-hub'; label: string }

export interface Notice {
  id: string
  level: 'critical' | 'warning'
  text: string
  step: NextStep | null
}

export function connectionWords(connection: ConnectionState, now: number): LinkWords {
  switch (connection.status) {
    case 'idle':
      return { tone: 'off', word: 'Not set up', reason: connection.reason }
    case 'connecting':
      return { tone: 'busy', word: 'Connecting', reason: null }
    case 'connected':
      return { tone: 'ok', word: 'Connected', reason: null }
    case 'waiting':
      return { tone: 'warn', word: `Retry in ${shortDuration(connection.retryAt - now)}`, reason: connection.reason }
    case 'needs-auth':
      return { tone: 'bad', word: 'Refused', reason: connection.reason }
    case 'failed':
      return { tone: 'bad', word: 'Failed', reason: connection.reason }
    case 'closed':
      return { tone: 'off', word: 'Closed', reason: null }
    default:
      return assertNever(connection)
  }
}

export function obsWords(obs: ObsState | undefined, now: number): LinkWords {
  return obs ? connectionWords(obs.connection, now) : unknownYet
}

export function twitchWords(twitch: TwitchState | undefined, now: number): LinkWords {
  if (!twitch) return unknownYet
  if (!twitch.configured) return { tone: 'off', word: 'Not set up', reason: 'No client id yet' }
  if (twitch.silentSince !== null) {
    return { tone: 'bad', word: `Silent ${shortDuration(now - twitch.silentSince)}`, reason: null }
  }
  switch (twitch.signIn.status) {
    case 'signed-out':
      return { tone: 'off', word: 'Signed out', reason: null }
    case 'pending':
      return { tone: 'busy', word: 'Waiting for you', reason: 'Confirm the code at Twitch' }
    case 'failed':
      return { tone: 'bad', word: 'Sign-in failed', reason: twitch.signIn.reason }
    case 'signed-in':
      return withMissing(connectionWords(twitch.connection, now), missingTopics(twitch).length)
    default:
      return assertNever(twitch.signIn)
  }
}

function withMissing(words: LinkWords, missing: number): LinkWords {
  if (words.tone !== 'ok' || missing === 0) return words
  return { tone: 'warn', word: `Connected, ${missing} off`, reason: `${missing} topics lack a permission` }
}

export function hubWords(link: HubLink, now: number): LinkWords {
  switch (link.status) {
    case 'connecting':
      return { tone: 'busy', word: 'Connecting', reason: null }
    case 'online':
      return { tone: 'ok', word: 'Connected', reason: null }
    case 'offline':
      return { tone: 'bad', word: `Lost ${shortDuration(now - link.since)} ago`, reason: null }
    case 'refused':
      return { tone: 'bad', word: 'Refused', reason: 'The token is not valid any more' }
    default:
      return assertNever(link)
  }
}

/** EventSub types that are off because a scope is missing. */
export function missingTopics(twitch: TwitchState): string[] {
  return twitch.topics.filter((topic) => topic.status.status === 'off').map((topic) => topic.type)
}

export interface NoticeSources {
  link: HubLink
  obs: ObsState | undefined
  twitch: TwitchState | undefined
  system: SystemState | undefined
  now: number
}

/** What is wrong now, worst first. Nothing here for what was never set up: that is the guide's business. */
export function noticesOf(sources: NoticeSources): Notice[] {
  const { link, obs, twitch, system, now } = sources
  if (link.status === 'offline') return [hubNotice(link.since, system !== undefined, now)]
  const notices = [
    ...alarmNotices(system),
    ...obsNotices(obs, now),
    ...twitchNotices(twitch, now),
    ...moduleNotices(system),
  ]
  return notices.sort((a, b) => Number(b.level === 'critical') - Number(a.level === 'critical'))
}

function hubNotice(since: number, wasSeen: boolean, now: number): Notice {
  const age = shortDuration(now - since)
  const text = wasSeen
    ? `The hub is gone. Reconnecting… last seen ${age} ago.`
    : 'The hub does not answer. Trying again…'
  return { id: 'hub', level: 'critical', text, step: { kind: 'retry-hub', label: 'Retry now' } }
}

function alarmNotices(system: SystemState | undefined): Notice[] {
  return (system?.alarms ?? []).map(({ id, level, message }) => ({
    id: `alarm:${id}`,
    level,
    text: message,
    step: id.startsWith('fleet') ? { kind: 'page', label: 'Show machines', href: '#machines' } : null,
  }))
}

function obsNotices(obs: ObsState | undefined, now: number): Notice[] {
  if (!obs) return []
  const settings: NextStep = { kind: 'page', label: 'Open settings', href: '#set-up/obs' }
  const retry: NextStep = { kind: 'command', label: 'Retry now', command: 'obs.connect' }
  return connectionNotice('OBS', obs.connection, now, { auth: settings, retry })
}

function twitchNotices(twitch: TwitchState | undefined, now: number): Notice[] {
  if (!twitch?.configured) return []
  const retry: NextStep = { kind: 'command', label: 'Retry now', command: 'twitch.connect' }
  const signIn: NextStep = { kind: 'page', label: 'Sign in', href: '#set-up/twitch' }
  if (twitch.silentSince !== null) {
    const text = `Nothing heard from Twitch for ${shortDuration(now - twitch.silentSince)}. Alerts may be late.`
    return [{ id: 'twitch', level: 'critical', text, step: retry }]
  }
  if (twitch.signIn.status === 'failed') {
    return [{ id: 'twitch', level: 'warning', text: `Twitch sign-in failed: ${twitch.signIn.reason}`, step: signIn }]
  }
  if (twitch.signIn.status !== 'signed-in') return []
  return connectionNotice('Twitch', twitch.connection, now, { auth: signIn, retry })
}

function moduleNotices(system: SystemState | undefined): Notice[] {
  return (system?.modules ?? [])
    .filter((module) => module.status === 'failed')
    .map((module) => ({
      id: `module:${module.id}`,
      level: 'warning',
      text: `The module “${module.id}” has stopped${module.reason ? `: ${module.reason}` : ''}`,
      step: { kind: 'restart', label: 'Restart it', module: module.id },
    }))
}

function connectionNotice(
  name: string,
  connection: ConnectionState,
  now: number,
  steps: { auth: NextStep; retry: NextStep },
): Notice[] {
  const id = name.toLowerCase()
  switch (connection.status) {
    case 'waiting': {
      const text = `${about(name, connection.reason)}. Next try in ${shortDuration(connection.retryAt - now)}.`
      return [{ id, level: 'warning', text, step: steps.retry }]
    }
    case 'needs-auth':
      return [{ id, level: 'critical', text: about(name, connection.reason), step: steps.auth }]
    case 'failed':
      return [{ id, level: 'critical', text: about(name, connection.reason), step: steps.retry }]
    default:
      return []
  }
}

/** The reason, beginning with whose it is, once. */
function about(name: string, reason: string): string {
  const plain = reason.replace(/\.$/, '')
  return plain.startsWith(name) ? plain : `${name}: ${plain}`
}

const unknownYet: LinkWords = { tone: 'busy', word: 'Loading', reason: null }

function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`)
}
