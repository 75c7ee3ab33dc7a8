import { describe, expect, it } from 'vitest'
import type { Rect } from '../../../../base/pixels/rect.ts'
import type { BitmapFrame } from '../../../kernel/ports/frame-source.ts'
import { FrameQueue } from './frame-queue.ts'

const WIDTH = 2000
const HEIGHT = 1000
const WHOLE = { x: 0, y: 0, width: WIDTH, height: HEIGHT }

/** Without pixels: the queue looks at none. */
function frameOf(area: Rect, damage: Rect = area): BitmapFrame {
  return { pixels: new Uint8Array(0), width: WIDTH, height: HEIGHT, area, damage, capturedAt: 0 }
}

function createQueue() {
  const sent: BitmapFrame[] = []
  return { sent, queue: new FrameQueue((frame) => sent.push(frame)) }
}

const at = (x: number, size = 100): Rect => ({ x, y: 0, width: size, height: size })

describe('frame queue', () => {
  it('hands over two at once, and one more for each that was worked off', () => {
    const { queue, sent } = createQueue()
    for (const x of [0, 200, 400, 600]) queue.push(frameOf(at(x)))
    expect(sent.map(({ area }) => area.x)).toEqual([0, 200])
    queue.taken()
    queue.taken()
    expect(sent.map(({ area }) => area.x)).toEqual([0, 200, 400, 600])
    queue.taken()
    queue.taken()
    queue.push(frameOf(at(800)))
    expect(sent).toHaveLength(5)
  })

  it('drops what a newer one shows as well, and keeps its damage', () => {
    const { queue, sent } = createQueue()
    queue.push(frameOf(WHOLE))
    queue.push(frameOf(at(0)))
    for (const x of [300, 0, 310]) queue.push(frameOf(at(x)))
    queue.push(frameOf(at(290, 200), at(300, 10)))
    queue.taken()
    queue.taken()
    expect(sent.slice(2).map(({ area }) => area)).toEqual([at(0), at(290, 200)])
    expect(sent.at(-1)?.damage).toEqual({ x: 300, y: 0, width: 110, height: 100 })
  })

  it('never drops the first whole frame for a part of it', () => {
    const { queue, sent } = createQueue()
    queue.push(frameOf(at(0)))
    queue.push(frameOf(at(0)))
    queue.push(frameOf(WHOLE, at(5, 5)))
    queue.push(frameOf(at(0)))
    queue.taken()
    queue.taken()
    expect(sent.slice(2).map(({ area }) => area)).toEqual([WHOLE, at(0)])
  })

  it('says so when there is more than it may keep', () => {
    const { queue } = createQueue()
    let kept = 0
    while (queue.push(frameOf({ x: kept, y: 0, width: WIDTH / 2, height: HEIGHT }))) {
      kept += 1
      if (kept > 1000) break
    }
    expect(kept).toBeLessThan(20)
  })
})
