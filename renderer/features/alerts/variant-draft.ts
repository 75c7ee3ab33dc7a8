/** What the form of an exception has, and the exception that it says. Pure. */
import type { AlertRule, AlertType, AlertVariant } from '../../../contracts/alert.ts'
import type { FieldCondition } from '../../../contracts/rule-condition.ts'

/** Fields of each type's event that exceptions are made of most; any other can be typed. */
export const variantFields: Record<AlertType, readonly [string, ...string[]]> = {
  follow: ['user_login'],
  sub: ['tier', 'is_gift', 'user_login'],
  resub: ['cumulative_months', 'tier', 'streak_months', 'user_login'],
  gift: ['total', 'tier', 'user_login'],
  cheer: ['bits', 'user_login'],
  raid: ['viewers', 'from_broadcaster_user_login'],
  redemption: ['reward.title', 'reward.cost', 'user_login'],
  'hype-train': ['level', 'type'],
  poll: ['title', 'status'],
  prediction: ['title', 'status'],
  charity: ['amount.value', 'charity_name'],
  goal: ['type', 'target_amount'],
  'ad-break': ['duration_seconds', 'is_automatic'],
}

/** Numbers are compared; of all else there is only this or that. */
const RANGED = /months|total|bits|viewers|cost|level|amount|seconds/

export function newVariant(type: AlertType, rule: AlertRule): AlertVariant {
  const { priority, durationMs, sound, volume, template } = rule
  const [field] = variantFields[type]
  const when: FieldCondition = RANGED.test(field)
    ? { kind: 'range', field, min: 100, max: null }
    : { kind: 'exact', field, value: '' }
  return { when, priority, durationMs, sound, volume, template }
}

export function withKind(when: FieldCondition, kind: FieldCondition['kind']): FieldCondition {
  if (when.kind === kind) return when
  const { field } = when
  return kind === 'range' ? { kind, field, min: null, max: null } : { kind, field, value: '' }
}

/** An empty end is open. */
export function endOf(text: string): number | null {
  return text.trim() === '' || Number.isNaN(Number(text)) ? null : Number(text)
}

/** `bits from 1000`, `tier is 3000`. */
export function variantInWords({ when }: Pick<AlertVariant, 'when'>): string {
  const field = when.field.replaceAll('_', ' ')
  if (when.kind === 'exact') return `${field} is ${when.value}`
  const from = when.min === null ? '' : ` from ${when.min}`
  const to = when.max === null ? '' : ` to ${when.max}`
  return `${field}${from}${to}`
}
