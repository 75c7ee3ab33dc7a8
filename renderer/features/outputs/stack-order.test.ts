import { expect, it } from 'vitest'
import { indexOfRow, rowAt } from './stack-order.ts'

it('counts from the other end', () => {
  expect([0, 1, 2].map((row) => indexOfRow(row, 3))).toEqual([2, 1, 0])
})

it('finds the row at which a dragged one comes to lie', () => {
  const middles = [24, 72, 120, 168]
  const drop = (y: number, from: number) => rowAt(y, middles, from)
  expect(drop(0, 2)).toBe(0)
  expect(drop(60, 2)).toBe(1)
  // Where it came from, and a little above and below.
  expect([90, 120, 150].map((y) => drop(y, 2))).toEqual([2, 2, 2])
  expect(drop(999, 2)).toBe(3)
  expect(drop(999, 0)).toBe(3)
  expect(drop(80, 0)).toBe(1)
})
