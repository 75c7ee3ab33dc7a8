/** An alert: what viewers see when something happened. One shape from the queue to the pixel. */
import { z } from 'zod'
import { picturedFragmentSchema } from './pictures.ts'
import { fieldConditionSchema } from './rule-condition.ts'

export const alertTypes = [
  'follow',
  'sub',
  'resub',
  'gift',
  'cheer',
  'raid',
  'redemption',
  'hype-train',
  'poll',
  'prediction',
  'charity',
  'goal',
  'ad-break',
] as const

export const alertTypeSchema = z.enum(alertTypes)
export type AlertType = z.output<typeof alertTypeSchema>

/** Highest first: a higher class pre-empts a lower one, and inside a class the first in is the first out. */
export const alertPriorities = ['urgent', 'high', 'normal', 'low'] as const
const alertPrioritySchema = z.enum(alertPriorities)
export type AlertPriority = z.output<typeof alertPrioritySchema>

export const alertSchema = z.object({
  /** The id of the event that caused it (for a folded gift bomb: of the first one). Makes enqueuing idempotent. */
  id: z.string().min(1),
  type: alertTypeSchema,
  priority: alertPrioritySchema,
  /** Who: the largest thing on screen. */
  who: z.string(),
  /** What they did, from the text template: "subscribed at tier 1". */
  what: z.string(),
  /** How much, already worded: "500 bits", "12 gifts", "€ 12.50". */
  amount: z.string().nullable(),
  /** The viewer's own words. */
  message: z.string().nullable(),
  /** `message`, cut at its emotes and cheermotes; empty where there are none. */
  fragments: z.array(picturedFragmentSchema).default([]),
  /** Time on screen, enter and exit included, ms. */
  durationMs: z.number().int().positive(),
  /** Name of a sound, or none. */
  sound: z.string().nullable(),
  /** 0 to 1. */
  volume: z.number().min(0).max(1),
  enqueuedAt: z.number().int(),
  /** True when the simulator caused it. */
  simulated: z.boolean(),
})
export type Alert = z.output<typeof alertSchema>

/** How an alert looks and sounds. `template` knows {who}, {amount}, {message} and the payload's own fields. */
const look = {
  priority: alertPrioritySchema,
  durationMs: z.number().int().min(1000).max(120_000),
  sound: z.string().max(100).nullable(),
  volume: z.number().min(0).max(1),
  template: z.string().min(1).max(300),
}

/** For some of a type: cheers of a thousand bits and more, a reward of this name. */
const alertVariantSchema = z.object({ when: fieldConditionSchema, ...look })
export type AlertVariant = z.output<typeof alertVariantSchema>

export const MAX_ALERT_VARIANTS = 10

/** What the streamer may set for each type. */
export const alertRuleSchema = z.object({
  enabled: z.boolean(),
  ...look,
  /** Least amount that makes an alert (bits, viewers, gifts, minor units of money); 0 for all. */
  minimum: z.number().int().min(0),
  /** Many within seconds are one alert. Of follows; gifts always are. */
  fold: z.boolean().default(true),
  /** Of those that apply, an exact one beats a range, and of equals the first counts; where none does, the rule itself. */
  variants: z.array(alertVariantSchema).max(MAX_ALERT_VARIANTS).default([]),
})
export type AlertRule = z.output<typeof alertRuleSchema>
