/**
 * From an event to the alert it deserves, by the streamer's rules. Pure: an event and the rules in, an alert or nothing
 * out. Who is largest, then what, then how much, then the viewer's own words. Knows nothing of the queue.
 */
import type { Alert, AlertRule, AlertType } from '../../../contracts/alert.ts'
import type { EventEnvelope, EventPayload } from '../../../contracts/events.ts'
import { applyingRules } from '../../../contracts/rule-condition.ts'
import type { EmoteWords } from '../../kernel/ports/emote-words.ts'
import { fragmentsOf, type Said, wordsOf } from './message-fragments.ts'
import { clean, type Fields, fillTemplate, type Wording } from './wording.ts'

export type Rules = Readonly<Record<AlertType, Readonly<AlertRule>>>

/** What an event says before the streamer's rule is applied. */
interface Reading {
  type: AlertType
  who: string
  /** How much, worded. */
  amount: string | null
  /** What the rule's minimum is compared with; null where there is nothing to count. */
  size: number | null
  said: Said | null
  /** Template fields beside those of the payload. */
  fields?: Fields | undefined
  /** Said instead of the rule's template. */
  what?: string | undefined
}

export const ALERT_EVENT_TYPES = [
  'twitch.channel.follow',
  'twitch.channel.subscribe',
  'twitch.channel.subscription.gift',
  'twitch.channel.subscription.message',
  'twitch.channel.cheer',
  'twitch.channel.raid',
  'twitch.channel.channel_points_custom_reward_redemption.add',
  'twitch.channel.hype_train.begin',
  'twitch.channel.hype_train.end',
  'twitch.channel.poll.begin',
  'twitch.channel.poll.end',
  'twitch.channel.prediction.begin',
  'twitch.channel.prediction.lock',
  'twitch.channel.prediction.end',
  'twitch.channel.charity_campaign.donate',
  'twitch.channel.goal.end',
  'twitch.channel.ad_break.begin',
] as const
export type AlertEventType = (typeof ALERT_EVENT_TYPES)[number]
export type AlertEvent = EventEnvelope<AlertEventType>

const ALERT_EVENTS: ReadonlySet<string> = new Set(ALERT_EVENT_TYPES)

export function isAlertEvent(event: { type: string }): event is AlertEvent {
  return ALERT_EVENTS.has(event.type)
}

export interface AlertSources {
  rules: Rules
  wording: Wording
  /** Which words of a message are emotes. */
  words: EmoteWords
}

/** The alert for `event`, or null where there is none: switched off, too small, or nothing to say. */
export function alertFor(event: AlertEvent, { rules, wording, words }: AlertSources, now: number): Alert | null {
  const reading = read(event, wording)
  if (!reading) return null
  const rule = rules[reading.type]
  if (!rule.enabled || (reading.size !== null && reading.size < rule.minimum)) return null
  const [look = rule] = applyingRules(rule.variants, event.payload)
  const amount = reading.amount
  const who = reading.who
  const message = reading.said && wordsOf(reading.said)
  const fields = {
    ...wording.fieldsOf(event.payload),
    ...reading.fields,
    who,
    amount: amount ?? '',
    message: message ?? '',
  }
  return {
    id: event.id,
    type: reading.type,
    priority: look.priority,
    who,
    what: reading.what ?? fillTemplate(look.template, fields),
    amount,
    message,
    fragments: reading.said ? fragmentsOf(reading.said, words) : [],
    durationMs: look.durationMs,
    sound: look.sound,
    volume: look.volume,
    enqueuedAt: now,
    simulated: event.source === 'simulator',
  }
}

type Reader<T extends AlertEventType> = (payload: EventPayload<T>, wording: Wording) => Reading | null

const readers: { [T in AlertEventType]: Reader<T> } = {
  'twitch.channel.follow': (follow) => plain('follow', nameOf(follow)),
  'twitch.channel.subscribe': (sub) => ({
    ...plain('sub', nameOf(sub)),
    amount: `Tier ${tierOf(sub.tier)}`,
    fields: { tier: tierOf(sub.tier) },
    what: sub.is_gift ? 'was given a subscription' : undefined,
  }),
  'twitch.channel.subscription.gift': (gift, wording) => ({
    ...plain('gift', nameOf(gift)),
    amount: wording.count(gift.total, 'sub', 'subs'),
    size: gift.total,
    fields: { tier: tierOf(gift.tier) },
  }),
  'twitch.channel.subscription.message': (resub, wording) => ({
    ...plain('resub', nameOf(resub)),
    amount: wording.count(resub.cumulative_months, 'month', 'months'),
    size: resub.cumulative_months,
    said: { text: resub.message, places: resub.message_emotes },
    fields: { tier: tierOf(resub.tier) },
  }),
  'twitch.channel.cheer': (cheer, wording) => ({
    ...plain('cheer', nameOf(cheer)),
    amount: wording.count(cheer.bits, 'bit', 'bits'),
    size: cheer.bits,
    said: { text: cheer.message, hasBits: true },
  }),
  'twitch.channel.raid': (raid, wording) => ({
    ...plain('raid', firstOf(raid.from_broadcaster_user_name, raid.from_broadcaster_user_login)),
    amount: wording.count(raid.viewers, 'viewer', 'viewers'),
    size: raid.viewers,
  }),
  'twitch.channel.channel_points_custom_reward_redemption.add': (redemption, wording) => ({
    ...plain('redemption', nameOf(redemption)),
    amount: wording.count(redemption.reward.cost, 'point', 'points'),
    size: redemption.reward.cost,
    said: { text: redemption.user_input },
  }),
  'twitch.channel.hype_train.begin': (train) => ({
    ...plain('hype-train', 'Hype Train'),
    amount: `Level ${train.level}`,
    size: train.level,
    fields: { phase: 'is here' },
  }),
  'twitch.channel.hype_train.end': (train) => ({
    ...plain('hype-train', 'Hype Train'),
    amount: `Level ${train.level}`,
    size: train.level,
    fields: { phase: 'reached' },
  }),
  'twitch.channel.poll.begin': (poll) => ({
    ...plain('poll', firstOf(poll.title, 'Poll')),
    said: { text: listOf(poll.choices) },
    fields: { phase: 'open' },
  }),
  'twitch.channel.poll.end': (poll, wording) => {
    // An archived poll was announced when it was completed or stopped.
    if (poll.status === 'archived') return null
    const winner = poll.choices.reduce<Choice | undefined>(
      (best, choice) => (choice.votes > (best?.votes ?? 0) ? choice : best),
      undefined,
    )
    const votes = poll.choices.reduce((sum, choice) => sum + choice.votes, 0)
    return {
      ...plain('poll', firstOf(poll.title, 'Poll')),
      amount: wording.count(votes, 'vote', 'votes'),
      said: winner ? { text: winner.title } : null,
      fields: { phase: 'closed' },
    }
  },
  'twitch.channel.prediction.begin': (prediction) => ({
    ...plain('prediction', firstOf(prediction.title, 'Prediction')),
    said: { text: listOf(prediction.outcomes) },
    fields: { phase: 'open' },
  }),
  'twitch.channel.prediction.lock': (prediction, wording) => ({
    ...plain('prediction', firstOf(prediction.title, 'Prediction')),
    amount: wording.count(staked(prediction), 'point', 'points'),
    said: { text: listOf(prediction.outcomes) },
    fields: { phase: 'locked' },
  }),
  'twitch.channel.prediction.end': (prediction, wording) => {
    const winner = prediction.outcomes.find((outcome) => outcome.id === prediction.winning_outcome_id)
    return {
      ...plain('prediction', firstOf(prediction.title, 'Prediction')),
      amount: winner ? wording.count(staked(prediction), 'point', 'points') : null,
      said: winner ? { text: winner.title } : null,
      fields: { phase: winner ? 'settled' : 'cancelled' },
    }
  },
  'twitch.channel.charity_campaign.donate': (donation, wording) => ({
    ...plain('charity', nameOf(donation)),
    amount: wording.money(donation.amount),
    size: donation.amount.value,
  }),
  'twitch.channel.goal.end': (goal, wording) => {
    if (!goal.is_achieved) return null
    const amount = `${wording.figure(goal.current_amount)} / ${wording.figure(goal.target_amount)}`
    return { ...plain('goal', firstOf(goal.description, goalName(goal.type))), amount }
  },
  'twitch.channel.ad_break.begin': (ads, wording) => ({
    ...plain('ad-break', 'Ad break'),
    amount: wording.count(ads.duration_seconds, 'second', 'seconds'),
    size: ads.duration_seconds,
  }),
}

type Choice = EventPayload<'twitch.channel.poll.end'>['choices'][number]

function read(event: AlertEvent, wording: Wording): Reading | null {
  // The table pairs each type with its own payload; the compiler can't follow the pair through a lookup.
  const reader = readers[event.type] as (payload: unknown, wording: Wording) => Reading | null
  return reader(event.payload, wording)
}

function plain(type: AlertType, who: string): Reading {
  return { type, who, amount: null, size: null, said: null }
}

function nameOf(user: { is_anonymous?: boolean; user_name: string | null; user_login: string | null }): string {
  return user.is_anonymous ? 'Anonymous' : firstOf(user.user_name, user.user_login, 'Anonymous')
}

/** The first that says anything. */
function firstOf(...texts: (string | null)[]): string {
  for (const text of texts) {
    const cleaned = text === null ? '' : clean(text)
    if (cleaned !== '') return cleaned
  }
  return 'Someone'
}

function tierOf(tier: string): string {
  return tier.slice(0, 1)
}

function listOf(choices: readonly { title: string }[]): string {
  return choices.map(({ title }) => clean(title)).join(' · ')
}

function staked(prediction: { outcomes: readonly { channel_points: number }[] }): number {
  return prediction.outcomes.reduce((sum, outcome) => sum + outcome.channel_points, 0)
}

function goalName(type: string): string {
  return type.startsWith('follow') ? 'Follower goal' : 'Subscriber goal'
}
