import { describe, expect, it } from 'vitest'
import { type RainSettings, RainWorld } from './rain-world.ts'

const SIZE = { width: 1920, height: 1080 }
const SETTINGS: RainSettings = {
  size: 84,
  gravity: 1,
  restitution: 0.4,
  friction: 0.3,
  airFriction: 0.001,
  rotation: 0.2,
  floor: 84,
  lifetime: 20,
}

/** The same numbers each time. */
function seeded(seed = 7): () => number {
  let state = seed
  return () => {
    state = (state * 16_807) % 2_147_483_647
    return state / 2_147_483_647
  }
}

const world = (change: Partial<RainSettings> = {}) => new RainWorld(SIZE, { ...SETTINGS, ...change }, seeded())

/** `ms` in frames of 60 a second. */
function pass(of: RainWorld, ms: number): number {
  let gone = 0
  for (let at = 0; at < ms; at += 1000 / 60) gone += of.pass(1000 / 60).length
  return gone
}

describe('the rain', () => {
  it('falls from above, stays in the box, comes to rest on the floor, and goes through it when its time is over', () => {
    const rain = world()
    const drops = Array.from({ length: 40 }, () => rain.add())
    for (const { x, y } of drops) {
      expect(y).toBe(-84)
      expect(x).toBeGreaterThanOrEqual(42)
      expect(x).toBeLessThanOrEqual(1878)
    }
    expect(pass(rain, 15_000)).toBe(0)
    for (const { x, y } of drops) {
      expect(x).toBeGreaterThan(0)
      expect(x).toBeLessThan(1920)
      expect(y).toBeLessThan(1080 - 84)
    }
    expect(rain.isMoving).toBe(false)
    expect(rain.nextEndMs).toBeGreaterThan(0)
    expect(pass(rain, 10_000)).toBe(40)
    expect(rain.size).toBe(0)
    expect(rain.nextEndMs).toBeNull()
    rain.dispose()
  })

  it('who lay on one that goes falls, and nobody hangs in the air', () => {
    const rain = world({ size: 200, lifetime: 12 })
    const pile = Array.from({ length: 60 }, () => rain.add())
    pass(rain, 4000)
    rain.configure({ ...SETTINGS, size: 200, lifetime: 60 })
    const late = rain.add()
    pass(rain, 4000)
    expect(late.y).toBeLessThan(1080)
    pass(rain, 12_000)
    expect(rain.size).toBe(1)
    expect(late.y).toBeGreaterThan(1080 - 84 - 110)
    expect(pile.every(({ y }) => y > 1080)).toBe(true)
    rain.dispose()
  })

  it('takes new settings while it falls', () => {
    const slow = world({ gravity: 0.1 })
    const fast = world({ gravity: 0.1 })
    const [one, other] = [slow.add(), fast.add()]
    fast.configure({ ...SETTINGS, gravity: 3 })
    pass(slow, 500)
    pass(fast, 500)
    expect(other.y).toBeGreaterThan(one.y + 100)
    fast.configure({ ...SETTINGS, floor: 600 })
    pass(fast, 5000)
    expect(other.y).toBeLessThan(1080 - 600)
    slow.dispose()
    fast.dispose()
  })

  it('does not catch up after a pause, and all go at once when cleared', () => {
    const rain = world()
    const drop = rain.add()
    rain.pass(60_000)
    expect(drop.y).toBeLessThan(0)
    for (let n = 0; n < 100; n++) rain.add()
    rain.clear()
    expect(pass(rain, 3200)).toBe(101)
    rain.dispose()
  })

  it('keeps nothing over 3000 drops', () => {
    const rain = world({ lifetime: 1, gravity: 3 })
    for (let n = 0; n < 3000; n++) {
      rain.add()
      rain.pass(1000 / 60)
      expect(rain.size).toBeLessThan(300)
    }
    pass(rain, 5000)
    expect(rain.size).toBe(0)
    rain.dispose()
  })
})
