/**
 * What a picture is made of: an *output* is a canvas of ordered *layers*. Owns the schemas of both; knows neither who
 * draws them nor who edits them.
 */
import { z } from 'zod'

/** The pages of ours that can be a layer. `test-card` shows a frame counter and a clock. */
const builtInPages = [
  'alerts',
  'omnibar',
  'takeover',
  'ironmon',
  'coding',
  'status',
  'now-playing',
  'captions',
  'test-card',
] as const
export type BuiltInPage = (typeof builtInPages)[number]

/** How a browser source shows an output: it renders the stage itself, or shows the picture that we render. */
export const showingWays = ['overlay', 'live'] as const
export type ShowingWay = (typeof showingWays)[number]

/** The output that is always there. */
export const MAIN_OUTPUT = 'main'

export const outputIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'use 1 to 32 small letters, digits and hyphens, and no hyphen first')

const url = z
  .string()
  .max(2000)
  .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), 'must be a whole http or https address')

const layerSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('page'), page: z.enum(builtInPages) }),
  z.strictObject({ kind: z.literal('widget'), widget: z.string().min(1).max(50) }),
  /** Any address of another origin. One of the hub's own is refused: that would be the picture in itself. */
  z.strictObject({ kind: z.literal('url'), url }),
])
export type LayerSource = z.output<typeof layerSourceSchema>

/** The widest canvas and layer, px: what Chromium's software canvas still holds. */
export const MAX_SIDE_PX = 7680

const side = z.number().int().min(1).max(MAX_SIDE_PX)
const place = z.number().int().min(-MAX_SIDE_PX).max(MAX_SIDE_PX)
const inset = z.number().int().min(0).max(MAX_SIDE_PX)

/** CSS's own names, since the browser blends. */
const blendModes = ['normal', 'multiply', 'screen', 'overlay', 'darken', 'lighten', 'difference'] as const

const name = z.string().trim().min(1).max(60)

const layerFields = {
  name,
  source: layerSourceSchema,
  visible: z.boolean(),
  /** Of the output's canvas, px. The layer's page is as large as this. */
  rect: z.strictObject({ x: place, y: place, width: side, height: side }),
  /** Cut off the layer's own edges, px. */
  crop: z.strictObject({ top: inset, right: inset, bottom: inset, left: inset }),
  opacity: z.number().min(0).max(1),
  blend: z.enum(blendModes),
  /** Declarations for the layer's frame, e.g. `border-radius: 24px; filter: blur(2px)`. It is the frame's own: `pageCss` is for the page inside. */
  css: z.string().max(2000),
  /**
   * Rules for the page inside, what OBS calls custom CSS. Only pages and widgets of ours take them: a browser lets nobody
   * into somebody else's page.
   */
  pageCss: z.string().max(20_000),
  /** False puts a black plate behind the page. */
  transparent: z.boolean(),
}

/** Newest of a stack is drawn last, over the others. */
const layerSchema = z.strictObject({
  id: z.string().min(1).max(50),
  ...layerFields,
  // Layers that were stored before it was there.
  pageCss: layerFields.pageCss.default(''),
})
export type Layer = z.output<typeof layerSchema>

/** What a caller may leave out when adding: it fills the canvas, visible, plain. */
export const newLayerSchema = z
  .strictObject({ ...layerFields })
  .partial()
  .required({ source: true })
export const layerChangeSchema = z.strictObject(layerFields).partial()
export type LayerChange = z.output<typeof layerChangeSchema>

const size = z.number().int().min(16).max(MAX_SIDE_PX)

export const outputFields = {
  name,
  width: size,
  height: size,
  /** Frames a second at most. */
  frameRate: z.number().int().min(1).max(120),
}

/** Most layers in one output: each is a page of its own. */
export const MAX_LAYERS = 40
export const MAX_OUTPUTS = 16

export const outputSchema = z.strictObject({
  id: outputIdSchema,
  ...outputFields,
  /** Bottom first. */
  layers: z.array(layerSchema).max(MAX_LAYERS),
})
export type Output = z.output<typeof outputSchema>
