import { describe, expect, it } from 'vitest'
import { MAX_SIDE_PX as CONTRACT_MAX_SIDE_PX } from '../../../contracts/output.ts'
import { clicked, dragged, GRIPS, held, LAST_CORNER, MAX_SIDE_PX, MOVE, nudged } from './sketch-maths.ts'

const canvas = { width: 1920, height: 1080 }
const start = { x: 400, y: 100, width: 600, height: 300 }
const freely = { canvas, snapPx: 0, keepShape: false }
const snapping = { canvas, snapPx: 10, keepShape: false }

describe('dragged', () => {
  it('moves by whole pixels', () => {
    expect(dragged(start, MOVE, { x: 10.4, y: -20.6 }, freely)).toEqual({ ...start, x: 410, y: 79 })
  })

  it.each([
    ['the left edge', { x: -393, y: 0 }, { x: 0, y: 100 }],
    ['the right edge', { x: 927, y: 0 }, { x: 1320, y: 100 }],
    ['the middle', { x: 255, y: 298 }, { x: 660, y: 390 }],
    ['nothing', { x: -380, y: 0 }, { x: 20, y: 100 }],
  ])('sticks to %s of the canvas', (_what, by, place) => {
    expect(dragged(start, MOVE, by, snapping)).toEqual({ ...start, ...place })
  })

  it.each([
    [
      { x: 1, y: 1 },
      { x: 400, y: 100, width: 650, height: 340 },
    ],
    [
      { x: -1, y: -1 },
      { x: 450, y: 140, width: 550, height: 260 },
    ],
    [
      { x: 0, y: 1 },
      { x: 400, y: 100, width: 600, height: 340 },
    ],
    [
      { x: -1, y: 0 },
      { x: 450, y: 100, width: 550, height: 300 },
    ],
  ] as const)('resizes by the edges %o, and leaves the others where they are', (grip, after) => {
    expect(dragged(start, grip, { x: 50, y: 40 }, freely)).toEqual(after)
  })

  it('sticks with the edge that is held', () => {
    expect(dragged(start, LAST_CORNER, { x: 912, y: 675 }, snapping)).toEqual({ ...start, width: 1520, height: 980 })
    expect(dragged(start, { x: -1, y: -1 }, { x: -396, y: -95 }, snapping)).toEqual({
      x: 0,
      y: 0,
      width: 1000,
      height: 400,
    })
  })

  it('keeps the proportions at a corner when asked to', () => {
    const kept = { ...snapping, keepShape: true }
    expect(dragged(start, LAST_CORNER, { x: 300, y: 10 }, kept)).toEqual({ ...start, width: 900, height: 450 })
    expect(dragged(start, { x: -1, y: 1 }, { x: -300, y: 0 }, kept)).toEqual({
      x: 100,
      y: 100,
      width: 900,
      height: 450,
    })
  })

  it('never turns a layer inside out, whichever edge is dragged across', () => {
    for (const grip of GRIPS) {
      const { width, height } = dragged(start, grip, { x: -grip.x * 5000, y: -grip.y * 5000 }, freely)
      expect([width, height]).toEqual([grip.x === 0 ? 600 : 1, grip.y === 0 ? 300 : 1])
    }
  })

  it('stays within what the contract allows', () => {
    expect(MAX_SIDE_PX).toBe(CONTRACT_MAX_SIDE_PX)
    expect(dragged(start, MOVE, { x: 1e6, y: -1e6 }, freely)).toMatchObject({ x: MAX_SIDE_PX, y: -MAX_SIDE_PX })
    expect(dragged(start, LAST_CORNER, { x: 1e6, y: 1e6 }, freely)).toMatchObject({
      width: MAX_SIDE_PX,
      height: MAX_SIDE_PX,
    })
  })
})

describe('nudged', () => {
  it('moves by arrow keys, and by no other', () => {
    expect(nudged(start, MOVE, 'ArrowLeft', 1)).toEqual({ ...start, x: 399 })
    expect(nudged(start, MOVE, 'ArrowDown', 10)).toEqual({ ...start, y: 110 })
    expect(nudged(start, MOVE, 'Enter', 1)).toBeNull()
  })

  it('resizes by the last corner', () => {
    expect(nudged(start, LAST_CORNER, 'ArrowRight', 10)).toEqual({ ...start, width: 610 })
    expect(nudged(start, LAST_CORNER, 'ArrowUp', 1)).toEqual({ ...start, height: 299 })
  })
})

describe('which layer is meant', () => {
  const layer = (id: string, x: number, visible = true) => ({
    id,
    visible,
    rect: { x, y: 0, width: 100, height: 100 },
  })
  const stack = [layer('bottom', 0), layer('middle', 50), layer('ghost', 0, false), layer('top', 60)]
  const at = (x: number) => ({ x, y: 50 })

  it('holds the uppermost that is shown, but the chosen one where it is under the pointer', () => {
    expect(held(stack, at(70), null)?.id).toBe('top')
    expect(held(stack, at(70), 'bottom')?.id).toBe('bottom')
    expect(held(stack, at(70), 'ghost')?.id).toBe('ghost')
    expect(held(stack, at(10), 'top')?.id).toBe('bottom')
    expect(held(stack, at(500), 'top')).toBeNull()
  })

  it('goes through what lies under the pointer, click by click', () => {
    const seen = ['', 'top', 'middle', 'bottom'].map((chosen) => clicked(stack, at(70), chosen)?.id)
    expect(seen).toEqual(['top', 'middle', 'bottom', 'top'])
    expect(clicked(stack, at(500), 'top')).toBeNull()
  })
})
