import { expect, it } from 'vitest'
import type { Output } from '../../../contracts/output.ts'
import { change, type History, undo } from './history.ts'
import { DEFAULT_OUTPUT } from './output-store.ts'

it('is bounded in size: large steps push out the oldest, but the newest stays', () => {
  const alerts = DEFAULT_OUTPUT.layers[0] as Output['layers'][0]
  let history: History = { outputs: [DEFAULT_OUTPUT], steps: [], done: 0 }
  for (let round = 0; round < 90; round++) {
    const css = `/* ${round} ${'x'.repeat(1900)} */`
    const layers = Array.from({ length: 40 }, (_, at) => ({ ...alerts, id: `l${at}`, css }))
    history = change(history, [{ ...DEFAULT_OUTPUT, layers }], `round ${round}`)
  }
  const size = history.steps.reduce((sum, step) => sum + step.size, 0)
  expect(size).toBeLessThanOrEqual(4 * 1024 * 1024)
  expect(history.steps.length).toBeGreaterThan(20)
  expect(history.steps.length).toBeLessThan(90)
  expect(history.steps.at(-1)).toMatchObject({ label: 'round 89', number: 90 })
  expect(history.done).toBe(history.steps.length)
  expect(undo(history)?.outputs[0]?.layers[0]?.css).toContain('/* 88 ')
})
