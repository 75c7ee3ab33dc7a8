import { z } from 'zod'
import { command } from '../command.ts'
import { MAX_WIDGETS, widgetFileSchema, widgetIdSchema, widgetKindSchema, widgetNameSchema } from '../widget-file.ts'

const widget = widgetIdSchema
const name = widgetNameSchema
const preset = z.string().min(1).max(50)

const address = z.object({
  /** For a browser source of its own; read-only. */
  url: z.string(),
})

export const widgetCommands = {
  'widget.add': command({
    title: 'Add a widget',
    scope: 'overlays',
    args: z.strictObject({
      kind: widgetKindSchema,
      /** Without it, that of the kind. */
      name: name.optional(),
    }),
    result: z.object({ widget }),
  }),
  'widget.rename': command({
    title: 'Rename a widget',
    scope: 'overlays',
    args: z.strictObject({ widget, name }),
  }),
  /** Its address stops working; a layer that shows it shows nothing. */
  'widget.remove': command({
    title: 'Remove a widget',
    scope: 'overlays',
    args: z.strictObject({ widget }),
    dangerous: true,
  }),
  'widget.copy': command({
    title: 'Copy a widget',
    scope: 'overlays',
    args: z.strictObject({ widget, name: name.optional() }),
    result: z.object({ widget }),
  }),
  /** Those that are named; the others stay. They are seen at once. */
  'widget.change': command({
    title: 'Change the settings of a widget',
    scope: 'overlays',
    args: z.strictObject({ widget, settings: z.record(z.string().max(50), z.unknown()) }),
  }),
  'widget.reset': command({
    title: 'Give a widget the settings of a new one',
    scope: 'overlays',
    args: z.strictObject({ widget }),
  }),
  /** Takes back the last change of this widget's settings; asked again, the one before. */
  'widget.undo': command({
    title: 'Take back the last change of a widget',
    scope: 'overlays',
    args: z.strictObject({ widget }),
  }),
  /** A preset of the same kind and name is replaced. */
  'widget.preset.save': command({
    title: 'Keep the settings of a widget as a preset',
    scope: 'overlays',
    args: z.strictObject({ widget, name }),
    result: z.object({ preset }),
  }),
  'widget.preset.apply': command({
    title: 'Give a widget the settings of a preset',
    scope: 'overlays',
    args: z.strictObject({ widget, preset }),
  }),
  'widget.preset.remove': command({
    title: 'Remove a preset',
    scope: 'overlays',
    args: z.strictObject({ preset }),
    dangerous: true,
  }),
  /** Without names all of them, with every preset. */
  'widget.export': command({
    title: 'Export widgets',
    scope: 'overlays',
    args: z.strictObject({ widgets: z.array(widget).min(1).max(MAX_WIDGETS).optional() }),
    result: widgetFileSchema,
  }),
  /** Adds them; nothing that is there changes. What does not fit is as in a new widget, and said in `faults`. */
  'widget.import': command({
    title: 'Import widgets',
    scope: 'overlays',
    args: z.strictObject({ file: widgetFileSchema }),
    result: z.object({ widgets: z.array(widget), faults: z.array(z.string()) }),
  }),
  'widget.url.get': command({
    title: 'Read the address of a widget',
    scope: 'admin',
    args: z.strictObject({ widget }),
    result: address,
  }),
  /** The old address stops working at once. */
  'widget.url.renew': command({
    title: 'Renew the address of a widget',
    scope: 'admin',
    args: z.strictObject({ widget }),
    result: address,
    dangerous: true,
  }),
} as const
