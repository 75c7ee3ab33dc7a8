import { createRoot, createSignal } from 'solid-js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Layer } from '../../../contracts/output.ts'
import { sampleLayer } from '../../testing/sample-picture.ts'
import { createLayerDraft, type LayerPart, REST_MS } from './layer-draft.ts'

const MUCH_LATER_MS = 10_000

/** A hub that has one layer, and answers a change when told. */
function setUp() {
  return createRoot((dispose) => {
    const [layer, setLayer] = createSignal<Layer>(sampleLayer({ id: 'l1', name: 'Alerts' }))
    const draft = createLayerDraft((id) => (id === 'l1' ? layer() : undefined))
    const sent: LayerPart[] = []
    const answers: ((taken: boolean) => void)[] = []
    const send = (_id: string, change: LayerPart) => {
      sent.push(change)
      return new Promise<boolean>((resolve) => answers.push(resolve))
    }
    return {
      draft,
      sent,
      dispose,
      change: (change: LayerPart) => draft.change('l1', change, send),
      /** What is on the screen. */
      shown: () => draft.shown(layer()),
      /** The hub's state arrives. */
      arrives: (part: LayerPart) => setLayer({ ...layer(), ...part }),
      async answer(taken: boolean) {
        answers.shift()?.(taken)
        await vi.advanceTimersByTimeAsync(0)
      },
    }
  })
}

type SetUp = ReturnType<typeof setUp>
let page: SetUp

beforeEach(() => {
  vi.useFakeTimers()
  page = setUp()
})
afterEach(() => {
  page.dispose()
  vi.useRealTimers()
})

describe('a draft of a layer', () => {
  it('shows a change at once, and sends it when it is at rest', async () => {
    for (const opacity of [0.9, 0.8, 0.7]) {
      page.change({ opacity })
      expect(page.shown().opacity).toBe(opacity)
      await vi.advanceTimersByTimeAsync(REST_MS - 1)
    }
    page.change({ name: 'Loud' })
    expect(page.sent).toEqual([])
    await vi.advanceTimersByTimeAsync(REST_MS)
    expect(page.sent).toEqual([{ opacity: 0.7, name: 'Loud' }])
  })

  it('sends nothing while it is held, and one change when it is let go', async () => {
    page.draft.hold()
    for (const opacity of [0.9, 0.8, 0.7]) page.change({ opacity })
    await vi.advanceTimersByTimeAsync(MUCH_LATER_MS)
    expect(page.sent).toEqual([])
    void page.draft.settle()
    await vi.advanceTimersByTimeAsync(0)
    expect(page.sent).toEqual([{ opacity: 0.7 }])
  })

  it('puts back what the hub refused', async () => {
    page.change({ opacity: 0.5 })
    void page.draft.settle()
    await vi.advanceTimersByTimeAsync(0)
    await page.answer(false)
    expect(page.shown().opacity).toBe(1)
  })

  it.each(['before', 'after'])('does not flicker when the state arrives %s the answer', async (when) => {
    page.change({ opacity: 0.5 })
    void page.draft.settle()
    await vi.advanceTimersByTimeAsync(0)
    if (when === 'before') page.arrives({ opacity: 0.5 })
    await page.answer(true)
    expect(page.shown().opacity).toBe(0.5)
    if (when === 'after') page.arrives({ opacity: 0.5 })
    // From here on the hub's own word counts, e.g. when somebody else changes it.
    page.arrives({ opacity: 0.3 })
    expect(page.shown().opacity).toBe(0.3)
  })

  it('gives way to a hub that took it for something else', async () => {
    page.change({ name: '  Loud  ' })
    void page.draft.settle()
    await vi.advanceTimersByTimeAsync(0)
    page.arrives({ name: 'Loud' })
    await page.answer(true)
    await vi.advanceTimersByTimeAsync(MUCH_LATER_MS)
    expect(page.shown().name).toBe('Loud')
  })

  it('sends one after the other, and keeps what was changed meanwhile', async () => {
    page.change({ opacity: 0.5 })
    void page.draft.settle()
    await vi.advanceTimersByTimeAsync(0)
    page.change({ opacity: 0.6 })
    const settled = page.draft.settle()
    expect(page.sent).toHaveLength(1)
    await page.answer(false)
    expect(page.shown().opacity).toBe(0.6)
    expect(page.sent).toEqual([{ opacity: 0.5 }, { opacity: 0.6 }])
    await page.answer(true)
    await settled
  })

  it('forgets what was not sent', async () => {
    page.change({ opacity: 0.5 })
    page.draft.forget()
    expect(page.shown().opacity).toBe(1)
    await vi.advanceTimersByTimeAsync(MUCH_LATER_MS)
    expect(page.sent).toEqual([])
  })

  it('sends what waits when its page goes', async () => {
    page.change({ opacity: 0.5 })
    page.dispose()
    await vi.advanceTimersByTimeAsync(0)
    expect(page.sent).toEqual([{ opacity: 0.5 }])
  })
})
