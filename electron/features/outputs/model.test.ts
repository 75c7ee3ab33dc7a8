/** Random orders against a plain model: lists of whole states instead of differences, and no disk. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MAIN_OUTPUT, type Output } from '../../../contracts/output.ts'
import { DEFAULT_OUTPUT } from './output-store.ts'
import { createDisk, startOutputs } from './testing.ts'

type Hub = Awaited<ReturnType<typeof startOutputs>>

/** As many as there are steps, plus one. */
class Model {
  states: Output[][] = [[structuredClone(DEFAULT_OUTPUT)]]
  at = 0

  get outputs(): Output[] {
    return this.states[this.at] ?? []
  }

  /** Any output or layer: wraps around, so that a random number always names one. */
  output(pick: number): Output {
    return this.outputs[pick % this.outputs.length] as Output
  }

  change(recipe: (outputs: Output[]) => void): void {
    const next = structuredClone(this.outputs)
    recipe(next)
    if (JSON.stringify(next) === JSON.stringify(this.outputs)) return
    this.states = [...this.states.slice(0, this.at + 1), next].slice(-101)
    this.at = this.states.length - 1
  }
}

interface Real {
  hub: Hub
  restart: () => Promise<void>
}

type Ask = (model: Readonly<Model>) => { name: string; args: object } | null
type Apply = (model: Model, result: Record<string, string>) => void

class Order implements fc.AsyncCommand<Model, Real> {
  readonly #words: string
  readonly #ask: Ask
  readonly #apply: Apply

  constructor(words: string, ask: Ask, apply: Apply) {
    this.#words = words
    this.#ask = ask
    this.#apply = apply
  }

  check(model: Readonly<Model>): boolean {
    return this.#ask(model) !== null
  }

  async run(model: Model, { hub }: Real): Promise<void> {
    const asked = this.#ask(model)
    if (!asked) return
    const answer = await hub.ask(asked.name, asked.args)
    if (answer.status === 'rejected') throw new Error(`${asked.name}: ${answer.error.message}`)
    this.#apply(model, answer.result as Record<string, string>)
    agree(model, hub)
  }

  toString(): string {
    return this.#words
  }
}

class Restart implements fc.AsyncCommand<Model, Real> {
  check(): boolean {
    return true
  }

  async run(model: Model, real: Real): Promise<void> {
    await real.restart()
    agree(model, real.hub)
  }

  toString(): string {
    return 'restart'
  }
}

/** What could be undone and redone is as much as the model has. */
function agree(model: Model, hub: Hub): void {
  const { outputs, undo, redo } = hub.state()
  expect(outputs).toEqual(model.outputs)
  expect([undo !== null, redo !== null]).toEqual([model.at > 0, model.at < model.states.length - 1])
  expect(hub.bugs).toEqual([])
}

const pick = fc.nat(1000)
const side = fc.integer({ min: 20, max: 2000 })
const rect = fc.record({ x: fc.integer({ min: -50, max: 50 }), y: fc.nat(50), width: side, height: side })
const source = fc.constantFrom(
  { kind: 'page', page: 'alerts' } as const,
  { kind: 'page', page: 'test-card' } as const,
  { kind: 'url', url: 'https://a.example/~x/y' } as const,
)
const change = fc.record(
  {
    name: fc.constantFrom('A', 'B/C', '~'),
    source,
    visible: fc.boolean(),
    rect,
    opacity: fc.constantFrom(0, 0.5, 1),
    css: fc.constantFrom('', 'filter: blur(2px)'),
  },
  { requiredKeys: [] },
)

const orders = [
  fc.tuple(fc.constantFrom('Side', 'Phone', '画'), side).map(
    ([name, width]) =>
      new Order(
        `add ${name}`,
        ({ outputs }) => (outputs.length < 16 ? { name: 'output.add', args: { name, width } } : null),
        (model, { output = '' }) =>
          model.change((outputs) => outputs.push({ id: output, name, width, height: 1080, frameRate: 60, layers: [] })),
      ),
  ),
  pick.map(
    (at) =>
      new Order(
        `remove output ${at}`,
        (model) => {
          const { id } = model.output(at)
          return id === MAIN_OUTPUT ? null : { name: 'output.remove', args: { output: id } }
        },
        (model) => {
          const { id } = model.output(at)
          model.change((outputs) =>
            outputs.splice(
              outputs.findIndex((output) => output.id === id),
              1,
            ),
          )
        },
      ),
  ),
  fc.tuple(pick, side).map(
    ([at, width]) =>
      new Order(
        `resize output ${at} to ${width}`,
        (model) => ({ name: 'output.update', args: { output: model.output(at).id, width } }),
        (model) => {
          const { id } = model.output(at)
          model.change((outputs) => Object.assign(outputs.find((output) => output.id === id) ?? {}, { width }))
        },
      ),
  ),
  fc.tuple(pick, source, fc.nat(5), rect).map(
    ([at, from, index, place]) =>
      new Order(
        `add layer to ${at} at ${index}`,
        (model) => {
          const { id, layers } = model.output(at)
          const args = { output: id, layer: { name: 'New', source: from, rect: place }, index }
          return layers.length < 40 ? { name: 'layer.add', args } : null
        },
        (model, { layer = '' }) => {
          const { id } = model.output(at)
          model.change((outputs) =>
            outputs
              .find((output) => output.id === id)
              ?.layers.splice(index, 0, {
                id: layer,
                name: 'New',
                source: from,
                visible: true,
                rect: place,
                crop: { top: 0, right: 0, bottom: 0, left: 0 },
                opacity: 1,
                blend: 'normal',
                css: '',
                pageCss: '',
                transparent: true,
              }),
          )
        },
      ),
  ),
  layerOrder(
    fc.constant({}),
    'layer.remove',
    () => ({}),
    (layers, at) => layers.splice(at, 1),
  ),
  layerOrder(
    fc.nat(6),
    'layer.move',
    (index) => ({ index }),
    (layers, at, index) => layers.splice(index, 0, ...layers.splice(at, 1)),
  ),
  layerOrder(
    change,
    'layer.update',
    (given) => ({ change: given }),
    (layers, at, given) => Object.assign(layers[at] ?? {}, given),
  ),
  fc.constant(
    new Order(
      'undo',
      ({ at }) => (at > 0 ? { name: 'outputs.undo', args: {} } : null),
      (model) => {
        model.at -= 1
      },
    ),
  ),
  fc.constant(
    new Order(
      'redo',
      ({ at, states }) => (at < states.length - 1 ? { name: 'outputs.redo', args: {} } : null),
      (model) => {
        model.at += 1
      },
    ),
  ),
  fc.constant(new Restart()),
]

function layerOrder<T>(
  arbitrary: fc.Arbitrary<T>,
  name: string,
  argsOf: (value: T) => object,
  apply: (layers: Output['layers'], at: number, value: T) => unknown,
) {
  return fc.tuple(pick, pick, arbitrary).map(
    ([outputAt, layerAt, value]) =>
      new Order(
        `${name} ${outputAt}/${layerAt}`,
        (model) => {
          const { id, layers } = model.output(outputAt)
          const layer = layers[layerAt % layers.length]
          return layer ? { name, args: { output: id, layer: layer.id, ...argsOf(value) } } : null
        },
        (model) => {
          const { id, layers } = model.output(outputAt)
          const at = layerAt % layers.length
          model.change((outputs) => {
            const output = outputs.find((other) => other.id === id)
            if (output) apply(output.layers, at, value)
          })
        },
      ),
  )
}

it('does what a plain model does, undo, redo and restarts included', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(orders, { maxCommands: 80, size: 'max' }), async (commands) => {
      const disk = await createDisk()
      const real: Real = {
        hub: await startOutputs(disk),
        async restart() {
          await real.hub.end()
          real.hub = await startOutputs(disk)
        },
      }
      try {
        await fc.asyncModelRun(() => ({ model: new Model(), real }), commands)
      } finally {
        await real.hub.end()
        await disk.release()
      }
    }),
    { numRuns: 60 },
  )
}, 60_000)
