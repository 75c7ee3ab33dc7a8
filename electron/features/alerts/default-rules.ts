/**
 * How each type of alert behaves until the streamer says otherwise. A raid brings a crowd that sees only the next ten
 * seconds, so it goes first; what somebody paid for comes before what is free; housekeeping comes last.
 */
import {
  type AlertRule,
  type AlertType,
  alertRuleSchema,
  alertTypeSchema,
  alertTypes,
} from '../../../contracts/alert.ts'
import type { Rules } from './rules.ts'

/** Loud enough over speech, quiet enough not to startle. */
const DEFAULT_VOLUME = 0.7

function rule(
  priority: AlertRule['priority'],
  durationMs: number,
  sound: string | null,
  template: string,
): Readonly<AlertRule> {
  const look = { priority, durationMs, sound, volume: DEFAULT_VOLUME, template }
  return { enabled: true, ...look, minimum: 0, fold: true, variants: [] }
}

export const DEFAULT_RULES: Readonly<Record<AlertType, Readonly<AlertRule>>> = {
  follow: rule('low', 5000, 'chime', 'followed'),
  sub: rule('normal', 8000, 'rise', 'subscribed'),
  resub: rule('normal', 8000, 'rise', 'subscribed again'),
  gift: rule('high', 10_000, 'fanfare', 'gifted to the community'),
  cheer: rule('normal', 6000, 'chime', 'cheered'),
  raid: rule('urgent', 10_000, 'fanfare', 'is raiding'),
  redemption: rule('low', 6000, 'chime', 'redeemed {reward.title}'),
  'hype-train': rule('high', 8000, 'fanfare', '{phase}'),
  poll: rule('normal', 8000, null, 'Poll {phase}'),
  prediction: rule('normal', 8000, null, 'Prediction {phase}'),
  charity: rule('high', 10_000, 'fanfare', 'donated to {charity_name}'),
  goal: rule('high', 8000, 'fanfare', 'Goal reached'),
  'ad-break': rule('low', 6000, null, 'Back in'),
}

/** What the streamer set, over the defaults; a stored rule that is no longer valid gives way to the default. */
export function mergeRules(stored: unknown): Rules {
  const rules = { ...DEFAULT_RULES }
  for (const [key, value] of Object.entries((stored ?? {}) as Record<string, unknown>)) {
    const type = alertTypeSchema.safeParse(key)
    const rule = alertRuleSchema.safeParse(value)
    if (type.success && rule.success) rules[type.data] = rule.data
  }
  return rules
}

/** Only what the streamer changed is kept, so that better defaults reach everything else. */
export function changedRules(rules: Rules): Partial<Rules> {
  const changed = alertTypes.filter((type) => JSON.stringify(rules[type]) !== JSON.stringify(DEFAULT_RULES[type]))
  return Object.fromEntries(changed.map((type) => [type, rules[type]]))
}
