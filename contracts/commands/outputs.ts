import { z } from 'zod'
import { command } from '../command.ts'
import { layerChangeSchema, MAX_LAYERS, newLayerSchema, outputFields, outputIdSchema } from '../output.ts'

const output = outputIdSchema
const layer = z.string().min(1).max(50)
const { name, width, height, frameRate } = outputFields

export const outputCommands = {
  'output.add': command({
    title: 'Add an output',
    scope: 'overlays',
    args: z.strictObject({
      /** Without it, made from the name. */
      output: output.optional(),
      name,
      width: width.default(1920),
      height: height.default(1080),
      frameRate: frameRate.default(60),
    }),
    result: z.object({ output }),
  }),
  /** Its URLs stop working. `main` stays. */
  'output.remove': command({
    title: 'Remove an output',
    scope: 'overlays',
    args: z.strictObject({ output }),
    dangerous: true,
  }),
  /** The id, and so the URLs, stay. */
  'output.update': command({
    title: 'Change an output: its name, size or frame rate',
    scope: 'overlays',
    args: z.strictObject({
      output,
      name: name.optional(),
      width: width.optional(),
      height: height.optional(),
      frameRate: frameRate.optional(),
    }),
  }),
  'layer.add': command({
    title: 'Add a layer',
    scope: 'overlays',
    args: z.strictObject({
      output,
      layer: newLayerSchema,
      /** 0 is the bottom; without it on top. */
      index: z.number().int().min(0).max(MAX_LAYERS).optional(),
    }),
    result: z.object({ layer }),
  }),
  'layer.update': command({
    title: 'Change a layer',
    scope: 'overlays',
    args: z.strictObject({ output, layer, change: layerChangeSchema }),
  }),
  'layer.move': command({
    title: 'Move a layer up or down',
    scope: 'overlays',
    args: z.strictObject({ output, layer, index: z.number().int().min(0).max(MAX_LAYERS) }),
  }),
  'layer.remove': command({
    title: 'Remove a layer',
    scope: 'overlays',
    args: z.strictObject({ output, layer }),
  }),
  'outputs.undo': command({ title: 'Take back the last change of the outputs', scope: 'overlays' }),
  'outputs.redo': command({ title: 'Do it again', scope: 'overlays' }),
} as const
