import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  emptySlots,
  LAYER_NAMES,
  type LayerEvent,
  type LayerMotionOrder,
  type LayerName,
  type LayerPhase,
  type LayerSlots,
  stepLayers,
} from './layer-machine.ts'

type Slots = LayerSlots<string>

const RUNS = 3000

/** From each phase, where one event may lead, and the motion that goes with it. */
const MOVES: Readonly<Record<LayerPhase, Partial<Record<LayerPhase, string>>>> = {
  hidden: { entering: 'enter' },
  entering: { active: '', interrupted: 'interrupt', exiting: 'exit', hidden: 'stop' },
  active: { interrupted: 'interrupt', exiting: 'exit', hidden: 'stop' },
  interrupted: { active: 'resume', exiting: 'exit', hidden: 'stop' },
  // To `entering`: what waited for the exit to end comes in at once.
  exiting: { hidden: 'stop or none', entering: 'enter' },
}

/** The machine with its past: what it was told, what it ordered. */
class Rig {
  slots: Slots = emptySlots()
  motions: LayerMotionOrder[] = []
  /** What a person would expect each layer to be for: the last thing shown and not hidden. */
  readonly wanted = new Map<LayerName, string>()

  tell(event: LayerEvent<string>): void {
    const before = this.slots
    const step = stepLayers(before, event)
    this.slots = step.slots
    this.motions = [...step.motions]
    if (event.type === 'show') this.wanted.set(event.layer, event.content)
    if (event.type === 'hide' || event.type === 'unregister') this.wanted.delete(event.layer)
    this.#holdsItsRules()
    for (const layer of LAYER_NAMES) this.#movedByTheBook(layer, before)
  }

  registerAll(): this {
    for (const layer of LAYER_NAMES) this.tell({ type: 'register', layer })
    return this
  }

  show(layer: LayerName, content: string): this {
    this.tell({ type: 'show', layer, content })
    return this
  }

  hide(layer: LayerName): this {
    this.tell({ type: 'hide', layer })
    return this
  }

  /** All motions end, and those that they bring about. */
  settle(): this {
    for (let round = 0; round < 4; round++) {
      for (const layer of LAYER_NAMES) {
        const { phase } = this.slots[layer]
        if (phase === 'entering') this.tell({ type: 'entered', layer })
        if (phase === 'exiting') this.tell({ type: 'exited', layer })
      }
    }
    return this
  }

  get phases(): LayerPhase[] {
    return LAYER_NAMES.map((layer) => this.slots[layer].phase)
  }

  /** What can be seen, highest first. */
  get contents(): (string | null)[] {
    return LAYER_NAMES.map((layer) => this.slots[layer].content)
  }

  #holdsItsRules(): void {
    for (const [index, layer] of LAYER_NAMES.entries()) {
      const { phase, content, next, registered } = this.slots[layer]
      const above = LAYER_NAMES.slice(0, index).map((name) => this.slots[name].phase)
      const isFree = above.every((other) => other === 'hidden')
      expect(content === null, `rule 1, ${layer}`).toBe(phase === 'hidden')
      if (phase === 'entering' || phase === 'active') expect(isFree, `rule 2, ${layer}`).toBe(true)
      if (phase === 'interrupted') expect(isFree, `rule 3, ${layer}`).toBe(false)
      if (next !== null) expect(!registered || phase === 'exiting' || !isFree, `rule 4, ${layer}`).toBe(true)
      if (next !== null) expect(['hidden', 'exiting'], `rule 4, ${layer}`).toContain(phase)
      if (!registered) expect(phase, `rule 5, ${layer}`).toBe('hidden')
      const drawn = phase === 'exiting' || phase === 'hidden' ? null : content
      expect(next ?? drawn, `rule 6, ${layer}`).toBe(this.wanted.get(layer) ?? null)
    }
    const onStage = this.phases.filter((phase) => phase === 'entering' || phase === 'active')
    expect(onStage.length, 'rule 2').toBeLessThanOrEqual(1)
  }

  #movedByTheBook(layer: LayerName, before: Slots): void {
    const from = before[layer].phase
    const to = this.slots[layer].phase
    const ordered = this.motions.filter((order) => order.layer === layer).map(({ motion }) => motion)
    if (from === to) {
      expect(ordered, `${layer} stays ${from}`).toEqual([])
      return
    }
    const motion = MOVES[from][to]
    expect(motion, `${layer}: ${from} to ${to}`).toBeDefined()
    if (motion === 'stop or none') expect([[], ['stop']]).toContainEqual(ordered)
    else expect(ordered).toEqual(motion === '' ? [] : [motion])
  }
}

const layers = fc.constantFrom(...LAYER_NAMES)
const events: fc.Arbitrary<LayerEvent<string>> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('show' as const), layer: layers, content: fc.string() }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('hide' as const), layer: layers }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constantFrom('entered' as const, 'exited' as const), layer: layers }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('register' as const), layer: layers }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('unregister' as const), layer: layers }) },
)

describe('the machine of the layers, over any sequence of events', () => {
  it('keeps its rules at every step', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 80 }), (sequence) => {
        const rig = new Rig()
        for (const event of sequence) rig.tell(event)
      }),
      { numRuns: RUNS },
    )
  })

  it('once everything has moved, the highest that is wanted has the stage and nothing else is left over', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 80 }), (sequence) => {
        const rig = new Rig()
        for (const event of sequence) rig.tell(event)
        rig.settle()
        const [top, ...under] = LAYER_NAMES.filter((name) => rig.slots[name].registered && rig.wanted.has(name))
        for (const layer of LAYER_NAMES) {
          const { phase, content } = rig.slots[layer]
          if (layer === top) expect([phase, content]).toEqual(['active', rig.wanted.get(layer)])
          else if (under.includes(layer)) expect(['interrupted', 'hidden']).toContain(phase)
          else expect(phase).toBe('hidden')
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('everything wanted has its turn when those above it go, highest first', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 80 }), (sequence) => {
        const rig = new Rig().registerAll()
        for (const event of sequence) if (event.type !== 'unregister') rig.tell(event)
        rig.settle()
        for (const layer of LAYER_NAMES) {
          const content = rig.wanted.get(layer)
          if (content === undefined) continue
          expect([rig.slots[layer].phase, rig.slots[layer].content]).toEqual(['active', content])
          rig.hide(layer).settle()
        }
        expect(rig.phases).toEqual(['hidden', 'hidden', 'hidden'])
      }),
      { numRuns: RUNS },
    )
  })

  it('is pure: the same events make the same state, and no state is written to', () => {
    const frozen = (slots: Slots): Slots => {
      for (const layer of LAYER_NAMES) Object.freeze(slots[layer])
      return Object.freeze(slots)
    }
    fc.assert(
      fc.property(fc.array(events, { maxLength: 40 }), (sequence) => {
        const run = () =>
          sequence.reduce((slots, event) => frozen(stepLayers(slots, event).slots), emptySlots<string>())
        expect(run()).toEqual(run())
      }),
    )
  })
})

describe('the machine of the layers', () => {
  it('goes hidden, entering, active, exiting, hidden', () => {
    const rig = new Rig().registerAll().show('midground', 'train')
    expect(rig.phases).toEqual(['hidden', 'entering', 'hidden'])
    rig.settle()
    expect(rig.phases).toEqual(['hidden', 'active', 'hidden'])
    rig.hide('midground')
    expect(rig.phases).toEqual(['hidden', 'exiting', 'hidden'])
    rig.settle()
    expect(rig.phases).toEqual(['hidden', 'hidden', 'hidden'])
  })

  it('a higher layer interrupts, and only the highest interrupted one comes back', () => {
    const rig = new Rig().registerAll().show('background', 'ticker').settle().show('midground', 'train').settle()
    expect(rig.phases).toEqual(['hidden', 'active', 'interrupted'])
    rig.show('foreground', 'alert')
    expect(rig.motions).toEqual([
      { layer: 'midground', motion: 'interrupt' },
      { layer: 'foreground', motion: 'enter' },
    ])
    rig.settle().hide('foreground')
    expect(rig.phases).toEqual(['exiting', 'interrupted', 'interrupted'])
    rig.tell({ type: 'exited', layer: 'foreground' })
    expect(rig.motions).toEqual([{ layer: 'midground', motion: 'resume' }])
    expect(rig.phases).toEqual(['hidden', 'active', 'interrupted'])
  })

  it('interrupts what is still entering', () => {
    const rig = new Rig().registerAll().show('background', 'ticker').show('foreground', 'alert')
    expect(rig.phases).toEqual(['entering', 'hidden', 'interrupted'])
    rig.tell({ type: 'entered', layer: 'background' })
    expect(rig.phases).toEqual(['entering', 'hidden', 'interrupted'])
  })

  it('what is shown under a higher layer waits unseen, and enters when its turn comes', () => {
    const rig = new Rig().registerAll().show('foreground', 'alert').settle().show('background', 'ticker')
    expect(rig.contents).toEqual(['alert', null, null])
    rig.hide('foreground').settle()
    expect(rig.contents).toEqual([null, null, 'ticker'])
    expect(rig.phases).toEqual(['hidden', 'hidden', 'active'])
  })

  it('other content takes its place where one is shown, entering, active or interrupted', () => {
    const rig = new Rig().registerAll().show('background', 'one').show('background', 'two')
    expect([rig.contents[2], rig.phases[2], rig.motions]).toEqual(['two', 'entering', []])
    rig.settle().show('background', 'three')
    expect([rig.contents[2], rig.phases[2], rig.motions]).toEqual(['three', 'active', []])
    rig.show('foreground', 'alert').show('background', 'four')
    expect([rig.contents[2], rig.phases[2], rig.motions]).toEqual(['four', 'interrupted', []])
  })

  it('content shown while its layer is exiting waits for the end of the exit; only the latest does', () => {
    const rig = new Rig().registerAll().show('midground', 'one').settle().hide('midground')
    rig.show('midground', 'two').show('midground', 'three')
    expect([rig.contents[1], rig.phases[1]]).toEqual(['one', 'exiting'])
    rig.tell({ type: 'exited', layer: 'midground' })
    expect([rig.contents[1], rig.phases[1]]).toEqual(['three', 'entering'])
  })

  it('and hidden again before that, it never appears', () => {
    const rig = new Rig().registerAll().show('midground', 'one').settle().hide('midground')
    rig.show('midground', 'two').hide('midground').settle()
    expect(rig.phases).toEqual(['hidden', 'hidden', 'hidden'])
  })

  it('content shown before its layer is there enters when it is; only the latest does', () => {
    const rig = new Rig().show('background', 'one').show('background', 'two')
    expect(rig.contents).toEqual([null, null, null])
    rig.tell({ type: 'register', layer: 'background' })
    expect([rig.contents[2], rig.phases[2]]).toEqual(['two', 'entering'])
  })

  it('an element taken away ends what moves, and gives way to the layer under it', () => {
    const rig = new Rig().registerAll().show('background', 'ticker').settle().show('foreground', 'alert').settle()
    rig.tell({ type: 'unregister', layer: 'foreground' })
    expect(rig.motions).toEqual([
      { layer: 'foreground', motion: 'stop' },
      { layer: 'background', motion: 'resume' },
    ])
    rig.tell({ type: 'register', layer: 'foreground' })
    expect(rig.phases).toEqual(['hidden', 'hidden', 'active'])
    expect(rig.show('foreground', 'again').phases).toEqual(['entering', 'hidden', 'interrupted'])
  })

  it('an interrupted layer can be hidden without ever coming back', () => {
    const rig = new Rig().registerAll().show('midground', 'train').settle().show('foreground', 'alert').settle()
    rig.hide('midground')
    expect(rig.phases).toEqual(['active', 'exiting', 'hidden'])
    rig.settle().hide('foreground').settle()
    expect(rig.phases).toEqual(['hidden', 'hidden', 'hidden'])
  })

  it('hiding what is hidden and the late end of a motion change nothing', () => {
    const rig = new Rig().registerAll()
    const before = rig.slots
    for (const layer of LAYER_NAMES) {
      rig.tell({ type: 'entered', layer })
      rig.tell({ type: 'exited', layer })
      rig.hide(layer)
    }
    expect(rig.slots).toEqual(before)
  })
})
