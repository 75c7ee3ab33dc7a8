import { expect, it } from 'vitest'
import { SPAN_MS } from './samples.ts'
import { pathOf } from './sparkline.tsx'

const NOW = 1_761_868_800_000
const point = (ago: number, cpu: number | null) => ({ at: NOW - ago, cpu, memory: null, net: null, temperature: null })

it('draws ten minutes, with a hole where nothing was heard', () => {
  const points = [
    point(SPAN_MS + 1, 99),
    point(SPAN_MS / 2, 0),
    point(SPAN_MS / 2 - 5000, 100),
    point(5000, 50),
    point(0, 250),
  ]
  expect(pathOf(points, ({ cpu }) => cpu, 100, NOW)).toBe('M60.0 23.0L61.0 1.0M119.0 12.0L120.0 1.0')
})

it('leaves out what could not be read, and is empty without anything', () => {
  expect(pathOf([point(0, null)], ({ cpu }) => cpu, 100, NOW)).toBe('')
  expect(pathOf([point(0, 0)], ({ cpu }) => cpu, undefined, NOW)).toBe('M120.0 23.0')
})
