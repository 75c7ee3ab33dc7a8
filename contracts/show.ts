/**
 * A *show*: what kind of broadcast this is. Its table says which event puts which content on which layer, its ticker what
 * is there meanwhile, its categories when it is chosen by itself.
 */
import { z } from 'zod'
import { isSeen } from './accent.ts'
import { contentLayerSchema, standingContentTypeSchema } from './content.ts'
import { ruleConditionSchema } from './rule-condition.ts'

/** Always there; they can be edited, not removed. */
export const builtInShows = ['variety', 'ironmon', 'coding'] as const
/** Chosen when no other show claims the category. */
export const DEFAULT_SHOW = 'variety'

export const showIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'use 1 to 32 small letters, digits and hyphens, and no hyphen first')

/** Colours and shapes; a show of the streamer's own wears one of these. */
const showThemes = ['variety', 'ironmon', 'coding'] as const
export type ShowTheme = (typeof showThemes)[number]

export const accentSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^#[0-9a-f]{6}$/, { error: 'write the colour like #7c4dff', abort: true })
  .refine(isSeen, 'too dark to be told from the plates; choose a lighter colour')

const priority = z.number().int().min(0).max(100)
export const durationMs = z.number().int().min(1000).max(3_600_000)

export const messageLevelSchema = z.enum(['info', 'warning', 'critical'])
export type MessageLevel = z.output<typeof messageLevelSchema>

const ruleContentSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: standingContentTypeSchema }),
  /** Only for events that are a subscription. */
  z.strictObject({ type: z.literal('sub-train') }),
  /** `message` and `title` know the event's fields: `{user_name} is here with {viewers}`. */
  z.strictObject({
    type: z.literal('message'),
    title: z.string().max(100).nullable(),
    message: z.string().min(1).max(300),
    level: messageLevelSchema,
  }),
])

export const contentRuleSchema = z.strictObject({
  id: z.string().min(1).max(50),
  /** A type of the catalogue of events. */
  event: z.string().min(1).max(100),
  when: ruleConditionSchema,
  content: ruleContentSchema,
  layer: contentLayerSchema,
  priority,
  durationMs,
  /** Name of a sound, or none. What makes an alert has a sound there already. */
  sound: z.string().max(100).nullable().default(null),
  /** 0 to 1. */
  volume: z.number().min(0).max(1).default(0.7),
})
export type ContentRule = z.output<typeof contentRuleSchema>

/** How often it comes compared with the others. */
const weight = z.number().int().min(1).max(10)

const tickerEntrySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: standingContentTypeSchema, weight }),
  /** Words of the streamer's own. */
  z.strictObject({
    type: z.literal('message'),
    title: z.string().trim().min(1).max(100).nullable().default(null),
    message: z.string().trim().min(1).max(300),
    weight,
  }),
])
export type TickerEntry = z.output<typeof tickerEntrySchema>

/** What tells the entries of a ticker apart. */
export function tickerKey(entry: TickerEntry): string {
  return entry.type === 'message' ? `message ${entry.title ?? ''}\n${entry.message}` : entry.type
}

export const tickerSchema = z
  .array(tickerEntrySchema)
  .max(20)
  .refine((entries) => new Set(entries.map(tickerKey)).size === entries.length, 'each content once; use weight')

export const MAX_SHOWS = 20
export const MAX_RULES = 100

export const showSchema = z.strictObject({
  id: showIdSchema,
  name: z.string().trim().min(1).max(60),
  theme: z.enum(showThemes),
  /** Instead of the theme's own; null: that one. */
  accent: accentSchema.nullable().default(null),
  /** Twitch's ids of categories that choose this show. */
  categoryIds: z.array(z.string().regex(/^\d{1,20}$/, 'expected the digits of a Twitch category id')).max(50),
  /** Words that a category's name must all have, in any order: `pokemon fire`. Asked only when no show has the id. */
  categoryNames: z.array(z.string().trim().min(1).max(100)).max(50),
  ticker: tickerSchema,
  /** How long each content of the ticker stands. */
  tickerMs: durationMs,
  rules: z
    .array(contentRuleSchema)
    .max(MAX_RULES)
    .refine((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, 'two rules have the same id'),
})
export type Show = z.output<typeof showSchema>

/** Covers the whole picture. */
export const takeoverTypes = ['technical-difficulties', 'screen-cover', 'please-stand-by', 'custom'] as const
export const takeoverTypeSchema = z.enum(takeoverTypes)
export type TakeoverType = z.output<typeof takeoverTypeSchema>
