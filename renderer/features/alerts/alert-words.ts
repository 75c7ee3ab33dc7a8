/** The names the streamer sees for types and priorities of alerts, and what `minimum` counts for each. */
import type { AlertPriority, AlertType } from '../../../contracts/alert.ts'

export const alertTypeWords: Record<AlertType, string> = {
  follow: 'Follow',
  sub: 'Subscription',
  resub: 'Resubscription',
  gift: 'Gifted subs',
  cheer: 'Cheer',
  raid: 'Raid',
  redemption: 'Redemption',
  'hype-train': 'Hype train',
  poll: 'Poll',
  prediction: 'Prediction',
  charity: 'Charity',
  goal: 'Goal',
  'ad-break': 'Ad break',
}

export const priorityWords: Record<AlertPriority, string> = {
  urgent: 'Urgent: interrupts all',
  high: 'High: interrupts normal',
  normal: 'Normal',
  low: 'Low: waits for all',
}

/** Null where an amount has no meaning. */
export const minimumWords: Record<AlertType, string | null> = {
  follow: null,
  sub: null,
  resub: 'months',
  gift: 'gifts',
  cheer: 'bits',
  raid: 'viewers',
  redemption: 'points',
  'hype-train': 'level',
  poll: null,
  prediction: null,
  charity: 'minor units, e.g. cents',
  goal: null,
  'ad-break': 'seconds',
}
