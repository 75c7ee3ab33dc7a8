/** Widgets as they are exported and imported, and the parts of it that commands share. Knows no kind's settings. */
import { z } from 'zod'
import { isWidgetKind, type WidgetKind, widgetKinds } from './widgets.ts'

export const MAX_WIDGETS = 100
export const MAX_PRESETS = 200

export const widgetIdSchema = z.string().min(1).max(50)
/** Another kind is no other protocol: the list is not part of the schema. */
export const widgetKindSchema = z
  .string()
  .max(50)
  .transform((kind, context): WidgetKind => {
    if (isWidgetKind(kind)) return kind
    context.addIssue({ code: 'custom', message: `there is no widget "${kind}"; there is ${widgetKinds.join(', ')}` })
    return z.NEVER
  })
export const widgetNameSchema = z.string().trim().min(1, 'give it a name').max(60, 'use at most 60 characters')

/** A kind that is not known here is said so where the file is read, and the others are taken. */
const entry = z.object({
  kind: z.string().max(50),
  name: widgetNameSchema,
  settings: z.record(z.string().max(50), z.unknown()),
})

export const widgetFileSchema = z.object({
  format: z.literal('landale-widgets'),
  version: z.literal(1, 'it was written by a newer Landale'),
  widgets: z.array(entry).max(MAX_WIDGETS),
  presets: z.array(entry).max(MAX_PRESETS),
})
export type WidgetFile = z.output<typeof widgetFileSchema>
