import { expect, it } from 'vitest'
import type { BuiltInPage, Layer, LayerSource } from '../../contracts/output.ts'
import type { RehearsedLayer } from '../../contracts/state/rehearsal.ts'
import { withRehearsed } from './rehearsed-layers.ts'

const rect = { x: 60, y: 480, width: 600, height: 540 }

function layer(id: string, source: LayerSource): Layer {
  const crop = { top: 0, right: 0, bottom: 0, left: 0 }
  const look = { opacity: 1, blend: 'normal', css: '', pageCss: '', transparent: true } as const
  return { id, name: id, source, visible: true, rect, crop, ...look }
}

const page = (name: BuiltInPage) => layer(name, { kind: 'page', page: name })
const widget = (id: string, ...under: BuiltInPage[]): RehearsedLayer => {
  return { layer: layer(id, { kind: 'widget', widget: id }), under }
}
const main = { id: 'main', name: 'Main', width: 1920, height: 1080, frameRate: 60 }
const layers = [page('omnibar'), layer('camera', { kind: 'url', url: 'https://example.com' }), page('alerts')]

it('puts each under what it may not cover, in its order, and on top where nothing of that is there', () => {
  const rehearsed = [
    widget('rain', 'omnibar', 'alerts'),
    widget('chat', 'alerts'),
    widget('goals', 'alerts'),
    widget('top', 'takeover'),
  ]
  const ids = withRehearsed({ ...main, layers }, rehearsed).map(({ id }) => id)
  expect(ids).toEqual(['rain', 'omnibar', 'camera', 'chat', 'goals', 'alerts', 'top'])
  expect(layers.map(({ id }) => id)).toEqual(['omnibar', 'camera', 'alerts'])
})

it('scales to the canvas, and leaves other outputs alone', () => {
  const small = withRehearsed({ ...main, width: 1280, height: 720, layers }, [widget('chat')])
  expect(small.at(-1)?.rect).toEqual({ x: 40, y: 320, width: 400, height: 360 })
  expect(small[0]?.rect).toEqual(rect)
  expect(withRehearsed({ ...main, id: 'side', layers }, [widget('chat')])).toBe(layers)
})
