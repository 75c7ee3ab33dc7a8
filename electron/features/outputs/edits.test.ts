import { describe, expect, it } from 'vitest'
import { MAX_LAYERS, MAX_OUTPUTS, type Output, outputIdSchema } from '../../../contracts/output.ts'
import { CommandError } from '../../kernel/commands.ts'
import { originalTopics } from '../timeline/original-topics.ts'
import { type Edit, type EditRules, edits } from './edits.ts'
import { DEFAULT_OUTPUT } from './output-store.ts'

const rules: EditRules = {
  newLayerId: () => 'new',
  isOwn: (url) => url.startsWith('http://localhost:7175'),
  widgetOf: (id) => (id === 'goals' ? { name: 'Night goals', size: { width: 600, height: 420 } } : null),
}
const camera = { kind: 'url', url: 'https://camera.example/view' } as const
const size = { width: 1280, height: 720, frameRate: 30 }
const MAIN: Output = { ...DEFAULT_OUTPUT, layers: DEFAULT_OUTPUT.layers.filter(({ id }) => id === 'alerts') }
const start: readonly Output[] = [MAIN]

/** Main with the layers `alerts`, `a`, `b`. */
function stack(): readonly Output[] {
  const layers = ['a', 'b'].map((id) => ({
    ...(MAIN.layers[0] as Output['layers'][0]),
    id,
    name: id.toUpperCase(),
  }))
  return [{ ...MAIN, layers: [...MAIN.layers, ...layers] }]
}

function refused(work: () => unknown): { code: string; path: string | undefined; message: string } {
  try {
    work()
  } catch (error) {
    if (error instanceof CommandError) return { code: error.code, path: error.path, message: error.message }
    throw error
  }
  throw new Error('it was not refused')
}

const layerIds = ({ outputs }: Pick<Edit<unknown>, 'outputs'>) => outputs[0]?.layers.map(({ id }) => id)

describe('outputs', () => {
  it('are added under the id that is asked for, or one made from the name', () => {
    const added = edits['output.add'](start, { output: 'side', name: 'Side', ...size }, rules)
    expect(added).toMatchObject({ result: { output: 'side' }, label: 'Add output “Side”' })
    expect(added.outputs).toEqual([MAIN, { id: 'side', name: 'Side', ...size, layers: [] }])
    const ids: string[] = []
    let outputs = start
    for (const name of ['Main', 'Écran  à côté!', '画面', '画面', 'System', 'x'.repeat(60), 'x'.repeat(60)]) {
      const edit = edits['output.add'](outputs, { name, ...size }, rules)
      outputs = edit.outputs
      ids.push(edit.result.output)
    }
    expect(ids).toEqual([
      'main-2',
      'ecran-a-cote',
      'output',
      'output-2',
      'system-2',
      'x'.repeat(32),
      `${'x'.repeat(30)}-2`,
    ])
    for (const id of ids) expect(outputIdSchema.safeParse(id).success, id).toBe(true)
  })

  it('are refused with a taken or kept id, and when there are too many', () => {
    const add = (outputs: readonly Output[], output: string) =>
      refused(() => edits['output.add'](outputs, { output, name: 'X', ...size }, rules))
    expect(add(start, 'main')).toMatchObject({ code: 'conflict', path: 'output' })
    for (const topic of originalTopics.flatMap(({ topics }) => topics)) {
      const [room, id = ''] = topic.split(':')
      if (room === 'overlay') expect(add(start, id), topic).toMatchObject({ code: 'conflict', path: 'output' })
    }
    const many = Array.from({ length: MAX_OUTPUTS }, (_, at) => ({
      ...MAIN,
      id: at === 0 ? 'main' : `o${at}`,
    }))
    expect(add(many, 'more').message).toContain('16 outputs already')
  })

  it('are renamed and resized under the same id', () => {
    const edit = edits['output.update'](start, { output: 'main', width: 2560, height: 1440, name: undefined }, rules)
    expect(edit.label).toBe('Make output “Main” 2560 x 1440')
    expect(edit.outputs).toEqual([{ ...MAIN, width: 2560, height: 1440 }])
    expect(edits['output.update'](start, { output: 'main', name: 'Game' }, rules).label).toBe(
      'Rename output “Main” to “Game”',
    )
    expect(edits['output.update'](start, { output: 'main', frameRate: 30 }, rules).label).toContain(
      '30 frames a second',
    )
  })

  it('are removed, but for main; unknown ones are named together with those there are', () => {
    const two = edits['output.add'](start, { output: 'side', name: 'Side', ...size }, rules).outputs
    expect(edits['output.remove'](two, { output: 'side' }, rules)).toEqual({
      outputs: start,
      label: 'Remove output “Side”',
      result: {},
    })
    expect(refused(() => edits['output.remove'](two, { output: 'main' }, rules))).toMatchObject({
      code: 'conflict',
      path: 'output',
    })
    const unknown = { code: 'not_found', path: 'output', message: 'there is no output "x"; there is "main", "side"' }
    expect(refused(() => edits['output.remove'](two, { output: 'x' }, rules))).toEqual(unknown)
    expect(refused(() => edits['output.update'](two, { output: 'x' }, rules))).toEqual(unknown)
    expect(refused(() => edits['layer.add'](two, { output: 'x', layer: { source: camera } }, rules))).toEqual(unknown)
  })
})

describe('layers', () => {
  it('fill the canvas and go on top unless told otherwise', () => {
    const plain = edits['layer.add'](stack(), { output: 'main', layer: { source: camera } }, rules)
    expect(plain).toMatchObject({ result: { layer: 'new' }, label: 'Add layer “camera.example”' })
    expect(layerIds(plain)).toEqual(['alerts', 'a', 'b', 'new'])
    expect(plain.outputs[0]?.layers[3]).toEqual({
      id: 'new',
      name: 'camera.example',
      source: camera,
      visible: true,
      rect: { x: 0, y: 0, width: 1920, height: 1080 },
      crop: { top: 0, right: 0, bottom: 0, left: 0 },
      opacity: 1,
      blend: 'normal',
      css: '',
      pageCss: '',
      transparent: true,
    })
    const card = { name: 'Card', source: { kind: 'page', page: 'test-card' }, opacity: 0.5 } as const
    const below = edits['layer.add'](stack(), { output: 'main', layer: card, index: 0 }, rules)
    expect(layerIds(below)).toEqual(['new', 'alerts', 'a', 'b'])
    expect(below.outputs[0]?.layers[0]).toMatchObject({ name: 'Card', opacity: 0.5, visible: true })
    expect(layerIds(edits['layer.add'](stack(), { output: 'main', layer: card, index: 40 }, rules))?.at(-1)).toBe('new')
  })

  it.each([
    [0, ['b', 'alerts', 'a'], 'down'],
    [1, ['alerts', 'b', 'a'], 'down'],
    [2, ['alerts', 'a', 'b'], 'up'],
    [40, ['alerts', 'a', 'b'], 'up'],
  ])('move to %i', (index, order, way) => {
    const edit = edits['layer.move'](stack(), { output: 'main', layer: 'b', index }, rules)
    expect([layerIds(edit), edit.label]).toEqual([order, `Move layer “B” ${way}`])
  })

  it.each([
    [{ name: 'Cam' }, 'Rename layer “A” to “Cam”'],
    [{ visible: false }, 'Hide layer “A”'],
    [{ visible: true, css: undefined }, 'Show layer “A”'],
    [{ rect: { x: 5, y: 5, width: 10, height: 10 } }, 'Place layer “A”'],
    [{ crop: { top: 1, right: 1, bottom: 1, left: 1 } }, 'Crop layer “A”'],
    [{ opacity: 0.2 }, 'Set the opacity of layer “A”'],
    [{ blend: 'screen' as const }, 'Set how layer “A” blends'],
    [{ source: camera }, 'Change the page of layer “A”'],
    [{ css: 'filter: blur(2px)' }, 'Change layer “A”'],
    [{ opacity: 0.2, visible: false }, 'Change layer “A”'],
  ])('change by %j', (change, label) => {
    const edit = edits['layer.update'](stack(), { output: 'main', layer: 'a', change }, rules)
    expect(edit.label).toBe(label)
    const { css: _, ...said } = { css: '', ...change }
    expect(edit.outputs[0]?.layers[1]).toMatchObject(said)
    expect(edit.outputs[0]?.layers.filter(({ id }) => id !== 'a')).toEqual(
      stack()[0]?.layers.filter(({ id }) => id !== 'a'),
    )
  })

  it('are removed; unknown ones are named', () => {
    const edit = edits['layer.remove'](stack(), { output: 'main', layer: 'a' }, rules)
    expect([layerIds(edit), edit.label]).toEqual([['alerts', 'b'], 'Remove layer “A”'])
    const unknown = { code: 'not_found', path: 'layer' }
    expect(refused(() => edits['layer.remove'](start, { output: 'main', layer: 'x' }, rules))).toMatchObject(unknown)
    expect(refused(() => edits['layer.move'](start, { output: 'main', layer: 'x', index: 0 }, rules))).toMatchObject(
      unknown,
    )
    expect(
      refused(() => edits['layer.update'](start, { output: 'main', layer: 'x', change: {} }, rules)),
    ).toMatchObject(unknown)
  })

  it('never show the hub itself', () => {
    const own = { kind: 'url', url: 'http://localhost:7175/overlay/main?token=x' } as const
    const added = refused(() => edits['layer.add'](start, { output: 'main', layer: { source: own } }, rules))
    expect(added).toMatchObject({ code: 'invalid_args', path: 'layer.source.url' })
    expect(added.message).toContain('http://localhost:7175 is Landale itself: that would be the picture in itself')
    expect(added.message).not.toContain('token')
    const changed = { output: 'main', layer: 'alerts', change: { source: own } }
    expect(refused(() => edits['layer.update'](start, changed, rules))).toMatchObject({ path: 'change.source.url' })
    const alerts = MAIN.layers[0] as Output['layers'][0]
    const turned = [{ ...MAIN, layers: [{ ...alerts, source: own }] }]
    const hide = { output: 'main', layer: 'alerts', change: { visible: false } }
    expect(edits['layer.update'](turned, hide, rules).outputs[0]?.layers[0]?.visible).toBe(false)
  })

  it('are never cropped away', () => {
    const crop = { top: 500, right: 0, bottom: 580, left: 0 }
    const layer = { source: camera, crop }
    const added = refused(() => edits['layer.add'](start, { output: 'main', layer }, rules))
    expect(added).toMatchObject({ code: 'invalid_args', path: 'layer.crop' })
    expect(added.message).toContain('0 x 1080 px off a layer of 1920 x 1080 px')
    const update = (change: object) =>
      refused(() => edits['layer.update'](start, { output: 'main', layer: 'alerts', change }, rules)).path
    expect(update({ crop: { top: 0, right: 1900, bottom: 0, left: 20 } })).toBe('change.crop')
    const cropped = edits['layer.update'](
      start,
      { output: 'main', layer: 'alerts', change: { crop: { ...crop, bottom: 0 } } },
      rules,
    ).outputs
    const shrink = { output: 'main', layer: 'alerts', change: { rect: { x: 0, y: 0, width: 1920, height: 500 } } }
    expect(refused(() => edits['layer.update'](cropped, shrink, rules)).path).toBe('change.rect')
  })

  it('are only so many', () => {
    const alerts = MAIN.layers[0] as Output['layers'][0]
    const layers = Array.from({ length: MAX_LAYERS }, (_, at) => ({ ...alerts, id: `l${at}` }))
    const full = [{ ...MAIN, layers }]
    const add = () => edits['layer.add'](full, { output: 'main', layer: { source: camera } }, rules)
    expect(refused(add)).toMatchObject({ code: 'conflict', path: 'output' })
  })
})

describe('a layer that shows a widget', () => {
  it('has its name and size, and is refused where there is none', () => {
    const source = { kind: 'widget', widget: 'goals' } as const
    const added = edits['layer.add'](start, { output: 'main', layer: { source } }, rules)
    expect(added.outputs[0]?.layers.at(-1)).toMatchObject({
      name: 'Night goals',
      source,
      rect: { x: 60, y: 60, width: 600, height: 420 },
    })
    const whole = { ...rules, widgetOf: () => ({ name: 'Rain', size: { width: 1920, height: 1080 } }) }
    const filled = edits['layer.add'](start, { output: 'main', layer: { source } }, whole)
    expect(filled.outputs[0]?.layers.at(-1)?.rect).toEqual({ x: 0, y: 0, width: 1920, height: 1080 })
    const gone = { kind: 'widget', widget: 'gone' } as const
    expect(refused(() => edits['layer.add'](start, { output: 'main', layer: { source: gone } }, rules))).toMatchObject({
      code: 'not_found',
      path: 'layer.source.widget',
    })
  })
})
