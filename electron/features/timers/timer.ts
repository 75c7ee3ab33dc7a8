/**
 * One timer: what it does when it is told to, and what viewers' events give it. Pure: the time comes with every call. It needs
 * no clock to end: it is over once `endsAt` has passed, and who was in time is told by when an event happened, not by when
 * it was heard of.
 */
import type { EventEnvelope, EventType } from '../../../contracts/events.ts'
import type { TimerState } from '../../../contracts/state/timers.ts'
import type { WidgetSettings } from '../../../contracts/widgets.ts'

export type TimerRules = WidgetSettings<'timer'>

/** What gives a timer time. */
export const TIMED = [
  'twitch.channel.follow',
  'twitch.channel.subscribe',
  'twitch.channel.subscription.message',
  'twitch.channel.subscription.gift',
  'twitch.channel.cheer',
] as const satisfies readonly EventType[]
export type TimedEvent = EventEnvelope<(typeof TIMED)[number]>

export function newTimer({ minutes }: TimerRules): TimerState {
  return { status: 'idle', startedAt: null, endsAt: null, leftMs: minutes * 60_000, givenMs: 0, last: null }
}

/** What is left of it, ms, at `now`. */
export function leftOf({ status, endsAt, leftMs }: TimerState, now: number): number {
  return status === 'running' && endsAt !== null ? Math.max(0, endsAt - now) : leftMs
}

/** Goes on where it is paused; else begins with what the rules say, or with what it was set to. */
export function start(timer: TimerState, now: number): TimerState {
  if (timer.status === 'running' && leftOf(timer, now) > 0) return timer
  const leftMs = leftOf(timer, now)
  const givenMs = timer.status === 'idle' ? leftMs : timer.givenMs
  return { ...timer, status: 'running', startedAt: timer.startedAt ?? now, endsAt: now + leftMs, leftMs: 0, givenMs }
}

export function pause(timer: TimerState, now: number): TimerState {
  if (timer.status !== 'running') return timer
  return { ...timer, status: 'paused', endsAt: null, leftMs: leftOf(timer, now) }
}

/** The streamer's own word: no rule and no cap holds it back. */
export function setLeft(timer: TimerState, leftMs: number, now: number): TimerState {
  const givenMs = timer.status === 'idle' ? leftMs : Math.max(0, timer.givenMs + leftMs - leftOf(timer, now))
  if (timer.status === 'running') return { ...timer, endsAt: now + leftMs, givenMs }
  return { ...timer, leftMs, givenMs }
}

/** What an event gives it. One that happened before it was started, or after it was over, gives nothing. */
export function take(timer: TimerState, event: TimedEvent, rules: TimerRules): TimerState {
  if (timer.startedAt === null || event.at < timer.startedAt) return timer
  if (timer.status === 'running' && timer.endsAt !== null && event.at > timer.endsAt) return timer
  const room = rules.capMinutes === 0 ? Number.POSITIVE_INFINITY : rules.capMinutes * 60_000 - timer.givenMs
  const ms = Math.round(Math.min(secondsFor(event, rules) * 1000, Math.max(0, room)))
  if (ms === 0) return timer
  const given = { ...timer, givenMs: timer.givenMs + ms, last: { who: whoDid(event), ms, at: event.at } }
  if (timer.endsAt !== null) return { ...given, endsAt: timer.endsAt + ms }
  return { ...given, leftMs: timer.leftMs + ms }
}

function secondsFor({ type, payload }: TimedEvent, rules: TimerRules): number {
  const perTier = { '1000': rules.tier1, '2000': rules.tier2, '3000': rules.tier3 }
  switch (type) {
    case 'twitch.channel.follow':
      return rules.follow
    case 'twitch.channel.subscribe':
      // Those that were given come with the gift.
      return payload.is_gift ? 0 : perTier[payload.tier]
    case 'twitch.channel.subscription.message':
      return perTier[payload.tier]
    case 'twitch.channel.subscription.gift':
      return perTier[payload.tier] * payload.total
    case 'twitch.channel.cheer':
      return (rules.bits * payload.bits) / 100
  }
}

function whoDid({ payload }: TimedEvent): string | null {
  return 'is_anonymous' in payload && payload.is_anonymous ? null : payload.user_name
}
