import { describe, expect, it } from 'vitest'
import { fieldOf } from '../../contracts/widgets/fields.ts'
import { defaultSettings, readSettings, widgetDefinitions, widgetKinds } from '../../contracts/widgets.ts'
import { NOW, showWidget } from './testing/show-widget.tsx'

// Of every kind, so that a new one is tested before anybody has written a test for it.
describe.each(widgetKinds)('the widget %s', (kind) => {
  const definition = widgetDefinitions[kind]
  const moment = (second: number) => ({
    settings: defaultSettings(kind) as never,
    second,
    now: NOW + second * 1000,
  })

  it('has words, a size and a control for every setting', () => {
    expect(definition.title).not.toBe('')
    expect(definition.description).toMatch(/\.$/)
    expect(definition.size.width % 12).toBe(0)
    expect(definition.size.height % 12).toBe(0)
    for (const field of Object.values(definition.settings.shape)) expect(fieldOf(field).label).not.toBe('')
  })

  it('has defaults that it would accept itself', () => {
    expect(readSettings(kind, defaultSettings(kind))).toEqual({ settings: defaultSettings(kind), faults: {} })
  })

  it('simulates the same in the same second', () => {
    for (const second of [0, 1, 59, 3600]) {
      expect(definition.simulate(moment(second))).toEqual(definition.simulate(moment(second)))
    }
  })

  it('draws what it simulates, second after second, and drops nothing', async () => {
    const widget = await showWidget(kind)
    for (const second of [1, 2, 30, 61]) widget.setData(definition.simulate(moment(second)) as never)
    expect(widget.dropped).toEqual([])
    widget.end()
  })
})
