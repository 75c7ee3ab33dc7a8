import gsap from 'gsap'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureNoLeaks } from '../../base/testing/no-leaks.ts'
import { emptySlots, LAYER_NAMES, type LayerName, type LayerSlots } from './layer-machine.ts'
import { createLayerOrchestrator, type LayerOrchestrator } from './layer-orchestrator.ts'

/** A frame, s. */
const FRAME = 1 / 60

describe('the orchestrator of the layers', () => {
  ensureNoLeaks()

  let time = 0
  let slots: LayerSlots<string>
  let animating: boolean[]
  let reducedMotion: boolean
  let layers: LayerOrchestrator<string>
  let elements: Record<LayerName, HTMLElement>

  beforeEach(() => {
    // Time goes on when the test says so.
    gsap.ticker.remove(gsap.updateRoot)
    time = gsap.globalTimeline.time()
    reducedMotion = false
    set()
  })
  afterEach(() => {
    layers.dispose()
    gsap.ticker.add(gsap.updateRoot)
  })

  function set(): void {
    slots = emptySlots()
    animating = []
    layers = createLayerOrchestrator<string>({
      travelPx: 96,
      reducesMotion: () => reducedMotion,
      onDidChange: (next) => {
        slots = next
      },
      onAnimating: (moving) => animating.push(moving),
    })
    elements = {
      foreground: document.createElement('div'),
      midground: document.createElement('div'),
      background: document.createElement('div'),
    }
    for (const layer of LAYER_NAMES) layers.register(layer, elements[layer])
  }

  function pass(ms: number): void {
    const until = time + ms / 1000
    while (time < until) {
      time = Math.min(until, time + FRAME)
      gsap.updateRoot(time)
    }
  }

  /** Where an element is: px down, scale, opacity. */
  function look(layer: LayerName): number[] {
    return ['y', 'scale', 'opacity'].map((property) => round(Number(gsap.getProperty(elements[layer], property))))
  }
  const phases = () => LAYER_NAMES.map((layer) => slots[layer].phase)

  it('enters from the edge in 400 ms and leaves to it in 300 ms', () => {
    layers.show('background', 'ticker')
    expect(look('background')).toEqual([96, 1, 1])
    pass(200)
    expect(look('background')[0]).toBe(12)
    pass(150)
    expect(phases()).toEqual(['hidden', 'hidden', 'entering'])
    pass(80)
    expect(look('background')).toEqual([0, 1, 1])
    expect(phases()).toEqual(['hidden', 'hidden', 'active'])
    layers.hide('background')
    pass(250)
    expect(phases()).toEqual(['hidden', 'hidden', 'exiting'])
    pass(80)
    expect(look('background')[0]).toBe(96)
    expect(phases()).toEqual(['hidden', 'hidden', 'hidden'])
  })

  it('sinks what is interrupted in 200 ms, the lower the deeper, and brings it back in 400 ms', () => {
    layers.show('background', 'ticker')
    pass(500)
    layers.show('midground', 'train')
    pass(250)
    expect(look('background')).toEqual([60, 0.9, 0.5])
    pass(250)
    layers.show('foreground', 'alert')
    pass(250)
    expect(look('midground')).toEqual([30, 0.95, 0.7])
    pass(250)
    layers.hide('foreground')
    pass(350)
    expect(phases()).toEqual(['hidden', 'active', 'interrupted'])
    pass(450)
    expect(look('midground')).toEqual([0, 1, 1])
    expect(look('background')).toEqual([60, 0.9, 0.5])
    layers.hide('midground')
    pass(800)
    expect(look('background')).toEqual([0, 1, 1])
  })

  it('cut off in the middle, a motion goes on from where it was', () => {
    layers.show('midground', 'train')
    pass(100)
    const [before] = look('midground')
    layers.hide('midground')
    expect(look('midground')[0]).toBe(before)
    pass(FRAME * 1000)
    expect(Math.abs((look('midground')[0] ?? 0) - (before ?? 0))).toBeLessThan(6)
  })

  it('a layer that comes in does not end the motion of one that its own exit brought back', () => {
    layers.show('background', 'ticker')
    layers.show('foreground', 'one')
    pass(500)
    layers.hide('foreground')
    pass(350)
    layers.show('foreground', 'two')
    pass(250)
    expect(look('background')).toEqual([60, 0.9, 0.5])
    layers.hide('foreground')
    pass(1000)
    expect(look('background')).toEqual([0, 1, 1])
  })

  it('only fades where motion is not wanted, from the next one on', () => {
    reducedMotion = true
    layers.show('background', 'ticker')
    expect(look('background')).toEqual([0, 1, 0])
    pass(500)
    expect(look('background')).toEqual([0, 1, 1])
    layers.show('foreground', 'alert')
    pass(500)
    expect(look('background')).toEqual([0, 1, 0.5])
    layers.hide('background')
    pass(400)
    expect(look('background')).toEqual([0, 1, 0])
  })

  it('says when anything moves and when all stands still', () => {
    layers.show('background', 'ticker')
    layers.show('foreground', 'alert')
    expect(animating).toEqual([true])
    pass(500)
    expect(animating).toEqual([true, false])
    layers.hide('foreground')
    pass(1000)
    expect(animating).toEqual([true, false, true, false])
  })

  it('an element taken away is left as it was found, and another may take its place', () => {
    const other = document.createElement('div')
    layers.show('background', 'ticker')
    pass(100)
    const registration = layers.register('background', other)
    expect(elements.background.getAttribute('style') ?? '').not.toMatch(/transform: \w|opacity/)
    expect(phases()).toEqual(['hidden', 'hidden', 'hidden'])
    layers.show('background', 'again')
    expect(gsap.getProperty(other, 'y')).toBe(96)
    registration.dispose()
    registration.dispose()
    layers.show('background', 'later')
    expect(phases()).toEqual(['hidden', 'hidden', 'hidden'])
  })

  it('leaves nothing behind', () => {
    const before = gsap.globalTimeline.getChildren().length
    for (let n = 0; n < 200; n++) {
      for (const layer of LAYER_NAMES) layers.show(layer, `content ${n}`)
      pass(n % 3 === 0 ? 50 : 500)
      for (const layer of LAYER_NAMES) layers.hide(layer)
      pass(n % 5 === 0 ? 50 : 500)
    }
    layers.dispose()
    pass(100)
    expect(gsap.globalTimeline.getChildren().length).toBeLessThanOrEqual(before)
  })
})

function round(value: number): number {
  return Math.round(value * 100) / 100
}
