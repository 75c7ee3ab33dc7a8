import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packStraightRgba, toStraightRgba } from './convert.ts'
import { areaPlane, canvasPlane, findDamage, findDamageBetween, findPainted } from './damage.ts'
import { packRects, unpackRects } from './pack.ts'
import { areaOf, boundsOf, containsRect, intersectionOf, overlaps, type Rect, totalArea } from './rect.ts'
import { Region } from './region.ts'

const WIDTH = 200
const HEIGHT = 150

const rectIn = (width: number, height: number): fc.Arbitrary<Rect> =>
  fc
    .tuple(fc.nat(width - 1), fc.nat(height - 1), fc.nat(width), fc.nat(height))
    .map(([x, y, w, h]) => ({ x, y, width: 1 + (w % (width - x)), height: 1 + (h % (height - y)) }))

const rects = fc.array(rectIn(WIDTH, HEIGHT), { maxLength: 40 })
const canvasRect = { x: 0, y: 0, width: WIDTH, height: HEIGHT }

function isInside(rect: Rect, x: number, y: number): boolean {
  return containsRect(rect, { x, y, width: 1, height: 1 })
}

function paint(pixels: Uint32Array, width: number, rect: Rect, value: number): void {
  for (let y = rect.y; y < rect.y + rect.height; y++)
    pixels.fill(value, y * width + rect.x, y * width + rect.x + rect.width)
}

function expectDisjoint(list: readonly Rect[]): void {
  for (const [index, a] of list.entries()) {
    for (const b of list.slice(index + 1)) expect(overlaps(a, b)).toBe(false)
  }
}

describe('rect', () => {
  it('intersects, contains and bounds as sets of pixels do', () => {
    fc.assert(
      fc.property(rectIn(12, 9), rectIn(12, 9), (a, b) => {
        const both = intersectionOf(a, b)
        let shared = 0
        for (let y = 0; y < 9; y++) {
          for (let x = 0; x < 12; x++) {
            const inBoth = isInside(a, x, y) && isInside(b, x, y)
            if (inBoth) shared += 1
            expect(both !== null && isInside(both, x, y)).toBe(inBoth)
          }
        }
        expect(both ? areaOf(both) : 0).toBe(shared)
        expect(overlaps(a, b)).toBe(shared > 0)
        expect(containsRect(a, b)).toBe(shared === areaOf(b))
        expect(containsRect(boundsOf(a, b), a) && containsRect(boundsOf(a, b), b)).toBe(true)
      }),
    )
  })
})

describe('region', () => {
  it('covers all that was added, never overlaps, and stays within its bound', () => {
    fc.assert(
      fc.property(rects, fc.integer({ min: 1, max: 16 }), (added, bound) => {
        const region = new Region(bound)
        region.addAll(added)
        expect(region.rects.length).toBeLessThanOrEqual(bound)
        expectDisjoint(region.rects)
        const covered = new Uint32Array(WIDTH * HEIGHT)
        for (const rect of region.rects) {
          expect(containsRect(canvasRect, rect)).toBe(true)
          paint(covered, WIDTH, rect, 1)
        }
        for (const { x, y, width, height } of added) {
          for (let row = y; row < y + height; row++) {
            expect(covered.subarray(row * WIDTH + x, row * WIDTH + x + width).includes(0)).toBe(false)
          }
        }
        region.clear()
        expect(region.isEmpty).toBe(true)
      }),
    )
  })

  it('does not send the whole canvas for a thin cross', () => {
    const region = new Region()
    region.addAll([
      { x: 0, y: 500, width: 1920, height: 10 },
      { x: 900, y: 0, width: 10, height: 1080 },
    ])
    expect(totalArea(region.rects)).toBeLessThan(60_000)
  })
})

describe('damage', () => {
  it('covers exactly what differs, apart from cheap joins, whatever was painted', () => {
    fc.assert(
      fc.property(rects, rectIn(WIDTH, HEIGHT), (painted, bounds) => {
        const before = new Uint32Array(WIDTH * HEIGHT)
        const after = new Uint32Array(WIDTH * HEIGHT)
        painted.forEach((rect, index) => {
          // Every third paints what was there already.
          paint(after, WIDTH, rect, index % 3)
        })
        const damage = findDamage(before, after, WIDTH, bounds)
        expect(damage.length).toBeLessThanOrEqual(16)
        expectDisjoint(damage)
        const replica = before.slice()
        for (const { x, y, width, height } of damage) {
          expect(containsRect(bounds, { x, y, width, height })).toBe(true)
          for (let row = y; row < y + height; row++) {
            const start = row * WIDTH + x
            replica.set(after.subarray(start, start + width), start)
          }
        }
        for (let y = bounds.y; y < bounds.y + bounds.height; y++) {
          const start = y * WIDTH + bounds.x
          const row = (pixels: Uint32Array) => pixels.subarray(start, start + bounds.width)
          expect(row(replica)).toEqual(row(after))
        }
      }),
    )
  })

  it('is the same for an area cut out of a canvas', () => {
    fc.assert(
      fc.property(rects, rectIn(WIDTH, HEIGHT), (painted, area) => {
        const before = new Uint32Array(WIDTH * HEIGHT)
        const after = new Uint32Array(WIDTH * HEIGHT)
        for (const rect of painted) paint(after, WIDTH, rect, 1)
        const cut = new Uint8Array(areaOf(area) * 4)
        packRects(new Uint8Array(after.buffer), WIDTH, [area], cut)
        const plane = areaPlane(new Uint32Array(cut.buffer), area)
        const expected = findDamage(before, after, WIDTH, area)
        expect(findDamageBetween(canvasPlane(before, WIDTH), plane, area)).toEqual(expected)
        expect(findPainted(after, WIDTH, area)).toEqual(expected)
      }),
    )
  })

  it('is the one pixel that changed', () => {
    const before = new Uint32Array(WIDTH * HEIGHT)
    const after = before.slice()
    after[77 * WIDTH + 131] = 5
    expect(findDamage(before, after, WIDTH, canvasRect)).toEqual([{ x: 131, y: 77, width: 1, height: 1 }])
  })

  it('is one rectangle for one area across many tiles', () => {
    const before = new Uint32Array(1920 * 1080)
    const after = before.slice()
    const card = { x: 613, y: 427, width: 600, height: 160 }
    paint(after, 1920, card, 0xff00ff00)
    expect(findDamage(before, after, 1920, { x: 0, y: 0, width: 1920, height: 1080 })).toEqual([card])
  })

  it('is two rectangles for two areas far apart, and nothing where nothing changed', () => {
    const before = new Uint32Array(1920 * 1080)
    const after = before.slice()
    const far = [
      { x: 10, y: 20, width: 50, height: 30 },
      { x: 1500, y: 900, width: 333, height: 111 },
    ]
    for (const rect of far) paint(after, 1920, rect, 7)
    const all = { x: 0, y: 0, width: 1920, height: 1080 }
    expect(findDamage(before, after, 1920, all)).toEqual(far)
    expect(findDamage(after, after.slice(), 1920, all)).toEqual([])
  })

  it('stays few rectangles for a chequered change', () => {
    const before = new Uint32Array(1920 * 1080)
    const after = before.slice()
    for (let y = 0; y < 1080; y += 90) {
      for (let x = y % 180; x < 1920; x += 180) after[y * 1920 + x] = 1
    }
    const damage = findDamage(before, after, 1920, { x: 0, y: 0, width: 1920, height: 1080 })
    expect(damage.length).toBeLessThanOrEqual(16)
    expectDisjoint(damage)
  })
})

describe('premultiplied BGRA to straight RGBA', () => {
  it('is right for every alpha and colour', () => {
    for (let alpha = 0; alpha < 256; alpha++) {
      const source = new Uint32Array(256)
      for (let c = 0; c < 256; c++) source[c] = ((alpha << 24) | (c << 16) | ((255 - c) << 8) | (c >> 1)) >>> 0
      const target = new Uint32Array(256)
      toStraightRgba(canvasPlane(source, 256), target, 256, { x: 0, y: 0, width: 256, height: 1 })
      const bytes = new Uint8Array(target.buffer)
      const straight = (c: number) => (alpha === 0 ? 0 : Math.min(255, Math.round((c * 255) / alpha)))
      for (let c = 0; c < 256; c++) {
        expect([...bytes.subarray(c * 4, c * 4 + 4)]).toEqual([straight(c), straight(255 - c), straight(c >> 1), alpha])
      }
    }
  })

  it('is undone by premultiplying again, and touches nothing outside its rectangle', () => {
    const pixel = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
    fc.assert(
      fc.property(fc.array(pixel, { minLength: 60, maxLength: 60 }), rectIn(10, 6), (colours, rect) => {
        const source = new Uint8Array(240)
        colours.forEach(([b, g, r, a], index) => {
          source.set([Math.min(b, a), Math.min(g, a), Math.min(r, a), a], index * 4)
        })
        const target = new Uint32Array(60).fill(0x12345678)
        toStraightRgba(canvasPlane(new Uint32Array(source.buffer), 10), target, 10, rect)
        const bytes = new Uint8Array(target.buffer)
        for (let index = 0; index < 60; index++) {
          const [r = 0, g = 0, b = 0, a = 0] = bytes.subarray(index * 4)
          if (!isInside(rect, index % 10, Math.floor(index / 10))) expect(target[index]).toBe(0x12345678)
          else {
            const back = [b, g, r].map((c) => Math.round((c * a) / 255))
            expect([...back, a]).toEqual([...source.subarray(index * 4, index * 4 + 4)])
          }
        }
      }),
    )
  })
})

describe('packing', () => {
  it('brings the pixels of rectangles to another canvas and nothing else', () => {
    fc.assert(
      fc.property(rects, fc.uint8Array({ minLength: 64, maxLength: 64 }), (added, noise) => {
        const region = new Region()
        region.addAll(added)
        const canvas = new Uint8Array(WIDTH * HEIGHT * 4)
        for (let at = 0; at < canvas.length; at++) canvas[at] = (noise[at % 64] ?? 0) ^ (at >> 6)
        const packed = new Uint8Array(totalArea(region.rects) * 4)
        expect(packRects(canvas, WIDTH, region.rects, packed)).toBe(packed.length)
        const copy = new Uint8Array(canvas.length)
        unpackRects(packed, copy, WIDTH, region.rects)
        const expected = new Uint32Array(WIDTH * HEIGHT)
        const words = new Uint32Array(canvas.buffer)
        for (const { x, y, width, height } of region.rects) {
          for (let row = y; row < y + height; row++) {
            const start = row * WIDTH + x
            expected.set(words.subarray(start, start + width), start)
          }
        }
        expect(new Uint32Array(copy.buffer)).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })

  it('converts straight into a packet as it does by way of the canvas', () => {
    fc.assert(
      fc.property(rects, fc.uint8Array({ minLength: 64, maxLength: 64 }), (added, noise) => {
        const region = new Region()
        region.addAll(added)
        const bitmap = new Uint8Array(WIDTH * HEIGHT * 4)
        for (let at = 0; at < bitmap.length; at++) bitmap[at] = (noise[at % 64] ?? 0) ^ (at >> 6)
        const source = canvasPlane(new Uint32Array(bitmap.buffer), WIDTH)
        const canvas = new Uint32Array(WIDTH * HEIGHT)
        for (const rect of region.rects) toStraightRgba(source, canvas, WIDTH, rect)
        const copied = new Uint8Array(totalArea(region.rects) * 4)
        packRects(new Uint8Array(canvas.buffer), WIDTH, region.rects, copied)
        const packed = new Uint32Array(totalArea(region.rects))
        packStraightRgba(source, packed, region.rects)
        expect(packed).toEqual(new Uint32Array(copied.buffer))
      }),
      { numRuns: 50 },
    )
  })
})
