/**
 * What can be done to outputs and layers: each edit takes the outputs and answers new ones, the words for it, and what
 * the caller wants to know. Pure: owns every rule of what an output may be; knows no disk, no token and no page. An edit
 * that is refused throws a `CommandError` with the path of the argument at fault.
 */
import type { CommandResult, ParsedCommandArgs } from '../../../contracts/commands.ts'
import {
  type BuiltInPage,
  type Layer,
  type LayerChange,
  type LayerSource,
  MAIN_OUTPUT,
  MAX_LAYERS,
  MAX_OUTPUTS,
  type Output,
} from '../../../contracts/output.ts'
import { CommandError } from '../../kernel/commands.ts'

export interface Edit<R> {
  outputs: readonly Output[]
  /** As an order: `Hide layer “Camera”`. */
  label: string
  result: R
}

export interface EditRules {
  newLayerId: () => string
  /** Whether this address is the hub's own. */
  isOwn: (url: string) => boolean
  /** Null where there is no such widget. */
  widgetOf: (id: string) => ShownWidget | null
}

/** What a layer that shows a widget takes from it when it is added. */
interface ShownWidget {
  name: string
  size: { width: number; height: number }
}

type Outputs = readonly Output[]
type Args<N extends EditName> = ParsedCommandArgs<N>
export type EditName =
  | 'output.add'
  | 'output.remove'
  | 'output.update'
  | 'layer.add'
  | 'layer.update'
  | 'layer.move'
  | 'layer.remove'

export type Edits = {
  [N in EditName]: (outputs: Outputs, args: Args<N>, rules: EditRules) => Edit<CommandResult<N>>
}

/** Rooms of the original system have the topics `overlay:<these>`. */
const RESERVED_IDS: readonly string[] = ['obs', 'twitch', 'ironmon', 'music', 'system']

export const edits: Edits = {
  'output.add': addOutput,
  'output.remove': removeOutput,
  'output.update': updateOutput,
  'layer.add': addLayer,
  'layer.update': updateLayer,
  'layer.move': moveLayer,
  'layer.remove': removeLayer,
}

function addOutput(outputs: Outputs, { output: wanted, ...fields }: Args<'output.add'>): Edit<{ output: string }> {
  if (outputs.length >= MAX_OUTPUTS) {
    throw new CommandError('conflict', `there are ${MAX_OUTPUTS} outputs already, which is the most; remove one first`)
  }
  const id = wanted ?? freeId(outputs, fields.name)
  if (RESERVED_IDS.includes(id)) {
    throw new CommandError('conflict', `"${id}" is kept for programs of before; choose another id`, { path: 'output' })
  }
  const taken = outputs.find((output) => output.id === id)
  if (taken) {
    const message = `the output "${id}" is there already, as ${quoted(taken.name)}; choose another id`
    throw new CommandError('conflict', message, { path: 'output' })
  }
  const output: Output = { id, ...fields, layers: [] }
  return { outputs: [...outputs, output], label: `Add output ${quoted(fields.name)}`, result: { output: id } }
}

function removeOutput(outputs: Outputs, { output: id }: Args<'output.remove'>): Edit<Record<string, never>> {
  const output = findOutput(outputs, id)
  if (id === MAIN_OUTPUT) {
    const message = `the output "${MAIN_OUTPUT}" is always there and can't be removed; hide or remove its layers instead`
    throw new CommandError('conflict', message, { path: 'output' })
  }
  const rest = outputs.filter((other) => other !== output)
  return { outputs: rest, label: `Remove output ${quoted(output.name)}`, result: {} }
}

function updateOutput(outputs: Outputs, { output: id, ...fields }: Args<'output.update'>): Edit<Record<string, never>> {
  const before = findOutput(outputs, id)
  const after: Output = { ...before, ...given(fields) }
  return { outputs: replaced(outputs, after), label: outputWords(before, after), result: {} }
}

function addLayer(
  outputs: Outputs,
  { output: id, layer: wanted, index }: Args<'layer.add'>,
  rules: EditRules,
): Edit<{ layer: string }> {
  const output = findOutput(outputs, id)
  if (output.layers.length >= MAX_LAYERS) {
    const message = `${quoted(output.name)} has ${MAX_LAYERS} layers already, which is the most; remove one first`
    throw new CommandError('conflict', message, { path: 'output' })
  }
  const { source, ...fields } = wanted
  const layer: Layer = { ...plainLayer(source, output, rules), ...given(fields) }
  checkLayer(layer, wanted, 'layer', rules)
  const layers = output.layers.toSpliced(index ?? output.layers.length, 0, layer)
  return {
    outputs: replaced(outputs, { ...output, layers }),
    label: `Add layer ${quoted(layer.name)}`,
    result: { layer: layer.id },
  }
}

function updateLayer(
  outputs: Outputs,
  { output: id, layer: layerId, change }: Args<'layer.update'>,
  rules: EditRules,
): Edit<Record<string, never>> {
  const output = findOutput(outputs, id)
  const before = findLayer(output, layerId)
  const after: Layer = { ...before, ...given(change) }
  checkLayer(after, change, 'change', rules)
  const layers = output.layers.map((other) => (other === before ? after : other))
  return { outputs: replaced(outputs, { ...output, layers }), label: layerWords(before, change), result: {} }
}

function moveLayer(
  outputs: Outputs,
  { output: id, layer: layerId, index }: Args<'layer.move'>,
): Edit<Record<string, never>> {
  const output = findOutput(outputs, id)
  const layer = findLayer(output, layerId)
  const from = output.layers.indexOf(layer)
  // Beyond the top is the top.
  const layers = output.layers.toSpliced(from, 1).toSpliced(index, 0, layer)
  const way = index < from ? 'down' : 'up'
  return {
    outputs: replaced(outputs, { ...output, layers }),
    label: `Move layer ${quoted(layer.name)} ${way}`,
    result: {},
  }
}

function removeLayer(
  outputs: Outputs,
  { output: id, layer: layerId }: Args<'layer.remove'>,
): Edit<Record<string, never>> {
  const output = findOutput(outputs, id)
  const layer = findLayer(output, layerId)
  const layers = output.layers.filter((other) => other !== layer)
  return {
    outputs: replaced(outputs, { ...output, layers }),
    label: `Remove layer ${quoted(layer.name)}`,
    result: {},
  }
}

/** Throws a `CommandError` when there is no such output. */
export function findOutput(outputs: Outputs, id: string): Output {
  const output = outputs.find((other) => other.id === id)
  if (output) return output
  const known = outputs.map((other) => `"${other.id}"`).join(', ')
  throw new CommandError('not_found', `there is no output "${id}"; there is ${known}`, { path: 'output' })
}

function findLayer(output: Output, id: string): Layer {
  const layer = output.layers.find((other) => other.id === id)
  if (layer) return layer
  const message = `there is no layer "${id}" in ${quoted(output.name)}; it may have been removed`
  throw new CommandError('not_found', message, { path: 'layer' })
}

function replaced(outputs: Outputs, after: Output): Outputs {
  return outputs.map((output) => (output.id === after.id ? after : output))
}

/**
 * It fills the canvas and shows its page as it is; a widget has its own size, in the corner inside the safe margin, unless it
 * is made for the whole canvas.
 */
function plainLayer(source: LayerSource, { width, height }: Output, { newLayerId, widgetOf }: EditRules): Layer {
  const widget = source.kind === 'widget' ? widgetOf(source.widget) : null
  const isPart = widget !== null && (widget.size.width < width || widget.size.height < height)
  return {
    id: newLayerId(),
    name: widget?.name ?? sourceName(source),
    source,
    visible: true,
    rect: isPart ? { x: SAFE_MARGIN_PX, y: SAFE_MARGIN_PX, ...widget.size } : { x: 0, y: 0, width, height },
    crop: { top: 0, right: 0, bottom: 0, left: 0 },
    opacity: 1,
    blend: 'normal',
    css: '',
    pageCss: '',
    transparent: true,
  }
}

/** Nothing is lost there on any screen. */
const SAFE_MARGIN_PX = 60

const PAGE_NAMES: Readonly<Record<BuiltInPage, string>> = {
  alerts: 'Alerts',
  omnibar: 'Omnibar',
  takeover: 'Takeover',
  ironmon: 'IronMON',
  coding: 'Coding',
  status: 'Status',
  'now-playing': 'Now playing',
  captions: 'Captions',
  'test-card': 'Test card',
}

function sourceName(source: LayerSource): string {
  if (source.kind === 'page') return PAGE_NAMES[source.page]
  return source.kind === 'widget' ? 'Widget' : new URL(source.url).hostname.slice(0, 60)
}

/** Looks only at what was said: a layer that has become wrong by itself can still be hidden. */
function checkLayer(layer: Layer, said: LayerChange, path: string, { isOwn, widgetOf }: EditRules): void {
  const { source, rect, crop } = layer
  if (said.source?.kind === 'widget' && widgetOf(said.source.widget) === null) {
    const message = `there is no widget "${said.source.widget}"; it may be removed already`
    throw new CommandError('not_found', message, { path: `${path}.source.widget` })
  }
  if (said.source?.kind === 'url' && source.kind === 'url' && isOwn(source.url)) {
    // Without its path and token: messages are logged.
    const message = `${new URL(source.url).origin} is Landale itself: that would be the picture in itself. Use a built-in page, or an address of another program`
    throw new CommandError('invalid_args', message, { path: `${path}.source.url` })
  }
  if (!said.crop && !said.rect) return
  const across = crop.left + crop.right
  const down = crop.top + crop.bottom
  if (across < rect.width && down < rect.height) return
  const message = `the crop takes ${across} x ${down} px off a layer of ${rect.width} x ${rect.height} px, so nothing would be left; crop less or make it larger`
  throw new CommandError('invalid_args', message, { path: `${path}.${said.crop ? 'crop' : 'rect'}` })
}

/** An id made from a name, and a number behind it where that is taken: `Side screen` is `side-screen`. */
function freeId(outputs: Outputs, name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  const base = plain === '' ? 'output' : plain
  const isFree = (id: string) => !RESERVED_IDS.includes(id) && outputs.every((output) => output.id !== id)
  for (let number = 1; ; number++) {
    const ending = number === 1 ? '' : `-${number}`
    const id = `${base.slice(0, 32 - ending.length)}${ending}`
    if (isFree(id)) return id
  }
}

function outputWords(before: Output, after: Output): string {
  const named = quoted(before.name)
  if (after.width !== before.width || after.height !== before.height) {
    return `Make output ${named} ${after.width} x ${after.height}`
  }
  if (after.frameRate !== before.frameRate) return `Set output ${named} to ${after.frameRate} frames a second`
  return `Rename output ${named} to ${quoted(after.name)}`
}

function layerWords({ name }: Layer, change: LayerChange): string {
  const named = quoted(name)
  const changed = Object.entries(change).filter(([, value]) => value !== undefined)
  const [only] = changed.length === 1 ? changed : []
  switch (only?.[0]) {
    case 'name':
      return `Rename layer ${named} to ${quoted(change.name ?? '')}`
    case 'visible':
      return `${change.visible === true ? 'Show' : 'Hide'} layer ${named}`
    case 'rect':
      return `Place layer ${named}`
    case 'crop':
      return `Crop layer ${named}`
    case 'opacity':
      return `Set the opacity of layer ${named}`
    case 'blend':
      return `Set how layer ${named} blends`
    case 'source':
      return `Change the page of layer ${named}`
    default:
      return `Change layer ${named}`
  }
}

function quoted(name: string): string {
  return `“${name}”`
}

/** Only what was said: a field left out stays as it is. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
