import { describe, expect, it } from 'vitest'
import { widgetDefinitions, widgetKinds } from '../../../contracts/widgets.ts'
import { DEMO_DURATION_MS } from './demo.ts'
import { demoChanges, demoSetting, demoWidgets } from './demo-acts.ts'
import { EMPTY_STAGE } from './scenery.ts'

const CANVAS = { width: 1920, height: 1080 }

const all = demoWidgets(() => false)
const seenAt = (positionMs: number) =>
  demoSetting(all, positionMs).layers.filter(
    ({ layer: { opacity, css } }) => opacity === 1 && css.includes('opacity: 1'),
  )

describe('what the demo shows beside the pages', () => {
  it('is every kind of widget, with settings that are its own, but for those the streamer has there', () => {
    expect(all.map(({ kind }) => kind).sort()).toEqual([...widgetKinds].sort())
    for (const { kind, settings } of all) expect(widgetDefinitions[kind].settings.parse(settings)).toEqual(settings)
    expect(demoWidgets((kind) => kind === 'chat').map(({ kind }) => kind)).not.toContain('chat')
    const without = demoSetting(
      demoWidgets((kind) => kind === 'chat'),
      50_000,
    ).layers
    expect(without.every(({ layer }) => layer.name !== widgetDefinitions.chat.title)).toBe(true)
  })

  it('lies whole on the canvas, below alerts, and never one over the other', () => {
    for (const atMs of demoChanges()) {
      const boxes = seenAt(atMs).filter(({ layer }) => layer.rect.width < CANVAS.width)
      for (const { layer, under } of boxes) {
        expect(under).toContain('alerts')
        expect(layer.rect.x + layer.rect.width).toBeLessThanOrEqual(CANVAS.width)
        expect(Math.min(layer.rect.x, layer.rect.y)).toBeGreaterThanOrEqual(0)
      }
      // Counts stand where the chat fades.
      const apart = boxes.filter(({ layer }) => layer.name !== widgetDefinitions.counts.title)
      for (const one of apart) {
        for (const other of apart) if (one !== other) expect(isApart(one.layer.rect, other.layer.rect)).toBe(true)
      }
    }
  })

  it('is loaded before it is seen, and there until it has faded', () => {
    for (const { id } of all) {
      const told = demoChanges().map((atMs) => {
        const layer = demoSetting(all, atMs).layers.find((other) => other.layer.id === id)?.layer
        return layer === undefined ? 'gone' : `${layer.opacity} ${layer.css.includes('opacity: 1')}`
      })
      const turns = told.filter((state, index) => state !== told[index - 1]).join(', ')
      expect(turns.replace(/^gone, |, gone$/g, '').split(', gone, ')).toSatisfy((all: string[]) =>
        all.every((turn) => turn === '0 false, 1 true, 1 false'),
      )
    }
  })

  it('is over with the demo', () => {
    expect(demoChanges().at(-1)).toBeLessThan(DEMO_DURATION_MS)
    expect(demoSetting(all, DEMO_DURATION_MS).layers).toEqual(EMPTY_STAGE.layers)
  })
})

interface Rect {
  x: number
  y: number
  width: number
  height: number
}

function isApart(one: Rect, other: Rect): boolean {
  const isBeside = one.x + one.width <= other.x || other.x + other.width <= one.x
  return isBeside || one.y + one.height <= other.y || other.y + other.height <= one.y
}
