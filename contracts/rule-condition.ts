/**
 * When a rule applies: always, while a field of the event lies in a range, or when it is exactly something. One meaning
 * wherever rules have conditions. Of rules that apply, an exact one beats a range, and a range one without condition.
 */
import { z } from 'zod'

/** A field of the event's payload, nested ones as `reward.title`. */
const field = z
  .string()
  .max(100)
  .regex(/^\w+(\.\w+)*$/, 'name a field of the event, e.g. bits or reward.title')

/** Both ends count; null is open. */
const rangeSchema = z.strictObject({
  kind: z.literal('range'),
  field,
  min: z.number().nullable(),
  max: z.number().nullable(),
})
const exactSchema = z.strictObject({
  kind: z.literal('exact'),
  field,
  value: z.union([z.string().max(200), z.number(), z.boolean()]),
})

export const ruleConditionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('always') }),
  rangeSchema,
  exactSchema,
])
export type RuleCondition = z.output<typeof ruleConditionSchema>

/** For what is an exception already. */
export const fieldConditionSchema = z.discriminatedUnion('kind', [rangeSchema, exactSchema])
export type FieldCondition = z.output<typeof fieldConditionSchema>

const SPECIFICITY: Record<RuleCondition['kind'], number> = { exact: 2, range: 1, always: 0 }

/** Those of `rules` that apply to the event, the most specific first, and equals in their order. */
export function applyingRules<R extends { when: RuleCondition }>(rules: readonly R[], payload: unknown): R[] {
  const applying = rules.filter(({ when }) => applies(when, payload))
  return applying.sort((a, b) => SPECIFICITY[b.when.kind] - SPECIFICITY[a.when.kind])
}

function applies(when: RuleCondition, payload: unknown): boolean {
  if (when.kind === 'always') return true
  const value = fieldOf(payload, when.field)
  // Twitch writes many a number as a text: `tier` is "1000".
  if (when.kind === 'exact') return isPlain(value) && String(value) === String(when.value)
  return typeof value === 'number' && value >= (when.min ?? -Infinity) && value <= (when.max ?? Infinity)
}

/** Own fields only: a payload has no `constructor`. */
export function fieldOf(payload: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    return (value as Record<string, unknown>)[key]
  }, payload)
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
