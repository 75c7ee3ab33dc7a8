import { z } from 'zod'
import { command } from '../command.ts'
import { contentLayerSchema, goalSchema, MAX_GOALS, standingContentTypeSchema } from '../content.ts'
import {
  contentRuleSchema,
  durationMs,
  messageLevelSchema,
  showIdSchema,
  showSchema,
  takeoverTypeSchema,
  tickerSchema,
} from '../show.ts'

const show = showIdSchema
const id = z.string().min(1).max(100)

export const producerCommands = {
  /** Until `show.auto`. */
  'show.set': command({ title: 'Choose the show', scope: 'producer', args: z.strictObject({ show }) }),
  'show.auto': command({ title: 'Let the category choose the show', scope: 'producer' }),
  /** Adds a show, or replaces the one with this id: its table, ticker, categories and looks. */
  'show.save': command({ title: 'Save a show', scope: 'producer', args: z.strictObject({ show: showSchema }) }),
  /** One of the three that are always there becomes as it was delivered. */
  'show.remove': command({
    title: 'Remove a show',
    scope: 'producer',
    args: z.strictObject({ show }),
    dangerous: true,
  }),
  /** Adds a rule to a show's table, or replaces the one with this id. */
  'show.rule.set': command({
    title: 'Change what an event shows',
    scope: 'producer',
    args: z.strictObject({ show, rule: contentRuleSchema }),
  }),
  'show.rule.remove': command({
    title: 'Remove a rule of a show',
    scope: 'producer',
    args: z.strictObject({ show, rule: z.string().min(1).max(50) }),
  }),
  /** Without a show that of the current one. */
  'ticker.set': command({
    title: 'Change the ticker',
    scope: 'producer',
    args: z.strictObject({ show: show.optional(), ticker: tickerSchema, tickerMs: durationMs.optional() }),
  }),
  'ticker.next': command({ title: 'Show the next of the ticker', scope: 'producer' }),
  /** Over everything but takeovers and later ones like it. */
  'content.force': command({
    title: 'Show a content now',
    scope: 'producer',
    args: z.strictObject({
      type: standingContentTypeSchema,
      layer: contentLayerSchema.default('foreground'),
      durationMs: durationMs.default(30_000),
    }),
    result: z.object({ id }),
  }),
  /** A message in the streamer's own words. */
  'content.override': command({
    title: 'Show a message',
    scope: 'producer',
    args: z.strictObject({
      title: z.string().trim().min(1).max(100).nullable().default(null),
      message: z.string().trim().min(1).max(300),
      level: messageLevelSchema.default('info'),
      layer: contentLayerSchema.default('foreground'),
      durationMs: durationMs.default(30_000),
    }),
    result: z.object({ id }),
  }),
  /** By the id in `layers` or `queue`; the ticker's own is passed over. */
  'content.remove': command({
    title: 'Take a content away',
    scope: 'producer',
    args: z.strictObject({ id }),
  }),
  /** The next sub begins a new one. */
  'sub-train.end': command({ title: 'Take the sub train off the bar', scope: 'producer' }),
  /**
   * `message` is needed for all but `screen-cover`; without `durationMs` it stays until it is cleared. `id` is the caller's own
   * name for this one; without it the hub makes one. With `ifFree` it never takes the place of another.
   */
  'takeover.show': command({
    title: 'Cover the picture',
    scope: 'producer',
    args: z.strictObject({
      type: takeoverTypeSchema,
      message: z.string().trim().min(1).max(300).optional(),
      durationMs: durationMs.optional(),
      id: id.optional(),
      ifFree: z.boolean().optional(),
    }),
    result: z.object({ id }),
  }),
  /** With `id` only that one: what somebody else has put there meanwhile stays. */
  'takeover.clear': command({
    title: 'Uncover the picture',
    scope: 'producer',
    args: z.strictObject({ id: id.optional() }),
  }),
  /** Goals of one type are one: Twitch's news of it go into it, else what viewers do counts. */
  'goals.set': command({
    title: 'Set the goals',
    scope: 'producer',
    args: z.strictObject({
      goals: z
        .array(goalSchema)
        .max(MAX_GOALS)
        .refine(
          (goals) => new Set(goals.map(({ type }) => type)).size === goals.length,
          'two goals have the same type',
        ),
    }),
  }),
} as const
